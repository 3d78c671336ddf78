-- finds: replicator does not see other sessions of the source: long transactions stay hidden
-- source
REVOKE pg_read_all_stats FROM replicator;
-- undo source
GRANT pg_read_all_stats TO replicator;
