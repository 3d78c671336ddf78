-- finds: payments.payment.note defaults to 'new'::text on the source and to nothing on the target
-- source
ALTER TABLE payments.payment ALTER note SET DEFAULT 'new';
