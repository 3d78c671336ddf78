-- finds: the target lacks the event trigger watch
-- source
CREATE FUNCTION public.watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION public.watch();
-- undo source
DROP EVENT TRIGGER watch;
DROP FUNCTION public.watch();
