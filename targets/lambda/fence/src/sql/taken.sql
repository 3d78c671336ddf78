-- What each replication has taken, so that exactly that is given back. Rights are
-- kept as PostgreSQL keeps them: they name roles by number. What several
-- replications have taken is in the record of each, and is given back with the
-- last.
create table if not exists migspec.migspec_taken (
    replication text not null,
    -- rights, definer, login; writer: a login whose sessions end; opened: the other
    -- side was opened behind this fence.
    what text not null,
    class oid not null,
    object oid not null,
    part int4 not null default 0,
    -- The owner and the rights before the fence, and the rights behind it.
    owner oid,
    acl aclitem[],
    behind aclitem[],
    -- The transaction that made a function run as its caller.
    changed text,
    at timestamptz not null default clock_timestamp(),
    primary key (replication, what, class, object, part)
);
-- Each user of a rotation is a member of the first one, to whom all belongs.
do $$
begin
    execute format('alter table migspec.migspec_taken owner to %s',
                   (select nspowner::regrole from pg_namespace where nspname = 'migspec'));
end
$$
