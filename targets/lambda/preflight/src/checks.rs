//! The prerequisites of the load, and the change that each failure needs. Each
//! check is a function of the facts.

use std::collections::BTreeMap;

use migspec_events::Problem;

use crate::facts::{Column, Facts, Table};

/// The oldest version that the functions read. DMS reads older ones.
const OLDEST: u32 = 110_000;
/// Seconds that DMS waits for open transactions before it starts without them.
const CONSISTENCY: u64 = 600;
/// Types that DMS does not carry.
const NOT_CARRIED: [&str; 7] = ["inet", "tsvector", "tsquery", "line", "box", "path", "circle"];

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
pub fn all(source: &Facts, target: &Facts, [at_source, at_target]: [&Room; 2], reverse: bool) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (side, facts, room) in [("source", source, at_source), ("target", target, at_target)] {
        problems.extend(version(side, facts));
        problems.extend(connections(side, facts, room));
    }
    problems.extend(capture("source", source, at_source));
    if reverse {
        problems.extend(capture("target", target, at_target));
        problems.extend(workers("target", target));
    }
    problems.extend(sessions("source", source));
    problems.extend(login("source", source));
    problems.extend(tables(source));
    problems.extend(counterparts(source, target));
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
    let mut problems = opens(side, facts);
    problems.extend(rights(side, facts, &["SELECT", "INSERT", "UPDATE", "DELETE"]));
    problems.extend(triggers(side, facts));
    if !facts.login.writes_tokens {
        let login = &facts.login.name;
        problems.push(problem(
            format!("{login} may not write the tokens of the fence on the {side}: they would not arrive"),
            format!("GRANT INSERT, UPDATE, DELETE, SELECT ON migspec.migspec_fence TO {login}"),
        ));
    }
    problems
}

/// Schemas that the login may use, and rows that no policy hides from it.
fn opens(side: &str, facts: &Facts) -> Vec<Problem> {
    let login = &facts.login.name;
    let closed = facts.closed.iter().map(|schema| {
        problem(
            format!("{login} may not use the schema {schema} of the {side}"),
            format!("GRANT USAGE ON SCHEMA {schema} TO {login}"),
        )
    });
    let hidden = facts.tables.iter().filter(|(_, table)| table.hidden).map(|(path, _)| {
        problem(
            format!("row security hides rows of {path} on the {side} from {login}"),
            format!("ALTER ROLE {login} BYPASSRLS, or exclude the table"),
        )
    });
    closed.chain(hidden).collect()
}

fn problem(what: impl Into<String>, fix: impl Into<String>) -> Problem {
    Problem { what: what.into(), fix: fix.into() }
}

fn version(side: &str, facts: &Facts) -> Option<Problem> {
    let major = facts.version / 10_000;
    (facts.version < OLDEST).then(|| {
        problem(
            format!("the {side} runs PostgreSQL {major}"),
            format!(
                "upgrade it to {} or newer: the functions compare rows with features of that version",
                OLDEST / 10_000
            ),
        )
    })
}

/// All replications that share the server can be connected at once.
fn connections(side: &str, facts: &Facts, room: &Room) -> Option<Problem> {
    let most = facts.number("max_connections");
    let kept = facts.number("superuser_reserved_connections") + facts.number("reserved_connections");
    let needed = i64::from(facts.connections_in_use) + kept + i64::from(room.connections);
    (most < needed).then(|| {
        problem(
            format!("max_connections of the {side} is {most}, and {} are in use", facts.connections_in_use),
            format!(
                "raise it to at least {needed} and restart the server: the migration opens up to {} at once",
                room.connections
            ),
        )
    })
}

/// The prerequisites of logical decoding on a server that changes are read
/// from.
fn capture(side: &str, facts: &Facts, room: &Room) -> Vec<Problem> {
    let mut problems = room_for_slots(side, facts, room);
    let mut say = |what: String, fix: &str| problems.push(problem(what, fix));
    if facts.standby {
        say(format!("the {side} is a standby"), "name the primary: changes are read from there");
    }
    let level = facts.setting("wal_level");
    if level != "logical" {
        let fix = match facts.managed {
            true => "set rds.logical_replication to 1 in the cluster's parameter group and reboot the writer",
            false => "set wal_level to logical and restart the server",
        };
        say(format!("wal_level of the {side} is {level}"), fix);
    }
    let timeout = facts.number("wal_sender_timeout");
    if timeout != 0 && !(10_000..300_000).contains(&timeout) {
        say(format!("wal_sender_timeout of the {side} is {timeout} ms"), "set it to 0, or to 10 s and less than 5 min");
    }
    let keep = facts.number_or("max_slot_wal_keep_size", -1);
    if keep != -1 {
        say(
            format!("max_slot_wal_keep_size of the {side} is {keep} MB"),
            "set it to -1: a slot that falls behind further is lost, and the load with it",
        );
    }
    problems
}

