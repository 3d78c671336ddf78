-- finds: applier lacks INSERT, DELETE on payments.by_day of the source
-- source
REVOKE all_writer FROM applier;
GRANT INSERT, UPDATE ON ALL TABLES IN SCHEMA payments TO applier;
REVOKE INSERT ON payments.by_day FROM applier;
GRANT DELETE ON payments.payment TO applier;
-- undo source
REVOKE ALL ON ALL TABLES IN SCHEMA payments FROM applier;
GRANT all_writer TO applier;
