-- $1 the replication whose cut ends. Returns the logins that no other
-- replication locks out.
with ended as (delete from migspec.migspec_cut where replication = $1 returning login)
select r.oid, quote_ident(r.rolname), r.rolcanlogin
from ended join pg_roles r on r.oid = ended.login
where not exists (select from migspec.migspec_cut c where c.login = r.oid and c.replication <> $1)
order by 1