fn room_for_slots(side: &str, facts: &Facts, room: &Room) -> Vec<Problem> {
    let limits = [
        ("max_replication_slots", facts.slots_in_use, room.slots),
        ("max_wal_senders", facts.senders_in_use, room.senders),
    ];
    let short = limits.into_iter().filter(|(name, used, more)| facts.number(name) < i64::from(used + more));
    short
        .map(|(name, used, more)| {
            let readers = match room.readers {
                0 | 1 => "a replication reads".to_owned(),
                several => format!("{several} replications read"),
            };
            problem(
                format!("{name} of the {side} is {}, and {used} are in use", facts.number(name)),
                format!("raise it to at least {} and restart the server: {readers} from it", used + more),
            )
        })
        .collect()
}

/// The server has room for the workers of logical replication beside others.
fn workers(side: &str, facts: &Facts) -> Option<Problem> {
    let most = facts.number("max_worker_processes");
    let others = ["max_logical_replication_workers", "autovacuum_max_workers", "max_parallel_workers"];
    let needed: i64 = others.iter().map(|name| facts.number(name)).sum();
    (facts.managed && most < needed).then(|| {
        problem(
            format!("max_worker_processes of the {side} is {most}"),
            format!("set it to at least {needed}: {}", others.join(" + ")),
        )
    })
}

/// The effect of other sessions on DMS's sessions.
fn sessions(side: &str, facts: &Facts) -> Vec<Problem> {
    let mut problems = Vec::new();
    let idle = facts.number_or("idle_in_transaction_session_timeout", 0);
    if idle != 0 {
        problems.push(problem(
            format!("idle_in_transaction_session_timeout of {} on the {side} is {idle} ms", facts.login.name),
            format!("ALTER ROLE {} SET idle_in_transaction_session_timeout = 0", facts.login.name),
        ));
    }
    if !facts.login.sees_sessions {
        problems.push(problem(
            format!("{} does not see other sessions of the {side}: long transactions stay hidden", facts.login.name),
            format!("GRANT pg_read_all_stats TO {}", facts.login.name),
        ));
    }
    if facts.oldest_transaction >= CONSISTENCY {
        problems.push(problem(
            format!("a transaction on the {side} has been open for {} s", facts.oldest_transaction),
            format!("end it: after {CONSISTENCY} s DMS starts without it, and its writes are lost"),
        ));
    }
    if facts.prepared_transactions > 0 {
        problems.push(problem(
            format!("{} prepared transactions are open on the {side}", facts.prepared_transactions),
            "commit or roll them back: they are not replicated",
        ));
    }
    problems
}

fn login(side: &str, facts: &Facts) -> Option<Problem> {
    let fix = match facts.managed {
        true => format!("GRANT rds_replication TO {}", facts.login.name),
        false => format!("ALTER ROLE {} REPLICATION", facts.login.name),
    };
    (!facts.login.replication).then(|| problem(format!("{} may not replicate on the {side}", facts.login.name), fix))
}

/// Tables of the source whose changes would not arrive, or not whole.
fn tables(source: &Facts) -> Vec<Problem> {
    let mut problems = Vec::new();
    if source.tables.is_empty() {
        problems.push(problem(
            "the replication copies no table",
            "compare its patterns with the schemas of the source, and the login's rights",
        ));
    }
    for (path, table) in &source.tables {
        problems.extend(identity(path, table));
        if table.unlogged {
            problems.push(problem(
                format!("{path} is unlogged: its changes are not in the log"),
                format!("ALTER TABLE {path} SET LOGGED, or exclude it"),
            ));
        }
        for (name, column) in &table.columns {
            problems.extend(unsupported_type(path, name, column));
        }
    }
    problems.extend(alike(source));
    problems
}

