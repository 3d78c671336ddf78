//! The verdicts on the differences between both sides. The target receives the
//! rows of the source, and the source those of the way back.

use std::collections::BTreeSet;
use std::fmt::Display;

use migspec_events::{Problem, checks};

use crate::facts::{Column, Facts, Table};
use crate::ways::Ways;

/// Settings of new sessions that decide about the meaning of a statement.
const SETTINGS: [&str; 10] = [
    "TimeZone",
    "DateStyle",
    "IntervalStyle",
    "search_path",
    "standard_conforming_strings",
    "bytea_output",
    "extra_float_digits",
    "lc_monetary",
    "default_transaction_isolation",
    "xmlbinary",
];

/// The differences between both sides.
pub(crate) fn all(source: &Facts, target: &Facts, ways: Ways) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, ours) in &source.tables {
        let Some(theirs) = target.tables.get(path) else {
            problems.push(checks::TABLE_MISSING.problem(&[("side", &"target"), ("table", path)]));
            continue;
        };
        problems.extend(bears("target", path, ours, theirs));
        if ways == Ways::ThereAndBack {
            problems.extend(bears("source", path, theirs, ours));
        }
        problems.extend(table(path, ours, theirs));
    }
    for sequence in source.sequences.iter().filter(|sequence| !target.sequences.contains(sequence)) {
        problems.push(checks::SEQUENCE_MISSING.problem(&[("sequence", sequence)]));
    }
    problems.extend(dependencies(source, target));
    problems.extend(extensions(source, target));
    problems.extend(roles(source, target));
    problems.extend(databases(source, target));
    problems
}

/// Whether a side takes the rows that the other sends.
fn bears(side: &str, path: &str, sender: &Table, receiver: &Table) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (name, column) in &receiver.columns {
        let place = format!("{path}.{name}");
        let values: [(&str, &dyn Display); 4] = [("side", &side), ("column", &place), ("table", &path), ("name", name)];
        let sent = sender.columns.get(name);
        let filled = match sent {
            Some(sent) => sent.required,
            None => !column.default.is_empty() || !column.identity.is_empty() || column.generated,
        };
        if column.required && !filled {
            problems.push(checks::COLUMN_REQUIRED.problem(&values));
        }
        // A column that only the receiver has is not written.
        if sent.is_some() && column.identity == "a" {
            problems.push(checks::IDENTITY_ALWAYS.problem(&values));
        }
        if sent.is_some() && column.generated {
            problems.push(checks::GENERATED.problem(&values));
        }
    }
    for name in sender.columns.keys().filter(|name| !receiver.columns.contains_key(*name)) {
        problems.push(checks::COLUMN_MISSING.problem(&[("side", &side), ("column", &format!("{path}.{name}"))]));
    }
    for constraint in receiver.constraints.difference(&sender.constraints) {
        problems.push(checks::CONSTRAINT_EXTRA.problem(&[
            ("side", &side),
            ("table", &path),
            ("constraint", constraint),
        ]));
    }
    for partition in rows_without_partition(sender, receiver) {
        problems.push(checks::PARTITION_MISSING.problem(&[
            ("side", &side),
            ("table", &path),
            ("partition", &partition),
        ]));
    }
    for columns in receiver.uniques.difference(&sender.uniques) {
        problems.push(checks::UNIQUE_EXTRA.problem(&[("side", &side), ("table", &path), ("columns", columns)]));
    }
    problems
}

/// The rows for which a receiver has no partition. A table that is not partitioned
/// takes all; so do the partitions by hash, which are complete.
fn rows_without_partition(sender: &Table, receiver: &Table) -> Vec<String> {
    let takes = |bound: &str| {
        let taken =
            |own: &String| own == bound || own.strip_suffix("DEFAULT").is_some_and(|level| bound.starts_with(level));
        bound.starts_with("HASH") || receiver.bounds.iter().any(taken)
    };
    if !receiver.is_partitioned {
        return Vec::new();
    }
    if !sender.is_partitioned {
        let all =
            |own: &String| own.starts_with("HASH") || own.split_once(") ").is_some_and(|(_, rest)| rest == "DEFAULT");
        return if receiver.bounds.iter().any(all) { Vec::new() } else { vec!["any".to_owned()] };
    }
    sender.bounds.iter().filter(|bound| !takes(bound)).cloned().collect()
}

