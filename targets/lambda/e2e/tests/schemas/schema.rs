//! A random schema, its twin on the target, and statements that write it.

use std::fmt::Write;

use crate::random::Random;

/// Types that DMS carries, with values.
const CARRIED: &[(&str, &[&str])] = &[
    ("int4", &["0", "-7", "2147483647"]),
    ("int8", &["1", "-9223372036854775808"]),
    ("int2", &["12", "-32768"]),
    ("numeric(12, 2)", &["1.10", "0.00", "-99.5"]),
    ("float8", &["'NaN'", "1.5", "'-Infinity'", "0.1", "1e-300"]),
    ("float4", &["0.1", "16777217"]),
    ("bool", &["true", "false"]),
    ("text", &["''", "'a''b'", "'back\\slash'", "E'line\\nbreak'", "'ü 😀'", "'null'", "'unchanged'"]),
    ("varchar(40)", &["'short'", "'x y'"]),
    ("char(8)", &["'pad'", "''"]),
    ("bytea", &["'\\x00ff'", "''"]),
    ("json", &["'{\"a\": [1, null]}'", "'\"text\"'"]),
    ("jsonb", &["'{\"b\": 1.10}'", "'[]'"]),
    ("uuid", &["'6f1ed002-ab35-4cc5-9a3c-7c5f1c4b8f1e'"]),
    ("date", &["'2026-02-28'", "'infinity'", "'0044-03-15 BC'"]),
    ("timestamp", &["'2026-02-28 12:00:00.123456'", "'-infinity'"]),
    ("timestamptz", &["'2026-02-28 12:00:00+02'", "'12026-01-01 00:00:00Z'"]),
    ("interval", &["'1 mon -3 days 04:05:06.7'", "'0'"]),
    ("time", &["'23:59:59.999999'"]),
    ("bit(5)", &["B'10101'"]),
    ("varbit", &["B''", "B'1'"]),
    ("cidr", &["'10.0.0.0/8'"]),
    ("text[]", &["'{}'", "'{a,\"b c\",NULL}'", "'{{1},{2}}'"]),
    ("int4[]", &["'{1,2}'", "'[0:1]={7,8}'"]),
    ("payments.label", &["'l'", "'long enough'"]),
];

/// Types that preflight refuses.
const REFUSED: &[(&str, &[&str])] = &[
    ("numeric", &["1.23456789"]),
    ("payments.mood", &["'calm'"]),
    ("payments.pair", &["'(1,x)'"]),
    ("payments.amount", &["0.123456789"]),
    ("int4range", &["'[1,5)'"]),
    ("inet", &["'10.0.0.1'"]),
    ("tsvector", &["'a b'"]),
    ("oid", &["1"]),
];

const TYPES: &str = "CREATE TYPE payments.mood AS ENUM ('calm', 'wild'); CREATE TYPE payments.pair AS (a int, b text); \
    CREATE DOMAIN payments.amount AS numeric; CREATE DOMAIN payments.short AS text; \
    CREATE DOMAIN payments.label AS payments.short CHECK (VALUE <> 'none'); \
    CREATE FUNCTION payments.count_up() RETURNS trigger LANGUAGE plpgsql AS \
    'BEGIN IF TG_OP = ''INSERT'' THEN NEW.made := coalesce(NEW.made, 0) + 1; END IF; RETURN NEW; END'; \
    CREATE SEQUENCE lib.numbers;";

/// One table on both sides.
pub struct Table {
    /// Quoted, with its schema.
    pub name: String,
    pub key: Vec<String>,
    columns: Vec<Column>,
    /// The source gives the numbers.
    numbered: bool,
    parts: usize,
    source: String,
    target: String,
}

struct Column {
    name: String,
    kind: &'static str,
    values: &'static [&'static str],
    required: bool,
}

