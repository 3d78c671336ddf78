//! Equal data is always equal, whatever its type; every corruption is found
//! and named by its key.

#![allow(clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::time::Duration;

use migspec_events::{Checksums, Group, Invariant, Planned, Side, Validation, ValidatorEvent, ValidatorReply};
use migspec_function::{Call, Failure, Key};
use migspec_function_testing::{Login, Options, World, block_on};
use migspec_validator::evidence::{Part, Row, Summary};
use migspec_validator::handle;
use tokio_postgres::Client;

/// Every type of the catalogue of types, and a key of each form. The values
/// are written so that both sides hold them in their own way.
const TYPES: &str = "
CREATE SCHEMA payments;
CREATE TYPE payments.mood AS ENUM ('calm', 'Ängstlich', 'b c');
CREATE TYPE payments.pair AS (a int, b text);
CREATE DOMAIN payments.money_amount AS numeric(18,4) CHECK (VALUE > -1e12);
CREATE TABLE payments.everything (
    id bigint PRIMARY KEY,
    n numeric, amount numeric(18,4), dom payments.money_amount, i2 smallint, i4 int, i8 bigint,
    f4 real, f8 double precision, b boolean, c char(10), vc varchar(40), t text,
    ts timestamp, tz timestamptz, d date, tm time, tmz timetz, iv interval,
    j json, jb jsonb, by bytea, u uuid, arr text[], arr2 int[][], e payments.mood, pr payments.pair,
    ip inet, net cidr, mac macaddr, bi bit(5), bv bit varying, r tstzrange, ir int4range, m money, x xml, pt point,
    ts_vector tsvector, f8s double precision[]
);
CREATE TABLE payments.composite (region text, number int, at timestamptz, note text, PRIMARY KEY (region, number, at));
CREATE TABLE payments.by_uuid (id uuid PRIMARY KEY, v text);
CREATE TABLE payments.by_enum (id payments.mood PRIMARY KEY, v text);
CREATE TABLE payments.\"Odd \"\"name\" (\"Key, 1\" text PRIMARY KEY, \"a'b\" text);
CREATE TABLE payments.nothing (id int PRIMARY KEY);
CREATE TABLE payments.heap (a int, b text);
CREATE TABLE payments.parts (id int, v text, PRIMARY KEY (id)) PARTITION BY RANGE (id);
CREATE TABLE payments.parts_1 PARTITION OF payments.parts FOR VALUES FROM (0) TO (500);
CREATE TABLE payments.parts_2 PARTITION OF payments.parts FOR VALUES FROM (500) TO (100000);
CREATE TABLE payments.tmp_ignored (id int PRIMARY KEY);
";

