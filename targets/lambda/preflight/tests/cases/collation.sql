-- finds: payments.payment.note sorts by POSIX on the source and by the database's collation on the target
-- source
ALTER TABLE payments.payment ALTER note TYPE text COLLATE "POSIX";
