-- finds: the target has no column payments.payment.note
-- target
ALTER TABLE payments.payment DROP note;