impl Table {
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        ["id", "made"].into_iter().chain(self.columns.iter().map(|column| column.name.as_str()))
    }

    /// Whether a line of the slot is about this table or a partition of it.
    pub fn owns(&self, change: &str) -> bool {
        let of = |name: &str| change.strip_prefix(name).is_some_and(|rest| rest.starts_with(": "));
        of(&self.name) || (0..self.parts).any(|n| of(&self.part(n)))
    }

    fn part(&self, n: usize) -> String {
        format!("{}_p{n}", self.name)
    }
}

pub struct Schema {
    pub tables: Vec<Table>,
    rest: [String; 2],
}

impl Schema {
    pub fn new(random: &mut Random) -> Self {
        let tables: Vec<Table> = (0..1 + random.below(3)).map(|n| table(n, random)).collect();
        let mut rest = [String::new(), String::new()];
        let keyed = |table: &Table| table.source.contains("ADD PRIMARY KEY (id);");
        if tables.len() > 1 && tables.iter().all(keyed) && random.one_in(3) {
            let key = format!(
                "ALTER TABLE {} ADD FOREIGN KEY (id) REFERENCES {} ON DELETE CASCADE;",
                tables[1].name, tables[0].name
            );
            rest.iter_mut().for_each(|sql| sql.push_str(&key));
        }
        if random.one_in(20) {
            rest[random.below(2)].push_str("CREATE MATERIALIZED VIEW payments.seen AS SELECT 1 AS one;");
        }
        Self { tables, rest }
    }

    pub fn source(&self) -> String {
        self.sql(0)
    }

    pub fn target(&self) -> String {
        self.sql(1)
    }

    fn sql(&self, side: usize) -> String {
        let tables: String = self
            .tables
            .iter()
            .map(|table| if side == 0 { table.source.as_str() } else { table.target.as_str() })
            .collect();
        format!(
            "SET ROLE owner; {TYPES} {tables} {} \
             GRANT SELECT ON ALL TABLES IN SCHEMA payments TO dms; \
             GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA payments TO {}, pay_app; \
             GRANT USAGE ON ALL SEQUENCES IN SCHEMA payments, lib TO pay_app; RESET ROLE",
            self.rest[side],
            // A group's rights would fall with the fence.
            ["applier", "replicator"][side],
        )
    }

    /// A statement of the application.
    pub fn write(&self, random: &mut Random) -> String {
        let table = random.pick(&self.tables);
        let row = format!(
            "WHERE id IN (SELECT id FROM {} ORDER BY md5(id::text || '{}') LIMIT 1)",
            table.name,
            random.below(1000)
        );
        match random.below(8) {
            0 => format!("DELETE FROM {} {row}", table.name),
            1 => format!("UPDATE {} SET id = id + {} {row}", table.name, 100_000 + random.below(100_000)),
            2 => format!("UPDATE {} SET made = made + 1 {row}", table.name),
            3 | 4 => match table.columns.get(random.below(table.columns.len())) {
                Some(column) => {
                    format!("UPDATE {} SET \"{}\" = {} {row}", table.name, column.name, column.value(random))
                }
                None => String::new(),
            },
            _ => insert(table, random),
        }
    }

    pub fn insert(&self, random: &mut Random) -> String {
        insert(random.pick(&self.tables), random)
    }

    /// Statements that take the next number of each table.
    pub fn numbered(&self) -> Vec<String> {
        let numbered = self.tables.iter().filter(|table| table.numbered);
        numbered.map(|table| insert(table, &mut Random::new(7))).collect()
    }
}

fn insert(table: &Table, random: &mut Random) -> String {
    let (mut names, mut values) = (vec!["made".to_owned()], vec![random.below(9).to_string()]);
    if !table.numbered {
        names.push("id".to_owned());
        values.push((1 + random.below(1_000_000)).to_string());
    }
    for column in &table.columns {
        names.push(format!("\"{}\"", column.name));
        values.push(column.value(random));
    }
    format!("INSERT INTO {} ({}) VALUES ({})", table.name, names.join(", "), values.join(", "))
}

