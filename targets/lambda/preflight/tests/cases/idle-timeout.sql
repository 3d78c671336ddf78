-- finds: idle_in_transaction_session_timeout of replicator on the source is 60000 ms
-- source
ALTER ROLE replicator SET idle_in_transaction_session_timeout = '1min';
-- undo source
ALTER ROLE replicator RESET idle_in_transaction_session_timeout;
