-- finds: payments.Payment and payments.payment differ only in case
-- finds: payments.payment.Note and payments.payment.note differ only in case
-- both
CREATE TABLE payments."Payment" (id int PRIMARY KEY);
ALTER TABLE payments."Payment" OWNER TO owner;
ALTER TABLE payments.payment ADD "Note" text;
