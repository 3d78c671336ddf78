-- finds: the password of validator on the source is valid until 2099-01-01
-- finds: the password of capturer on the target is valid until 2099-01-01
-- source
ALTER ROLE validator VALID UNTIL '2099-01-01';
ALTER ROLE applier VALID UNTIL 'infinity';
-- target
ALTER ROLE capturer VALID UNTIL '2099-01-01';
-- undo source
ALTER ROLE validator VALID UNTIL 'infinity';
-- undo target
ALTER ROLE capturer VALID UNTIL 'infinity';
