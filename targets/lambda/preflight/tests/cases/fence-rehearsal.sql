-- finds: the source could not be fenced: INSERT on TABLE payments.payment was granted by owner, of whom the fence's login is no member
-- finds: the target could not be fenced: the fence's login is no member of pg_signal_backend
-- source
REVOKE owner FROM migspec_fence;
-- target
REVOKE pg_signal_backend FROM migspec_fence;
-- undo source
GRANT owner TO migspec_fence;
-- undo target
GRANT pg_signal_backend TO migspec_fence;
