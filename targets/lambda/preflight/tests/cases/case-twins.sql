-- finds: payments.Payment and payments.payment differ only in case
-- both
CREATE TABLE payments."Payment" (id int PRIMARY KEY);
ALTER TABLE payments."Payment" OWNER TO owner;
