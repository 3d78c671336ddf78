-- The logins that are locked out, by replication: a login may log in again when
-- the cut of the last replication ends.
create table if not exists migspec.migspec_cut (
    replication text not null,
    login oid not null,
    at timestamptz not null default clock_timestamp(),
    primary key (replication, login)
);
-- Each user of a rotation is a member of the first one, to whom all belongs.
do $$
begin
    if (select relowner from pg_class where oid = 'migspec.migspec_cut'::regclass) = current_user::regrole then
        execute format('alter table migspec.migspec_cut owner to %s',
                       (select nspowner::regrole from pg_namespace where nspname = 'migspec'));
    end if;
end
$$
