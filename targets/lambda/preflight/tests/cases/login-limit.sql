-- finds: replicator of the source may open 20 sessions at once
-- finds: migspec_fence of the target may open 10 sessions at once
-- source
ALTER ROLE replicator CONNECTION LIMIT 20;
-- target
ALTER ROLE migspec_fence CONNECTION LIMIT 10;
-- undo source
ALTER ROLE replicator CONNECTION LIMIT -1;
-- undo target
ALTER ROLE migspec_fence CONNECTION LIMIT -1;
