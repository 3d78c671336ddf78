-- Logins that are, or can become, one of the roles $1. 0 is everybody.
select r.oid from pg_roles r
where r.rolcanlogin
  and (0 = any ($1::oid[]) or exists (select from unnest($1::oid[]) o join pg_roles x on x.oid = o where pg_has_role(r.oid, o, 'MEMBER')))
order by 1
