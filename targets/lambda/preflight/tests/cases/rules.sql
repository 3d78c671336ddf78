-- finds: the rule r of payments.payment rewrites writes on the target
-- target
CREATE RULE r AS ON INSERT TO payments.payment DO ALSO NOTIFY paid;
