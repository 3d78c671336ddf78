-- finds: replicator may not write the tokens of the fence on the target: they would not arrive
-- finds replication-cut: replication cannot be cut off from the target: no login but the fence's own
-- target
REVOKE INSERT ON migspec.migspec_fence FROM replicator;
-- undo target
GRANT INSERT ON migspec.migspec_fence TO replicator;
