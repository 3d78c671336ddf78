-- Functions that write as their owner, who keeps the right to: whoever may
-- call them could write, unless they run as their caller for a while.
-- $1 relations, $2 roles that keep their rights.
select p.oid, p.prosecdef, format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)),
       -- Whoever fires a trigger calls its function without a right to.
       case p.prorettype
           when 'trigger'::regtype then array [0::oid]
           else array(select a.grantee from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a) end
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace
join pg_roles r on r.oid = p.proowner
where (p.prosecdef or exists (select from migspec.migspec_taken t where t.what = 'definer' and t.object = p.oid))
  and n.nspname not in ('pg_catalog', 'information_schema', 'migspec')
  and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
  and (r.rolsuper
       or exists (select from pg_roles w where w.rolname = 'pg_write_all_data' and pg_has_role(p.proowner, w.oid, 'USAGE'))
       or exists (select from pg_class c where c.oid = any ($1) and pg_has_role(p.proowner, c.relowner, 'USAGE'))
       or p.proowner = any ($2)
          and exists (select from pg_class c
                      where c.oid = any ($1)
                        and case c.relkind
                                when 'S' then has_sequence_privilege(p.proowner, c.oid, 'USAGE, UPDATE')
                                else has_table_privilege(p.proowner, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
                                     or has_any_column_privilege(p.proowner, c.oid, 'INSERT, UPDATE') end))
order by 1
