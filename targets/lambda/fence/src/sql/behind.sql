-- The state behind the fence: a later difference is the work of somebody else.
-- $1 the replication, $2 objects that were taken a moment ago.
update migspec.migspec_taken t
set behind = case when t.class = 'pg_namespace'::regclass then (select nspacl from pg_namespace where oid = t.object)
                  when t.part <> 0 then (select attacl from pg_attribute where attrelid = t.object and attnum = t.part)
                  when t.class = 'pg_class'::regclass then (select relacl from pg_class where oid = t.object) end,
    changed = (select md5(pg_get_functiondef(oid)) from pg_proc where t.what = 'definer' and oid = t.object)
where t.replication = $1 and t.what in ('rights', 'definer') and t.object = any ($2)
