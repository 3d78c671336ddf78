-- finds: tables inherit from payments.payment on the source: payments.card, payments.transfer
-- finds: tables inherit from payments.payment on the target: payments.card
-- finds table-missing: the target has no table payments.transfer
-- both
CREATE TABLE payments.card (PRIMARY KEY (id)) INHERITS (payments.payment);
ALTER TABLE payments.card OWNER TO owner;
-- source
CREATE TABLE payments.transfer (iban text, PRIMARY KEY (id)) INHERITS (payments.payment);
ALTER TABLE payments.transfer OWNER TO owner;
