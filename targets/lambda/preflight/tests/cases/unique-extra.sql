-- finds: payments.payment of the target is unique over (note), and the other side is not
-- target
CREATE UNIQUE INDEX by_note ON payments.payment (note);
