-- finds: payments.payment.double of the target is a generated column
-- source
ALTER TABLE payments.payment ADD double numeric(18,4);
-- target
ALTER TABLE payments.payment ADD double numeric(18,4) GENERATED ALWAYS AS (amount * 2) STORED;
