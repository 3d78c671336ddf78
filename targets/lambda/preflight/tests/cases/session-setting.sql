-- Of each of DMS's logins. The functions set their own.
-- finds: statement_timeout of replicator on the target is 30000
-- finds: lock_timeout of replicator on the source is 1000
-- finds: default_transaction_read_only of applier on the source is on
-- finds: DateStyle of capturer on the target is German, DMY
-- finds idle-timeout: idle_in_transaction_session_timeout of applier on the source is 60000 ms
-- source
ALTER ROLE replicator SET lock_timeout = '1s';
ALTER ROLE applier SET default_transaction_read_only = on;
ALTER ROLE applier SET idle_in_transaction_session_timeout = '1min';
ALTER ROLE validator SET statement_timeout = '1min';
-- target
ALTER ROLE replicator SET statement_timeout = '30s';
ALTER ROLE capturer SET DateStyle = 'German';
-- undo source
ALTER ROLE replicator RESET ALL;
ALTER ROLE applier RESET ALL;
ALTER ROLE validator RESET ALL;
-- undo target
ALTER ROLE replicator RESET ALL;
ALTER ROLE capturer RESET ALL;
