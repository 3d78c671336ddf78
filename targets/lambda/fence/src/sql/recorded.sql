-- The rights that were and those that are, of every object in the record.
-- Roles that no longer exist have no rights to give back.
with object as (
    select t.class, t.object, t.part, c.relowner as owner, t.acl as former,
           case when t.part = 0 then c.relacl
                else (select attacl from pg_attribute where attrelid = c.oid and attnum = t.part) end as current,
           case c.relkind when 'S' then 'SEQUENCE ' else 'TABLE ' end || format('%I.%I', n.nspname, c.relname) as on_what,
           (select quote_ident(attname) from pg_attribute
            where attrelid = c.oid and attnum = t.part and t.part <> 0 and not attisdropped) as column_name
    from migspec.migspec_taken t
    join pg_class c on c.oid = t.object
    join pg_namespace n on n.oid = c.relnamespace
    where t.what = 'rights' and t.class = 'pg_class'::regclass
    union all
    select t.class, t.object, t.part, n.nspowner, t.acl, n.nspacl, 'SCHEMA ' || quote_ident(n.nspname), null
    from migspec.migspec_taken t
    join pg_namespace n on n.oid = t.object
    where t.what = 'rights' and t.class = 'pg_namespace'::regclass
), entry as (
    select o.*, true as was, a.* from object o
    cross join lateral aclexplode(o.former) with ordinality as a (grantor, grantee, privilege_type, is_grantable, ord)
    union all
    select o.*, false, a.* from object o
    cross join lateral aclexplode(o.current) with ordinality as a (grantor, grantee, privilege_type, is_grantable, ord)
)
select e.class, e.object, e.part, e.on_what, e.column_name, quote_ident(pg_get_userbyid(e.owner)), e.was,
       case e.grantee when 0 then 'PUBLIC' else quote_ident(e_to.rolname) end, quote_ident(e_by.rolname),
       e.privilege_type, e.is_grantable
from entry e
join pg_roles e_by on e_by.oid = e.grantor
left join pg_roles e_to on e_to.oid = e.grantee
where (e.grantee = 0 or e_to.oid is not null)
  and (e.part = 0 or e.column_name is not null)
order by e.class, e.object, e.part, e.was desc, e.ord
