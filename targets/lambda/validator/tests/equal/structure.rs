//! Values built of values: arrays, composites, domains and ranges, between both
//! ends of the versions and under the settings of strangers.

use std::collections::BTreeSet;

use migspec_events::Side;
use migspec_function_testing::{Login, NEWEST, OLDEST, Options, Testbed, block_on};

use crate::stand::{keys, pass, table, validate};

/// A column on both sides, and pairs of literals.
struct Case {
    source: &'static str,
    target: &'static str,
    equal: &'static [(&'static str, &'static str)],
    unequal: &'static [(&'static str, &'static str)],
}

const TYPES: &str = "CREATE SCHEMA payments; CREATE SCHEMA lib; \
    CREATE DOMAIN lib.rate AS numeric; CREATE DOMAIN lib.tax AS lib.rate CHECK (VALUE >= -1000); \
    CREATE TYPE lib.price AS (amount lib.tax, unit text COLLATE \"C\"); \
    CREATE DOMAIN lib.offer AS lib.price; CREATE DOMAIN lib.rates AS numeric[]; \
    CREATE TYPE lib.basket AS (prices lib.price[], total lib.offer, seen timestamptz); \
    CREATE TYPE lib.rate_range AS RANGE (subtype = lib.rate); \
    CREATE TYPE lib.float_range AS RANGE (subtype = float8); \
    CREATE TYPE lib.mood AS ENUM ('calm', 'wild'); \
    CREATE TYPE lib.note AS (id int, body json); \
    CREATE TYPE lib.\"Odd \"\"pair\" AS (\"a b\" numeric, \"c\"\"d\" bytea); ";

