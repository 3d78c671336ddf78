-- finds: applier lacks INSERT on migspec.migspec_rehearsal of the source
-- finds rehearsal-table: capturer lacks SELECT on migspec.migspec_rehearsal of the target
-- source
REVOKE INSERT ON migspec.migspec_rehearsal FROM applier;
-- target
REVOKE SELECT ON migspec.migspec_rehearsal FROM capturer;
-- undo source
GRANT INSERT ON migspec.migspec_rehearsal TO applier;
-- undo target
GRANT SELECT ON migspec.migspec_rehearsal TO capturer;
