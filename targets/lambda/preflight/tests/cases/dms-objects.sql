-- finds: replicator cannot create the tables of DMS in the schema awsdms_control of the target: creating a table: SQLSTATE 42501
-- finds: applier cannot create the tables of DMS in the schema awsdms_control of the source: creating a table: SQLSTATE 42501
-- source
CREATE SCHEMA awsdms_control;
GRANT USAGE, CREATE ON SCHEMA awsdms_control TO replicator;
REVOKE ALL ON SCHEMA awsdms_control FROM all_reader;
-- target
REVOKE CREATE ON DATABASE ledger FROM replicator;
-- undo source
DROP SCHEMA awsdms_control;
-- undo target
GRANT CREATE ON DATABASE ledger TO replicator;