const ROWS: &str = r#"
INSERT INTO payments.everything VALUES
 (1, 1.10, 12.5, 3, 1, 1, 1, 1.5, 0.1, true, 'ab', 'v', 'text', '2026-01-01 00:00:00.123456', '2026-01-01 00:00:00+02',
  '2026-01-01', '01:02:03.5', '01:02:03+05:30', '1 mon 2 days 03:04:05.6', '{"b":1, "a":[1,2]}', '{"b":1,"a":1.0}',
  '\x00ff', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', ARRAY['a,b','"q"',NULL,''], ARRAY[[1,2],[3,4]], 'Ängstlich',
  ROW(1,'x, "y"'), '10.0.0.1/8', '10.0.0.0/8', '08:00:2b:01:02:03', B'10101', B'1', '[2026-01-01,)', '[1,5)', 12.34,
  '<a>b</a>', '(1,2)', 'a:1 b:2', ARRAY[0.1, -0, 'NaN', 'Infinity']),
 (2, 'NaN', 0, NULL, NULL, NULL, NULL, 'NaN', '-0', false, '', '', '', 'infinity', '-infinity', 'infinity', '24:00:00',
  '00:00:00-15:59', '-1 year', 'null', 'null', '', NULL, '{}', '{}', 'calm', ROW(NULL, ''), '::1', 'fe80::/10', NULL,
  B'00000', B'', 'empty', 'empty', -1, NULL, NULL, '', '{}'),
 (3, -0.0, -0.0001, 1e11, -32768, -2147483648, -9223372036854775808, '-Infinity', 5e-324, NULL, 'a         ', ' ', E'\t\n\\',
  '0001-01-01 BC', '4714-11-24 00:00:00+00 BC', '4714-11-24 BC', '00:00:00', '12:00:00+00', '00:00:00', '"\u00e9"', '"é"',
  '\xdeadbeef', '00000000-0000-0000-0000-000000000000', ARRAY['é','𝔘','日本','e' || U&'\0301'], '{{1}}', 'b c', NULL,
  '192.168.0.1', '192.168.0.0/16', 'ff:ff:ff:ff:ff:ff', B'11111', B'0101', '(,)', '(,5)', 0, '<ü/>', '(0,-0)', 'ü:3', '{-0}'),
 (4, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
  NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
 (5, 123456789012345678901234567890.123456789, 99999999999999.9999, -1, 0, 0, 0, 3.4028235e38, 1.7976931348623157e308, true,
  '1234567890', '(x)', repeat('long ', 5000), '294276-12-31 23:59:59.999999', '294276-12-31 23:59:59.999999+00', '5874897-12-31',
  '23:59:59.999999', '23:59:59.999999-15:59', '178000000 years', '[]', '[]', '\x', 'ffffffff-ffff-ffff-ffff-ffffffffffff',
  ARRAY['NULL', 'null'], NULL, 'calm', ROW(0, NULL), '0.0.0.0/0', '0.0.0.0/0', '00:00:00:00:00:00', B'00001', B'1',
  '[2026-01-01 00:00+00,2026-01-02 00:00+00]', '[1,1]', 92233720368547758.07, '<a/>', '(1e300,1e-300)', 'z', '{1}');
INSERT INTO payments.composite SELECT r, n, timestamptz '2026-01-01 00:00+00' + n * interval '1 s', md5(r || n)
  FROM unnest(ARRAY['EU', 'eu', 'é', 'z', '']) r, generate_series(1, 2000) n;
INSERT INTO payments.by_uuid SELECT md5(n::text)::uuid, nullif(n % 3, 0)::text FROM generate_series(1, 5000) n;
INSERT INTO payments.by_enum VALUES ('calm', '1'), ('Ängstlich', '2'), ('b c', NULL);
INSERT INTO payments."Odd ""name" VALUES ('a', 'x'), ('A', ''), ('ä', NULL), ('a''b', '"');
INSERT INTO payments.heap SELECT n % 10, 'x' || n % 3 FROM generate_series(1, 1000) n;
INSERT INTO payments.parts SELECT n, n::text FROM generate_series(0, 999) n;
"#;

/// A world with the tables on both sides and logins of the validator. The
/// rows reach the target in another order.
fn world(target: Options) -> Option<World> {
    let source = Options { settings: &["timezone = 'Asia/Kathmandu'", "datestyle = 'SQL, DMY'"], ..Options::default() };
    let world = World::with(source, target)?;
    block_on(async {
        world.run_on_both(TYPES).await;
        // Each side reads the same rows under settings of its own.
        world.run(Side::Source, &format!("SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; {ROWS}")).await;
        world.run(Side::Target, &format!("SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; {ROWS}")).await;
        for side in [Side::Source, Side::Target] {
            let login =
                Login { side, purpose: "validation", role: "validator", attributes: "IN ROLE pg_read_all_data" };
            world.login(login).await;
        }
        let awkward = "ALTER ROLE validator SET extra_float_digits = -5; ALTER ROLE validator SET bytea_output = 'escape'; \
                       ALTER ROLE validator SET IntervalStyle = 'sql_standard'; ALTER ROLE validator SET DateStyle = 'German'; \
                       ALTER ROLE validator SET TimeZone = 'America/St_Johns'; ALTER ROLE validator SET client_encoding = 'LATIN1'";
        world.run(Side::Target, awkward).await;
    });
    world.describe(|replication| replication.exclude = vec!["payments.tmp_*".to_owned()]);
    validate(&world, |_| {});
    Some(world)
}

fn validate(world: &World, change: impl FnOnce(&mut Validation)) {
    let mut validation = Validation {
        rows: true,
        checksums: Some(Checksums { chunk_millis: 200 }),
        invariants: Vec::new(),
        protected: Vec::new(),
    };
    change(&mut validation);
    let text = serde_json::to_string(&validation).expect("it serialises");
    world.ports.set_parameter("/migration/test/replications/ledger/validation", &text);
}

async fn ask<T: serde::de::DeserializeOwned>(world: &World, call: &Call, event: ValidatorEvent) -> Result<T, Failure> {
    let reply = handle(&world.ports, call, event).await?;
    Ok(serde_json::from_value(reply).expect("the reply is of its type"))
}

/// A whole pass, as the workflow runs it.
async fn pass(world: &World) -> (ValidatorReply, Summary) {
    let call = world.call();
    let planned: Planned = ask(world, &call, ValidatorEvent::Plan { run: world.run_of() }).await.expect("a plan");
    let groups = planned.groups.len() as u64;
    for group in planned.groups {
        compare(world, &planned.pass, group).await;
    }
    let event = ValidatorEvent::Summarise { run: world.run_of(), pass: planned.pass, groups };
    let reply: ValidatorReply = ask(world, &call, event).await.expect("a summary");
    let summary = summary(world, &reply);
    assert_eq!(call.log.written().lines().filter(|line| line.contains("\"event\":\"validation\"")).count(), 1);
    (reply, summary)
}

async fn compare(world: &World, pass: &str, group: Group) {
    let mut cursor = String::new();
    loop {
        let event = ValidatorEvent::Chunk { run: world.run_of(), pass: pass.to_owned(), group: group.clone(), cursor };
        // Room for the rows, beside what is kept for the end.
        let call = Call::lasting(world.call().settings, world.call().log, Duration::from_secs(180));
        let compared: migspec_events::Compared = ask(world, &call, event).await.expect("a group is compared");
        if compared.complete {
            return;
        }
        cursor = compared.cursor;
    }
}

fn summary(world: &World, reply: &ValidatorReply) -> Summary {
    let state = world.ports.state();
    let bytes = &state.objects[&Key::new("evidence", reply.evidence.as_str())];
    serde_json::from_slice(bytes).expect("evidence is JSON")
}

fn table<'s>(summary: &'s Summary, name: &str) -> &'s Part {
    summary.tables.iter().find(|part| part.table == name).unwrap_or_else(|| panic!("{name} was compared"))
}

