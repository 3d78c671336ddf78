-- The tables of pg_cron.
-- finds: pg_cron of the source runs 1 active jobs in this database
-- finds: pg_cron of the target runs unreadable active jobs in this database
-- both
CREATE SCHEMA cron;
CREATE TABLE cron.job (jobid bigint PRIMARY KEY, database text, active boolean);
INSERT INTO cron.job VALUES (1, 'ledger', true), (2, 'ledger', false), (3, 'other', true);
-- target
REVOKE all_reader FROM replicator;
GRANT USAGE ON SCHEMA payments TO replicator;
GRANT SELECT ON ALL TABLES IN SCHEMA payments TO replicator;
-- undo
DROP SCHEMA cron CASCADE;
-- undo target
REVOKE ALL ON SCHEMA payments FROM replicator;
REVOKE SELECT ON ALL TABLES IN SCHEMA payments FROM replicator;
GRANT all_reader TO replicator;
