-- finds: validator may not use the schema payments of the target
-- target
REVOKE pg_read_all_data FROM validator;
GRANT SELECT ON ALL TABLES IN SCHEMA payments TO validator;
-- undo target
REVOKE SELECT ON ALL TABLES IN SCHEMA payments FROM validator;
GRANT pg_read_all_data TO validator;
