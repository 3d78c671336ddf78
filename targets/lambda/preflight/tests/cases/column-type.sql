-- finds: payments.payment.amount is numeric(18,4) on the source and numeric(10,2) on the target
-- target
ALTER TABLE payments.payment ALTER amount TYPE numeric(10,2);