fn keys(rows: &[Row]) -> BTreeSet<Vec<String>> {
    rows.iter().map(|row| row.key.iter().map(|(_, value)| value.clone()).collect()).collect()
}

async fn run(client: &Client, sql: &str) {
    client.batch_execute(sql).await.unwrap_or_else(|e| panic!("{e:?}\n{sql}"));
}

#[test]
fn equal_data_is_equal() {
    let Some(world) = world(Options::default()) else { return };
    block_on(async {
        // Written otherwise, and the same: a scale, padding, zeros, an order of columns.
        world
            .run(Side::Target, "UPDATE payments.everything SET n = n + 0.000, f8 = f8 + 0 WHERE id IN (1, 2, 3)")
            .await;
        world
            .run(
                Side::Target,
                "ALTER TABLE payments.everything ALTER c TYPE varchar(10), ALTER i4 TYPE bigint, ALTER j TYPE jsonb",
            )
            .await;
        world
            .run(
                Side::Target,
                "ALTER TABLE payments.by_uuid DROP v; ALTER TABLE payments.by_uuid ADD extra int, ADD v varchar",
            )
            .await;
        world.run(Side::Target, "UPDATE payments.by_uuid t SET v = nullif(n % 3, 0)::text FROM generate_series(1, 5000) n WHERE t.id = md5(n::text)::uuid").await;
        let (reply, summary) = pass(&world).await;
        assert_eq!((reply.mismatched, reply.errors, summary.errors.as_slice()), (0, 0, [].as_slice()), "{summary:#?}");
        assert!(reply.complete);
        assert_eq!(reply.matched, 5 + 10_000 + 5_000 + 3 + 4 + 1_000 + 1_000);
        assert!(summary.tables.iter().all(|part| part.table != "payments.tmp_ignored"));
        assert_eq!(table(&summary, "payments.parts").matched, 1_000, "partitions are compared once, with their parent");
    });
}

