-- finds: the target has no sequence payments.numbers
-- finds: the target has no sequence lib.numbers
-- source
CREATE SEQUENCE payments.numbers;
ALTER SEQUENCE payments.numbers OWNER TO owner;
CREATE SCHEMA lib;
CREATE SEQUENCE lib.numbers;
GRANT USAGE ON SCHEMA lib TO owner;
ALTER SEQUENCE lib.numbers OWNER TO owner;
ALTER TABLE payments.payment ALTER id SET DEFAULT nextval('lib.numbers');
-- undo source
DROP SCHEMA lib CASCADE;
