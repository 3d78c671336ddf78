-- finds: replicator cannot silence triggers and foreign keys of payments.payment on the target
-- finds: applier cannot silence triggers and foreign keys of payments.payment on the source
-- both
CREATE FUNCTION payments.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER t BEFORE INSERT ON payments.payment FOR EACH ROW EXECUTE FUNCTION payments.f();
