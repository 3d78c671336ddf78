//! A random schema, its twin on the target, and statements that write it.
//!
//! Most schemas are sound: constructs of every kind, alike on both sides or
//! different without harm. One in five has a fault: preflight refuses it, or
//! nothing is lost.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::constructs::{CARRIED, Construct, EXTRAS, FAULTS, Fault, HARMLESS, KEYS, NUMBERS, On, REFUSED, TYPES};
use crate::random::Random;

/// Partitions that constructs add, at most.
const PARTS_OF_CONSTRUCTS: usize = 2;

/// One table on both sides.
pub struct Table {
    /// Quoted, with its schema.
    pub name: String,
    pub key: Vec<String>,
    columns: Vec<Column>,
    /// The source gives the numbers.
    numbered: bool,
    parts: usize,
    /// Rows come from a trigger; nobody writes them otherwise.
    quiet: bool,
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
    /// Whether a line of the slot is about this table or a partition of it.
    pub fn owns(&self, change: &str) -> bool {
        let of = |name: &str| change.strip_prefix(name).is_some_and(|rest| rest.starts_with(": "));
        of(&self.name) || (0..self.parts + PARTS_OF_CONSTRUCTS).any(|n| of(&self.part(n)))
    }

    fn part(&self, n: usize) -> String {
        format!("{}_p{n}", self.name)
    }

    fn suffix(&self) -> String {
        self.name.chars().filter(char::is_ascii_digit).collect()
    }

    fn fill(&self, construct: &Construct) -> String {
        let bare = self.name.strip_prefix("payments.").unwrap_or(&self.name);
        construct.sql.replace("{t}", &self.name).replace("{n}", &self.suffix()).replace("{bare}", bare)
    }

    fn admits(&self, construct: &Construct) -> bool {
        match construct.on {
            On::Any => true,
            On::Whole => self.parts == 0,
            On::Parts => self.parts > 0,
        }
    }

    fn add(&mut self, sql: &str) {
        self.source.push_str(sql);
        self.target.push_str(sql);
    }
}

/// The directions of the tasks of a round.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ways {
    There,
    ThereAndBack,
}

pub struct Schema {
    pub tables: Vec<Table>,
    pub ways: Ways,
    /// Another session has prepared a transaction on the source.
    pub prepared: bool,
    /// The names of the constructs in it.
    pub constructs: BTreeSet<&'static str>,
    rest: [String; 2],
}

/// The names of the constructs that a migration has to bear.
pub fn sound() -> BTreeSet<&'static str> {
    let numbers = NUMBERS.iter().map(|(name, _)| *name);
    EXTRAS
        .iter()
        .chain(HARMLESS)
        .map(|construct| construct.name)
        .chain(numbers)
        .chain(CARRIED.iter().map(|(kind, _)| *kind))
        .collect()
}

impl Schema {
    pub fn new(random: &mut Random) -> Self {
        let ways = if random.one_in(4) { Ways::There } else { Ways::ThereAndBack };
        let fault = random.one_in(5).then(|| random.pick(FAULTS));
        let prepared = matches!(fault, Some(Fault::Prepared));
        let constructs = BTreeSet::new();
        let mut schema = Self { tables: Vec::new(), ways, prepared, constructs, rest: Default::default() };
        schema.tables.push(notes());
        for n in 0..1 + random.below(3) {
            let fault = if n == 0 { fault } else { None };
            let table = schema.table(n, fault, random);
            schema.tables.push(table);
        }
        schema.relate(random);
        schema
    }

