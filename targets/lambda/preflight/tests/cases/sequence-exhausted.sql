-- A sequence of the source that no margin fits behind, outside of the copied schemas.
-- finds: the sequence payments.payment_id_seq of the target has no numbers left beyond those of the other side
-- finds: the sequence lib.numbers of the target has no numbers left beyond those of the other side
-- both
CREATE SCHEMA lib;
GRANT USAGE ON SCHEMA lib TO owner, migspec_fence;
CREATE SEQUENCE lib.numbers AS smallint;
ALTER SEQUENCE lib.numbers OWNER TO owner;
ALTER TABLE payments.payment ADD number int DEFAULT nextval('lib.numbers');
ALTER SEQUENCE payments.payment_id_seq MAXVALUE 2000;
-- source
SELECT setval('lib.numbers', 32000);
SELECT setval('payments.payment_id_seq', 1500);
-- undo
DROP SCHEMA lib CASCADE;
