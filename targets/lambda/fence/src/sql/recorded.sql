-- The rights that were, those behind the fence and those that are, of every
-- object that this replication alone has taken. Roles that no longer exist have
-- no rights to give back. Rights of a former owner are the new owner's, as
-- PostgreSQL has it. $1 the replication.
with mine as (
    select t.* from migspec.migspec_taken t
    where t.replication = $1 and t.what = 'rights'
      and not exists (select from migspec.migspec_taken o
                      where o.replication <> $1 and o.what = t.what and o.class = t.class and o.object = t.object and o.part = t.part)
), object as (
    select t.class, t.object, t.part, t.owner as before, c.relowner as owner, t.acl as former, t.behind,
           case when t.part = 0 then c.relacl
                else (select attacl from pg_attribute where attrelid = c.oid and attnum = t.part) end as current,
           case c.relkind when 'S' then 'SEQUENCE ' else 'TABLE ' end || format('%I.%I', n.nspname, c.relname) as on_what,
           (select quote_ident(attname) from pg_attribute
            where attrelid = c.oid and attnum = t.part and t.part <> 0 and not attisdropped) as column_name,
           t.part = 0 and exists (select from pg_attribute where attrelid = c.oid and attacl is not null) as columns
    from mine t
    join pg_class c on c.oid = t.object
    join pg_namespace n on n.oid = c.relnamespace
    where t.class = 'pg_class'::regclass
    union all
    select t.class, t.object, t.part, t.owner, n.nspowner, t.acl, t.behind, n.nspacl, 'SCHEMA ' || quote_ident(n.nspname), null, false
    from mine t
    join pg_namespace n on n.oid = t.object
    where t.class = 'pg_namespace'::regclass
), entry as (
    select o.*, l.list, a.privilege_type, a.is_grantable, a.ord,
           case a.grantor when o.before then o.owner else a.grantor end as grantor,
           case a.grantee when o.before then o.owner else a.grantee end as grantee
    from object o
    cross join lateral (values (1, o.former), (2, o.behind), (3, o.current)) as l (list, acl)
    cross join lateral aclexplode(l.acl) with ordinality as a (grantor, grantee, privilege_type, is_grantable, ord)
)
select e.class, e.object, e.part, e.on_what, e.column_name, quote_ident(pg_get_userbyid(e.owner)), e.columns, e.list,
       case e.grantee when 0 then 'PUBLIC' else quote_ident(e_to.rolname) end, quote_ident(e_by.rolname),
       e.privilege_type, e.is_grantable
from entry e
join pg_roles e_by on e_by.oid = e.grantor
left join pg_roles e_to on e_to.oid = e.grantee
where (e.grantee = 0 or e_to.oid is not null)
  and (e.part = 0 or e.column_name is not null)
order by e.class, e.object, e.part, e.list, e.ord