const CASES: &[Case] = &[
    Case {
        source: "numeric[]",
        target: "numeric[]",
        equal: &[
            ("{1.10,NULL,0.0}", "{1.1,NULL,0}"),
            ("{}", "{}"),
            ("{{1,2},{3.0,4}}", "{{1,2},{3,4.00}}"),
            ("[0:1]={7.0,8}", "[0:1]={7,8}"),
            ("{NaN}", "{NaN}"),
        ],
        unequal: &[
            ("{1.10}", "{1.11}"),
            ("{}", "{NULL}"),
            ("[0:1]={1,2}", "{1,2}"),
            ("{{1},{2}}", "{1,2}"),
            ("{{1,2}}", "{{1},{2}}"),
            ("{1,2}", "{2,1}"),
            ("{1}", "{1,NULL}"),
        ],
    },
    Case {
        source: "float8[]",
        target: "float8[]",
        equal: &[("{-0,0.1}", "{0,0.1}"), ("{NaN,-Infinity}", "{NaN,-Infinity}")],
        unequal: &[("{0.1}", "{0.10000000000000002}"), ("{5e-324}", "{0}")],
    },
    Case {
        source: "text[]",
        target: "varchar(9)[]",
        equal: &[("{a,\"\",NULL}", "{a,\"\",NULL}"), ("{\"a b\",\"c\\\\d\"}", "{\"a b\",\"c\\\\d\"}")],
        unequal: &[("{NULL}", "{\"NULL\"}"), ("{}", "{\"\"}"), ("{\"a \"}", "{a}"), ("{a,b}", "{\"a,b\"}")],
    },
    Case {
        source: "char(4)[]",
        target: "varchar(4)[]",
        equal: &[("{ab,NULL}", "{\"ab  \",NULL}")],
        unequal: &[("{ab}", "{\" ab\"}")],
    },
    Case {
        source: "int4[]",
        target: "numeric[]",
        equal: &[("{1,-2}", "{1.0,-2.00}")],
        unequal: &[("{1}", "{1.5}"), ("{1}", "{3000000000}")],
    },
    Case {
        source: "lib.mood[]",
        target: "text[]",
        equal: &[("{calm,wild}", "{calm,wild}")],
        unequal: &[("{calm}", "{unknown}"), ("{NULL}", "{null-ish}")],
    },
    Case {
        source: "lib.price",
        target: "lib.price",
        equal: &[("(1.10,x)", "(1.1,x)"), ("(,)", "(,)"), ("(-0.0,\"\")", "(0,\"\")")],
        unequal: &[("(1,x)", "(1,X)"), ("(,\"\")", "(,)"), ("(1,\"x,y\")", "(1,x)"), ("(,)", "(0,)")],
    },
    Case {
        source: "lib.price[]",
        target: "lib.price[]",
        equal: &[("{\"(1.0,a)\",NULL}", "{\"(1.00,a)\",NULL}")],
        unequal: &[("{\"(,)\"}", "{NULL}"), ("{\"(1,a)\",\"(2,b)\"}", "{\"(2,b)\",\"(1,a)\"}")],
    },
    Case {
        source: "lib.basket",
        target: "lib.basket",
        equal: &[
            (
                "(\"{\"\"(1.50,a)\"\",\"\"(2.0,)\"\"}\",\"(3.500,c)\",\"2026-01-01 02:00:00+02\")",
                "(\"{\"\"(1.5,a)\"\",\"\"(2,)\"\"}\",\"(3.5,c)\",\"2025-12-31 19:00:00-05\")",
            ),
            ("({},,)", "({},,)"),
        ],
        unequal: &[
            ("({},,)", "(,,)"),
            ("(,\"(,)\",)", "(,,)"),
            ("(,,\"2026-01-01 02:00:00+02\")", "(,,\"2026-01-01 02:00:00+00\")"),
            ("(\"{\"\"(1,a)\"\"}\",,)", "(\"{\"\"(1,b)\"\"}\",,)"),
        ],
    },
    Case {
        source: "lib.offer",
        target: "lib.price",
        equal: &[("(1.10,x)", "(1.1,x)"), ("(,)", "(,)")],
        unequal: &[("(1.10,x)", "(1.2,x)")],
    },
    Case {
        source: "lib.rates",
        target: "numeric(9,4)[]",
        equal: &[("{1.5,2}", "{1.5,2}")],
        unequal: &[("{1.5}", "{1.4}"), ("{0.00001}", "{0}")],
    },
    Case {
        source: "numrange",
        target: "numrange",
        equal: &[("[1.10,2)", "[1.1,2.0)"), ("empty", "[1,1)"), ("(,)", "[,]"), ("[,3.0]", "(,3]")],
        unequal: &[("[1,2)", "[1,2]"), ("(1,2)", "[1,2)"), ("empty", "(,)"), ("[1,)", "[1,9)")],
    },
    Case {
        source: "lib.rate_range",
        target: "numrange",
        equal: &[("[1.0,2.0)", "[1,2)")],
        unequal: &[("[1.0,2.0)", "[1,2.1)")],
    },
    Case {
        source: "lib.float_range[]",
        target: "lib.float_range[]",
        equal: &[("{\"[-0,1)\",NULL,empty}", "{\"[0,1)\",NULL,empty}")],
        unequal: &[("{\"[0,1)\"}", "{\"[0,1]\"}"), ("{empty}", "{NULL}")],
    },
    Case {
        source: "tstzrange",
        target: "tstzrange",
        equal: &[
            ("[2026-01-01 02:00+02,infinity)", "[2026-01-01 00:00+00,infinity)"),
            ("[-infinity,]", "[-infinity,)"),
        ],
        unequal: &[
            ("[2026-01-01,infinity)", "[2026-01-01,)"),
            ("[2026-01-01 00:00+00,)", "[2026-01-01 00:00:00.000001+00,)"),
        ],
    },
    Case {
        source: "lib.note",
        target: "lib.note",
        equal: &[("(1,\"{\"\"a\"\": 1}\")", "(1,\"{\"\"a\"\": 1}\")")],
        unequal: &[("(1,\"{\"\"a\"\": 1}\")", "(1,\"{\"\"a\"\":  1}\")")],
    },
    Case {
        source: "lib.\"Odd \"\"pair\"",
        target: "lib.\"Odd \"\"pair\"",
        equal: &[("(1.0,\"\\\\x00ff\")", "(1,\"\\\\x00FF\")")],
        unequal: &[("(1.0,\"\\\\x00ff\")", "(1,\"\\\\x00\")")],
    },
    Case {
        source: "interval[]",
        target: "interval[]",
        equal: &[("{\"1 mon -2 days 03:04:05.6\"}", "{\"1 mon -2 days 03:04:05.600\"}")],
        unequal: &[("{\"1 day\"}", "{\"24:00:00\"}"), ("{\"1 mon\"}", "{\"30 days\"}")],
    },
];

/// The type came with PostgreSQL 14.
const MULTIRANGES: &[Case] = &[
    Case {
        source: "nummultirange",
        target: "nummultirange",
        equal: &[("{[1.10,2),[5,6.0)}", "{[1.1,2.0),[5.0,6)}"), ("{[1,2),[2.0,3)}", "{[1,3.00)}"), ("{}", "{}")],
        unequal: &[("{}", "{(,)}"), ("{[1,2)}", "{[1,2]}"), ("{[1,2),[3,4)}", "{[1,4)}")],
    },
    Case {
        source: "nummultirange[]",
        target: "nummultirange[]",
        equal: &[("{\"{[1.0,2)}\",NULL}", "{\"{[1,2.0)}\",NULL}")],
        unequal: &[("{\"{}\"}", "{NULL}")],
    },
];

