-- $1 classes, $2 objects, $3 parts of what has rights; $4 functions, $5 logins, $6 writers.
insert into migspec.migspec_taken (what, class, object, part, acl)
select 'rights', w.class, w.object, w.part,
       case when w.class = 'pg_namespace'::regclass then (select nspacl from pg_namespace where oid = w.object)
            when w.part <> 0 then (select attacl from pg_attribute where attrelid = w.object and attnum = w.part)
            else (select relacl from pg_class where oid = w.object) end
from unnest($1::oid[], $2::oid[], $3::int4[]) as w (class, object, part)
union all
select 'definer', 'pg_proc'::regclass, d, 0, null from unnest($4::oid[]) d
union all
select 'login', 'pg_authid'::regclass, l, 0, null from unnest($5::oid[]) l
union all
select 'writer', 'pg_authid'::regclass, w, 0, null from unnest($6::oid[]) w
on conflict (what, class, object, part) do nothing
