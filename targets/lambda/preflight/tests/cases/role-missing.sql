-- finds: the target has no role pay_app, which the spec names
-- target
ALTER ROLE pay_app RENAME TO pay_app_of_old;
-- undo target
ALTER ROLE pay_app_of_old RENAME TO pay_app;
