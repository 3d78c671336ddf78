-- Statements that give back what the fence has taken, from its record. Run each as an administrator of the database.
select format('grant %s on %s %I.%I to %s%s', a.privilege_type || coalesce(' (' || quote_ident(f.attname) || ')', ''),
              case c.relkind when 'S' then 'sequence' else 'table' end, n.nspname, c.relname,
              case a.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end,
              case when a.is_grantable then ' with grant option' else '' end)
from migspec.migspec_taken t
join pg_class c on c.oid = t.object
join pg_namespace n on n.oid = c.relnamespace
left join pg_attribute f on f.attrelid = c.oid and f.attnum = t.part and t.part <> 0
cross join lateral aclexplode(t.acl) a
where t.replication = :'replication' and t.what = 'rights' and t.class = 'pg_class'::regclass
  and (a.grantee = 0 or exists (select from pg_roles where oid = a.grantee))
union all
select format('grant %s on schema %I to %s%s', a.privilege_type, n.nspname,
              case a.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end,
              case when a.is_grantable then ' with grant option' else '' end)
from migspec.migspec_taken t
join pg_namespace n on n.oid = t.object
cross join lateral aclexplode(t.acl) a
where t.replication = :'replication' and t.what = 'rights' and t.class = 'pg_namespace'::regclass
  and (a.grantee = 0 or exists (select from pg_roles where oid = a.grantee))
union all
select format('alter routine %I.%I(%s) security definer', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid))
from migspec.migspec_taken t
join pg_proc p on p.oid = t.object
join pg_namespace n on n.oid = p.pronamespace
where t.replication = :'replication' and t.what = 'definer'
union all
select format('alter role %I login', r.rolname)
from migspec.migspec_taken t
join pg_roles r on r.oid = t.object
where t.replication = :'replication' and t.what = 'login'
