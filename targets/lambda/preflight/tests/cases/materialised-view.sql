-- finds: payments.totals of the source is a materialised view
-- finds object-missing: the target lacks the materialized view payments.totals
-- source
CREATE MATERIALIZED VIEW payments.totals AS SELECT count(*) FROM payments.payment;
ALTER MATERIALIZED VIEW payments.totals OWNER TO owner;
