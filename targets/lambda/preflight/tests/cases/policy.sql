-- finds: the row security of payments.payment differs between the sides
-- target
CREATE POLICY p ON payments.payment USING (amount > 0);