/// The differences that applications would meet on the target.
fn table(path: &str, ours: &Table, theirs: &Table) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (name, column) in &ours.columns {
        if let Some(other) = theirs.columns.get(name) {
            problems.extend(column_differences(path, name, column, other));
        }
    }
    if !theirs.primary_key && !theirs.unique {
        problems.push(checks::TARGET_KEY.problem(&[("table", &path)]));
    }
    for columns in ours.uniques.difference(&theirs.uniques) {
        problems.push(checks::UNIQUE_MISSING.problem(&[("table", &path), ("columns", columns)]));
    }
    for index in ours.indexes.difference(&theirs.indexes) {
        problems.push(checks::INDEX_MISSING.problem(&[("table", &path), ("index", index)]));
    }
    for constraint in ours.constraints.difference(&theirs.constraints) {
        problems.push(checks::CONSTRAINT_MISSING.problem(&[("table", &path), ("constraint", constraint)]));
    }
    for (name, trigger) in &ours.triggers {
        match theirs.triggers.get(name) {
            None => problems.push(checks::TRIGGER_MISSING.problem(&[("table", &path), ("trigger", name)])),
            Some(other) if other.definition != trigger.definition => problems.push(checks::TRIGGER_DIFFERS.problem(&[
                ("table", &path),
                ("trigger", name),
                ("ours", &trigger.definition),
                ("theirs", &other.definition),
            ])),
            Some(_) => {}
        }
    }
    if ours.policies != theirs.policies {
        problems.push(checks::POLICY.problem(&[("table", &path)]));
    }
    if ours.owner != theirs.owner {
        problems.push(checks::OWNER.problem(&[("table", &path), ("ours", &ours.owner), ("theirs", &theirs.owner)]));
    }
    problems
}

fn column_differences(path: &str, name: &str, ours: &Column, theirs: &Column) -> Vec<Problem> {
    let place = format!("{path}.{name}");
    let mut problems = Vec::new();
    if ours.kind != theirs.kind {
        problems.push(checks::COLUMN_KIND.problem(&[
            ("column", &place),
            ("kind", &ours.kind),
            ("other", &theirs.kind),
        ]));
    }
    let defaults = [ours, theirs].map(default);
    // The mending of a generated column is another finding's.
    if defaults[0] != defaults[1] && !ours.generated && !theirs.generated {
        problems.push(checks::DEFAULT.problem(&[
            ("column", &place),
            ("table", &path),
            ("name", &name),
            ("ours", &defaults[0]),
            ("theirs", &defaults[1]),
        ]));
    }
    if ours.collation != theirs.collation {
        let word = |column: &Column| match column.collation.as_str() {
            "" => "the database's collation".to_owned(),
            name => name.to_owned(),
        };
        let values: [(&str, &dyn Display); 3] = [("object", &place), ("ours", &word(ours)), ("theirs", &word(theirs))];
        problems.push(checks::COLLATION.problem(&values));
    }
    problems
}

/// A sequence counts for one way to give the next number, whatever its name.
fn default(column: &Column) -> &str {
    match column.default.as_str() {
        _ if !column.identity.is_empty() => "the next number",
        text if text.starts_with("nextval(") => "the next number",
        "" => "nothing",
        text => text,
    }
}

/// The objects that copied tables use beyond themselves.
fn dependencies(source: &Facts, target: &Facts) -> Vec<Problem> {
    let schemas = schemas(source);
    let mut problems = Vec::new();
    for object in &source.used {
        let at_home = object.path.split('.').next().is_some_and(|schema| schemas.contains(schema));
        let exists = target.objects.contains_key(&(object.kind.clone(), object.identity.clone()));
        match object.kind.as_str() {
            "table" if source.tables.contains_key(&object.path) => {}
            "table" | "foreign table" if object.is_certain => {
                problems.push(checks::TABLE_OUTSIDE.problem(&[("object", &object.identity)]));
            }
            "sequence" if at_home => {}
            "sequence" if !exists => problems.push(checks::SEQUENCE_MISSING.problem(&[("sequence", &object.identity)])),
            "sequence" if !object.is_certain => {
                problems.push(checks::SEQUENCE_OUTSIDE.problem(&[("sequence", &object.identity)]));
            }
            _ if exists => {}
            kind => problems.push(checks::DEPENDENCY.problem(&[("kind", &kind), ("object", &object.identity)])),
        }
    }
    problems.extend(objects(source, target, &schemas));
    for trigger in source.event_triggers.iter().filter(|trigger| !target.event_triggers.contains(trigger)) {
        problems.push(checks::EVENT_TRIGGER.problem(&[("trigger", trigger)]));
    }
    problems
}

