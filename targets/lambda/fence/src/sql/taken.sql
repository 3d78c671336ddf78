-- What the fence has taken, so that exactly that is given back. Rights are kept
-- as PostgreSQL keeps them: they name roles by number.
create table if not exists migspec.migspec_taken (
    -- rights, definer, login; writer: a login whose sessions end.
    what text not null,
    class oid not null,
    object oid not null,
    part int4 not null default 0,
    acl aclitem[],
    at timestamptz not null default clock_timestamp(),
    primary key (what, class, object, part)
)
