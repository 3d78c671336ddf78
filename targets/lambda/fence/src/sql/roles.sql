-- Every role and what it is to the fence. $1 the application's roles.
-- The migration's own logins are those that may write tokens, and whoever
-- reads a logical slot of this database: stopping them would stop the drain.
-- Rights to the table of tokens count only where they are granted by name.
with own as (
    select oid as role from pg_roles where rolname = session_user
    union
    select c.relowner from pg_class c where c.oid = to_regclass('migspec.migspec_fence')
    union
    select a.grantee from pg_class c cross join lateral aclexplode(c.relacl) a
    where c.oid = to_regclass('migspec.migspec_fence') and a.privilege_type = 'INSERT' and a.grantee <> 0
    union
    select s.usesysid from pg_replication_slots r
    join pg_stat_activity s on s.pid = r.active_pid
    where r.database = current_database()
)
select r.oid,
       quote_ident(r.rolname),
       r.rolcanlogin,
       r.rolname = any ($1) as named,
       r.rolsuper or coalesce((select pg_has_role(r.oid, a.oid, 'MEMBER') from pg_roles a where a.rolname = 'rds_superuser'), false) as admin,
       exists (select from own where own.role = r.oid or not r.rolsuper and pg_has_role(r.oid, own.role, 'USAGE')) as own
from pg_roles r
where r.rolname !~ '^pg_' or r.rolname = 'pg_write_all_data'
order by 1
