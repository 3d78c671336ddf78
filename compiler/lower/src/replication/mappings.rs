//! Which tables a task copies.

use migspec_ir::{Datum, Map, Origin, map};

use crate::cx::origin;
use crate::index::Relation;

/// The schema and table of the tokens that prove a drain: a row written
/// behind the last write of the source, and seen on the other side.
pub(crate) const FENCE: (&str, &str) = ("migspec", "migspec_fence");

/// The selection rules: what is included, what is not, and the fence table,
/// which every task copies.
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

/// A pattern as DMS writes it: `%` for any run, and `[_]` for an underscore,
/// which alone would stand for any character.
pub(super) fn pattern(text: &str) -> String {
    text.replace('_', "[_]").replace('*', "%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_underscore_stands_for_itself() {
        assert_eq!(pattern("tmp_*"), "tmp[_]%");
        assert_eq!(pattern("payments"), "payments");
    }
}
