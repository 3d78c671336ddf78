-- finds: TimeZone of new sessions is `Europe/Berlin` on the source and `Asia/Tokyo` on the target
-- source
ALTER DATABASE ledger SET TimeZone = 'Europe/Berlin';
-- target
ALTER DATABASE ledger SET TimeZone = 'Asia/Tokyo';
-- undo
ALTER DATABASE ledger RESET TimeZone;
