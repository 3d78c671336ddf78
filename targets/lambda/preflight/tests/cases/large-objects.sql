-- finds: the source has 2 large objects
-- finds: the target has 1 large objects
-- source
SELECT lo_create(4711), lo_create(4712);
-- target
SELECT lo_create(4711);
-- undo source
SELECT lo_unlink(4711), lo_unlink(4712);
-- undo target
SELECT lo_unlink(4711);
