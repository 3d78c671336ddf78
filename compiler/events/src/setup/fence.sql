-- What the fence needs in each of the two databases, before it is first used.
-- Run as an administrator, after the logins exist.
--
-- Whoever is granted the right to write tokens belongs to the migration, and
-- is not stopped by the fence: the login that DMS applies changes with.

create schema if not exists migspec authorization migspec_fence;

create table if not exists migspec.migspec_fence (
    token varchar(200) primary key,
    migration varchar(100) not null,
    position varchar(40) not null,
    written timestamptz not null
);
alter table migspec.migspec_fence owner to migspec_fence;

-- The rehearsal of the reverse start sends a row of this table from the target to the source.
create table if not exists migspec.migspec_rehearsal (
    token varchar(200) primary key,
    written timestamptz not null
);
alter table migspec.migspec_rehearsal owner to migspec_fence;

-- It sees and ends the sessions of others.
grant pg_read_all_stats, pg_signal_backend to migspec_fence;

-- Schemas are frozen while a migration runs: each replication writes those of its
-- own. Only administrators can create event triggers, so these exist from the
-- start and do nothing without a row. The numbers find a schema that is renamed,
-- and a table that leaves its schema.
create table if not exists migspec.migspec_frozen (
    replication text not null,
    schema text not null,
    number oid not null,
    relations oid[] not null,
    primary key (replication, schema)
);
alter table migspec.migspec_frozen owner to migspec_fence;

create or replace function migspec.refuse(schemas text[], numbers oid[]) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp as
$$
begin
    if exists (select from migspec.migspec_frozen f
               where f.schema = any (schemas) or f.number = any (numbers) or f.relations && numbers)
        and not exists (select from pg_class c
                        cross join lateral aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) a
                        join pg_roles r on r.oid = a.grantee
                        where c.oid = 'migspec.migspec_fence'::regclass and a.privilege_type = 'INSERT'
                          and (r.rolname = session_user
                               or not (select rolsuper from pg_roles where rolname = session_user)
                                  and pg_has_role(session_user, r.oid, 'USAGE')))
    then
        raise exception 'a migration is under way: schemas stay as they are until it ends'
            using errcode = 'object_not_in_prerequisite_state';
    end if;
end
$$;

create or replace function migspec.refuse_changes() returns event_trigger language plpgsql as
$$
begin
    perform migspec.refuse(array(select schema_name from pg_event_trigger_ddl_commands() where schema_name is not null),
                           array(select objid from pg_event_trigger_ddl_commands()
                                 where classid in ('pg_class'::regclass, 'pg_namespace'::regclass)));
end
$$;

create or replace function migspec.refuse_drops() returns event_trigger language plpgsql as
$$
begin
    perform migspec.refuse(array(select schema_name from pg_event_trigger_dropped_objects()
                                 where schema_name is not null and not is_temporary), '{}');
end
$$;

-- Whoever changes a schema calls them.
grant usage on schema migspec to public;
revoke all on all tables in schema migspec from public;

drop event trigger if exists migspec_refuse_changes;
drop event trigger if exists migspec_refuse_drops;
create event trigger migspec_refuse_changes on ddl_command_end execute function migspec.refuse_changes();
create event trigger migspec_refuse_drops on sql_drop execute function migspec.refuse_drops();
