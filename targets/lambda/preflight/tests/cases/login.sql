-- finds: the login `validation` of the source cannot be used: connecting to 127.0.0.1
-- source
ALTER ROLE validator PASSWORD 'another';
-- undo source
ALTER ROLE validator PASSWORD 'validator-password';
