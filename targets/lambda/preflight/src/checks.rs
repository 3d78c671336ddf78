//! The verdicts on the facts of one side. The catalogue has the text of each.

use std::collections::BTreeMap;
use std::fmt::Display;

use migspec_events::types::{Carriage, carriage};
use migspec_events::{Problem, Side, checks};

use crate::compare;
use crate::facts::{Column, Facts, Login, Publication, Table};
use crate::ways::Ways;

/// The oldest version on which every function works: older ones have no
/// `min(pg_lsn)`. DMS reads them.
const OLDEST: u32 = 130_000;
/// Seconds that DMS waits for open transactions before the load
/// (fact: dms-open-transactions).
const CONSISTENCY: u64 = 600;

/// The demand of all replications that share a server, beyond the slots and
/// connections in use.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Room {
    /// How many read changes from it.
    pub readers: u32,
    pub slots: u32,
    pub senders: u32,
    pub connections: u32,
}

/// All problems of both sides, as the login sees them that replicates.
pub fn all(source: &Facts, target: &Facts, [at_source, at_target]: [&Room; 2], ways: Ways) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (side, facts, room) in [("source", source, at_source), ("target", target, at_target)] {
        problems.extend(connections(side, facts, room));
        problems.extend(texts(side, facts));
        problems.extend(writers(side, facts));
    }
    problems.extend(capture("source", source, at_source));
    problems.extend(transactions("source", source));
    if ways == Ways::ThereAndBack {
        problems.extend(capture("target", target, at_target));
        problems.extend(transactions("target", target));
        problems.extend(workers("target", target));
    }
    problems.extend(sessions("source", source));
    problems.extend(login("source", source));
    problems.extend(tables(source));
    problems.extend(capture_problems("source", source));
    problems.extend(publications("target", target));
    if ways == Ways::ThereAndBack {
        problems.extend(capture_problems("target", target));
        problems.extend(publications("source", source));
    }
    problems.extend(compare::all(source, target, ways));
    problems.extend(reads("source", source));
    problems.extend(applies("target", target));
    problems
}

/// The privileges of a login that reads all replicated rows.
pub fn reads(side: &str, facts: &Facts) -> Vec<Problem> {
    let mut problems = opens(side, facts);
    problems.extend(rights(side, facts, &["SELECT"]));
    problems
}

/// The privileges of a login that reads all rows and their changes.
pub fn captures(side: &str, facts: &Facts) -> Vec<Problem> {
    let mut problems = reads(side, facts);
    problems.extend(login(side, facts));
    problems.extend(session(side, facts));
    problems
}

/// The privileges of a login that applies changes.
pub fn applies(side: &str, facts: &Facts) -> Vec<Problem> {
    let login = &facts.login.name;
    let mut problems = opens(side, facts);
    problems.extend(rights(side, facts, &["SELECT", "INSERT", "UPDATE", "DELETE"]));
    problems.extend(triggers(side, facts));
    problems.extend(session(side, facts));
    if !facts.login.writes_tokens {
        problems.push(checks::TOKENS.problem(&[("login", login), ("side", &side)]));
    }
    problems
}

/// The privilege of a login of the reverse task on the table of the rehearsal: the one that reads changes reads it on the
/// target, and the other one writes it on the source.
pub fn rehearses(side: Side, facts: &Facts) -> Option<Problem> {
    let Login { name, reads_rehearsal, writes_rehearsal, .. } = &facts.login;
    let (right, granted) = match side {
        Side::Source => ("INSERT", writes_rehearsal),
        Side::Target => ("SELECT", reads_rehearsal),
    };
    (!granted).then(|| checks::REHEARSAL.problem(&[("login", name), ("right", &right), ("side", &side.name())]))
}

/// Schemas that the login may use, and rows that no policy hides from it.
fn opens(side: &str, facts: &Facts) -> Vec<Problem> {
    let login = &facts.login.name;
    let closed = facts
        .closed
        .iter()
        .map(|schema| checks::SCHEMA_CLOSED.problem(&[("login", login), ("schema", schema), ("side", &side)]));
    let hidden = facts
        .tables
        .iter()
        .filter(|(_, table)| table.hidden)
        .map(|(path, _)| checks::HIDDEN_ROWS.problem(&[("login", login), ("table", path), ("side", &side)]));
    closed.chain(hidden).collect()
}

