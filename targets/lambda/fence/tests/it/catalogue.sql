select format('relation %s %s %s', c.oid::regclass, c.relowner, c.relacl) from pg_class c
join pg_namespace n on n.oid = c.relnamespace where n.nspname not like 'pg%' and n.nspname not in ('information_schema', 'migspec')
union all
select format('column %s.%s %s', a.attrelid::regclass, a.attname, a.attacl) from pg_attribute a
join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
where n.nspname not like 'pg%' and n.nspname not in ('information_schema', 'migspec') and a.attnum > 0
union all
select format('schema %s %s %s', nspname, nspowner, nspacl) from pg_namespace where nspname <> 'migspec'
union all
select format('function %s %s %s %s', oid::regprocedure, proowner, prosecdef, proacl) from pg_proc where pronamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
union all
select format('role %s %s', rolname, r) from pg_authid r
union all
select format('member %s', m) from pg_auth_members m
union all
select format('database %s %s', datname, datacl) from pg_database
union all
select format('default %s', d) from pg_default_acl d
order by 1
