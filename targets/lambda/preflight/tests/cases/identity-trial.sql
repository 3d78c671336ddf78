-- Subscribers of a publication of all tables would look for the tables of the trial.
-- finds: the replica identity of the tables on the source could not be tried: the publication watch has all tables
-- finds publication: the publication watch of the source has tables without a replica identity: all tables
-- source
CREATE PUBLICATION watch FOR ALL TABLES;
-- undo source
DROP PUBLICATION watch;
