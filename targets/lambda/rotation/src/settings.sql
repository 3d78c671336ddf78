-- Statements that give the user $2 the settings of the first user $1, everywhere
-- and in single databases. Those that only an administrator may set stay with the
-- first user. Lists of names are stored with their quotes; any other text
-- there is quoted, since a login may set its own to anything.
select format('ALTER ROLE %I RESET ALL', $2::text) where $1 <> $2
union all
select format('ALTER ROLE %I IN DATABASE %I RESET ALL', $2::text, d.datname)
from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase
where $1 <> $2 and s.setrole = (select oid from pg_roles where rolname = $2)
union all
select format('ALTER ROLE %I%s SET %I TO %s', $2::text, ' IN DATABASE ' || quote_ident(d.datname), c.name,
              case when c.name in ('search_path', 'temp_tablespaces', 'local_preload_libraries') and c.value ~ '^("([^"]|"")*"|[a-z_0-9$]+)(\s*,\s*("([^"]|"")*"|[a-z_0-9$]+))*$'
                   then c.value else quote_literal(c.value) end)
from pg_db_role_setting s
left join pg_database d on d.oid = s.setdatabase
cross join lateral unnest(s.setconfig) line
cross join lateral (select split_part(line, '=', 1) as name, substr(line, strpos(line, '=') + 1) as value) c
left join pg_settings p on p.name = c.name
where (p.name is null or p.context in ('user', 'backend')) and $1 <> $2 and s.setrole = (select oid from pg_roles where rolname = $1) and (s.setdatabase = 0 or d.oid is not null)
