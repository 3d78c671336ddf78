//! Keys that one side cannot hold, cannot order, or does not have.

use std::time::Duration;

use migspec_events::{Side, ValidatorEvent, ValidatorReply};
use migspec_function_testing::{Login, Options, Testbed, block_on};
use migspec_validator::evidence::Summary;

use crate::stand::{ask, pass, table, validate};

fn world(tables: &str, source: &str, target: &str) -> Option<Testbed> {
    let world = Testbed::with(Options::default(), Options::default())?;
    block_on(async {
        world.run_on_both(&format!("CREATE SCHEMA payments; {tables}")).await;
        world.run(Side::Source, source).await;
        world.run(Side::Target, target).await;
        for side in [Side::Source, Side::Target] {
            let login =
                Login { side, purpose: "validation", role: "validator", attributes: "IN ROLE pg_read_all_data" };
            world.login(login).await;
        }
    });
    validate(&world, |_| {});
    Some(world)
}

/// The wrong rows of a table: `id=7 differs`.
fn wrong(summary: &Summary, name: &str) -> Vec<String> {
    let text = |row: &migspec_validator::evidence::Row| {
        let key: Vec<String> = row.key.iter().map(|(column, value)| format!("{column}={value}")).collect();
        format!("{} {}", key.join(","), row.how)
    };
    table(summary, name).rows.iter().map(text).collect()
}

#[test]
fn a_key_that_the_target_cannot_hold_is_named() {
    let source = "CREATE TABLE payments.wide (id bigint PRIMARY KEY, v text); \
        INSERT INTO payments.wide SELECT n, 'x' FROM generate_series(1, 30000) n; \
        INSERT INTO payments.wide VALUES (3000000000, 'x'), (9000000000000000000, 'x'); \
        CREATE TYPE payments.mood AS ENUM ('calm', 'new'); \
        CREATE TABLE payments.moods (id payments.mood PRIMARY KEY); INSERT INTO payments.moods VALUES ('calm'), ('new'); \
        CREATE TABLE payments.exact (id numeric PRIMARY KEY); INSERT INTO payments.exact VALUES (1), (1e30), (2.5);";
    let target = "CREATE TABLE payments.wide (id int PRIMARY KEY, v text); \
        INSERT INTO payments.wide SELECT n, 'x' FROM generate_series(1, 30000) n; \
        INSERT INTO payments.wide VALUES (-5, 'x'); \
        CREATE TYPE payments.mood AS ENUM ('old', 'calm'); \
        CREATE TABLE payments.moods (id payments.mood PRIMARY KEY); INSERT INTO payments.moods VALUES ('calm'), ('old'); \
        CREATE TABLE payments.exact (id bigint PRIMARY KEY); INSERT INTO payments.exact VALUES (1), (2);";
    let Some(world) = world("", source, target) else { return };
    block_on(async {
        let (_, summary) = pass(&world).await;
        assert_eq!(
            wrong(&summary, "payments.wide"),
            [
                "id=-5 only on the target",
                "id=3000000000 missing on the target",
                "id=9000000000000000000 missing on the target"
            ]
        );
        assert_eq!(wrong(&summary, "payments.moods"), ["id=new missing on the target", "id=old only on the target"]);
        assert_eq!(
            wrong(&summary, "payments.exact"),
            [
                "id=1000000000000000000000000000000 missing on the target",
                "id=2 only on the target",
                "id=2.5 missing on the target"
            ]
        );
        assert_eq!(summary.errors, [""; 0], "{summary:#?}");
    });
}

#[test]
fn a_null_in_the_targets_key_is_an_error() {
    let source = "CREATE TABLE payments.a (id bigint PRIMARY KEY, v text); INSERT INTO payments.a VALUES (1, 'x'), (2, 'y'); \
        CREATE TABLE payments.b (id text, n int, PRIMARY KEY (id, n)); INSERT INTO payments.b VALUES ('', 1), ('z', 2)";
    let target = "CREATE TABLE payments.a (id bigint, v text); INSERT INTO payments.a VALUES (1, 'x'), (2, 'y'), (NULL, 'z'); \
        CREATE TABLE payments.b (id text, n int); INSERT INTO payments.b VALUES ('', 1), ('z', 2), (NULL, 1), ('z', NULL)";
    let Some(world) = world("", source, target) else { return };
    block_on(async {
        let (reply, summary) = pass(&world).await;
        assert_eq!(
            summary.errors,
            [
                "payments.a: 1 rows of the target have NULL in their key",
                "payments.b: 2 rows of the target have NULL in their key"
            ]
        );
        assert_eq!(reply.mismatched, 0, "{summary:#?}");
    });
}

