-- Its worker writes as the owner of the subscription.
-- finds: the subscription other writes to the source
-- source
CREATE SUBSCRIPTION other CONNECTION 'host=127.0.0.1 port=1' PUBLICATION none WITH (connect = false);
ALTER SUBSCRIPTION other ENABLE;
-- undo source
ALTER SUBSCRIPTION other DISABLE;
ALTER SUBSCRIPTION other SET (slot_name = NONE);
DROP SUBSCRIPTION other;