/// Without a key, updates and deletions are dropped without a word.
fn identity(path: &str, table: &Table) -> Option<Problem> {
    let identified = match table.identity.as_str() {
        "f" | "i" => true,
        "d" => table.primary_key,
        _ => false,
    };
    if !table.primary_key && !table.unique {
        return Some(problem(
            format!("{path} has neither a primary key nor a unique index over columns that are never NULL"),
            format!("ALTER TABLE {path} ADD PRIMARY KEY (…), or exclude it"),
        ));
    }
    (!identified).then(|| {
        problem(
            format!("the replica identity of {path} does not name its rows: updates and deletions are lost"),
            format!("ALTER TABLE {path} REPLICA IDENTITY USING INDEX …, or FULL"),
        )
    })
}

fn unsupported_type(path: &str, name: &str, column: &Column) -> Option<Problem> {
    let form = match column.form.as_str() {
        "e" => Some("enum"),
        "c" => Some("composite"),
        "r" | "m" => Some("range"),
        _ => NOT_CARRIED.contains(&column.base.as_str()).then_some(column.base.as_str()),
    };
    if let Some(form) = form {
        return Some(problem(
            format!("DMS does not carry {path}.{name}: its type is {} ({form})", column.kind),
            "copy it in a text column beside it, or exclude the table and move it by other means",
        ));
    }
    column.unbounded.then(|| {
        problem(
            format!("{path}.{name} is numeric without a precision: DMS cuts it to numeric(28,6)"),
            format!("ALTER TABLE {path} ALTER {name} TYPE numeric(…,…)"),
        )
    })
}

/// Names that differ only in case become one on the target.
fn alike(source: &Facts) -> Vec<Problem> {
    let mut lower: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for path in source.tables.keys() {
        lower.entry(path.to_lowercase()).or_default().push(path);
    }
    let same = lower.into_values().filter(|paths| paths.len() > 1);
    same.map(|paths| {
        problem(format!("{} differ only in case", paths.join(" and ")), "rename one of them, or exclude it")
    })
    .collect()
}

/// The target has the objects of the source: its schema exists before the load.
fn counterparts(source: &Facts, target: &Facts) -> Vec<Problem> {
    let fix = "make the schema on the target first: pg_dump --schema-only";
    let mut problems = Vec::new();
    for (path, table) in &source.tables {
        let Some(other) = target.tables.get(path) else {
            problems.push(problem(format!("the target has no table {path}"), fix));
            continue;
        };
        for (name, column) in &table.columns {
            match other.columns.get(name) {
                None => problems.push(problem(format!("the target has no column {path}.{name}"), fix)),
                Some(there) if there.kind != column.kind => problems.push(problem(
                    format!("{path}.{name} is {} on the source and {} on the target", column.kind, there.kind),
                    "give both the same type",
                )),
                Some(_) => {}
            }
        }
        if !other.primary_key && !other.unique {
            problems
                .push(problem(format!("{path} has no key on the target: each change would read the whole table"), fix));
        }
    }
    let missing = source.sequences.iter().filter(|sequence| !target.sequences.contains(sequence));
    problems.extend(missing.map(|sequence| problem(format!("the target has no sequence {sequence}"), fix)));
    problems
}

fn rights(side: &str, facts: &Facts, needed: &[&str]) -> Vec<Problem> {
    let lacking = facts.tables.iter().filter_map(|(path, table)| {
        let rights: Vec<&str> =
            needed.iter().copied().filter(|right| table.lacking.iter().any(|l| l == right)).collect();
        (!rights.is_empty()).then_some((path, rights.join(", ")))
    });
    lacking
        .map(|(path, rights)| {
            let login = &facts.login.name;
            problem(
                format!("{login} lacks {rights} on {path} of the {side}"),
                format!("GRANT {rights} ON {path} TO {login}"),
            )
        })
        .collect()
}

