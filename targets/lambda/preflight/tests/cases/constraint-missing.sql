-- The way back has another finding: the source would refuse rows of the target.
-- finds: payments.payment of the target lacks a constraint of the source: CHECK ((amount > (0)::numeric))
-- finds constraint-extra: payments.payment of the source has a constraint that the other side does not have: CHECK ((amount > (0)::numeric))
-- source
ALTER TABLE payments.payment ADD CHECK (amount > 0);