#[test]
fn equal_data_is_equal_in_another_encoding() {
    let Some(world) = World::with(Options::default(), Options { encoding: Some("LATIN1"), ..Options::default() })
    else {
        return;
    };
    block_on(async {
        let sql = "CREATE SCHEMA payments; CREATE TABLE payments.words (id int PRIMARY KEY, word text); \
                   INSERT INTO payments.words VALUES (1, 'Ängstlich'), (2, 'é'), (3, ''), (4, NULL)";
        world.run_on_both(sql).await;
        for side in [Side::Source, Side::Target] {
            let login =
                Login { side, purpose: "validation", role: "validator", attributes: "IN ROLE pg_read_all_data" };
            world.login(login).await;
        }
        validate(&world, |_| {});
        let (reply, summary) = pass(&world).await;
        assert_eq!((reply.matched, reply.mismatched, reply.errors), (4, 0, 0), "{summary:#?}");
        world.run(Side::Target, "UPDATE payments.words SET word = 'e' WHERE id = 2").await;
        let (_, summary) = pass(&world).await;
        assert_eq!(keys(&table(&summary, "payments.words").rows), BTreeSet::from([vec!["2".to_owned()]]));
    });
}

/// Each statement corrupts the rows whose keys it returns.
const CORRUPTIONS: [(&str, &str); 9] = [
    (
        "payments.composite",
        "UPDATE payments.composite SET note = note || ' ' WHERE number % 40 = 7 RETURNING region, number::text, at::text",
    ),
    (
        "payments.composite",
        "UPDATE payments.composite SET note = NULL WHERE number % 40 = 9 RETURNING region, number::text, at::text",
    ),
    (
        "payments.composite",
        "UPDATE payments.composite SET note = '' WHERE number % 40 = 11 RETURNING region, number::text, at::text",
    ),
    (
        "payments.composite",
        "DELETE FROM payments.composite WHERE number % 40 = 13 RETURNING region, number::text, at::text",
    ),
    (
        "payments.composite",
        "INSERT INTO payments.composite SELECT 'new', n, timestamptz '2026-01-01 00:00+00', 'n' FROM generate_series(1, 250) n RETURNING region, number::text, at::text",
    ),
    // Two rows exchange a value: counts and sums of columns stay the same.
    (
        "payments.composite",
        "UPDATE payments.composite a SET note = b.note FROM payments.composite b \
        WHERE a.region = b.region AND a.number % 40 IN (15, 16) AND b.number = CASE a.number % 40 WHEN 15 THEN a.number + 1 ELSE a.number - 1 END \
        RETURNING a.region, a.number::text, a.at::text",
    ),
    (
        "payments.by_uuid",
        "UPDATE payments.by_uuid SET v = CASE WHEN v IS NULL THEN '' END WHERE id < '10000000-0000-0000-0000-000000000000' RETURNING id::text",
    ),
    ("payments.parts", "DELETE FROM payments.parts WHERE id IN (0, 499, 500, 999) RETURNING id::text"),
    (
        "payments.\"Odd \"\"name\"",
        "UPDATE payments.\"Odd \"\"name\" SET \"a'b\" = 'X' WHERE \"Key, 1\" = 'ä' RETURNING \"Key, 1\"",
    ),
];

