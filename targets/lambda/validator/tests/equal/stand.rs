//! A world with a table of every type, and whole passes over it.

use std::collections::BTreeSet;
use std::time::Duration;

use migspec_events::{Checksums, Group, Planned, Side, Validation, ValidatorEvent, ValidatorReply};
use migspec_function::{Call, Failure, Key, Name};
use migspec_function_testing::{Login, Options, Testbed, block_on};
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

pub const ROWS: &str = r#"
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
pub fn world(target: Options) -> Option<Testbed> {
    let source = Options { settings: &["timezone = 'Asia/Kathmandu'", "datestyle = 'SQL, DMY'"], ..Options::default() };
    let world = Testbed::with(source, target)?;
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
                       ALTER ROLE validator SET TimeZone = 'America/St_Johns'; ALTER ROLE validator SET client_encoding = 'LATIN1'; \
                       ALTER ROLE validator SET quote_all_identifiers = on; ALTER ROLE validator SET array_nulls = off";
        world.run(Side::Target, awkward).await;
    });
    world.describe(|replication| replication.exclude = vec!["payments.tmp_*".to_owned()]);
    validate(&world, |_| {});
    Some(world)
}

pub fn validate(world: &Testbed, change: impl FnOnce(&mut Validation)) {
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

pub async fn ask<T: serde::de::DeserializeOwned>(
    world: &Testbed,
    call: &Call,
    event: ValidatorEvent,
) -> Result<T, Failure> {
    let reply = handle(&world.ports, call, event).await?;
    // The validator's reply to the workflow obeys the rules for logs.
    call.log.debug("replied", [("reply", Name::of(reply.to_string()).into())]);
    Ok(serde_json::from_value(reply).expect("the reply is of its type"))
}

/// A whole pass, as the workflow runs it.
pub async fn pass(world: &Testbed) -> (ValidatorReply, Summary) {
    pass_in(world, &world.call()).await
}

/// A whole pass with a log of the caller's.
pub async fn pass_in(world: &Testbed, call: &Call) -> (ValidatorReply, Summary) {
    let planned: Planned = ask(world, call, ValidatorEvent::Plan { run: world.run_of() }).await.expect("a plan");
    let groups = planned.groups.len() as u64;
    for group in planned.groups {
        compare(world, call, &planned.pass, group).await;
    }
    let event = ValidatorEvent::Summarise { run: world.run_of(), pass: planned.pass, groups };
    let reply: ValidatorReply = ask(world, call, event).await.expect("a summary");
    let summary = summary(world, &reply);
    assert_eq!(call.log.lines().lines().filter(|line| line.contains("\"event\":\"validation\"")).count(), 1);
    (reply, summary)
}

async fn compare(world: &Testbed, call: &Call, pass: &str, group: Group) {
    let mut cursor = String::new();
    loop {
        let event = ValidatorEvent::Chunk { run: world.run_of(), pass: pass.to_owned(), group: group.clone(), cursor };
        // Space for the rows, beside the reserve for the end.
        let call = Call::lasting(call.settings.clone(), call.log.clone(), Duration::from_secs(180));
        let compared: migspec_events::Compared = ask(world, &call, event).await.expect("a group is compared");
        if compared.complete {
            return;
        }
        cursor = compared.cursor;
    }
}

pub fn summary(world: &Testbed, reply: &ValidatorReply) -> Summary {
    let state = world.ports.state();
    let bytes = &state.objects[&Key::new("evidence", reply.evidence.as_str())];
    serde_json::from_slice(bytes).expect("evidence is JSON")
}

pub fn table<'s>(summary: &'s Summary, name: &str) -> &'s Part {
    summary.tables.iter().find(|part| part.table == name).unwrap_or_else(|| panic!("{name} was compared"))
}

pub fn keys(rows: &[Row]) -> BTreeSet<Vec<String>> {
    rows.iter().map(|row| row.key.iter().map(|(_, value)| value.clone()).collect()).collect()
}

pub async fn run(client: &Client, sql: &str) {
    client.batch_execute(sql).await.unwrap_or_else(|e| panic!("{e:?}\n{sql}"));
}
