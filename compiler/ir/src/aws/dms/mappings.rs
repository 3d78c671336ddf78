//! The table mappings of a replication task, and their effect on columns.
//!
//! Source: AWS DMS, Transformation rules and actions.

use std::borrow::Cow;

use migspec_events::REHEARSAL;

use crate::datum::Datum;
use crate::fact::FactValue;
use crate::graph::Resource;
use crate::index::Index;
use crate::json;

/// Whether a task copies more than the table of the rehearsal: true unless all its rules select that table alone.
pub(super) fn copies_application(task: &Resource, _: &Index<'_>) -> FactValue {
    let Some(mappings) = task.get("TableMappings") else { return FactValue::Bool(true) };
    let Some(mappings) = json::document(mappings) else { return FactValue::Unknown };
    let rules = mappings.get("rules").and_then(|d| d.value.as_list()).unwrap_or_default();
    let of_rehearsal = |rule: &Datum| {
        let part = |name: &str| text(rule.get("object-locator").and_then(|locator| locator.get(name)));
        let table = part("table-name");
        // `_` alone is a wildcard.
        text(rule.get("rule-type")) == "selection"
            && part("schema-name") == REHEARSAL.0
            && table.replace("[_]", "_") == REHEARSAL.1
            && table.matches('_').count() == table.matches("[_]").count()
    };
    FactValue::Bool(rules.is_empty() || !rules.iter().all(of_rehearsal))
}

/// Actions that weaken a column, or add one for its protected data.
const WEAKENING: &[&str] = &["remove-column", "change-data-type", "add-column"];

/// The protected columns that a rule removes, casts or adds a column beside,
/// as `schema.table.column`.
pub(super) fn transformed_protected_columns(task: &Resource, graph: &Index<'_>) -> FactValue {
    let Some(mappings) = task.get("TableMappings") else { return FactValue::set::<&str>([]) };
    let Some(mappings) = json::document(mappings) else { return FactValue::Unknown };
    let rules = mappings.get("rules").and_then(|d| d.value.as_list()).unwrap_or_default();
    let rules: Vec<&Datum> = rules.iter().filter(|rule| weakens(rule)).collect();
    if rules.is_empty() {
        return FactValue::set::<&str>([]);
    }
    let protected = graph.all("Migspec::Column").filter(|column| {
        let protection = text(column.get("Protection"));
        !protection.is_empty() && protection != "none"
    });
    let concerned = protected.filter(|column| rules.iter().any(|rule| concerns(rule, column)));
    FactValue::set(concerned.map(|c| Some(format!("{}.{}", text(c.get("Table")), text(c.get("Name"))))))
}

fn weakens(rule: &Datum) -> bool {
    text(rule.get("rule-type")) == "transformation" && WEAKENING.contains(&&*text(rule.get("rule-action")))
}

fn concerns(rule: &Datum, column: &Resource) -> bool {
    let table = text(column.get("Table"));
    let (schema, table) = table.split_once('.').unwrap_or(("", &table));
    let at = |part: &str, value: &str| {
        rule.get("object-locator").and_then(|l| l.get(part)).is_none_or(|d| matches(&text(Some(d)), value))
    };
    at("schema-name", schema)
        && at("table-name", table)
        && (text(rule.get("rule-action")) == "add-column" || at("column-name", &text(column.get("Name"))))
}

fn text(datum: Option<&Datum>) -> Cow<'_, str> {
    datum.and_then(|d| d.value.as_str()).unwrap_or_default().into()
}

/// A pattern of DMS: `%` matches any text, `[_]` an underscore, and `_` one
/// character.
fn matches(pattern: &str, value: &str) -> bool {
    if let Some(rest) = pattern.strip_prefix('%') {
        return (0..=value.len()).any(|i| value.is_char_boundary(i) && matches(rest, &value[i..]));
    }
    if let Some(rest) = pattern.strip_prefix("[_]") {
        return value.strip_prefix('_').is_some_and(|value| matches(rest, value));
    }
    let (mut pattern, mut value) = (pattern.chars(), value.chars());
    match (pattern.next(), value.next()) {
        (None, None) => true,
        (Some(p), Some(v)) => (p == '_' || p.eq_ignore_ascii_case(&v)) && matches(pattern.as_str(), value.as_str()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_are_those_of_dms() {
        for (pattern, value, expected) in [
            ("%", "card", true),
            ("pay%", "payments", true),
            ("%card%", "my_card_token", true),
            ("tmp[_]%", "tmp_x", true),
            ("tmp[_]%", "tmpx", false),
            ("c_rd", "card", true),
            ("card", "cards", false),
        ] {
            assert_eq!(matches(pattern, value), expected, "{pattern} {value}");
        }
    }
}
