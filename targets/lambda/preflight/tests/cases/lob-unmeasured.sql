-- finds identity-trial: the replica identity of payments.payment on the source could not be tried: SQLSTATE 42501
-- finds: the sizes of the objects in payments.payment could not be read: reading the sizes: SQLSTATE 42501
-- finds table-rights: replicator lacks SELECT on payments.payment of the source
-- source
REVOKE SELECT ON payments.payment FROM all_reader;
GRANT SELECT ON payments.payment TO validator, applier;
-- undo source
REVOKE SELECT ON payments.payment FROM validator, applier;
GRANT SELECT ON payments.payment TO all_reader;
