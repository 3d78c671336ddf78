-- The logins that apply changes: all that may write tokens by a grant to them
-- or to a role of theirs, except the fence's own and administrators. The result
-- contains the logins that another cutover locks out, and for each the other
-- databases of the server in which it has a session, an object or a right.
with granted as (
    select a.grantee as role from pg_class c cross join lateral aclexplode(c.relacl) a
    where c.oid = 'migspec.migspec_fence'::regclass and a.privilege_type = 'INSERT' and a.grantee not in (0, c.relowner)
), elsewhere as materialized (
    select distinct d.datname, u.role
    from pg_database d
    join (select dbid, refobjid from pg_shdepend where refclassid = 'pg_authid'::regclass
          union all
          select datid, usesysid from pg_stat_activity where usesysid is not null) as u (database, role) on u.database = d.oid
    where d.datname <> current_database()
)
select r.oid, quote_ident(r.rolname), r.rolcanlogin,
       (select string_agg(distinct quote_ident(e.datname), ', ') from elsewhere e where e.role = r.oid)
from pg_roles r
where (r.rolcanlogin or exists (select from migspec.migspec_cut c where c.login = r.oid))
  and not r.rolsuper
  and r.rolname <> session_user
  and r.oid <> (select relowner from pg_class where oid = 'migspec.migspec_fence'::regclass)
  and not coalesce((select pg_has_role(r.oid, a.oid, 'MEMBER') from pg_roles a where a.rolname = 'rds_superuser'), false)
  and exists (select from granted where pg_has_role(r.oid, granted.role, 'MEMBER'))
order by 1