/// A server on which the functions do not work. Nothing else is read there: older
/// catalogs have other columns.
pub fn version(side: &str, version: u32) -> Option<Problem> {
    let values: [(&str, &dyn Display); 3] =
        [("side", &side), ("major", &(version / 10_000)), ("oldest", &(OLDEST / 10_000))];
    (version < OLDEST).then(|| checks::VERSION.problem(&values))
}

/// All replications that share the server can be connected at once. Those that
/// share the database are not more.
fn connections(side: &str, facts: &Facts, room: &Room) -> Vec<Problem> {
    let mut problems = Vec::new();
    if let Some((limit, used)) = facts.database_limit {
        let needed = used + room.connections;
        let values: [(&str, &dyn Display); 5] =
            [("side", &side), ("limit", &limit), ("used", &used), ("needed", &needed), ("more", &room.connections)];
        problems.extend((limit < needed).then(|| checks::DATABASE_CONNECTIONS.problem(&values)));
    }
    let limit = facts.number("max_connections");
    let kept = facts.number("superuser_reserved_connections") + facts.number("reserved_connections");
    let needed = i64::from(facts.connections_in_use) + kept + i64::from(room.connections);
    let values: [(&str, &dyn Display); 5] = [
        ("side", &side),
        ("limit", &limit),
        ("used", &facts.connections_in_use),
        ("needed", &needed),
        ("more", &room.connections),
    ];
    problems.extend((limit < needed).then(|| checks::CONNECTIONS.problem(&values)));
    problems
}

/// Whether texts mean the same for each reader, and indexes still have their order.
fn texts(side: &str, facts: &Facts) -> Vec<Problem> {
    let mut problems = Vec::new();
    if facts.encoding == "SQL_ASCII" {
        problems.push(checks::NO_ENCODING.problem(&[("side", &side)]));
    }
    for (collation, recorded, actual) in &facts.stale_collations {
        problems.push(checks::COLLATION_VERSION.problem(&[
            ("side", &side),
            ("collation", collation),
            ("recorded", recorded),
            ("actual", actual),
        ]));
    }
    problems
}

/// Writers that no application's session shows.
fn writers(side: &str, facts: &Facts) -> Vec<Problem> {
    let mut problems = Vec::new();
    for name in &facts.automatic.subscriptions {
        problems.push(checks::SUBSCRIPTION.problem(&[("side", &side), ("name", name)]));
    }
    if let Some(count) = &facts.automatic.jobs {
        problems.push(checks::JOBS.problem(&[("side", &side), ("count", count)]));
    }
    let objects = facts.automatic.large_objects;
    if objects > 0 {
        problems.push(checks::LARGE_OBJECTS.problem(&[("side", &side), ("count", &objects)]));
    }
    for worker in &facts.automatic.workers {
        problems.push(checks::BACKGROUND.problem(&[("side", &side), ("worker", worker)]));
    }
    for (path, kind) in &facts.relations {
        let check = if kind == "f" { checks::FOREIGN_TABLE } else { checks::MATERIALISED };
        problems.push(check.problem(&[("side", &side), ("table", path)]));
    }
    for (name, role) in &facts.roles {
        if role.superuser {
            problems.push(checks::ROLE_SUPERUSER.problem(&[("side", &side), ("role", name)]));
        }
    }
    for (path, table) in &facts.tables {
        if table.bounded {
            problems.push(checks::PARTITIONS.problem(&[("side", &side), ("table", path)]));
        }
        for partition in &table.foreign {
            problems.push(checks::FOREIGN_TABLE.problem(&[("side", &side), ("table", partition)]));
        }
        for rule in &table.rules {
            problems.push(checks::RULES.problem(&[("side", &side), ("table", path), ("rule", rule)]));
        }
    }
    problems
}

/// A server that takes no write: each trial of a later step would fail.
pub(crate) fn standby(side: &str, facts: &Facts) -> Option<Problem> {
    facts.standby.then(|| checks::STANDBY.problem(&[("side", &side)]))
}