#[test]
fn a_null_in_the_targets_key_is_seen_within_the_fence() {
    let rows = "INSERT INTO payments.a VALUES (1, 'x'), (2, 'y')";
    let source = format!("CREATE TABLE payments.a (id bigint PRIMARY KEY, v text); {rows}");
    let target = format!("CREATE TABLE payments.a (id bigint, v text); {rows}");
    let Some(world) = world("", &source, &target) else { return };
    block_on(async {
        let (reply, summary) = pass(&world).await;
        assert_eq!((reply.matched, reply.mismatched, reply.errors), (2, 0, 0), "{summary:#?}");
        world.run(Side::Target, "INSERT INTO payments.a VALUES (NULL, 'z')").await;
        let event = ValidatorEvent::FenceWindow { run: world.run_of() };
        let reply: ValidatorReply = ask(&world, &world.call(), event).await.expect("the check ends");
        assert_eq!(reply.mismatched, 1);
    });
}

#[test]
fn a_value_that_the_other_side_cannot_hold_is_named_by_its_row() {
    let source = "CREATE TABLE payments.notes (id int PRIMARY KEY, note json); \
        INSERT INTO payments.notes SELECT n, '{}' FROM generate_series(1, 3000) n; \
        UPDATE payments.notes SET note = '\"\\u0000\"' WHERE id = 2345";
    let target = "CREATE TABLE payments.notes (id int PRIMARY KEY, note jsonb); \
        INSERT INTO payments.notes SELECT n, '{}' FROM generate_series(1, 3000) n";
    let Some(world) = world("", source, target) else { return };
    block_on(async {
        let (reply, summary) = pass(&world).await;
        let error = "payments.notes: the row id = 2345 of the source has a value that the other side cannot hold";
        assert!(summary.errors.iter().any(|e| e.starts_with(error)), "{:?}", summary.errors);
        assert_eq!(reply.errors, 1);
    });
}

/// An index on whole numbers serves no bound of `numeric`.
#[test]
fn a_key_of_another_kind_of_number_takes_few_reads() {
    let rows = "SELECT n, 'x' FROM generate_series(1, 60000) n";
    let source =
        format!("CREATE TABLE payments.orders (id bigint PRIMARY KEY, v text); INSERT INTO payments.orders {rows}");
    let target = format!(
        "CREATE TABLE payments.orders (id numeric PRIMARY KEY, v text); INSERT INTO payments.orders {rows}; \
         DELETE FROM payments.orders WHERE id = 41234"
    );
    let Some(world) = world("", &source, &target) else { return };
    block_on(async {
        let (_, summary) = pass(&world).await;
        assert_eq!(wrong(&summary, "payments.orders"), ["id=41234 missing on the target"], "{summary:#?}");
        assert!((2..10).contains(&reads(&world, "orders").await));
    });
}

/// How often the source has read the whole of a table.
async fn reads(world: &Testbed, table: &str) -> i64 {
    // The statistics arrive a moment later.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let client = world.open(Side::Source).await;
    let sql = format!("SELECT seq_scan FROM pg_stat_user_tables WHERE relname = '{table}'");
    client.query_one(&sql, &[]).await.expect("statistics").get(0)
}

/// No index serves such a key in the same order on every server.
#[test]
fn a_difference_under_a_key_without_a_common_order_takes_few_reads() {
    let rows = "CREATE TABLE payments.hosts (id inet PRIMARY KEY, v text); \
        INSERT INTO payments.hosts SELECT inet '10.0.0.0' + n, 'x' FROM generate_series(1, 60000) n";
    let Some(world) = world(rows, "SELECT 1", "UPDATE payments.hosts SET v = 'y' WHERE id = '10.0.200.7'") else {
        return;
    };
    block_on(async {
        let (_, summary) = pass(&world).await;
        assert_eq!(wrong(&summary, "payments.hosts"), ["id=10.0.200.7/32 differs"], "{summary:#?}");
        let scans = reads(&world, "hosts").await;
        assert!((2..10).contains(&scans), "{scans} reads of the whole table");
    });
}

