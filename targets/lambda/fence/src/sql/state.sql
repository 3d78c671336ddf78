-- The privileges on relations $1, their columns and schemas $2, one a line; logins;
-- functions that write as their owner.
select format('%s on %s %s to %s by %s%s', a.privilege_type, o.kind, o.name,
              case a.grantee when 0 then 'PUBLIC' else a.grantee::regrole::text end, a.grantor::regrole,
              case when a.is_grantable then ' with grant option' end)
from (
    select 'relation' as kind, c.oid::regclass::text as name, c.relacl as acl from pg_class c where c.oid = any ($1)
    union all
    select 'column', c.oid::regclass || '.' || t.attname, t.attacl
    from pg_attribute t join pg_class c on c.oid = t.attrelid where c.oid = any ($1) and not t.attisdropped
    union all
    select 'schema', n.nspname, n.nspacl from pg_namespace n where n.oid = any ($2)
) o
cross join lateral aclexplode(o.acl) a
union all
select format('the login %s', rolname) from pg_roles where rolcanlogin
union all
select format('SECURITY DEFINER of %s', oid::regprocedure) from pg_proc where prosecdef