/// The prerequisites of logical decoding on a server that changes are read
/// from.
fn capture(side: &str, facts: &Facts, room: &Room) -> Vec<Problem> {
    let mut problems = room_for_slots(side, facts, room);
    let level = facts.setting("wal_level");
    if level != "logical" {
        problems.push(checks::WAL_LEVEL.problem(&[("side", &side), ("value", &level)]));
    }
    let timeout = facts.number("wal_sender_timeout");
    if timeout != 0 && !(10_000..300_000).contains(&timeout) {
        problems.push(checks::SENDER_TIMEOUT.problem(&[("side", &side), ("value", &timeout)]));
    }
    let keep = facts.number_or("max_slot_wal_keep_size", -1);
    if keep != -1 {
        problems.push(checks::SLOT_KEEP.problem(&[("side", &side), ("value", &keep)]));
    }
    problems
}

fn room_for_slots(side: &str, facts: &Facts, room: &Room) -> Vec<Problem> {
    let limits = [
        ("max_replication_slots", checks::SLOTS, facts.slots_in_use, room.slots),
        ("max_wal_senders", checks::SENDERS, facts.senders_in_use, room.senders),
    ];
    let short = limits.into_iter().filter(|(name, _, used, more)| facts.number(name) < i64::from(used + more));
    short
        .map(|(name, check, used, more)| {
            let readers = match room.readers {
                0 | 1 => "a replication reads".to_owned(),
                several => format!("{several} replications read"),
            };
            check.problem(&[
                ("side", &side),
                ("limit", &facts.number(name)),
                ("used", &used),
                ("needed", &(used + more)),
                ("readers", &readers),
            ])
        })
        .collect()
}

/// The server has room for the workers of logical replication beside others.
fn workers(side: &str, facts: &Facts) -> Option<Problem> {
    let value = facts.number("max_worker_processes");
    let others = ["max_logical_replication_workers", "autovacuum_max_workers", "max_parallel_workers"];
    let needed: i64 = others.iter().map(|name| facts.number(name)).sum();
    (facts.managed && value < needed)
        .then(|| checks::WORKERS.problem(&[("side", &side), ("value", &value), ("needed", &needed)]))
}

/// The effect of other sessions on DMS's sessions.
fn sessions(side: &str, facts: &Facts) -> Vec<Problem> {
    let login = &facts.login.name;
    let mut problems = session(side, facts);
    if !facts.login.sees_sessions {
        problems.push(checks::HIDDEN_SESSIONS.problem(&[("login", login), ("side", &side)]));
    }
    if facts.oldest_transaction >= CONSISTENCY {
        problems.push(checks::LONG_TRANSACTION.problem(&[
            ("side", &side),
            ("seconds", &facts.oldest_transaction),
            ("limit", &CONSISTENCY),
        ]));
    }
    problems
}

/// The settings of DMS's own sessions.
fn session(side: &str, facts: &Facts) -> Vec<Problem> {
    let login = &facts.login.name;
    let mut problems = Vec::new();
    let idle = facts.number_or("idle_in_transaction_session_timeout", 0);
    if idle != 0 {
        problems.push(checks::IDLE_TIMEOUT.problem(&[("login", login), ("side", &side), ("value", &idle)]));
    }
    let ends = |name: &str| facts.number_or(name, 0) != 0;
    let bad: [(&str, &str, bool); 6] = [
        ("statement_timeout", "0", ends("statement_timeout")),
        ("lock_timeout", "0", ends("lock_timeout")),
        ("idle_session_timeout", "0", ends("idle_session_timeout")),
        ("transaction_timeout", "0", ends("transaction_timeout")),
        ("default_transaction_read_only", "off", facts.setting("default_transaction_read_only") == "on"),
        // fact: dms-iso-dates
        ("DateStyle", "'ISO'", !["ISO", "unknown"].iter().any(|style| facts.setting("DateStyle").starts_with(style))),
    ];
    for (name, wanted, _) in bad.into_iter().filter(|(_, _, is_bad)| *is_bad) {
        problems.push(checks::SESSION_SETTING.problem(&[
            ("setting", &name),
            ("login", login),
            ("side", &side),
            ("value", &facts.setting(name)),
            ("wanted", &wanted),
        ]));
    }
    problems
}

