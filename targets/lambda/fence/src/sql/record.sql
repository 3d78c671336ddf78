-- $1 classes, $2 objects, $3 parts of what has rights; $4 functions, $5 logins, $6 writers; $7 the replication.
insert into migspec.migspec_taken as t (replication, what, class, object, part, owner, acl)
select $7, 'rights', w.class, w.object, w.part, o.owner, o.acl
from unnest($1::oid[], $2::oid[], $3::int4[]) as w (class, object, part)
cross join lateral (
    select nspowner as owner, nspacl as acl from pg_namespace where w.class = 'pg_namespace'::regclass and oid = w.object
    union all
    select c.relowner, case when w.part = 0 then c.relacl
                            else (select attacl from pg_attribute where attrelid = c.oid and attnum = w.part) end
    from pg_class c where w.class = 'pg_class'::regclass and c.oid = w.object
) o
union all
select $7, 'definer', 'pg_proc'::regclass, d, 0, null, null from unnest($4::oid[]) d
union all
select $7, 'login', 'pg_authid'::regclass, l, 0, null, null from unnest($5::oid[]) l
union all
select $7, 'writer', 'pg_authid'::regclass, w, 0, null, null from unnest($6::oid[]) w
-- A right that was granted behind the fence, and is taken too, comes back with the others.
on conflict (replication, what, class, object, part) do update
set acl = t.acl || excluded.acl where t.what = 'rights'
