-- finds: the source has 2 large objects
-- source
SELECT lo_create(4711), lo_create(4712);
-- undo source
SELECT lo_unlink(4711), lo_unlink(4712);
