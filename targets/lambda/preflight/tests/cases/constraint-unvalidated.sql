-- finds: rows of payments.payment on the source may violate a constraint that is NOT VALID: CHECK ((amount > (0)::numeric)) NOT VALID
-- finds: rows of payments.payment on the source may violate a constraint that is NOT VALID: CHECK ((VALUE <> ''::text)) NOT VALID of the domain payments.code
-- both
CREATE DOMAIN payments.code AS text;
ALTER TABLE payments.payment ADD code payments.code, ADD CHECK (id > 0);
ALTER TABLE payments.payment ADD CHECK (amount > 0) NOT VALID;
ALTER DOMAIN payments.code ADD CHECK (VALUE <> '') NOT VALID;