/// Settings of logins, each other than the session's own.
const AWKWARD: [&[&str]; 2] = [
    &[
        "quote_all_identifiers = on",
        "extra_float_digits = -15",
        "\"DateStyle\" = 'German'",
        "\"IntervalStyle\" = 'sql_standard'",
        "bytea_output = 'escape'",
        "\"TimeZone\" = 'Asia/Kathmandu'",
        "array_nulls = off",
        "xmlbinary = 'hex'",
        "xmloption = 'document'",
        "client_encoding = 'LATIN1'",
        "search_path = lib, payments",
        "default_transaction_isolation = 'serializable'",
        "transform_null_equals = on",
        "standard_conforming_strings = off",
        "row_security = on",
        "statement_timeout = '2s'",
        "lock_timeout = '1ms'",
    ],
    &[
        "extra_float_digits = 0",
        "\"DateStyle\" = 'SQL, DMY'",
        "\"IntervalStyle\" = 'iso_8601'",
        "\"TimeZone\" = 'America/St_Johns'",
        "default_transaction_deferrable = on",
        "default_transaction_read_only = off",
        "idle_in_transaction_session_timeout = '2s'",
        "backslash_quote = off",
        "enable_hashjoin = off",
        "jit = off",
    ],
];

fn world_between(versions: [Option<u32>; 2]) -> Option<Testbed> {
    let [source, target] = versions.map(|version| Options { version, ..Options::default() });
    let world = Testbed::with(source, target)?;
    block_on(async {
        world.run_on_both(TYPES).await;
        for (side, settings) in [Side::Source, Side::Target].into_iter().zip(AWKWARD) {
            let login =
                Login { side, purpose: "validation", role: "validator", attributes: "IN ROLE pg_read_all_data" };
            let attributes = if world.version(side).await < 14 { "SUPERUSER" } else { login.attributes };
            world.login(Login { attributes, ..login }).await;
            for setting in settings {
                world.run(side, &format!("ALTER ROLE validator SET {setting}")).await;
            }
            for (version, setting) in [(14, "idle_session_timeout = '2s'"), (17, "transaction_timeout = '2s'")] {
                if world.version(side).await >= version {
                    world.run(side, &format!("ALTER ROLE validator SET {setting}")).await;
                }
            }
        }
    });
    validate(&world, |_| {});
    Some(world)
}

/// Each case as a table: equal pairs have even keys, and unequal ones odd keys.
fn tables(cases: &[Case]) -> [String; 2] {
    let mut sql = ["SET \"DateStyle\" = 'ISO, YMD'; ".to_owned(), "SET \"DateStyle\" = 'ISO, YMD'; ".to_owned()];
    for (n, case) in cases.iter().enumerate() {
        let equal = case.equal.iter().enumerate().map(|(at, pair)| (2 * at, pair));
        let pairs: Vec<(usize, &(&str, &str))> =
            equal.chain(case.unequal.iter().enumerate().map(|(at, pair)| (2 * at + 1, pair))).collect();
        for (side, kind) in [case.source, case.target].into_iter().enumerate() {
            sql[side].push_str(&format!("CREATE TABLE payments.case_{n} (id int PRIMARY KEY, v {kind}); "));
            for (id, pair) in &pairs {
                let value = [pair.0, pair.1][side];
                sql[side].push_str(&format!("INSERT INTO payments.case_{n} VALUES ({id}, '{value}'); "));
            }
            // NULL is no empty value and no value of NULLs.
            sql[side].push_str(&format!("INSERT INTO payments.case_{n} VALUES (1000, NULL), (1001, NULL); "));
        }
        let first = case.equal[0].0;
        sql[0].push_str(&format!("UPDATE payments.case_{n} SET v = '{first}' WHERE id = 1001; "));
    }
    sql
}

async fn compare(world: &Testbed, cases: &[Case]) {
    let [source, target] = tables(cases);
    world.run(Side::Source, &source).await;
    world.run(Side::Target, &target).await;
    let (reply, summary) = pass(world).await;
    assert_eq!(summary.errors, [""; 0]);
    for (n, case) in cases.iter().enumerate() {
        let wrong = keys(&table(&summary, &format!("payments.case_{n}")).rows);
        let unequal = (0..case.unequal.len()).map(|at| (2 * at + 1).to_string()).chain(["1001".to_owned()]);
        let expected: BTreeSet<Vec<String>> = unequal.map(|id| vec![id]).collect();
        assert_eq!(wrong, expected, "{} and {}", case.source, case.target);
    }
    let unequal: usize = cases.iter().map(|case| case.unequal.len() + 1).sum();
    assert_eq!(reply.mismatched, unequal as u64);
}

