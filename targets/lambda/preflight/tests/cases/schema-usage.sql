-- finds: validator may not use the schema payments of the target
-- target
REVOKE all_reader FROM validator;
GRANT SELECT ON ALL TABLES IN SCHEMA payments TO validator;
-- undo target
REVOKE SELECT ON ALL TABLES IN SCHEMA payments FROM validator;
GRANT all_reader TO validator;
