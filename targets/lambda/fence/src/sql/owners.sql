-- Logins that are, or can become, whose objects these are or who may write
-- everything: rights that no REVOKE takes. $1 relations, $2 schemas.
with owner as (
    select relowner as role from pg_class where oid = any ($1)
    union
    select nspowner from pg_namespace where oid = any ($2)
    union
    select oid from pg_roles where rolname = 'pg_write_all_data'
)
select r.oid from pg_roles r
where (r.rolcanlogin or exists (select from migspec.migspec_taken t where t.what = 'login' and t.object = r.oid))
  and exists (select from owner o where pg_has_role(r.oid, o.role, 'MEMBER'))
order by 1