    fn relate(&mut self, random: &mut Random) {
        let [_, first, .., last] = self.tables.as_slice() else { return };
        let keyed = |table: &Table| table.source.contains("ADD PRIMARY KEY (id);");
        // PostgreSQL refuses to check a new foreign key of rows that a policy can hide from the owner.
        let forced = |table: &Table| table.source.contains("FORCE ROW LEVEL SECURITY");
        if first.name == last.name || !keyed(first) || forced(first) || forced(last) || random.one_in(2) {
            return;
        }
        let (name, action) = *random.pick(&[
            ("foreign key that cascades", "ON DELETE CASCADE ON UPDATE CASCADE"),
            ("deferrable foreign key", "DEFERRABLE INITIALLY DEFERRED"),
        ]);
        let key = format!("ALTER TABLE {} ADD FOREIGN KEY (id) REFERENCES {} {action};", last.name, first.name);
        self.rest.iter_mut().for_each(|sql| sql.push_str(&key));
        self.constructs.insert(name);
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

    fn pick(&self, random: &mut Random) -> &Table {
        random.pick(&self.tables[1..])
    }

    /// A statement of the application, or a transaction of several.
    pub fn write(&self, random: &mut Random) -> String {
        let one = |random: &mut Random| self.statement(random);
        match random.below(12) {
            0 => format!("BEGIN; {}; {}; COMMIT", one(random), one(random)),
            1 => {
                format!("BEGIN; {}; SAVEPOINT s; {}; ROLLBACK TO s; {}; COMMIT", one(random), one(random), one(random))
            }
            2 => format!("BEGIN; {}; ROLLBACK", one(random)),
            _ => one(random),
        }
    }

    fn statement(&self, random: &mut Random) -> String {
        let table = self.pick(random);
        let row = format!(
            "WHERE id IN (SELECT id FROM {} ORDER BY md5(id::text || '{}') LIMIT 1)",
            table.name,
            random.below(1000)
        );
        match random.below(9) {
            0 => format!("DELETE FROM {} {row}", table.name),
            1 => format!("UPDATE {} SET id = id + {} {row}", table.name, 100_000 + random.below(100_000)),
            2 => format!("UPDATE {} SET made = made + 1 {row}", table.name),
            3 => format!("UPDATE {} SET made = coalesce(made, 0) + 1", table.name),
            4 | 5 => match table.columns.get(random.below(table.columns.len().max(1))) {
                Some(column) => {
                    format!("UPDATE {} SET \"{}\" = {} {row}", table.name, column.name, column.value(random))
                }
                None => "SELECT 1".to_owned(),
            },
            _ => insert(table, random),
        }
    }

    pub fn insert(&self, random: &mut Random) -> String {
        insert(self.pick(random), random)
    }

    /// Statements that take the next number of each table.
    pub fn numbered(&self) -> Vec<String> {
        let numbered = self.tables.iter().filter(|table| table.numbered && !table.quiet);
        numbered.map(|table| insert(table, &mut Random::new(7))).collect()
    }

    fn table(&mut self, n: usize, fault: Option<&'static Fault>, random: &mut Random) -> Table {
        let odd = random.one_in(6);
        let name = if odd { format!("payments.\"Odd \"\"Table{n}\"") } else { format!("payments.t{n}") };
        let columns = (0..1 + random.below(5)).map(|c| self.column(c, random)).collect();
        let (word, number) = *random.pick(NUMBERS);
        self.constructs.insert(word);
        // Quoted names do not take a suffix.
        let parts = if random.one_in(4) && !odd { 3 } else { 0 };
        let mut table = Table {
            name,
            key: vec!["id".to_owned()],
            columns,
            numbered: !["bigint", "bigint NOT NULL"].contains(&number),
            parts,
            quiet: false,
            source: String::new(),
            target: String::new(),
        };
        if matches!(fault, Some(Fault::Type)) {
            let (kind, values) = *random.pick(REFUSED);
            self.constructs.insert(kind);
            table.columns.push(Column { name: "odd".to_owned(), kind, values, required: false });
        }
        self.build(&mut table, number, fault, random);
        table
    }

    fn column(&mut self, c: usize, random: &mut Random) -> Column {
        let (kind, values) = *random.pick(CARRIED);
        self.constructs.insert(kind);
        let name = if random.one_in(8) { format!("Odd Column {c}") } else { format!("c{c}") };
        Column { name, kind, values, required: random.one_in(4) }
    }

    fn build(&mut self, table: &mut Table, number: &str, fault: Option<&'static Fault>, random: &mut Random) {
        let [mut id, there_id] = [number; 2];
        let always = matches!(fault, Some(Fault::IdentityAlways));
        if always || self.ways == Ways::There && random.one_in(3) {
            id = "bigint GENERATED ALWAYS AS IDENTITY";
            table.numbered = true;
            self.constructs.insert("identity always");
        }
        let there_id = match id == number {
            true => there_id,
            false if always => id,
            // The sequence exists on both sides, by name.
            false => "bigint GENERATED BY DEFAULT AS IDENTITY",
        };
        let columns = |id: &str| -> Vec<String> {
            let fixed = [format!("id {id}"), "made int".to_owned()];
            fixed.into_iter().chain(table.columns.iter().map(|column| column.sql(column.kind))).collect()
        };
        let (mut here, mut there) = (columns(id), columns(there_id));
        // The target computes nothing before the cutover, and takes the values.
        if self.ways == Ways::There && random.one_in(3) {
            here.push("twice bigint GENERATED ALWAYS AS (2 * id) STORED".to_owned());
            there.push("twice bigint".to_owned());
            self.constructs.insert("generated column of the source");
        }
        // The columns of the target may lie in another order.
        for at in (1..there.len()).rev() {
            there.swap(at, random.below(at + 1));
        }
        let plain = format!("ALTER TABLE {} ADD PRIMARY KEY (id);", table.name);
        // The target may lack the columns of another key.
        let of_columns = matches!(fault, Some(Fault::Columns(..)));
        let mut key = if of_columns { plain } else { self.key(table, random) };
        match fault {
            Some(Fault::Columns(name, change)) => {
                self.constructs.insert(name);
                change(&mut there);
            }
            Some(Fault::Key(construct)) if table.admits(construct) => {
                self.constructs.insert(construct.name);
                table.key = vec!["id".to_owned()];
                key = table.fill(construct);
            }
            _ => {}
        }
        table.source = create(table, &here, &key);
        table.target = create(table, &there, &key);
        for extra in EXTRAS {
            if random.one_in(7) && table.admits(extra) && !of_columns {
                self.constructs.insert(extra.name);
                table.add(&table.fill(extra));
            }
        }
        if table.parts > 0 {
            self.constructs.insert("partitions");
        }
        self.differ(table, fault, random);
    }

    /// Constructs of one side alone.
    fn differ(&mut self, table: &mut Table, fault: Option<&'static Fault>, random: &mut Random) {
        let harmless = random.pick(HARMLESS);
        if random.one_in(3) && table.admits(harmless) {
            self.constructs.insert(harmless.name);
            table.target.push_str(&table.fill(harmless));
        }
        if let Some(Fault::Apart(construct, there)) = fault
            && table.admits(construct)
        {
            self.constructs.insert(construct.name);
            table.source.push_str(&table.fill(construct));
            table.target.push_str(&table.fill(&Construct { sql: there, ..*construct }));
        }
        let Some(Fault::Both(construct) | Fault::Source(construct) | Fault::Target(construct)) = fault else { return };
        if !table.admits(construct) {
            return;
        }
        self.constructs.insert(construct.name);
        let sql = table.fill(construct);
        if !matches!(fault, Some(Fault::Target(_))) {
            table.source.push_str(&sql);
        }
        if !matches!(fault, Some(Fault::Source(_))) {
            table.target.push_str(&sql);
        }
    }

    /// A key that identifies rows.
    fn key(&mut self, table: &mut Table, random: &mut Random) -> String {
        let name = &table.name;
        // DMS carries an array as an object, and needs a primary key for it.
        let arrays = table.columns.iter().any(|column| column.kind.ends_with("[]"));
        match random.below(12) {
            0 | 1 if table.parts == 0 && !arrays => {
                self.constructs.insert("identity by a unique index");
                let n = table.suffix();
                format!(
                    "ALTER TABLE {name} ALTER id SET NOT NULL; CREATE UNIQUE INDEX key_{n} ON {name} (id); \
                     ALTER TABLE {name} REPLICA IDENTITY USING INDEX key_{n};"
                )
            }
            2 => {
                self.constructs.insert("full identity with a key");
                format!("ALTER TABLE {name} ADD PRIMARY KEY (id); ALTER TABLE {name} REPLICA IDENTITY FULL;")
            }
            3 | 4 => {
                self.constructs.insert("key of two numbers");
                table.key.push("made".to_owned());
                format!("ALTER TABLE {name} ADD PRIMARY KEY (id, made);")
            }
            5 | 6 => match table.columns.iter().find(|column| KEYS.contains(&column.kind)) {
                Some(column) => {
                    self.constructs.insert("key of another type");
                    table.key.push(column.name.clone());
                    format!("ALTER TABLE {name} ADD PRIMARY KEY (\"{}\", id);", column.name)
                }
                None => format!("ALTER TABLE {name} ADD PRIMARY KEY (id);"),
            },
            _ => format!("ALTER TABLE {name} ADD PRIMARY KEY (id);"),
        }
    }
}

/// The rows that triggers write: nobody else inserts them.
fn notes() -> Table {
    let sql = "CREATE TABLE payments.notes (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, made int);";
    Table {
        name: "payments.notes".to_owned(),
        key: vec!["id".to_owned()],
        columns: Vec::new(),
        numbered: true,
        parts: 0,
        quiet: true,
        source: sql.to_owned(),
        target: sql.to_owned(),
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
