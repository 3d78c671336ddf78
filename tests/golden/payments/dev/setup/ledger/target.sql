-- The setup of database "ledger" for the migration payments in dev.
-- Run it in the database of the application, as an administrator, after the application's schemas exist:
-- psql --set ON_ERROR_STOP=1 --file target.sql. Every statement can be repeated.
-- It sets no password: give each login the password of its secret, with \password.

-- The login migspec_replication for replication.
DO $setup$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'migspec_replication') THEN CREATE ROLE "migspec_replication" LOGIN; END IF;
END $setup$;

-- The login migspec_validator for validation.
DO $setup$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'migspec_validator') THEN CREATE ROLE "migspec_validator" LOGIN; END IF;
END $setup$;

-- The login migspec_fence for fence.
DO $setup$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'migspec_fence') THEN CREATE ROLE "migspec_fence" LOGIN; END IF;
END $setup$;

-- The login migspec_reverse for reverse-capture.
DO $setup$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'migspec_reverse') THEN CREATE ROLE "migspec_reverse" LOGIN; END IF;
END $setup$;

-- The objects of the fence.
DO $setup$ BEGIN
    PERFORM set_config('migspec.joined', 'no', false); IF NOT pg_has_role('migspec_fence', 'USAGE') THEN GRANT "migspec_fence" TO CURRENT_USER; PERFORM set_config('migspec.joined', 'yes', false); END IF;
END $setup$;

create schema if not exists migspec authorization migspec_fence;

create table if not exists migspec.migspec_fence (
    token varchar(200) primary key,
    migration varchar(100) not null,
    position varchar(40) not null,
    written timestamptz not null
);
alter table migspec.migspec_fence owner to migspec_fence;

create table if not exists migspec.migspec_rehearsal (
    token varchar(200) primary key,
    written timestamptz not null
);
alter table migspec.migspec_rehearsal owner to migspec_fence;

grant pg_read_all_stats, pg_signal_backend to migspec_fence;

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

grant usage on schema migspec to public;
revoke all on all tables in schema migspec from public;

drop event trigger if exists migspec_refuse_changes;
drop event trigger if exists migspec_refuse_drops;
create event trigger migspec_refuse_changes on ddl_command_end execute function migspec.refuse_changes();
create event trigger migspec_refuse_drops on sql_drop execute function migspec.refuse_drops();

-- The administrator acts for the fence no more.
DO $setup$ BEGIN IF current_setting('migspec.joined', true) = 'yes' THEN REVOKE "migspec_fence" FROM CURRENT_USER; END IF; END $setup$;

-- The fence revokes and restores privileges as the owners of the objects.
DO $setup$ DECLARE owner name; writer name; BEGIN FOR owner IN SELECT pg_get_userbyid(n.nspowner) FROM pg_namespace n WHERE n.nspname = ANY (ARRAY['payments']::name[]) UNION SELECT pg_get_userbyid(c.relowner) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ANY (ARRAY['payments']::name[]) LOOP IF owner = CURRENT_USER OR (SELECT rolsuper FROM pg_roles WHERE rolname = owner) THEN RAISE NOTICE '% is an administrator and owns objects: give them an owner of the application', owner; CONTINUE; END IF; IF NOT pg_has_role('migspec_fence', owner, 'MEMBER') THEN EXECUTE format('GRANT %I TO %I', owner, 'migspec_fence'::name); END IF; IF current_setting('server_version_num')::int >= 160000 THEN FOR writer IN SELECT rolname FROM pg_roles WHERE rolcanlogin AND NOT rolsuper AND rolname NOT IN (CURRENT_USER, 'migspec_fence') AND pg_has_role(oid, owner, 'MEMBER') LOOP EXECUTE format('GRANT %I TO %I WITH ADMIN TRUE, INHERIT FALSE, SET FALSE', writer, 'migspec_fence'::name); END LOOP; END IF; END LOOP; END $setup$;

