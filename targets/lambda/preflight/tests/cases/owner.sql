-- finds: payments.by_day belongs to owner on the source and to other_owner on the target
-- target
CREATE ROLE other_owner;
GRANT other_owner TO migspec_fence;
ALTER TABLE payments.by_day OWNER TO other_owner;
-- undo target
DROP OWNED BY other_owner CASCADE;
DROP ROLE other_owner;
