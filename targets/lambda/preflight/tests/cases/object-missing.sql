-- finds: the target lacks the view payments.recent of the application's schemas
-- finds: the target lacks the function payments.total(integer) of the application's schemas
-- source
CREATE VIEW payments.recent AS SELECT id FROM payments.payment;
ALTER VIEW payments.recent OWNER TO owner;
CREATE FUNCTION payments.total(day int) RETURNS numeric LANGUAGE sql AS 'SELECT sum(amount) FROM payments.payment';
-- both
CREATE SCHEMA lib;
-- source
CREATE FUNCTION lib.unused() RETURNS int LANGUAGE sql AS 'SELECT 1';
-- undo
DROP SCHEMA lib CASCADE;
