-- Only servers of RDS have this role.
-- finds: max_worker_processes of the target is 8
-- target
CREATE ROLE rds_superuser;
-- undo target
DROP ROLE rds_superuser;
