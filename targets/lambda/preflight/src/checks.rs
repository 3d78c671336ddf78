//! The verdicts on the facts of one side. The catalogue has the text of each.

use std::collections::BTreeMap;
use std::fmt::Display;

use migspec_events::types::{Carriage, carriage};
use migspec_events::{PreflightEvent, Problem, checks};

use crate::compare;
use crate::facts::{Column, Facts, Table};

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

/// The directions in which the tasks of a cutover replicate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ways {
    There,
    ThereAndBack,
}

impl Ways {
    pub(crate) fn of(event: &PreflightEvent) -> Self {
        if event.reverse { Self::ThereAndBack } else { Self::There }
    }
}

/// All problems of both sides, as the login sees them that replicates.
pub fn all(source: &Facts, target: &Facts, [at_source, at_target]: [&Room; 2], ways: Ways) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (side, facts, room) in [("source", source, at_source), ("target", target, at_target)] {
        problems.extend(version(side, facts));
        problems.extend(connections(side, facts, room));
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
    if ways == Ways::ThereAndBack {
        problems.extend(capture_problems("target", target));
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
    problems
}

/// The privileges of a login that applies changes.
pub fn applies(side: &str, facts: &Facts) -> Vec<Problem> {
    let login = &facts.login.name;
    let mut problems = opens(side, facts);
    problems.extend(rights(side, facts, &["SELECT", "INSERT", "UPDATE", "DELETE"]));
    problems.extend(triggers(side, facts));
    if !facts.login.writes_tokens {
        problems.push(checks::TOKENS.problem(&[("login", login), ("side", &side)]));
    }
    problems
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

fn version(side: &str, facts: &Facts) -> Option<Problem> {
    let values: [(&str, &dyn Display); 3] =
        [("side", &side), ("major", &(facts.version / 10_000)), ("oldest", &(OLDEST / 10_000))];
    (facts.version < OLDEST).then(|| checks::VERSION.problem(&values))
}

/// All replications that share the server can be connected at once.
fn connections(side: &str, facts: &Facts, room: &Room) -> Option<Problem> {
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
    (limit < needed).then(|| checks::CONNECTIONS.problem(&values))
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
        for rule in &table.rules {
            problems.push(checks::RULES.problem(&[("side", &side), ("table", path), ("rule", rule)]));
        }
    }
    problems
}

/// The prerequisites of logical decoding on a server that changes are read
/// from.
fn capture(side: &str, facts: &Facts, room: &Room) -> Vec<Problem> {
    let mut problems = room_for_slots(side, facts, room);
    if facts.standby {
        problems.push(checks::STANDBY.problem(&[("side", &side)]));
    }
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
    let mut problems = Vec::new();
    let idle = facts.number_or("idle_in_transaction_session_timeout", 0);
    if idle != 0 {
        problems.push(checks::IDLE_TIMEOUT.problem(&[("login", login), ("side", &side), ("value", &idle)]));
    }
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
        for (name, column) in &table.columns {
            problems.extend(carriage_problem(path, name, column));
        }
    }
    problems.extend(alike(source));
    problems
}

fn has_key(table: &Table) -> bool {
    table.primary_key || table.unique
}

/// Tables whose changes are not in the log, or without the key of the row. Without
/// a key, another finding names the table.
fn capture_problems(side: &str, facts: &Facts) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, table) in &facts.tables {
        if table.unlogged {
            problems.push(checks::UNLOGGED.problem(&[("table", path), ("side", &side)]));
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
        _ => column.base.as_str(),
    };
    let place = format!("{path}.{name}");
    let whole = if column.array { carriage("array") } else { Some(Carriage::Whole) };
    let check = match (carriage(form), whole) {
        (None, _) | (_, None) => checks::UNKNOWN_TYPE,
        (Some(Carriage::Refused), _) | (_, Some(Carriage::Refused)) => checks::NOT_CARRIED,
        _ => {
            let values: [(&str, &dyn Display); 3] = [("column", &place), ("table", &path), ("name", &name)];
            return column.unbounded.then(|| checks::UNBOUNDED.problem(&values));
        }
    };
    Some(check.problem(&[("column", &place), ("kind", &column.kind), ("form", &form)]))
}

/// Names that differ only in case become one on the target.
fn alike(source: &Facts) -> Vec<Problem> {
    let mut lower: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for path in source.tables.keys() {
        lower.entry(path.to_lowercase()).or_default().push(path);
    }
    let same = lower.into_values().filter(|paths| paths.len() > 1);
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
        for (trigger, _) in table.triggers.iter().filter(|(_, always)| **always) {
            let values: [(&str, &dyn Display); 3] = [("trigger", trigger), ("table", path), ("side", &side)];
            problems.push(checks::ALWAYS_TRIGGER.problem(&values));
        }
    }
    problems
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

    /// The state of a server that a test cannot bring about in seconds.
    #[test]
    fn old_servers_standbys_and_long_transactions_are_problems() {
        assert_eq!(all(&ready(), &ready(), [&ROOM; 2], Ways::ThereAndBack), []);
        let changes = [
            ("the source runs PostgreSQL 12", Facts { version: 120_023, ..ready() }),
            ("the source is a standby", Facts { standby: true, ..ready() }),
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
