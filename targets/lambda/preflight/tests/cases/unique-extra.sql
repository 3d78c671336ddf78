-- finds: payments.payment of the target is unique over (note), and the other side is not
-- finds: payments.payment of the target is unique over (place), and the other side is not
-- finds: payments.payment of the source is unique over (place) DEFERRABLE, and the other side is not
-- finds unique-missing: payments.payment of the target is not unique over (place) DEFERRABLE, and the source is
-- finds: payments.payment of the target is unique over (word), and the other side is not
-- finds: payments.payment of the source is unique over (word COLLATE words), and the other side is not
-- finds unique-missing: payments.payment of the target is not unique over (word COLLATE words), and the source is
-- finds firing-triggers: applier cannot silence triggers and foreign keys of payments.payment on the source
-- both
ALTER TABLE payments.payment ADD place int, ADD word text;
CREATE COLLATION payments.words (provider = icu, locale = 'de', deterministic = false);
-- source
ALTER TABLE payments.payment ADD UNIQUE (place) DEFERRABLE;
CREATE UNIQUE INDEX ON payments.payment (word COLLATE payments.words);
-- target
ALTER TABLE payments.payment ADD UNIQUE (place);
CREATE UNIQUE INDEX ON payments.payment (word);
CREATE UNIQUE INDEX by_note ON payments.payment (note);
