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
        Fact::computed("looksLikeCardNumber", FactType::Bool, |column, _| looks_like_card_number(column).into()),
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

/// Whether name or type are those of card numbers, and the name is not that of
/// something derived from one.
fn looks_like_card_number(column: &Resource) -> bool {
    const NAMES: &[&str] =
        &["cardnumber", "cardno", "cardnum", "creditcard", "debitcard", "ccnumber", "ccnum", "ccno", "primaryaccount"];
    const WORDS: &[&str] = &["pan", "card", "cc"];
    const DERIVED: &[&str] =
        &["last", "hash", "token", "mask", "trunc", "type", "brand", "expir", "name", "fingerprint"];
    let text = |name: &str| column.get(name).and_then(|d| d.value.as_str()).unwrap_or_default().to_ascii_lowercase();
    let name = text("Name");
    let letters: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    if DERIVED.iter().any(|word| letters.contains(word)) {
        return false;
    }
    let mut words = name.split(|c: char| !c.is_ascii_alphanumeric());
    let is_word = words.any(|word| WORDS.contains(&word));
    let is_pan = name.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == "pan");
    NAMES.iter().any(|known| letters.contains(known)) || is_pan || is_word && takes_card_number(&text("Type"))
}

/// Whether a type is made for 13 to 19 digits: `varchar(19)`, `numeric(16)`.
fn takes_card_number(r#type: &str) -> bool {
    let length = r#type.split_once('(').and_then(|(_, rest)| rest.split([',', ')']).next());
    length.and_then(|length| length.trim().parse::<u32>().ok()).is_some_and(|length| (13..=19).contains(&length))
}

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
