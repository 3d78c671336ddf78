//! Every corruption of the target is found and named.

use std::collections::BTreeMap;

use migspec_events::Side;
use migspec_events::sql::{identifier, literal};
use migspec_function_testing::{Options, block_on};
use migspec_validator::evidence::Part;
use tokio_postgres::Client;

use crate::stand::{pass, run, table, world};

/// The seed of the random numbers: the same in every run, so that failures
/// repeat.
const SEED: u64 = 20_260_103;
/// Corruptions of each table: more than 2,000 in all.
const EACH: usize = 670;

/// Tables with a key of each form, and their keys. Here the target has no key
/// constraints, so that a row can occur twice.
const TABLES: [(&str, &[&str]); 3] =
    [("wide", &["id"]), ("by_uuid", &["id"]), ("composite", &["region", "number", "at"])];

/// Columns of text that may be NULL and empty, and whose blanks count.
const TEXTS: [&str; 3] = ["note", "v", "t"];

const MISSING: &str = "missing on the target";
const SURPLUS: &str = "only on the target";
const DIFFERS: &str = "differs";
const COUNT: &str = "another number of rows with this key";

/// In addition to the random ones: a statement, which returns the keys of the
/// rows that it corrupts, and the kind of difference.
const CHOSEN: [(&str, &str, &str); 4] = [
    ("payments.parts", "DELETE FROM payments.parts WHERE id IN (0, 499, 500, 999) RETURNING id::text", MISSING),
    (
        "payments.parts",
        "INSERT INTO payments.parts SELECT n, '' FROM generate_series(1000, 1002) n RETURNING id::text",
        SURPLUS,
    ),
    (
        "payments.Odd \"name",
        "UPDATE payments.\"Odd \"\"name\" SET \"a'b\" = 'X' WHERE \"Key, 1\" IN ('ä', 'A') RETURNING \"Key, 1\"",
        DIFFERS,
    ),
    ("payments.by_enum", "INSERT INTO payments.by_enum VALUES ('b c', NULL) RETURNING id::text", COUNT),
];

/// Numbers without a pattern: SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % bound as u64).expect("it is below a usize")
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for n in (1..items.len()).rev() {
            items.swap(n, self.below(n + 1));
        }
    }
}

/// The texts of a row's columns.
type Texts = Vec<Option<String>>;

/// A table of the target, as it was before anything was wrong.
struct Target {
    name: String,
    columns: Vec<String>,
    /// How many of the columns are the key; they come first.
    key: usize,
    rows: Vec<Texts>,
}

impl Target {
    async fn read(client: &Client, name: &str, key: &[&str]) -> Self {
        let name = format!("payments.{}", identifier(name));
        let sql = format!("SELECT attname::text FROM pg_attribute WHERE attrelid = '{name}'::regclass AND attnum > 0");
        let rows = client.query(&sql, &[]).await.expect("the columns");
        let others = rows.iter().map(|row| row.get::<_, String>(0)).filter(|column| !key.contains(&column.as_str()));
        let columns: Vec<String> = key.iter().map(|&column| column.to_owned()).chain(others).collect();
        let texts: Vec<String> = columns.iter().map(|column| format!("{}::text", identifier(column))).collect();
        let sql = format!("SELECT {} FROM {name} ORDER BY {}", texts.join(", "), texts[..key.len()].join(", "));
        let rows = client.query(&sql, &[]).await.expect("the rows");
        let rows = rows.iter().map(|row| (0..columns.len()).map(|n| row.get(n)).collect()).collect();
        Self { name, columns, key: key.len(), rows }
    }

    fn key(&self, row: &Texts) -> Vec<String> {
        row[..self.key].iter().map(|text| text.clone().expect("a key is never NULL")).collect()
    }

    fn here(&self, row: &Texts) -> String {
        let columns = self.columns.iter().zip(row).take(self.key);
        let conditions: Vec<String> =
            columns.map(|(column, text)| format!("{} = {}", identifier(column), value(text.as_ref()))).collect();
        conditions.join(" AND ")
    }

    /// A key that no row has.
    fn new_key(&self, n: usize) -> Texts {
        let texts: &[String] = match self.key {
            1 if self.columns[1] == "v" => &[format!("{n:08}-0000-4000-8000-000000000000")],
            1 => &[(1_000_000 + n).to_string()],
            _ => &["new".to_owned(), n.to_string(), "2026-01-01 00:00:00+00".to_owned()],
        };
        texts.iter().cloned().map(Some).collect()
    }

    /// A column that is not the key, and another value for it.
    fn other_value(&self, row: &Texts, random: &mut Random) -> (usize, Option<String>) {
        loop {
            let column = self.key + random.below(self.columns.len() - self.key);
            let current = &row[column];
            let other = match random.below(6) {
                0 => None,
                1 if TEXTS.contains(&self.columns[column].as_str()) => Some(String::new()),
                2 if TEXTS.contains(&self.columns[column].as_str()) => current.as_ref().map(|text| format!("{text} ")),
                _ => self.rows[random.below(self.rows.len())][column].clone(),
            };
            if other != *current {
                return (column, other);
            }
        }
    }

    fn set(&self, row: &Texts, changes: &[(usize, &Option<String>)]) -> String {
        let changes: Vec<String> = changes
            .iter()
            .map(|(column, text)| format!("{} = {}", identifier(&self.columns[*column]), value(text.as_ref())))
            .collect();
        format!("UPDATE {} SET {} WHERE {};\n", self.name, changes.join(", "), self.here(row))
    }