/// Neither a table without a key nor a key that cannot be read hides the row.
#[test]
fn a_row_without_a_readable_key_is_named_by_its_place() {
    let source = Options { encoding: Some("SQL_ASCII"), ..Options::default() };
    let Some(world) = Testbed::with(source, Options::default()) else { return };
    block_on(async {
        let make = |kind: &str| {
            format!(
                "CREATE SCHEMA payments; CREATE TABLE payments.heap (n int, note {kind}); \
                 INSERT INTO payments.heap SELECT n, '{{}}' FROM generate_series(1, 3000) n; \
                 CREATE TABLE payments.words (id text, n int, PRIMARY KEY (id, n)) PARTITION BY RANGE (n); \
                 CREATE TABLE payments.low PARTITION OF payments.words FOR VALUES FROM (0) TO (100); \
                 CREATE TABLE payments.high PARTITION OF payments.words FOR VALUES FROM (100) TO (100000); \
                 INSERT INTO payments.words SELECT 'w' || n, n FROM generate_series(1, 300) n;"
            )
        };
        world.run(Side::Source, &make("json")).await;
        world.run(Side::Target, &make("jsonb")).await;
        for side in [Side::Source, Side::Target] {
            let login =
                Login { side, purpose: "validation", role: "validator", attributes: "IN ROLE pg_read_all_data" };
            world.login(login).await;
        }
        validate(&world, |_| {});
        let (reply, summary) = pass(&world).await;
        assert_eq!((reply.mismatched, reply.errors), (0, 0), "{:?}", summary.errors);
        let client = world.open(Side::Source).await;
        let poison = "UPDATE payments.heap SET note = '\"\\u0000\"' WHERE n = 2345 RETURNING ctid::text";
        let heap: String = client.query_one(poison, &[]).await.expect("a row").get(0);
        let poison = "UPDATE payments.words SET id = E'\\xff' WHERE n = 222 RETURNING ctid::text";
        let word: String = client.query_one(poison, &[]).await.expect("a row").get(0);
        let expected = [
            format!("payments.heap: the row at {heap} of payments.heap of the source has a value"),
            format!("payments.words: the row at {word} of payments.high of the source has a value"),
        ];
        let (_, summary) = pass(&world).await;
        for expected in &expected {
            assert!(summary.errors.iter().any(|e| e.starts_with(expected)), "{expected}: {:?}", summary.errors);
        }
        let event = ValidatorEvent::FenceWindow { run: world.run_of() };
        let reply: ValidatorReply = ask(&world, &world.call(), event).await.expect("the check ends");
        assert!(reply.errors + reply.mismatched > 0);
    });
}

/// The sessions search `pg_catalog` only, where the operators of extensions are not.
#[test]
fn keys_of_the_types_of_extensions_are_compared() {
    let tables = "CREATE SCHEMA \"Ext\"; CREATE EXTENSION citext SCHEMA \"Ext\"; CREATE EXTENSION ltree SCHEMA \"Ext\"; \
        CREATE EXTENSION hstore SCHEMA \"Ext\"; CREATE DOMAIN payments.name AS \"Ext\".citext NOT NULL; \
        CREATE TABLE payments.by_name (id \"Ext\".citext PRIMARY KEY, v text); \
        CREATE TABLE payments.by_path (id \"Ext\".ltree, n int, PRIMARY KEY (n, id)); \
        CREATE TABLE payments.by_set (id \"Ext\".hstore PRIMARY KEY, v text); \
        CREATE TABLE payments.by_domain (id payments.name PRIMARY KEY, v text); \
        CREATE TABLE payments.by_names (id \"Ext\".citext[] PRIMARY KEY, v text);";
    let source = "INSERT INTO payments.by_name VALUES ('Anna', 'x'), ('Bob', 'x'), ('Carl', 'x'), ('Dora', 'x'); \
        INSERT INTO payments.by_path SELECT ('a.b' || n)::\"Ext\".ltree, 1 FROM generate_series(1, 3000) n; \
        INSERT INTO payments.by_set VALUES ('a=>1, b=>NULL', 'x'), ('c=>2', 'x'); \
        INSERT INTO payments.by_domain VALUES ('Anna', 'x'), ('Bob', 'x'); \
        INSERT INTO payments.by_names VALUES ('{Anna}', 'x'), ('{Bob,Carl}', 'x');";
    let target = "INSERT INTO payments.by_name VALUES ('anna', 'x'), ('Bob', 'y'), ('Dora', 'x'); \
        INSERT INTO payments.by_path SELECT ('a.b' || n)::\"Ext\".ltree, 1 FROM generate_series(1, 3000) n WHERE n <> 77; \
        INSERT INTO payments.by_set VALUES ('b=>NULL, a=>1', 'x'), ('c=>2', 'y'); \
        INSERT INTO payments.by_domain VALUES ('Anna', 'x'), ('Bob', 'y'); \
        INSERT INTO payments.by_names VALUES ('{Anna}', 'x'), ('{Bob,Carl}', 'y');";
    let Some(world) = world(tables, source, target) else { return };
    block_on(async {
        let (_, summary) = pass(&world).await;
        assert_eq!(summary.errors, Vec::<String>::new());
        assert_eq!(
            wrong(&summary, "payments.by_name"),
            [
                "id=Anna missing on the target",
                "id=Bob differs",
                "id=Carl missing on the target",
                "id=anna only on the target"
            ]
        );
        assert_eq!(wrong(&summary, "payments.by_path"), ["n=1,id=a.b77 missing on the target"]);
        assert_eq!(wrong(&summary, "payments.by_set"), ["id=\"c\"=>\"2\" differs"]);
        assert_eq!(wrong(&summary, "payments.by_domain"), ["id=Bob differs"]);
        assert_eq!(wrong(&summary, "payments.by_names"), ["id={Bob,Carl} differs"]);
    });
}
