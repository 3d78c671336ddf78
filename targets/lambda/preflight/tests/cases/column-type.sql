-- finds: payments.payment.amount is numeric(18,4) on the source and numeric(10,2) on the target
-- finds: payments.payment.fee is payments.fee over numeric(18,4) on the source and payments.fee over numeric(10,2) on the target
-- finds: payments.payment.fees is payments.fee[] of elements over numeric(18,4) on the source and payments.fee[] of elements over numeric(10,2) on the target
-- finds object-differs: the type payments.fee is defined differently on the target
-- finds default: payments.payment.fee defaults to 0 on the source and to 1 on the target
-- source
CREATE DOMAIN payments.fee AS numeric(18,4) DEFAULT 0;
-- target
CREATE DOMAIN payments.fee AS numeric(10,2) DEFAULT 1;
-- both
ALTER TABLE payments.payment ADD fee payments.fee, ADD fees payments.fee[];
-- target
ALTER TABLE payments.payment ALTER amount TYPE numeric(10,2);
