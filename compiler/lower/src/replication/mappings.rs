//! The tables that a task copies.

use migspec_ir::{Datum, Map, Origin, map};

use migspec_syntax::value::TableName;

use crate::cx::origin;
use crate::index::Relation;

/// The schema and table of the fence tokens: a row that follows the last write of the source and arrives on the target.
pub(crate) const FENCE: (&str, &str) = ("migspec", "migspec_fence");

/// The selection rules: the included tables, the excluded tables, and the fence
/// table, which every task copies.
pub(super) fn mappings(relation: &Relation, at: Origin) -> Datum {
    let node = relation.node;
    let included = node.include.iter().map(|n| (&n.pattern, "include"));
    let excluded = node.exclude.iter().map(|n| (&n.pattern, "exclude"));
    let mut rules: Vec<Datum> = Vec::new();
    for (pattern, action) in included.chain(excluded) {
        let rule = selection(rules.len() + 1, pattern.schema(), pattern.table(), action, origin(pattern));
        rules.push(rule);
    }
    if relation.cutover.is_some() || relation.validation.is_some() {
        let rule = selection(rules.len() + 1, FENCE.0, FENCE.1, "include", at);
        rules.push(rule);
    }
    Datum::new(map!(at, { "rules": rules }), at)
}

fn selection(number: usize, schema: &str, table: &str, action: &str, at: Origin) -> Datum {
    let locator: Map = map!(at, { "schema-name": pattern(schema), "table-name": pattern(table) });
    let rule = map!(at, {
        "rule-type": "selection",
        "rule-id": number.to_string(),
        "rule-name": format!("{action}-{number}"),
        "object-locator": locator,
        "rule-action": action,
    });
    Datum::new(rule, at)
}

/// A pattern in DMS syntax: `%` matches any characters, and `[_]` an underscore,
/// which alone would match any character.
pub(super) fn pattern(text: &str) -> String {
    text.replace('_', "[_]").replace('*', "%")
}

/// Whether a replication copies a table: it is included, and not excluded.
pub(crate) fn copies(relation: &Relation, table: &TableName) -> bool {
    let selects = |schema: &str, name: &str| like(schema, table.schema()) && like(name, table.table());
    relation.node.include.iter().any(|n| selects(n.pattern.schema(), n.pattern.table()))
        && !relation.node.exclude.iter().any(|n| selects(n.pattern.schema(), n.pattern.table()))
}

/// Whether a name matches a pattern, in which `*` matches any characters.
pub(super) fn like(pattern: &str, name: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut name) = name.strip_prefix(start) else { return false };
    let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
    for part in middle.split('*') {
        match name.find(part) {
            Some(at) => name = &name[at + part.len()..],
            None => return false,
        }
    }
    name.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_run() {
        for (pattern, name) in
            [("*", "payment"), ("pay*", "pay"), ("*ment", "payment"), ("p*y*t", "payment"), ("a", "a")]
        {
            assert!(like(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in
            [("pay", "payment"), ("tmp_*", "payment"), ("*x*", "payment"), ("aba*ba", "aba"), ("", "a")]
        {
            assert!(!like(pattern, name), "{pattern} {name}");
        }
    }

    #[test]
    fn an_underscore_stands_for_itself() {
        assert_eq!(pattern("tmp_*"), "tmp[_]%");
        assert_eq!(pattern("payments"), "payments");
    }
}
