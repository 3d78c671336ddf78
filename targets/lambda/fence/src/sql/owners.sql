-- Whose objects these are, and who may write everything: rights that no REVOKE
-- takes. $1 relations, $2 schemas.
select relowner from pg_class where oid = any ($1)
union
select nspowner from pg_namespace where oid = any ($2)
union
select oid from pg_roles where rolname = 'pg_write_all_data'
