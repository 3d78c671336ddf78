-- finds lob-unmeasured: the sizes of the objects in payments.payment could not be read: reading the sizes: SQLSTATE 42501
-- finds: row security hides rows of payments.payment on the source from validator
-- finds: row security hides rows of payments.payment on the target from validator
-- finds: row security hides rows of payments.payment on the source from replicator
-- finds: row security hides rows of payments.payment on the target from replicator
-- finds: row security hides rows of payments.payment on the target from capturer
-- finds: row security hides rows of payments.payment on the source from applier
-- both
ALTER TABLE payments.payment ENABLE ROW LEVEL SECURITY;