#[test]
fn every_corruption_is_found_and_named() {
    let Some(world) = world(Options::default()) else { return };
    block_on(async {
        let target = world.open(Side::Target).await;
        let mut expected: std::collections::BTreeMap<String, BTreeSet<Vec<String>>> = std::collections::BTreeMap::new();
        for (table, sql) in CORRUPTIONS {
            let rows = target.query(sql, &[]).await.unwrap_or_else(|e| panic!("{e:?}\n{sql}"));
            assert!(!rows.is_empty(), "{sql}");
            let keys = rows.iter().map(|row| (0..row.len()).map(|n| row.get::<_, String>(n)).collect());
            expected
                .entry(table.replace("\"\"", "\u{1}").replace('"', "").replace('\u{1}', "\""))
                .or_default()
                .extend(keys);
        }
        // A row that stands twice, where the target lost its key.
        run(&target, "ALTER TABLE payments.by_enum DROP CONSTRAINT by_enum_pkey; INSERT INTO payments.by_enum SELECT * FROM payments.by_enum WHERE id = 'b c'").await;
        expected.insert("payments.by_enum".into(), BTreeSet::from([vec!["b c".to_owned()]]));
        let corrupted: usize = expected.values().map(BTreeSet::len).sum();
        assert!(corrupted >= 2_000, "{corrupted}");
        let (reply, summary) = pass(&world).await;
        for (name, keys_) in &expected {
            let part = table(&summary, name);
            let found = keys(&part.rows);
            let missed: Vec<_> = keys_.difference(&found).take(5).collect();
            let false_: Vec<_> = found.difference(keys_).take(5).collect();
            let all = part.mismatched as usize == keys_.len();
            // Only the first thousand of a table are named.
            let named = missed.is_empty() || keys_.len() > 1_000 && found.len() == 1_000;
            assert!(
                all && named && false_.is_empty(),
                "{name}: {} of {}: missed {missed:?}, wrongly found {false_:?}",
                part.mismatched,
                keys_.len()
            );
        }
        assert_eq!(reply.mismatched as usize, corrupted);
        assert_eq!(reply.errors, 0, "{:?}", summary.errors);
    });
}

#[test]
fn every_column_counts() {
    let Some(world) = world(Options::default()) else { return };
    block_on(async {
        let target = world.open(Side::Target).await;
        let columns = target
            .query("SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = 'payments.everything'::regclass AND attnum > 1 AND NOT attisdropped ORDER BY attnum", &[])
            .await
            .expect("columns");
        for column in columns.iter().map(|row| row.get::<_, String>(0)) {
            // A value to NULL, NULL to a value, and one value to another.
            for (to, from) in [(1, 4), (4, 1), (1, 3)] {
                let mut client = world.open(Side::Target).await;
                let change = client.transaction().await.expect("a transaction");
                let sql = format!(
                    "UPDATE payments.everything t SET {column} = o.{column} FROM payments.everything o WHERE t.id = {to} AND o.id = {from} \
                     AND t.{column}::text IS DISTINCT FROM o.{column}::text"
                );
                if change.execute(&sql, &[]).await.unwrap_or_else(|e| panic!("{e:?} {sql}")) == 0 {
                    continue;
                }
                change.commit().await.expect("it is done");
                let wrong = digests_differ(&world).await;
                assert!(wrong, "{column}: row {to} with the value of row {from}");
                run(&target, "DELETE FROM payments.everything").await;
                let rows = ROWS.split("INSERT INTO payments.composite").next().expect("the first statement");
                run(&target, &format!("SET search_path = public, pg_catalog; {rows}")).await;
                assert!(!digests_differ(&world).await, "{column} is restored");
            }
        }
    });
}

/// Whether the table of all types differs.
async fn digests_differ(world: &World) -> bool {
    let call = world.call();
    let run = world.run_of();
    let pair = migspec_validator::pair::Pair::open(&world.ports, &call, &run, "test").await.expect("both sides");
    let tables = pair.tables().await.expect("tables");
    let everything = tables.iter().find(|t| t.name == "everything").expect("the table");
    let ([source, target], gaps) = pair.views(everything);
    assert_eq!(gaps, [""; 0]);
    let range = migspec_validator::side::Range::default();
    source.digest(&range).await.expect("a digest") != target.digest(&range).await.expect("a digest")
}

