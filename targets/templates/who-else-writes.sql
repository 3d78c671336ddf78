select distinct r.rolname
from pg_roles r
cross join pg_class c
join pg_namespace n on n.oid = c.relnamespace
where r.rolname <> all (ROLES) and not r.rolsuper and n.nspname = any (SCHEMAS) and c.relkind in ('r', 'p') and r.rolcanlogin
  and has_schema_privilege(r.oid, n.oid, 'usage') and has_table_privilege(r.oid, c.oid, 'insert, update, delete')
  and not has_table_privilege(r.oid, 'migspec.migspec_fence', 'insert')
