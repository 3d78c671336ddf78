-- finds: payments.abroad is a foreign table of the source
-- finds extension-missing: the target lacks the extension postgres_fdw
-- source
CREATE EXTENSION postgres_fdw;
CREATE SERVER abroad FOREIGN DATA WRAPPER postgres_fdw;
CREATE FOREIGN TABLE payments.abroad (id int) SERVER abroad;
ALTER FOREIGN TABLE payments.abroad OWNER TO owner;
-- undo source
DROP EXTENSION postgres_fdw CASCADE;