impl Column {
    fn value(&self, random: &mut Random) -> String {
        match random.below(6) {
            0 if !self.required => "NULL".to_owned(),
            // Beyond the page, incompressible: it stays where it is when another column changes.
            1 if self.kind == "text" => {
                format!(
                    "(SELECT string_agg(md5(n::text || '{}'), '') FROM generate_series(1, 200) n)",
                    random.below(99)
                )
            }
            _ => (*random.pick(self.values)).to_owned(),
        }
    }

    fn sql(&self, kind: &str) -> String {
        format!("\"{}\" {kind}{}", self.name, if self.required { " NOT NULL" } else { "" })
    }
}

fn table(n: usize, random: &mut Random) -> Table {
    let name = if random.one_in(6) { format!("payments.\"Odd \"\"Table{n}\"") } else { format!("payments.t{n}") };
    let columns: Vec<Column> = (0..1 + random.below(4))
        .map(|c| {
            let (kind, values) = *if random.one_in(14) { random.pick(REFUSED) } else { random.pick(CARRIED) };
            let name = if random.one_in(8) { format!("Odd Column {c}") } else { format!("c{c}") };
            Column { name, kind, values, required: random.one_in(4) }
        })
        .collect();
    let number = *random.pick(&[
        "bigserial",
        "bigint GENERATED BY DEFAULT AS IDENTITY",
        "bigint DEFAULT nextval('lib.numbers')",
        "bigint",
        "serial",
        "bigint GENERATED BY DEFAULT AS IDENTITY (INCREMENT -3 CACHE 5)",
        "bigint NOT NULL",
    ]);
    let number = if random.one_in(16) { "bigint GENERATED ALWAYS AS IDENTITY" } else { number };
    // Quoted names do not take a suffix.
    let parts = if random.one_in(5) && !name.contains('"') { 3 } else { 0 };
    let mut made = Table {
        name,
        key: vec!["id".to_owned()],
        columns,
        numbered: !number.starts_with("bigint NOT") && number != "bigint",
        parts,
        source: String::new(),
        target: String::new(),
    };
    let key = keys(&mut made, random);
    let definitions: Vec<String> = std::iter::once(format!("id {number}"))
        .chain(std::iter::once("made int".to_owned()))
        .chain(made.columns.iter().map(|column| column.sql(column.kind)))
        .collect();
    let both = extras(&made, random);
    let mut there = definitions.clone();
    // The columns of the target may lie in another order.
    for at in (1..there.len()).rev() {
        there.swap(at, random.below(at + 1));
    }
    let [only_source, only_target] = differences(&made, random, &mut there);
    made.source = format!("{}{both}{only_source}", create(&made, &definitions, &key));
    made.target = format!("{}{both}{only_target}", create(&made, &there, &key));
    made
}

fn create(table: &Table, columns: &[String], key: &str) -> String {
    let mut sql = format!("CREATE TABLE {} ({})", table.name, columns.join(", "));
    if table.parts == 0 {
        let _ = write!(sql, "; {key}");
        return sql;
    }
    sql.push_str(" PARTITION BY RANGE (id);");
    for n in 0..table.parts {
        let values = match n {
            0 => "DEFAULT".to_owned(),
            n => format!("FOR VALUES FROM ({}) TO ({})", n * 1000, (n + 1) * 1000),
        };
        let _ = write!(sql, "CREATE TABLE {} PARTITION OF {} {values};", table.part(n), table.name);
    }
    sql.push_str(key);
    sql
}

