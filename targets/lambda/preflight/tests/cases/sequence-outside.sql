-- finds: the copied tables take numbers from lib.numbers, which lies outside of the copied schemas
-- both
CREATE SCHEMA lib;
CREATE SEQUENCE lib.numbers;
GRANT USAGE ON SCHEMA lib TO owner;
ALTER TABLE payments.payment ADD number bigint DEFAULT nextval('lib.numbers');
-- undo
DROP SCHEMA lib CASCADE;
