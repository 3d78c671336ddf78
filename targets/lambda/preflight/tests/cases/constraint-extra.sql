-- A check, an exclusion, and a check of a domain below another.
-- finds: payments.payment of the target has a constraint that the other side does not have: CHECK ((amount > (0)::numeric))
-- finds: payments.payment of the target has a constraint that the other side does not have: EXCLUDE USING btree (note WITH =)
-- finds: payments.payment of the target has a constraint that the other side does not have: CHECK ((VALUE > 0)) of the domain public.inner_amount
-- both
CREATE DOMAIN public.inner_amount AS int;
CREATE DOMAIN public.outer_amount AS public.inner_amount;
ALTER TABLE payments.payment ADD units public.outer_amount;
-- target
ALTER DOMAIN public.inner_amount ADD CHECK (VALUE > 0);
ALTER TABLE payments.payment ADD CHECK (amount > 0), ADD EXCLUDE USING btree (note WITH =);
-- undo
DROP DOMAIN public.outer_amount CASCADE;
DROP DOMAIN public.inner_amount;
