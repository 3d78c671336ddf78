-- The logins that apply changes: all that may write tokens by a grant to them
-- or to a role of theirs, except the fence's own and administrators. The result
-- contains the logins that another cutover locks out.
with granted as (
    select a.grantee as role from pg_class c cross join lateral aclexplode(c.relacl) a
    where c.oid = 'migspec.migspec_fence'::regclass and a.privilege_type = 'INSERT' and a.grantee not in (0, c.relowner)
)
select r.oid, quote_ident(r.rolname), r.rolcanlogin
from pg_roles r
where (r.rolcanlogin or exists (select from migspec.migspec_cut c where c.login = r.oid))
  and not r.rolsuper
  and r.rolname <> session_user
  and r.oid <> (select relowner from pg_class where oid = 'migspec.migspec_fence'::regclass)
  and not coalesce((select pg_has_role(r.oid, a.oid, 'MEMBER') from pg_roles a where a.rolname = 'rds_superuser'), false)
  and exists (select from granted where pg_has_role(r.oid, granted.role, 'MEMBER'))
order by 1
