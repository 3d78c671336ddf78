-- finds: replicator may not replicate on the source
-- source
ALTER ROLE replicator NOREPLICATION;
-- undo source
ALTER ROLE replicator REPLICATION;