/// Published tables that refuse the updates and deletions of a task. DMS's own
/// tables have no identity.
fn publications(side: &str, facts: &Facts) -> Vec<Problem> {
    let unidentified: Vec<&String> = facts.tables.values().flat_map(|table| &table.unidentified).collect();
    let tables = |publication: &Publication| match publication.has_all_tables {
        true => "all tables".to_owned(),
        false => {
            let names = publication.tables.iter().filter(|name| unidentified.contains(name));
            names.map(String::as_str).collect::<Vec<_>>().join(", ")
        }
    };
    let problem = |publication: &Publication| {
        let tables = tables(publication);
        let values: [(&str, &dyn Display); 3] = [("side", &side), ("name", &publication.name), ("tables", &tables)];
        (!tables.is_empty()).then(|| checks::PUBLICATION.problem(&values))
    };
    facts.publications.iter().filter_map(problem).collect()
}

/// A slot awaits the prepared transactions of all databases.
fn transactions(side: &str, facts: &Facts) -> Option<Problem> {
    let count = facts.prepared_transactions;
    (count > 0).then(|| checks::PREPARED.problem(&[("side", &side), ("count", &count)]))
}

fn login(side: &str, facts: &Facts) -> Option<Problem> {
    (!facts.login.replication).then(|| checks::REPLICATE.problem(&[("login", &facts.login.name), ("side", &side)]))
}

/// Tables of the source whose changes would not arrive, or not whole.
fn tables(source: &Facts) -> Vec<Problem> {
    let mut problems = Vec::new();
    if source.tables.is_empty() {
        problems.push(checks::NO_TABLE.problem(&[]));
    }
    for (path, table) in &source.tables {
        if !has_key(table) {
            problems.push(checks::NO_KEY.problem(&[("table", path)]));
        }
        if table.unclear {
            problems.push(checks::UNCLEAR_NAME.problem(&[("table", path)]));
        }
        for (name, column) in &table.columns {
            problems.extend(carriage_problem(path, name, column));
        }
        problems.extend(keys(path, table));
        for constraint in &table.unvalidated {
            problems.push(checks::UNVALIDATED.problem(&[("table", path), ("constraint", constraint)]));
        }
    }
    problems.extend(alike(source));
    problems
}

/// Keys that DMS does not support.
fn keys(path: &str, table: &Table) -> Vec<Problem> {
    let mut problems = Vec::new();
    let arrays: Vec<&str> = table.columns.iter().filter(|(_, c)| c.array).map(|(name, _)| name.as_str()).collect();
    // fact: dms-array-keys
    if !arrays.is_empty() && !table.primary_key && has_key(table) {
        problems.push(checks::ARRAY_KEY.problem(&[("table", &path), ("columns", &arrays.join(", "))]));
    }
    // fact: dms-object-keys
    let is_object = |name: &&String| table.columns.get(*name).is_some_and(is_object);
    let objects: Vec<&str> = table.key.iter().filter(is_object).map(String::as_str).collect();
    if !objects.is_empty() {
        problems.push(checks::LOB_KEY.problem(&[("table", &path), ("columns", &objects.join(", "))]));
    }
    // fact: dms-unique-expressions
    for columns in table.uniques.iter().filter(|text| text.contains("COALESCE(") || text.contains("CASE")) {
        problems.push(checks::UNIQUE_EXPRESSION.problem(&[("table", &path), ("columns", columns)]));
    }
    problems
}

/// Whether DMS carries a column as an object, up to the limit of the task.
pub(crate) fn is_object(column: &Column) -> bool {
    let kind = if column.array { "array" } else { column.base.as_str() };
    carriage(kind) == Some(Carriage::Object)
}

fn has_key(table: &Table) -> bool {
    table.primary_key || table.unique
}

