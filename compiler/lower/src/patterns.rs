//! Patterns of tables.

use migspec_syntax::value::TableName;

use crate::index::Relation;

/// Whether a replication copies a table: it is included, and not excluded.
pub(crate) fn copies(relation: &Relation, table: &TableName) -> bool {
    let selects = |schema: &str, name: &str| like(schema, table.schema()) && like(name, table.table());
    relation.node.include.iter().any(|n| selects(n.pattern.schema(), n.pattern.table()))
        && !relation.node.exclude.iter().any(|n| selects(n.pattern.schema(), n.pattern.table()))
}

/// Whether a name matches a pattern, in which `*` matches any characters.
pub(crate) fn like(pattern: &str, name: &str) -> bool {
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
}