/// Keys that identify rows, and those that only seem to.
fn keys(table: &mut Table, random: &mut Random) -> String {
    let name = &table.name;
    let unique = format!(
        "ALTER TABLE {name} ALTER id SET NOT NULL; CREATE UNIQUE INDEX key_{n} ON {name} (id);",
        n = suffix(name)
    );
    match random.below(20) {
        0 => format!("ALTER TABLE {name} ADD PRIMARY KEY (id) DEFERRABLE;"),
        1 if table.parts == 0 => {
            format!("{unique} ALTER TABLE {name} REPLICA IDENTITY USING INDEX key_{};", suffix(name))
        }
        2 => unique,
        3 => String::new(),
        4 => format!("ALTER TABLE {name} REPLICA IDENTITY FULL;"),
        5 => format!("ALTER TABLE {name} ADD PRIMARY KEY (id); ALTER TABLE {name} REPLICA IDENTITY NOTHING;"),
        6 => format!("ALTER TABLE {name} ADD PRIMARY KEY (id); ALTER TABLE {name} REPLICA IDENTITY FULL;"),
        7 if table.parts == 0 => format!("CREATE UNIQUE INDEX key_{} ON {name} (id) WHERE id > 0;", suffix(name)),
        8 | 9 => {
            table.key.push("made".to_owned());
            format!("ALTER TABLE {name} ADD PRIMARY KEY (id, made);")
        }
        _ => format!("ALTER TABLE {name} ADD PRIMARY KEY (id);"),
    }
}

fn suffix(name: &str) -> String {
    name.chars().filter(char::is_ascii_digit).collect()
}

/// Constructs of both sides.
fn extras(table: &Table, random: &mut Random) -> String {
    let name = &table.name;
    let trigger = |mode: &str| {
        format!(
            "CREATE TRIGGER counts BEFORE INSERT ON {name} FOR EACH ROW EXECUTE FUNCTION payments.count_up(); \
             ALTER TABLE {name} ENABLE {mode} TRIGGER counts;"
        )
    };
    match random.below(24) {
        0 | 1 if table.parts == 0 => trigger(""),
        2 if table.parts == 0 => trigger("ALWAYS"),
        3 => format!("ALTER TABLE {name} ADD CHECK (made >= 0);"),
        4 => format!("ALTER TABLE {name} ENABLE ROW LEVEL SECURITY;"),
        5 if table.parts == 0 => format!("CREATE RULE quiet AS ON DELETE TO {name} DO ALSO NOTHING;"),
        6 if table.parts == 0 => format!("ALTER TABLE {name} SET UNLOGGED;"),
        7 => format!("CREATE UNIQUE INDEX ON {name} (id, made) WHERE made > 5;")
            .replace(" WHERE made > 5", if table.parts == 0 { " WHERE made > 5" } else { "" }),
        8 => format!("ALTER TABLE {name} ALTER made SET DEFAULT 3;"),
        9 => format!(
            "GRANT INSERT, UPDATE (made) ON {name} TO clerk WITH GRANT OPTION; SET ROLE clerk; GRANT INSERT ON {name} TO pay_app; SET ROLE owner;"
        ),
        10 => format!("CREATE VIEW payments.view_{n} AS SELECT * FROM {name};", n = suffix(name)),
        11 if table.parts == 0 => format!("ALTER TABLE {name} ADD EXCLUDE USING btree (id WITH =);"),
        _ => String::new(),
    }
}

/// Constructs of one side alone. `columns` are those of the target.
fn differences(table: &Table, random: &mut Random, columns: &mut Vec<String>) -> [String; 2] {
    let name = &table.name;
    let (mut source, mut target) = (String::new(), String::new());
    match random.below(30) {
        0 => columns.push("more int NOT NULL".to_owned()),
        1 => columns.push("more int NOT NULL DEFAULT 1".to_owned()),
        2 => target = format!("ALTER TABLE {name} ADD CHECK (made < 3);"),
        3 => target = format!("CREATE UNIQUE INDEX ON {name} (id, made);"),
        4 => source = format!("CREATE UNIQUE INDEX ON {name} (id, made);"),
        5 => target = format!("ALTER TABLE {name} ALTER made TYPE smallint;"),
        6 => target = format!("ALTER TABLE {name} ALTER made SET NOT NULL;"),
        7 => target = format!("ALTER TABLE {name} ALTER made SET DEFAULT 9;"),
        8 => columns.retain(|column| column != "made int"),
        9 => {
            columns.retain(|column| column != "made int");
            columns.push("made int GENERATED ALWAYS AS (1) STORED".to_owned());
        }
        _ => {}
    }
    [source, target]
}
