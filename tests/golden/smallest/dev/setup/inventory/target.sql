-- The setup of database "inventory" for the migration inventory in dev.
-- Run it in the database of the application, as an administrator, after the application's schemas exist:
-- psql --set ON_ERROR_STOP=1 --file target.sql. Every statement can be repeated.
-- It sets no password: give each login the password of its secret, with \password.

-- The login migspec_replication for replication.
DO $setup$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'migspec_replication') THEN CREATE ROLE "migspec_replication" LOGIN; END IF;
END $setup$;

-- The privileges of migspec_replication.
DO $setup$ BEGIN
    IF current_setting('server_version_num')::int >= 150000 THEN EXECUTE 'GRANT SET ON PARAMETER session_replication_role TO "migspec_replication"'; END IF; EXCEPTION WHEN insufficient_privilege THEN RAISE NOTICE 'session_replication_role cannot be granted';
END $setup$;
GRANT pg_read_all_stats TO "migspec_replication";
CREATE SCHEMA IF NOT EXISTS awsdms_control;
GRANT USAGE, CREATE ON SCHEMA awsdms_control TO "migspec_replication";
