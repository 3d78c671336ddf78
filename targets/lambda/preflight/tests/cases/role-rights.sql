-- By itself, by a column, as a member of a group and as everybody.
-- finds: pay_app has DELETE on payments.payment of the source only
-- finds: pay_app has UPDATE on payments.by_day.day of the source only
-- finds: pay_app has SELECT on payments.by_day of the source only
-- finds: pay_app has USAGE on payments.payment_id_seq of the target only
-- finds: pay_app has EXECUTE on ROUTINE payments.f() of the target only
-- both
CREATE FUNCTION payments.f() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE ROLE tellers NOLOGIN;
GRANT tellers TO pay_app;
-- source
GRANT DELETE ON payments.payment TO PUBLIC;
GRANT UPDATE (day) ON payments.by_day TO pay_app;
GRANT SELECT ON payments.by_day TO tellers;
REVOKE EXECUTE ON FUNCTION payments.f() FROM PUBLIC;
-- target
GRANT USAGE ON SEQUENCE payments.payment_id_seq TO pay_app;
-- undo
REVOKE tellers FROM pay_app;
DROP OWNED BY tellers;
DROP ROLE tellers;
