-- finds: applier lacks INSERT, DELETE on payments.by_day of the source
-- source
REVOKE INSERT, DELETE ON payments.by_day FROM applier;
