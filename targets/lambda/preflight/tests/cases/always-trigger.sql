-- finds: the trigger t of payments.payment on the target fires for replication too
-- finds: the trigger t of payments.payment on the source fires for replication too
-- both
CREATE FUNCTION payments.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER t BEFORE INSERT ON payments.payment FOR EACH ROW EXECUTE FUNCTION payments.f();
ALTER TABLE payments.payment ENABLE REPLICA TRIGGER t;
