-- finds: the sequence payments.payment_id_seq has another increment on the source than on the target
-- source
ALTER SEQUENCE payments.payment_id_seq INCREMENT 2;
