-- What gives back what is no right: functions that wrote as their owner, logins.
-- A function that somebody has defined anew since stays as it is. $1 the replication.
with mine as (
    select t.* from migspec.migspec_taken t
    where t.replication = $1
      and not exists (select from migspec.migspec_taken o where o.replication <> $1 and o.what = t.what and o.object = t.object)
)
select t.changed is null or md5(pg_get_functiondef(p.oid)) = t.changed,
       format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)),
       format('ALTER ROUTINE %I.%I(%s) SECURITY DEFINER', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid))
from mine t
join pg_proc p on p.oid = t.object
join pg_namespace n on n.oid = p.pronamespace
where t.what = 'definer' and not p.prosecdef
union all
select true, r.rolname, format('ALTER ROLE %I LOGIN', r.rolname)
from mine t
join pg_roles r on r.oid = t.object
where t.what = 'login' and not r.rolcanlogin
