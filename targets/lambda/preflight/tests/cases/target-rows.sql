-- finds: payments.payment of the target has rows, and a load of it begins
-- both
INSERT INTO payments.payment VALUES (1, 1, 'old');
-- source
INSERT INTO payments.by_day VALUES ('2020-01-01', 1);
