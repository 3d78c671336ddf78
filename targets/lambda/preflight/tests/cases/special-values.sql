-- finds: payments.payment.amount has values that DMS does not carry: NaN
-- finds: payments.payment.at has values that DMS does not carry: infinity
-- finds: payments.payment.until has values that DMS does not carry: infinity
-- both
ALTER TABLE payments.payment ADD at timestamptz, ADD until date, ADD fine timestamp, ADD ratio float8;
-- source
INSERT INTO payments.payment (id, amount, at, until, fine, ratio)
VALUES (1, 'NaN', '-infinity', 'infinity', '0044-03-15 BC', 'NaN'), (2, 1, NULL, NULL, '9999-12-31', 'infinity');
