//! The trial of replica identities beside the catalog's rules.

use std::collections::BTreeSet;

use migspec_events::Side;
use migspec_function_testing::{NEWEST, OLDEST, Options, block_on};
use migspec_preflight::identity::attempt;
use migspec_preflight::port::Trial;
use migspec_preflight::survey;

use crate::stand::world;

/// Every form of identity, with names that need quotes and columns that are gone.
const TABLES: &str = "SET ROLE owner;
CREATE TABLE payments.late (id int PRIMARY KEY DEFERRABLE, n int NOT NULL UNIQUE);
CREATE TABLE payments.whole (id int PRIMARY KEY DEFERRABLE, n int NOT NULL UNIQUE);
ALTER TABLE payments.whole REPLICA IDENTITY FULL;
CREATE TABLE payments.bare (id uuid PRIMARY KEY);
ALTER TABLE payments.bare REPLICA IDENTITY NOTHING;
CREATE TABLE payments.\"It's \"\"odd\"\"\" (gone int, \"Key 1\" text NOT NULL, at timestamptz NOT NULL, v json NOT NULL);
ALTER TABLE payments.\"It's \"\"odd\"\"\" DROP COLUMN gone;
CREATE UNIQUE INDEX odd_key ON payments.\"It's \"\"odd\"\"\" (at, \"Key 1\");
ALTER TABLE payments.\"It's \"\"odd\"\"\" REPLICA IDENTITY USING INDEX odd_key;
CREATE TABLE payments.lost (id int NOT NULL, n int NOT NULL UNIQUE);
CREATE UNIQUE INDEX lost_key ON payments.lost (id);
ALTER TABLE payments.lost REPLICA IDENTITY USING INDEX lost_key;
DROP INDEX payments.lost_key;
CREATE DOMAIN payments.amount AS numeric(18,4) NOT NULL CHECK (VALUE > 0);
CREATE TABLE payments.types (a smallint, b date, c boolean, d bytea, e char(3), f inet, g payments.amount,
                             PRIMARY KEY (a, b, c, d, e, f, g));
ALTER TABLE payments.by_day_1 REPLICA IDENTITY NOTHING;
CREATE TABLE payments.strict (id bit(5) PRIMARY KEY);
RESET ROLE;";

#[test]
fn the_trial_agrees_with_the_catalog_on_both_ends_of_the_versions() {
    for version in [None, Some(OLDEST), Some(NEWEST)] {
        let options = Options { version, ..Options::default() };
        let Some(world) = world(options, options) else { continue };
        block_on(async {
            world.run_on_both(TABLES).await;
            for (side, role) in [(Side::Source, "replicator"), (Side::Target, "capturer")] {
                let login = async || {
                    let client = world.cluster(side).open_as("ledger", role, &format!("{role}-password")).await;
                    client.expect("the login exists")
                };
                let facts = survey::read(&login().await, &replication(&world)).await.expect("facts");
                let trials = attempt(&login().await, &facts.tables).await.unwrap_or_else(|e| panic!("{e}"));
                let of = |wanted: fn(&Trial) -> bool| -> BTreeSet<&str> {
                    trials.iter().filter(|(_, trial)| wanted(trial)).map(|(name, _)| name.as_str()).collect()
                };
                let unnamed = of(|trial| *trial == Trial::Unnamed);
                assert_eq!(unnamed, ["payments.bare", "payments.by_day_1", "payments.late", "payments.lost"].into());
                let catalog = facts.tables.values().flat_map(|table| &table.unidentified);
                assert_eq!(unnamed, catalog.map(String::as_str).collect(), "{version:?} {side:?}");
                // No value of the trial fits its length.
                assert_eq!(of(|trial| matches!(trial, Trial::Refused(_))), ["payments.strict"].into());
                assert!(of(|trial| *trial == Trial::Named).contains("payments.\"It's \"\"odd\"\"\""), "{trials:?}");
                let left = "SELECT count(*) FROM pg_class WHERE relname LIKE 'migspec_identity%'";
                let left: i64 = world.open(side).await.query_one(left, &[]).await.expect("a count").get(0);
                let slots = "SELECT count(*) FROM pg_replication_slots";
                let slots: i64 = world.open(side).await.query_one(slots, &[]).await.expect("a count").get(0);
                assert_eq!((left, slots), (0, 0), "nothing remains");
            }
        });
    }
}

fn replication(world: &migspec_function_testing::Testbed) -> migspec_events::Replication {
    let state = world.ports.state();
    serde_json::from_str(&state.parameters["/migration/test/replications/ledger"]).expect("a replication")
}
