-- finds: applier lacks INSERT, DELETE on payments.by_day of the source
-- source
REVOKE pg_write_all_data FROM applier;
GRANT INSERT, UPDATE ON ALL TABLES IN SCHEMA payments TO applier;
REVOKE INSERT ON payments.by_day FROM applier;
GRANT DELETE ON payments.payment TO applier;
-- undo source
REVOKE ALL ON ALL TABLES IN SCHEMA payments FROM applier;
GRANT pg_write_all_data TO applier;