/// The schemas of the copied tables.
fn schemas(source: &Facts) -> BTreeSet<&str> {
    source.tables.keys().filter_map(|path| path.split('.').next()).collect()
}

/// The objects of the application that are missing or mean something else: those
/// of the schemas of copied tables, and those that the tables use. Tables and
/// sequences have findings of their own.
fn objects(source: &Facts, target: &Facts, schemas: &BTreeSet<&str>) -> Vec<Problem> {
    let used: BTreeSet<(&str, &str)> = source.used.iter().map(|o| (o.kind.as_str(), o.identity.as_str())).collect();
    let mut problems = Vec::new();
    for ((kind, identity), ours) in &source.objects {
        let (used, at_home) =
            (used.contains(&(kind.as_str(), identity.as_str())), schemas.contains(ours.schema.as_str()));
        if !used && !at_home {
            continue;
        }
        let values: [(&str, &dyn Display); 2] = [("kind", kind), ("object", identity)];
        match target.objects.get(&(kind.clone(), identity.clone())) {
            // A used object has a finding as a dependency.
            None if used || ["table", "foreign table", "sequence"].contains(&kind.as_str()) => {}
            None => problems.push(checks::OBJECT_MISSING.problem(&values)),
            // Each version prints queries in its own way.
            Some(_) if kind.ends_with("view") && source.version / 10_000 != target.version / 10_000 => {}
            Some(theirs) if theirs.text != ours.text => problems.push(checks::OBJECT_DIFFERS.problem(&values)),
            Some(_) => {}
        }
    }
    problems
}

fn extensions(source: &Facts, target: &Facts) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (name, ours) in &source.extensions {
        match target.extensions.get(name) {
            None => problems.push(checks::EXTENSION.problem(&[("extension", name)])),
            Some(theirs) if theirs != ours => {
                let values: [(&str, &dyn Display); 3] = [("extension", name), ("ours", ours), ("theirs", theirs)];
                problems.push(checks::EXTENSION_VERSION.problem(&values));
            }
            Some(_) => {}
        }
    }
    problems
}

fn roles(source: &Facts, target: &Facts) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (name, role) in &source.roles {
        let Some(other) = target.roles.get(name) else { continue };
        for (aspect, ours) in &role.aspects {
            let theirs = other.aspects.get(aspect).map_or("none", String::as_str);
            if ours != theirs {
                problems.push(checks::ROLE_DIFFERS.problem(&[
                    ("role", name),
                    ("aspect", aspect),
                    ("ours", ours),
                    ("theirs", &theirs),
                ]));
            }
        }
    }
    for (side, facts) in [("source", source), ("target", target)] {
        for role in &facts.absent_roles {
            problems.push(checks::ROLE_MISSING.problem(&[("side", &side), ("role", role)]));
        }
    }
    problems
}

fn databases(source: &Facts, target: &Facts) -> Vec<Problem> {
    let mut problems = Vec::new();
    for setting in SETTINGS {
        let (ours, theirs) = (source.setting(setting), target.setting(setting));
        if ours != theirs {
            problems.push(checks::DATABASE_SETTING.problem(&[
                ("setting", &setting),
                ("ours", &ours),
                ("theirs", &theirs),
            ]));
        }
    }
    if source.encoding != target.encoding {
        problems.push(checks::ENCODING.problem(&[("ours", &source.encoding), ("theirs", &target.encoding)]));
    }
    if source.collation != target.collation {
        problems.push(checks::COLLATION.problem(&[
            ("object", &"the database"),
            ("ours", &source.collation),
            ("theirs", &target.collation),
        ]));
    }
    problems
}