/// Tables whose changes are not in the log, or without the key of the row. Without
/// a key, another finding names the table.
fn capture_problems(side: &str, facts: &Facts) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, table) in &facts.tables {
        for path in &table.unlogged {
            problems.push(checks::UNLOGGED.problem(&[("table", path), ("side", &side)]));
        }
        if !table.heirs.is_empty() {
            let children = table.heirs.join(", ");
            let values: [(&str, &dyn Display); 3] = [("table", path), ("side", &side), ("children", &children)];
            problems.push(checks::INHERITANCE.problem(&values));
        }
        for method in &table.methods {
            problems.push(checks::ACCESS_METHOD.problem(&[("table", path), ("side", &side), ("method", method)]));
        }
        for path in table.unidentified.iter().filter(|_| has_key(table)) {
            problems.push(checks::IDENTITY.problem(&[("table", path), ("side", &side)]));
        }
    }
    problems
}

/// Whether DMS carries a column whole.
fn carriage_problem(path: &str, name: &str, column: &Column) -> Option<Problem> {
    let form = match column.form.as_str() {
        "e" => "enum",
        "c" => "composite",
        "r" | "m" => "range",
        // fact: dms-numeric-scale
        _ if column.has_negative_scale() => "numeric with a negative scale",
        _ => column.base.as_str(),
    };
    let place = format!("{path}.{name}");
    let whole = if column.array { carriage("array") } else { Some(Carriage::Whole) };
    let check = match (carriage(form), whole) {
        (None, _) | (_, None) => checks::UNKNOWN_TYPE,
        (Some(Carriage::Refused), _) | (_, Some(Carriage::Refused)) => checks::NOT_CARRIED,
        _ => {
            let values: [(&str, &dyn Display); 3] = [("column", &place), ("table", &path), ("name", &name)];
            return column.is_unbounded_number().then(|| checks::UNBOUNDED.problem(&values));
        }
    };
    Some(check.problem(&[("column", &place), ("kind", &column.kind), ("form", &form)]))
}

/// Names that differ only in case become one on the target.
fn alike(source: &Facts) -> Vec<Problem> {
    let columns = |(path, table): (&String, &Table)| {
        table.columns.keys().map(|name| format!("{path}.{name}")).collect::<Vec<String>>()
    };
    let mut lower: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for path in source.tables.keys().cloned().chain(source.tables.iter().flat_map(columns)) {
        lower.entry(path.to_lowercase()).or_default().push(path);
    }
    // The columns of tables that differ only in case are no findings of their own.
    let tables: Vec<&str> = source.tables.keys().map(String::as_str).collect();
    let own = |path: &String| {
        tables.iter().find(|table| path.strip_prefix(**table).is_some_and(|rest| rest.starts_with('.')))
    };
    let same =
        lower.into_values().filter(|paths| paths.len() > 1 && paths.windows(2).all(|two| own(&two[0]) == own(&two[1])));
    same.map(|paths| checks::ALIKE.problem(&[("tables", &paths.join(" and "))])).collect()
}

fn rights(side: &str, facts: &Facts, needed: &[&str]) -> Vec<Problem> {
    let lacking = facts.tables.iter().filter_map(|(path, table)| {
        let rights: Vec<&str> =
            needed.iter().copied().filter(|right| table.lacking.iter().any(|l| l == right)).collect();
        (!rights.is_empty()).then_some((path, rights.join(", ")))
    });
    lacking
        .map(|(path, rights)| {
            checks::RIGHTS.problem(&[
                ("login", &facts.login.name),
                ("rights", &rights),
                ("table", path),
                ("side", &side),
            ])
        })
        .collect()
}

/// Triggers would repeat on one side the changes that they made on the other.
fn triggers(side: &str, facts: &Facts) -> Vec<Problem> {
    let mut problems = Vec::new();
    let firing: Vec<&str> =
        facts.tables.iter().filter(|(_, table)| table.fires).map(|(path, _)| path.as_str()).collect();
    if !facts.login.silences_triggers && !firing.is_empty() {
        let values: [(&str, &dyn Display); 3] =
            [("login", &facts.login.name), ("tables", &firing.join(", ")), ("side", &side)];
        problems.push(checks::TRIGGERS.problem(&values));
    }
    for (path, table) in &facts.tables {
        for (trigger, _) in table.triggers.iter().filter(|(_, trigger)| trigger.for_replication) {
            let values: [(&str, &dyn Display); 3] = [("trigger", trigger), ("table", path), ("side", &side)];
            problems.push(checks::ALWAYS_TRIGGER.problem(&values));
        }
    }
    problems
}

