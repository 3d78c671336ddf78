-- A column of the target alone, and one that the source may leave empty. The way back misses the first.
-- finds: payments.payment.extra of the target needs a value that the other side does not send
-- finds: payments.payment.note of the target needs a value that the other side does not send
-- finds column-missing: the source has no column payments.payment.extra
-- target
ALTER TABLE payments.payment ADD extra int NOT NULL, ALTER note SET NOT NULL;
