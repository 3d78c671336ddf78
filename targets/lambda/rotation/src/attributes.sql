-- What membership does not pass on, of the first user $1; whether $2 exists,
-- and whether it has the first user's rights already.
select concat_ws(' ',
                 case when r.rolreplication then 'REPLICATION' end,
                 case when r.rolcreaterole then 'CREATEROLE' end,
                 case when r.rolcreatedb then 'CREATEDB' end,
                 case when r.rolbypassrls then 'BYPASSRLS' end,
                 'CONNECTION LIMIT ' || r.rolconnlimit,
                 format('VALID UNTIL %L', coalesce(r.rolvaliduntil::text, 'infinity'))),
       o.oid is not null,
       coalesce(pg_has_role(o.oid, r.oid, 'USAGE'), false)
from pg_roles r
left join pg_roles o on o.rolname = $2::name
where r.rolname = $1::name
