-- finds: the application's role pay_app is a superuser on the source
-- finds fence-rehearsal: the source could not be fenced
-- source
ALTER ROLE pay_app SUPERUSER;
-- undo source
ALTER ROLE pay_app NOSUPERUSER;
