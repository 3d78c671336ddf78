-- from 15
-- finds: payments.payment of the target lacks the trigger t
-- both
CREATE FUNCTION payments.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
-- source
GRANT SET ON PARAMETER session_replication_role TO applier;
CREATE TRIGGER t BEFORE INSERT ON payments.payment FOR EACH ROW EXECUTE FUNCTION payments.f();
-- undo source
REVOKE SET ON PARAMETER session_replication_role FROM applier;