    fn insert(&self, row: &Texts) -> String {
        let columns: Vec<String> = self.columns.iter().map(|column| identifier(column)).collect();
        let values: Vec<String> = row.iter().map(|text| value(text.as_ref())).collect();
        format!("INSERT INTO {} ({}) VALUES ({});\n", self.name, columns.join(", "), values.join(", "))
    }

    /// The statements of this number of corruptions, each on rows of its own,
    /// and the expected difference for each key.
    fn corrupt(&self, random: &mut Random) -> (String, BTreeMap<Vec<String>, &'static str>) {
        let mut rows: Vec<&Texts> = self.rows.iter().collect();
        random.shuffle(&mut rows);
        let mut statements = String::new();
        let mut wrong = BTreeMap::new();
        for n in 0..EACH {
            let row = rows.pop().expect("there are more rows than corruptions");
            let mut says = |row: &Texts, how| {
                wrong.insert(self.key(row), how);
            };
            match random.below(5) {
                0 => {
                    let (column, text) = self.other_value(row, random);
                    statements.push_str(&self.set(row, &[(column, &text)]));
                    says(row, DIFFERS);
                }
                1 => {
                    statements.push_str(&format!("DELETE FROM {} WHERE {};\n", self.name, self.here(row)));
                    says(row, MISSING);
                }
                2 => {
                    let new = [self.new_key(n), row[self.key..].to_vec()].concat();
                    statements.push_str(&self.insert(&new));
                    says(&new, SURPLUS);
                }
                3 => {
                    statements.push_str(&self.insert(row));
                    says(row, COUNT);
                }
                _ => {
                    // Counts and sums of columns stay the same.
                    let differs = |other: &&Texts| other[self.key..] != row[self.key..];
                    let at = rows.iter().rposition(differs).expect("not all rows are alike");
                    let other = rows.remove(at);
                    for (to, from) in [(row, other), (other, row)] {
                        let changes: Vec<_> = from.iter().enumerate().skip(self.key).collect();
                        statements.push_str(&self.set(to, &changes));
                        says(to, DIFFERS);
                    }
                }
            }
        }
        (statements, wrong)
    }
}

fn value(text: Option<&String>) -> String {
    text.map_or("NULL".to_owned(), |text| literal(text))
}

/// Many rows of all types: those with all values, again and again.
async fn widen(client: &Client) {
    let sql = "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute \
               WHERE attrelid = 'payments.everything'::regclass AND attnum > 1";
    let columns: String = client.query_one(sql, &[]).await.expect("the columns").get(0);
    let fill = format!(
        "CREATE TABLE payments.wide (LIKE payments.everything INCLUDING ALL); \
         INSERT INTO payments.wide SELECT turn * 10 + id, {columns} FROM payments.everything, generate_series(1, 300) turn"
    );
    run(client, &fill).await;
}

fn wrong_rows(part: &Part) -> BTreeMap<Vec<String>, &str> {
    let key = |key: &[(String, String)]| key.iter().map(|(_, value)| value.clone()).collect();
    part.rows.iter().map(|row| (key(&row.key), row.how.as_str())).collect()
}

#[test]
fn two_thousand_corruptions_are_all_found_and_named() {
    let Some(world) = world(Options::default()) else { return };
    block_on(async {
        widen(&world.open(Side::Source).await).await;
        let target = world.open(Side::Target).await;
        widen(&target).await;
        let mut random = Random(SEED);
        let mut expected: BTreeMap<String, BTreeMap<Vec<String>, &str>> = BTreeMap::new();
        for (name, key) in TABLES {
            let before = Target::read(&target, name, key).await;
            run(&target, &format!("ALTER TABLE payments.{name} DROP CONSTRAINT {name}_pkey")).await;
            let (statements, wrong) = before.corrupt(&mut random);
            run(&target, &statements).await;
            expected.insert(format!("payments.{name}"), wrong);
        }
        run(&target, "ALTER TABLE payments.by_enum DROP CONSTRAINT by_enum_pkey").await;
        for (name, sql, how) in CHOSEN {
            let rows = target.query(sql, &[]).await.unwrap_or_else(|e| panic!("{e:?}\n{sql}"));
            assert!(!rows.is_empty(), "{sql}");
            let keys = rows.iter().map(|row| (vec![row.get::<_, String>(0)], how));
            expected.entry(name.to_owned()).or_default().extend(keys);
        }
        let (reply, summary) = pass(&world).await;
        for (name, wrong) in &expected {
            assert!(wrong.len() < 1_000, "{name}: more are not named");
            let found = wrong_rows(table(&summary, name));
            let missed: Vec<_> = wrong.iter().filter(|(key, how)| found.get(*key) != Some(how)).take(5).collect();
            let right: Vec<_> = found.iter().filter(|(key, _)| !wrong.contains_key(*key)).take(5).collect();
            assert!(missed.is_empty() && right.is_empty(), "{name}: missed {missed:?}, wrongly found {right:?}");
        }
        let rows: usize = expected.values().map(BTreeMap::len).sum();
        assert!(TABLES.len() * EACH >= 2_000 && rows > 2_000, "{rows}");
        assert_eq!((reply.mismatched as usize, reply.errors), (rows, 0), "{:?}", summary.errors);
    });
}
