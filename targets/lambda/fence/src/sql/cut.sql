-- The logins that are locked out, by replication: a login may log in again when
-- the cut of the last replication ends.
create table if not exists migspec.migspec_cut (
    replication text not null,
    login oid not null,
    at timestamptz not null default clock_timestamp(),
    primary key (replication, login)
)