#[test]
fn built_values_are_compared_to_the_bottom() {
    let Some(world) = world_between([None, None]) else { return };
    block_on(async {
        compare(&world, CASES).await;
        world.run_on_both("DROP SCHEMA payments CASCADE; CREATE SCHEMA payments").await;
        compare(&world, MULTIRANGES).await;
    });
}

#[test]
fn built_values_are_compared_between_both_ends_of_the_versions() {
    let Some(world) = world_between([Some(OLDEST), Some(NEWEST)]) else { return };
    block_on(compare(&world, CASES));
}

/// Keys whose canonical text no type reads.
#[test]
fn built_keys_name_their_rows() {
    let Some(world) = world_between([None, None]) else { return };
    block_on(async {
        let tables = "CREATE TABLE payments.prices (id lib.price PRIMARY KEY, v text); \
            CREATE TABLE payments.arrays (id numeric[] PRIMARY KEY, v text); \
            CREATE TABLE payments.ranges (id numrange, n int, v text, PRIMARY KEY (id, n)); \
            CREATE TABLE payments.labels (id lib.mood[] PRIMARY KEY, v text);";
        world.run_on_both(tables).await;
        let rows = "INSERT INTO payments.prices SELECT ROW(n, 'EUR')::lib.price, 'x' FROM generate_series(1, 3000) n; \
            INSERT INTO payments.arrays SELECT ARRAY[n, NULL], 'x' FROM generate_series(1, 3000) n; \
            INSERT INTO payments.ranges SELECT numrange(n, n + 1), n, 'x' FROM generate_series(1, 3000) n; \
            INSERT INTO payments.labels VALUES ('{calm,wild}', 'x'), ('{}', 'y');";
        world.run(Side::Source, rows).await;
        world
            .run(Side::Target, &rows.replace("SELECT ROW(n,", "SELECT ROW(n + 0.00,").replace("n + 1)", "n + 1.0)"))
            .await;
        let change = "UPDATE payments.prices SET v = 'y' WHERE (id).amount = 1234; \
            DELETE FROM payments.arrays WHERE id[1] = 77; UPDATE payments.ranges SET v = 'y' WHERE n = 5; \
            UPDATE payments.labels SET v = 'z' WHERE id = '{}'";
        world.run(Side::Target, change).await;
        let (_, summary) = pass(&world).await;
        assert_eq!(summary.errors, [""; 0]);
        let wrong = |name: &str| keys(&table(&summary, name).rows).into_iter().flatten().collect::<Vec<_>>();
        assert_eq!(wrong("payments.prices"), ["(1234,EUR)"]);
        assert_eq!(wrong("payments.arrays"), ["[1:2]{77,NULL}"]);
        assert_eq!(wrong("payments.ranges"), ["(t,5,6,f)", "5"]);
        assert_eq!(wrong("payments.labels"), ["{}"]);
    });
}

/// With ICU, the name of the C library's collation decides nothing.
#[test]
fn an_icu_database_is_not_taken_for_an_order_of_bytes() {
    let Some(world) = world_between([None, None]) else { return };
    block_on(async {
        let make = "CREATE DATABASE icu LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LC_COLLATE 'C' LC_CTYPE 'C' \
                    ENCODING 'UTF8' TEMPLATE template0";
        world.cluster(Side::Target).open("postgres").await.batch_execute(make).await.expect("a database of ICU");
        world.describe(|replication| replication.target.database = "icu".to_owned());
        let client = world.cluster(Side::Target).open("icu").await;
        let rows = "CREATE TABLE payments.words (id text PRIMARY KEY, v int, w text COLLATE \"C\" UNIQUE); \
            INSERT INTO payments.words SELECT p || n, n, p || n FROM generate_series(1, 9000) n, unnest(ARRAY['a', 'B', 'c', 'D']) p;";
        world.run(Side::Source, rows).await;
        client.batch_execute(&format!("{TYPES} {rows}")).await.expect("the same rows");
        client.batch_execute("UPDATE payments.words SET v = 0 WHERE id = 'B77'").await.expect("one is wrong");
        let call = world.call();
        let pair =
            migspec_validator::pair::Pair::open(&world.ports, &call, &world.run_of(), "t").await.expect("a pair");
        let tables = pair.tables().await.expect("tables");
        let [id, v, w] = [0, 1, 2].map(|n| &tables[0].columns[n]);
        assert_eq!([&id.source, &id.target, &v.target, &w.target].map(|t| t.by_bytes), [true, false, false, true]);
        drop(pair);
        let (reply, summary) = pass(&world).await;
        assert_eq!((reply.mismatched, reply.errors), (1, 0), "{:?}", summary.errors);
        assert_eq!(keys(&table(&summary, "payments.words").rows), BTreeSet::from([vec!["B77".to_owned()]]));
    });
}
