-- A trigger's text names a sequence and a table of another schema. A comment and a table that exists on both sides are none.
-- finds: a function that the copied tables use takes numbers from lib.numbers, which the workflow does not set
-- finds dependency-missing: the copied tables use the table lib.audit, which the target does not have
-- finds firing-triggers: replicator cannot silence triggers and foreign keys of payments.payment on the target
-- finds firing-triggers: applier cannot silence triggers and foreign keys of payments.payment on the source
-- source
CREATE SCHEMA lib;
CREATE TABLE lib.audit (id bigint);
CREATE TABLE lib.gone (id bigint);
-- target
CREATE SCHEMA lib;
-- both
CREATE SEQUENCE lib.numbers;
CREATE TABLE lib.rates (id bigint);
CREATE FUNCTION payments.f() RETURNS trigger LANGUAGE plpgsql AS E'BEGIN\n-- Before, it wrote to lib.gone.\nINSERT INTO lib.audit SELECT nextval(\'lib.numbers\') FROM "lib".rates; RETURN NEW; END';
CREATE TRIGGER t BEFORE INSERT ON payments.payment FOR EACH ROW EXECUTE FUNCTION payments.f();
-- undo
DROP SCHEMA lib CASCADE;
