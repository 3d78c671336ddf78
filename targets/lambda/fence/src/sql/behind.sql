-- The state behind the fence: a later difference is the work of somebody else.
-- It changes by the rights that were taken and by nothing else, in the record of
-- every replication that has fenced the object: otherwise the last of them would
-- take the fence's work for that of somebody else, or somebody's work for the
-- fence's. $1 the replication; $2 functions; $3 classes, $4 objects, $5 parts, $6
-- grantees, $7 grantors, $8 privileges and $9 grant options of the rights.
with taken as (
    select * from unnest($3::oid[], $4::oid[], $5::int4[], $6::oid[], $7::oid[], $8::text[], $9::bool[])
                  as k (class, object, part, grantee, grantor, privilege, grantable)
), rights as (
    select distinct class, object, part from taken
), changed as (
    update migspec.migspec_taken t
    set changed = (select md5(pg_get_functiondef(oid)) from pg_proc where oid = t.object)
    where t.what = 'definer' and t.object = any ($2)
)
update migspec.migspec_taken t
set acl = case when t.replication = $1 then t.acl
               else t.acl || array(select makeaclitem(k.grantee, k.grantor, k.privilege, k.grantable) from taken k
                                   where k.class = t.class and k.object = t.object and k.part = t.part) end,
    behind = case when t.behind is not null
                  then array(select makeaclitem(b.grantee, b.grantor, b.privilege_type, b.is_grantable)
                             from aclexplode(t.behind) b
                             where not exists (select from taken k
                                               where k.class = t.class and k.object = t.object and k.part = t.part
                                                 and k.grantee = b.grantee and k.grantor = b.grantor
                                                 and k.privilege = b.privilege_type))
                  when t.class = 'pg_namespace'::regclass then (select nspacl from pg_namespace where oid = t.object)
                  when t.part <> 0 then (select attacl from pg_attribute where attrelid = t.object and attnum = t.part)
                  when t.class = 'pg_class'::regclass then (select relacl from pg_class where oid = t.object) end
from rights r
where t.what = 'rights' and t.class = r.class and t.object = r.object and t.part = r.part
