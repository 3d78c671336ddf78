-- Logins that are, or can become, whose objects these are or who may write
-- everything: rights that no REVOKE takes; and the other databases of the server
-- in which each has a session, an object or a right. $1 relations, $2 schemas.
with owner as (
    select relowner as role from pg_class where oid = any ($1)
    union
    select nspowner from pg_namespace where oid = any ($2)
    union
    select oid from pg_roles where rolname = 'pg_write_all_data'
), elsewhere as materialized (
    select distinct d.datname, u.role
    from pg_database d
    join (select dbid, refobjid from pg_shdepend where refclassid = 'pg_authid'::regclass
          union all
          select datid, usesysid from pg_stat_activity where usesysid is not null) as u (database, role) on u.database = d.oid
    where d.datname <> current_database()
)
select r.oid,
       (select string_agg(distinct quote_ident(e.datname), ', ') from elsewhere e where pg_has_role(r.oid, e.role, 'MEMBER'))
from pg_roles r
where (r.rolcanlogin or exists (select from migspec.migspec_taken t where t.what = 'login' and t.object = r.oid))
  and exists (select from owner o where pg_has_role(r.oid, o.role, 'MEMBER'))
order by 1
