-- What other replications have taken of the objects of this one: it stays taken
-- until the last of them gives it back. $1 the replication, $2 relations, $3
-- schemas, $4 functions, $5 logins.
insert into migspec.migspec_taken (replication, what, class, object, part, owner, acl, behind, changed)
select distinct on (t.what, t.class, t.object, t.part) $1, t.what, t.class, t.object, t.part, t.owner, t.acl, t.behind, t.changed
from migspec.migspec_taken t
where t.replication <> $1
  and (t.what = 'rights' and t.class = 'pg_class'::regclass and t.object = any ($2)
       or t.what = 'rights' and t.class = 'pg_namespace'::regclass and t.object = any ($3)
       or t.what = 'definer' and t.object = any ($4)
       or t.what = 'login' and t.object = any ($5))
order by t.what, t.class, t.object, t.part, t.at
on conflict do nothing