-- The privileges of migspec_replication.
DO $setup$ BEGIN
    IF current_setting('server_version_num')::int >= 150000 THEN EXECUTE 'GRANT SET ON PARAMETER session_replication_role TO "migspec_replication"'; END IF; EXCEPTION WHEN insufficient_privilege THEN RAISE NOTICE 'session_replication_role cannot be granted';
END $setup$;
GRANT pg_read_all_stats TO "migspec_replication";
CREATE SCHEMA IF NOT EXISTS awsdms_control;
GRANT USAGE, CREATE ON SCHEMA awsdms_control TO "migspec_replication";
DO $setup$ BEGIN
    IF EXISTS (SELECT FROM pg_namespace WHERE nspname = 'payments') THEN GRANT USAGE ON SCHEMA "payments" TO "migspec_replication"; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "payments" TO "migspec_replication"; ELSE RAISE NOTICE 'no schema %: run the setup again', 'payments'; END IF;
END $setup$;
GRANT USAGE ON SCHEMA migspec TO "migspec_replication";
GRANT SELECT, INSERT, UPDATE, DELETE ON migspec.migspec_fence, migspec.migspec_rehearsal TO "migspec_replication";
DO $setup$ BEGIN
    IF current_setting('server_version_num')::int >= 160000 THEN EXECUTE 'GRANT "migspec_replication" TO "migspec_fence" WITH ADMIN TRUE, INHERIT FALSE, SET FALSE'; END IF;
END $setup$;

-- The privileges of migspec_validator.
DO $setup$ BEGIN
    IF current_setting('server_version_num')::int >= 140000 THEN EXECUTE 'GRANT pg_read_all_data TO "migspec_validator"'; END IF;
END $setup$;
DO $setup$ BEGIN
    IF EXISTS (SELECT FROM pg_namespace WHERE nspname = 'payments') THEN GRANT USAGE ON SCHEMA "payments" TO "migspec_validator"; GRANT SELECT ON ALL TABLES IN SCHEMA "payments" TO "migspec_validator"; ELSE RAISE NOTICE 'no schema %: run the setup again', 'payments'; END IF;
END $setup$;

-- The privileges of migspec_fence.
ALTER ROLE "migspec_fence" CREATEROLE;

-- The privileges of migspec_reverse.
DO $setup$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_replication') THEN GRANT rds_replication TO "migspec_reverse"; ELSE ALTER ROLE "migspec_reverse" REPLICATION; END IF;
END $setup$;
GRANT pg_read_all_stats TO "migspec_reverse";
CREATE SCHEMA IF NOT EXISTS awsdms_control;
GRANT USAGE, CREATE ON SCHEMA awsdms_control TO "migspec_reverse";
DO $setup$ BEGIN
    IF EXISTS (SELECT FROM pg_namespace WHERE nspname = 'payments') THEN GRANT USAGE ON SCHEMA "payments" TO "migspec_reverse"; GRANT SELECT ON ALL TABLES IN SCHEMA "payments" TO "migspec_reverse"; ELSE RAISE NOTICE 'no schema %: run the setup again', 'payments'; END IF;
END $setup$;
GRANT USAGE ON SCHEMA migspec TO "migspec_reverse";
GRANT SELECT ON migspec.migspec_fence, migspec.migspec_rehearsal TO "migspec_reverse";

-- The audit of tables with account data.
DO $setup$ BEGIN
    IF EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pgaudit') THEN CREATE EXTENSION IF NOT EXISTS pgaudit; ELSE RAISE NOTICE 'no pgaudit: nothing is recorded'; END IF;
END $setup$;
DO $setup$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_pgaudit') THEN CREATE ROLE rds_pgaudit NOLOGIN; END IF;
END $setup$;
DO $setup$ BEGIN
    IF to_regclass('"payments"."payment"') IS NOT NULL THEN GRANT SELECT, INSERT, UPDATE, DELETE ON "payments"."payment" TO rds_pgaudit; ELSE RAISE NOTICE 'no table %: run the setup again', 'payments.payment'; END IF;
END $setup$;
