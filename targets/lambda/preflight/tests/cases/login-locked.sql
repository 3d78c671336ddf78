-- finds login: the login `replication` of the target cannot be used: connecting to 127.0.0.1
-- target
ALTER ROLE replicator NOLOGIN;
-- undo target
ALTER ROLE replicator LOGIN;
