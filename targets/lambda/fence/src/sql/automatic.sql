-- Writers without a session of an application: enabled subscriptions of this
-- database, processes that no server has without extensions, and whether the
-- jobs of pg_cron can be read. Row security counts as a refusal: the session
-- reads no part of a table. The number of large objects.
select array(select quote_ident(s.subname) from pg_subscription s
             where s.subenabled and s.subdbid = (select oid from pg_database where datname = current_database())
             order by 1),
       array(select distinct a.backend_type from pg_stat_activity a
             where a.backend_type not in (
                 'client backend', 'autovacuum launcher', 'autovacuum worker', 'logical replication launcher',
                 'logical replication worker', 'logical replication apply worker', 'logical replication tablesync worker',
                 'logical replication parallel worker', 'parallel worker', 'background writer', 'checkpointer', 'startup',
                 'archiver', 'walreceiver', 'walsender', 'walwriter', 'walsummarizer', 'slotsync worker', 'io worker',
                 'logger', 'stats collector')
             order by 1),
       (select has_schema_privilege(n.oid, 'USAGE') and has_table_privilege(c.oid, 'SELECT') and not row_security_active(c.oid)
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'cron' and c.relname = 'job'),
       (select count(*) from pg_largeobject_metadata)
