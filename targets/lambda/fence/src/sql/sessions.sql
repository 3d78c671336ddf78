-- Who is connected, but ourselves. $1 an instant, $2 relations.
select a.pid, a.usesysid, coalesce(a.datname = current_database(), false) as here,
       coalesce(a.backend_start < $1, true) as older,
       exists (select from pg_locks l
               where l.pid = a.pid and l.locktype = 'relation' and l.database = a.datid and l.relation = any ($2)
                 and l.mode in ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')) as writes
from pg_stat_activity a
where a.pid <> pg_backend_pid()
