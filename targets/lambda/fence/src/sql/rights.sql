-- The rights of every object on which somebody holds what the fence takes,
-- entry for entry in the order of the catalogue.
-- $1 relations, $2 schemas, $3 roles that keep their rights.
with object as (
    select 'pg_class'::regclass::oid as class, c.oid, 0 as column, c.relowner as owner, c.relacl as acl,
           case c.relkind when 'S' then 'SEQUENCE ' else 'TABLE ' end || format('%I.%I', n.nspname, c.relname) as on_what,
           null as column_name,
           case c.relkind when 'S' then array ['USAGE', 'UPDATE']
                          else array ['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'] end as taken
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    where c.oid = any ($1)
    union all
    select 'pg_class'::regclass::oid, c.oid, t.attnum, c.relowner, t.attacl,
           'TABLE ' || format('%I.%I', n.nspname, c.relname), quote_ident(t.attname),
           array ['INSERT', 'UPDATE', 'REFERENCES']
    from pg_attribute t
    join pg_class c on c.oid = t.attrelid
    join pg_namespace n on n.oid = c.relnamespace
    where c.oid = any ($1) and t.attacl is not null and not t.attisdropped
    union all
    select 'pg_namespace'::regclass::oid, n.oid, 0, n.nspowner, n.nspacl, 'SCHEMA ' || quote_ident(n.nspname), null,
           array ['CREATE']
    from pg_namespace n
    where n.oid = any ($2)
), entry as (
    select o.class, o.oid, o.column, o.owner, o.on_what, o.column_name, a.ord, a.grantee, a.grantor,
           a.privilege_type, a.is_grantable,
           a.privilege_type = any (o.taken) and a.grantee <> o.owner and not a.grantee = any ($3) as take
    from object o
    cross join lateral aclexplode(o.acl) with ordinality as a (grantor, grantee, privilege_type, is_grantable, ord)
)
select e.class, e.oid, e.column::int4, e.on_what, e.column_name,
       quote_ident(pg_get_userbyid(e.owner)),
       case e.grantee when 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(e.grantee)) end,
       quote_ident(pg_get_userbyid(e.grantor)),
       e.grantee, e.grantor, e.privilege_type, e.is_grantable, e.take,
       -- From PostgreSQL 16 on, a membership need not allow to act as the role.
       pg_has_role(current_user, e.grantor, case when current_setting('server_version_num')::int >= 160000 then 'SET' else 'MEMBER' end)
from entry e
where exists (select from entry f where f.take and f.class = e.class and f.oid = e.oid and f.column = e.column)
order by e.class, e.oid, e.column, e.ord
