-- from 15
-- finds: the trigger t of payments.payment is `CREATE TRIGGER t BEFORE INSERT ON payments.payment FOR EACH ROW EXECUTE FUNCTION payments.f()` on the source and `CREATE TRIGGER t AFTER INSERT ON
-- both
CREATE FUNCTION payments.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
-- source
GRANT SET ON PARAMETER session_replication_role TO applier;
CREATE TRIGGER t BEFORE INSERT ON payments.payment FOR EACH ROW EXECUTE FUNCTION payments.f();
-- target
GRANT SET ON PARAMETER session_replication_role TO replicator;
CREATE TRIGGER t AFTER INSERT ON payments.payment FOR EACH ROW EXECUTE FUNCTION payments.f();
-- undo source
REVOKE SET ON PARAMETER session_replication_role FROM applier;
-- undo target
REVOKE SET ON PARAMETER session_replication_role FROM replicator;
