use crate::class::Classes;
use crate::fact::{Fact, FactType, FactValue};
use crate::graph::Resource;
use crate::index::Index;
use crate::resource_type::{Concern, ResourceType, Terraform};

pub const TYPE: ResourceType = ResourceType {
    name: "Migspec::Column",
    concern: Concern::Database,
    terraform: Terraform::NotEmitted,
    facts: &[
        Fact::string("table", "Table", ""),
        Fact::string("name", "Name", ""),
        Fact::string("class", "Class", ""),
        Fact::string("protection", "Protection", ""),
        // The key of a keyed hash.
        Fact::string("keyedBy", "KeyedBy", ""),
        Fact::computed("pairsForms", FactType::Bool, pairs_forms),
        Fact::string("type", "Type", ""),
        Fact::bool("key", "Key", false),
        // Replicated by default.
        Fact::bool("replicated", "Replicated", true),
        Fact::entity("source", "Source", "Migspec::Source"),
        Fact::computed("unboundedNumeric", FactType::Bool, |column, _| {
            let r#type = column.get("Type").and_then(|d| d.value.as_str()).unwrap_or_default();
            matches!(r#type.trim().to_ascii_lowercase().as_str(), "numeric" | "decimal").into()
        }),
    ],
    classes: Classes::NONE,
};

/// Whether card numbers are copied hashed here and truncated in the same
/// schema: the visible digits of one give away the other.
fn pairs_forms(column: &Resource, graph: &Index<'_>) -> FactValue {
    let text = |column: &Resource, name: &str| column.get(name).and_then(|d| d.value.as_str().map(str::to_owned));
    let is = |column: &Resource, protection: &str| {
        text(column, "Class").as_deref() == Some("pan")
            && text(column, "Protection").as_deref() == Some(protection)
            && column.get("Replicated").is_none_or(|d| d.value.as_bool() != Some(false))
    };
    let schema = |column: &Resource| {
        let table = text(column, "Table").unwrap_or_default();
        (column.get("Source").and_then(|d| d.value.target().cloned()), table.split('.').next().map(str::to_owned))
    };
    if !is(column, "hashed") {
        return false.into();
    }
    let own = schema(column);
    graph.all("Migspec::Column").any(|other| is(other, "truncated") && schema(other) == own).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fact, resource};

    #[test]
    fn a_numeric_needs_its_precision() {
        for (r#type, unbounded) in [("numeric", true), ("Decimal", true), ("numeric(18,4)", false), ("bigint", false)] {
            let column = resource("Migspec::Column", "c", &format!(r#"{{"Type": "{type}"}}"#));
            assert_eq!(fact(&TYPE, "unboundedNumeric", [column]), FactValue::Bool(unbounded), "{type}");
        }
    }
}
