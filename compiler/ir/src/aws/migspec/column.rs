use crate::fact::{Fact, FactType};
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
        Fact::string("type", "Type", ""),
        Fact::bool("key", "Key", false),
        // What is not said to stay behind is copied.
        Fact::bool("replicated", "Replicated", true),
        Fact::entity("source", "Source", "Migspec::Source"),
        Fact::computed("unboundedNumeric", FactType::Bool, |column, _| {
            let r#type = column.get("Type").and_then(|d| d.value.as_str()).unwrap_or_default();
            matches!(r#type.trim().to_ascii_lowercase().as_str(), "numeric" | "decimal").into()
        }),
    ],
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::FactValue;
    use crate::testing::{fact, resource};

    #[test]
    fn a_numeric_needs_its_precision() {
        for (r#type, unbounded) in [("numeric", true), ("Decimal", true), ("numeric(18,4)", false), ("bigint", false)] {
            let column = resource("Migspec::Column", "c", &format!(r#"{{"Type": "{type}"}}"#));
            assert_eq!(fact(&TYPE, "unboundedNumeric", [column]), FactValue::Bool(unbounded), "{type}");
        }
    }
}