#[test]
fn what_cannot_be_compared_is_an_error_and_a_protected_key_is_not_shown() {
    let Some(world) = world(Options::default()) else { return };
    block_on(async {
        world
            .run(
                Side::Target,
                "ALTER TABLE payments.everything DROP ip, ALTER tz TYPE timestamp; DROP TABLE payments.nothing",
            )
            .await;
        world.run(Side::Target, "UPDATE payments.by_uuid SET v = 'secret-value' WHERE id = md5('1')::uuid; DELETE FROM payments.heap WHERE a = 1").await;
        validate(&world, |validation| {
            validation.protected = vec!["payments.by_uuid.id".into(), "payments.by_uuid.v".into()];
            validation.invariants = vec![
                Invariant { name: "same".into(), sql: "select count(*) from payments.parts".into() },
                Invariant { name: "other".into(), sql: "select count(*) from payments.heap".into() },
                Invariant { name: "broken".into(), sql: "select 1 / 0".into() },
            ];
        });
        let (reply, summary) = pass(&world).await;
        let errors = summary.errors.join("\n");
        for part in [
            "payments.everything: the target has no column ip",
            "payments.everything: the types of tz cannot be compared",
            "payments.nothing: the target has no such table",
            "broken",
        ] {
            assert!(errors.contains(part), "{part} is not in\n{errors}");
        }
        assert_eq!(reply.errors, 4, "{errors}");
        let verdicts: Vec<&str> = summary.invariants.iter().map(|judged| judged.verdict.as_str()).collect();
        assert_eq!(verdicts, ["holds", "differs", "failed"]);
        assert_eq!(table(&summary, "payments.heap").mismatched, 1);
        let rows = &table(&summary, "payments.by_uuid").rows;
        assert_eq!(rows[0].key, [("id".to_owned(), "[protected]".to_owned())]);
        let state = world.ports.state();
        let hidden = ["secret-value", "c4ca4238-a0b9-2382-0dcc-509a6f75849b"];
        for (key, bytes) in &state.objects {
            let text = String::from_utf8_lossy(bytes);
            assert!(hidden.iter().all(|h| !text.contains(h)), "{key:?}");
        }
    });
}

#[test]
fn within_the_fence_what_changed_is_compared() {
    let Some(world) = world(Options::default()) else { return };
    block_on(async {
        let window = || async {
            let event = ValidatorEvent::FenceWindow { run: world.run_of(), segment: None };
            ask::<ValidatorReply>(&world, &world.call(), event).await.expect("a check")
        };
        let first = window().await;
        assert!(first.errors > 0, "there is no pass before it");
        let (reply, full) = pass(&world).await;
        assert_eq!((reply.mismatched, reply.errors), (0, 0), "{full:#?}");
        let clean = window().await;
        assert_eq!((clean.mismatched, clean.errors), (0, 0));
        // Written since, on both sides, and once wrongly.
        world
            .run_on_both(
                "UPDATE payments.composite SET note = 'new' WHERE number = 5; DELETE FROM payments.parts WHERE id = 3",
            )
            .await;
        assert_eq!(window().await.mismatched, 0);
        world.run(Side::Source, "UPDATE payments.composite SET note = 'newer' WHERE number = 5 AND region = 'é'").await;
        world
            .run(
                Side::Source,
                "INSERT INTO payments.by_uuid VALUES (md5('x')::uuid, 'x'); DELETE FROM payments.parts WHERE id = 4",
            )
            .await;
        let wrong = window().await;
        let summary = summary(&world, &wrong);
        let number = |name: &str| table(&summary, name).mismatched;
        assert_eq!(
            (number("payments.composite"), number("payments.by_uuid"), number("payments.parts")),
            (1, 1, 1),
            "{summary:#?}"
        );
        assert_eq!(wrong.mismatched, 3);
        assert_eq!(
            keys(&table(&summary, "payments.by_uuid").rows),
            BTreeSet::from([vec!["9dd4e461-268c-8034-f5c8-564e155c67a6".to_owned()]])
        );
    });
}