impl Column {
    pub(crate) fn is_unbounded_number(&self) -> bool {
        self.base == "numeric" && self.modifier < 0
    }

    /// PostgreSQL 15 and later keep a scale of eleven bits with a sign.
    fn has_negative_scale(&self) -> bool {
        self.base == "numeric" && self.modifier >= 4 && (self.modifier - 4) & 0x400 != 0
    }
}

impl Facts {
    pub(crate) fn setting(&self, name: &str) -> &str {
        self.settings.get(name).map_or("unknown", String::as_str)
    }

    fn number(&self, name: &str) -> i64 {
        self.number_or(name, 0)
    }

    /// A setting that a server does not know has its default.
    fn number_or(&self, name: &str, default: i64) -> i64 {
        self.settings.get(name).and_then(|text| text.parse().ok()).unwrap_or(default)
    }
}

#[cfg(test)]
mod tests {
    use migspec_fence::Automatic;

    use super::*;

    fn ready() -> Facts {
        let settings = [
            ("wal_level", "logical"),
            ("max_replication_slots", "10"),
            ("max_wal_senders", "10"),
            ("max_connections", "100"),
        ];
        let mut facts = Facts {
            version: 150_008,
            settings: settings.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
            tables: BTreeMap::from([("payments.payment".to_owned(), table())]),
            ..Facts::default()
        };
        facts.login.name = "migspec_replication".into();
        facts.login.replication = true;
        facts.login.sees_sessions = true;
        facts.login.silences_triggers = true;
        facts.login.writes_tokens = true;
        facts
    }

    fn automatic(worker: &str) -> Automatic {
        Automatic { workers: vec![worker.to_owned()], ..Automatic::default() }
    }

    fn table() -> Table {
        let column = Column { kind: "bigint".into(), base: "int8".into(), form: "b".into(), ..Column::default() };
        let columns = BTreeMap::from([("id".to_owned(), column)]);
        Table { primary_key: true, unique: true, columns, ..Table::default() }
    }

    /// Of one replication that has not begun.
    const ROOM: Room = Room { readers: 1, slots: 2, senders: 2, connections: 12 };

    /// PostgreSQL 15 and later accept it. fact: dms-numeric-scale
    #[test]
    fn a_scale_below_zero_is_not_known_to_be_carried() {
        for (scale, is_known) in [(-2, false), (-1000, false), (0, true), (4, true), (1000, true)] {
            let modifier = ((5 << 16) | (scale & 0x7ff)) + 4;
            let column = Column { base: "numeric".into(), form: "b".into(), modifier, ..Column::default() };
            let found = carriage_problem("payments.payment", "amount", &column).map(|problem| problem.check);
            assert_eq!(found.is_none(), is_known, "{scale}: {found:?}");
        }
    }

    #[test]
    fn old_servers_are_problems() {
        let what = |number| version("source", number).map(|problem| problem.what);
        assert_eq!(what(120_023).as_deref(), Some("the source runs PostgreSQL 12"));
        assert_eq!(what(130_000), None);
    }

    /// The state of a server that a test cannot bring about in seconds.
    #[test]
    fn long_transactions_and_workers_are_problems() {
        assert_eq!(all(&ready(), &ready(), [&ROOM; 2], Ways::ThereAndBack), []);
        let changes = [
            ("a transaction on the source has been open for 600 s", Facts { oldest_transaction: 600, ..ready() }),
            (
                "a background worker runs on the source: pg_cron launcher",
                Facts { automatic: automatic("pg_cron launcher"), ..ready() },
            ),
        ];
        for (expected, source) in changes {
            let problems = all(&source, &ready(), [&ROOM; 2], Ways::ThereAndBack);
            assert!(problems.len() == 1 && problems[0].what == expected, "{expected}: {problems:#?}");
        }
    }

    #[test]
    fn without_a_way_back_the_target_need_not_capture() {
        let mut target = ready();
        target.settings.insert("wal_level".to_owned(), "replica".to_owned());
        assert_eq!(all(&ready(), &target, [&ROOM; 2], Ways::There), []);
        assert_eq!(all(&ready(), &target, [&ROOM; 2], Ways::ThereAndBack).len(), 1);
    }
}