/// Triggers would repeat on one side the changes that they made on the other.
fn triggers(side: &str, facts: &Facts) -> Option<Problem> {
    let firing: Vec<&str> =
        facts.tables.iter().filter(|(_, table)| table.triggers > 0).map(|(path, _)| path.as_str()).collect();
    let login = &facts.login.name;
    (!facts.login.silences_triggers && !firing.is_empty()).then(|| {
        problem(
            format!("{login} cannot silence triggers and foreign keys of {} on the {side}", firing.join(", ")),
            format!("GRANT SET ON PARAMETER session_replication_role TO {login}, or disable them for the load"),
        )
    })
}

impl Facts {
    fn setting(&self, name: &str) -> &str {
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
    use super::*;

    fn table() -> Table {
        let column = |kind: &str, base: &str| Column {
            kind: kind.into(),
            base: base.into(),
            form: "b".into(),
            unbounded: false,
        };
        Table {
            primary_key: true,
            unique: true,
            identity: "d".into(),
            columns: BTreeMap::from([
                ("id".to_owned(), column("bigint", "int8")),
                ("amount".to_owned(), column("numeric(18,4)", "numeric")),
            ]),
            ..Table::default()
        }
    }

    fn ready() -> Facts {
        let settings = [
            ("wal_level", "logical"),
            ("max_replication_slots", "10"),
            ("max_wal_senders", "10"),
            ("max_connections", "100"),
            ("superuser_reserved_connections", "3"),
            ("wal_sender_timeout", "60000"),
            ("max_slot_wal_keep_size", "-1"),
            ("idle_in_transaction_session_timeout", "0"),
            ("max_worker_processes", "20"),
            ("max_logical_replication_workers", "4"),
            ("autovacuum_max_workers", "3"),
            ("max_parallel_workers", "8"),
        ];
        let mut facts = Facts {
            version: 150_008,
            settings: settings.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
            tables: BTreeMap::from([("payments.payment".to_owned(), table())]),
            sequences: vec!["payments.payment_id_seq".to_owned()],
            ..Facts::default()
        };
        facts.login.name = "migspec_replication".into();
        facts.login.replication = true;
        facts.login.sees_sessions = true;
        facts.login.silences_triggers = true;
        facts.login.writes_tokens = true;
        facts
    }

    /// Of one replication that has not begun.
    const ROOM: Room = Room { readers: 1, slots: 2, senders: 2, connections: 12 };

    #[test]
    fn what_is_ready_has_no_problem() {
        assert_eq!(all(&ready(), &ready(), [&ROOM; 2], true), []);
    }

    /// Each of two would fit.
    #[test]
    fn replications_that_share_a_server_must_fit_together() {
        let mut source = ready();
        set(&mut source, "max_replication_slots", "3");
        assert_eq!(all(&source, &ready(), [&ROOM; 2], true), []);
        let both = Room { readers: 2, slots: 4, senders: 4, connections: 24 };
        let problems = all(&source, &ready(), [&both, &ROOM], true);
        assert_eq!(problems.len(), 1, "{problems:#?}");
        assert_eq!(problems[0].what, "max_replication_slots of the source is 3, and 0 are in use");
        assert!(problems[0].fix.starts_with("raise it to at least 4 ") && problems[0].fix.contains("2 replications"));
    }

    type Change = fn(&mut Facts, &mut Facts);

    fn set(facts: &mut Facts, name: &str, value: &str) {
        facts.settings.insert(name.to_owned(), value.to_owned());
    }

    fn of(facts: &mut Facts) -> &mut Table {
        facts.tables.get_mut("payments.payment").expect("the table")
    }

    fn column(facts: &mut Facts) -> &mut Column {
        of(facts).columns.get_mut("amount").expect("the column")
    }

    /// Each change is one problem with this message.
    const CHANGES: &[(&str, Change)] = &[
        ("the source runs PostgreSQL 9", |s, _| s.version = 90_600),
        ("the target runs PostgreSQL 10", |_, t| t.version = 100_023),
        ("wal_level of the source is replica", |s, _| set(s, "wal_level", "replica")),
        ("wal_level of the target is replica", |_, t| set(t, "wal_level", "replica")),
        ("max_replication_slots of the source is 3, and 2 are in use", |s, _| {
            set(s, "max_replication_slots", "3");
            s.slots_in_use = 2;
        }),
        ("max_wal_senders of the source is 0", |s, _| set(s, "max_wal_senders", "0")),
        ("max_connections of the source is 100, and 86 are in use", |s, _| s.connections_in_use = 86),
        ("max_connections of the target is 14", |_, t| set(t, "max_connections", "14")),
        ("wal_sender_timeout of the source is 5000 ms", |s, _| set(s, "wal_sender_timeout", "5000")),
        ("wal_sender_timeout of the target is 300000 ms", |_, t| set(t, "wal_sender_timeout", "300000")),
        ("max_slot_wal_keep_size of the source is 1024 MB", |s, _| set(s, "max_slot_wal_keep_size", "1024")),
        ("max_worker_processes of the target is 8", |_, t| {
            t.managed = true;
            set(t, "max_worker_processes", "8");
        }),
        ("idle_in_transaction_session_timeout of migspec_replication on the source is 60000 ms", |s, _| {
            set(s, "idle_in_transaction_session_timeout", "60000");
        }),
        ("does not see other sessions", |s, _| s.login.sees_sessions = false),
        ("has been open for 600 s", |s, _| s.oldest_transaction = 600),
        ("2 prepared transactions", |s, _| s.prepared_transactions = 2),
        ("may not replicate on the source", |s, _| s.login.replication = false),
        ("the source is a standby", |s, _| s.standby = true),
        ("has neither a primary key", |s, _| {
            of(s).primary_key = false;
            of(s).unique = false;
        }),
        ("the replica identity of payments.payment does not name its rows", |s, _| of(s).primary_key = false),
        ("the replica identity of payments.payment does not name its rows", |s, _| of(s).identity = "n".into()),
        ("payments.payment is unlogged", |s, _| of(s).unlogged = true),
        ("payments.payment.amount is numeric without a precision", |s, _| column(s).unbounded = true),
        ("DMS does not carry payments.payment.amount", |s, _| column(s).form = "e".into()),
        ("DMS does not carry payments.payment.amount", |s, _| column(s).base = "inet".into()),
        ("differ only in case", |s, t| {
            for facts in [s, t] {
                facts.tables.insert("payments.Payment".to_owned(), table());
            }
        }),
        ("the target has no table payments.payment", |_, t| t.tables.clear()),
        ("the target has no column payments.payment.amount", |_, t| drop(of(t).columns.remove("amount"))),
        ("is numeric(18,4) on the source and numeric(10,2)", |_, t| column(t).kind = "numeric(10,2)".into()),
        ("has no key on the target", |_, t| {
            of(t).primary_key = false;
            of(t).unique = false;
        }),
        ("the target has no sequence payments.payment_id_seq", |_, t| t.sequences.clear()),
        ("lacks SELECT on payments.payment of the source", |s, _| {
            of(s).lacking = vec!["SELECT".into(), "INSERT".into()]
        }),
        ("lacks UPDATE, DELETE on payments.payment of the target", |_, t| {
            of(t).lacking = vec!["UPDATE".into(), "DELETE".into()];
        }),
        ("cannot silence triggers", |_, t| {
            t.login.silences_triggers = false;
            of(t).triggers = 1;
        }),
        ("may not use the schema payments of the source", |s, _| s.closed = vec!["payments".into()]),
        ("row security hides rows of payments.payment on the source", |s, _| of(s).hidden = true),
        ("row security hides rows of payments.payment on the target", |_, t| of(t).hidden = true),
        ("may not write the tokens of the fence on the target", |_, t| t.login.writes_tokens = false),
    ];

    #[test]
    fn each_prerequisite_is_checked() {
        for (expected, change) in CHANGES {
            let (mut source, mut target) = (ready(), ready());
            change(&mut source, &mut target);
            let problems = all(&source, &target, [&ROOM; 2], true);
            assert_eq!(problems.len(), 1, "{expected}: {problems:#?}");
            assert!(problems[0].what.contains(expected) && !problems[0].fix.is_empty(), "{expected}: {problems:#?}");
        }
    }

    #[test]
    fn an_empty_source_is_a_problem() {
        let empty = Facts { tables: BTreeMap::new(), ..ready() };
        assert_eq!(all(&empty, &ready(), [&ROOM; 2], false).len(), 1);
    }

    #[test]
    fn without_a_way_back_the_target_need_not_capture() {
        let mut target = ready();
        set(&mut target, "wal_level", "replica");
        assert_eq!(all(&ready(), &target, [&ROOM; 2], false), []);
    }
}
