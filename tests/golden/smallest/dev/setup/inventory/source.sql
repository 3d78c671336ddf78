-- The setup of source "warehouse" for the migration inventory in dev.
-- Run it in the database of the application, as an administrator, after the application's schemas exist:
-- psql --set ON_ERROR_STOP=1 --file source.sql. Every statement can be repeated.
-- It sets no password: give each login the password of its secret, with \password.

-- The login migspec_replication for replication.
DO $setup$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'migspec_replication') THEN CREATE ROLE "migspec_replication" LOGIN; END IF;
END $setup$;

-- The privileges of migspec_replication.
DO $setup$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_replication') THEN GRANT rds_replication TO "migspec_replication"; ELSE ALTER ROLE "migspec_replication" REPLICATION; END IF;
END $setup$;
GRANT pg_read_all_stats TO "migspec_replication";
CREATE SCHEMA IF NOT EXISTS awsdms_control;
GRANT USAGE, CREATE ON SCHEMA awsdms_control TO "migspec_replication";
