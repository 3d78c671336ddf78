-- finds: the settings of pay_app: statement_timeout=5s on the source, none on the target
-- finds: the attributes of pay_app: inherit createdb limit -1 on the source, inherit limit -1 on the target
-- finds: the memberships of pay_app: pg_monitor on the source, none on the target
-- source
ALTER ROLE pay_app SET statement_timeout = '5s';
ALTER ROLE pay_app CREATEDB;
GRANT pg_monitor TO pay_app;
-- undo source
ALTER ROLE pay_app RESET statement_timeout;
ALTER ROLE pay_app NOCREATEDB;
REVOKE pg_monitor FROM pay_app;
