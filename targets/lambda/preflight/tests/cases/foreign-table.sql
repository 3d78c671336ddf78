-- finds: payments.abroad is a foreign table of the source
-- finds extension-missing: the target lacks the extension postgres_fdw
-- finds: far.log_1 is a foreign table of the source
-- finds no-key: payments.log has neither a primary key nor a unique index
-- finds target-key: payments.log has no key on the target
-- both
CREATE TABLE payments.log (id int NOT NULL, day int) PARTITION BY LIST (day);
ALTER TABLE payments.log OWNER TO owner;
CREATE TABLE payments.log_0 PARTITION OF payments.log DEFAULT;
ALTER TABLE payments.log_0 OWNER TO owner;
-- source
CREATE EXTENSION postgres_fdw;
CREATE SERVER abroad FOREIGN DATA WRAPPER postgres_fdw;
CREATE FOREIGN TABLE payments.abroad (id int) SERVER abroad;
ALTER FOREIGN TABLE payments.abroad OWNER TO owner;
CREATE SCHEMA far;
CREATE FOREIGN TABLE far.log_1 PARTITION OF payments.log FOR VALUES IN (1) SERVER abroad;
ALTER FOREIGN TABLE far.log_1 OWNER TO owner;
-- undo source
DROP SCHEMA far CASCADE;
DROP EXTENSION postgres_fdw CASCADE;
