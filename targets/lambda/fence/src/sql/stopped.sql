-- What gives back what is no right: functions that wrote as their owner, logins.
select format('ALTER ROUTINE %I.%I(%s) SECURITY DEFINER', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid))
from migspec.migspec_taken t
join pg_proc p on p.oid = t.object
join pg_namespace n on n.oid = p.pronamespace
where t.what = 'definer'
union all
select format('ALTER ROLE %I LOGIN', r.rolname)
from migspec.migspec_taken t
join pg_roles r on r.oid = t.object
where t.what = 'login'
