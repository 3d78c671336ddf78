-- finds: the target has no sequence payments.numbers
-- source
CREATE SEQUENCE payments.numbers;
ALTER SEQUENCE payments.numbers OWNER TO owner;
