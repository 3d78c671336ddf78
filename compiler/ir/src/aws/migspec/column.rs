use std::borrow::Cow;

use super::account_data::{
    is_number, looks_like_authentication_data, looks_like_card_number, looks_like_cardholder_data,
    looks_like_form_of_card_number, looks_like_token, takes_any_data, type_hints_at_card_number,
    type_hints_at_verification_code,
};
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
        Fact::computed("keyedBy", FactType::String, |column, _| key_name(text(column, "KeyedBy")).into()),
        // The system that turns tokens back into card numbers.
        Fact::computed("detokeniser", FactType::String, |column, _| given_name(text(column, "Detokeniser")).into()),
        // Whether that system is a database of the migration, which stores the tokens.
        Fact::computed("keepsTokensWithNumbers", FactType::Bool, keeps_tokens_with_numbers),
        Fact::computed("pairsForms", FactType::Bool, pairs_forms),
        Fact::string("type", "Type", ""),
        // Why the column has no account data, although its type fits it.
        Fact::computed("reason", FactType::String, |column, _| given_name(text(column, "Reason")).into()),
        // By its name, or by its type beside account data.
        Fact::computed("looksLikeCardNumber", FactType::Bool, |column, graph| {
            let (name, r#type) = (name(column), text(column, "Type"));
            let is_typed = type_hints_at_card_number(&name, r#type) && is_beside(ACCOUNT_DATA, column, graph);
            (looks_like_card_number(&name, r#type) || is_typed).into()
        }),
        // Whether the name leaves no doubt that the column has card numbers.
        Fact::computed("namedAsCardNumber", FactType::Bool, |column, _| is_named_as_card_number(column).into()),
        // A hash or a token of one; beside account data, any token.
        Fact::computed("looksLikeFormOfCardNumber", FactType::Bool, |column, graph| {
            let name = name(column);
            let is_token = looks_like_token(&name) && is_beside(ACCOUNT_DATA, column, graph);
            (looks_like_form_of_card_number(&name) || is_token).into()
        }),
        // Beside account data, a column that takes any data. A column of large objects without a description has a size only.
        Fact::computed("takesAccountData", FactType::Bool, |column, graph| {
            let is_described = column.get("LargeObject").is_none();
            let takes = is_described && takes_any_data(&name(column), text(column, "Type"));
            (takes && is_beside(ACCOUNT_DATA, column, graph)).into()
        }),
        Fact::computed("looksLikeAuthenticationData", FactType::Bool, |column, graph| {
            let (name, r#type) = (name(column), text(column, "Type"));
            let is_typed = type_hints_at_verification_code(&name, r#type) && is_beside(ACCOUNT_DATA, column, graph);
            (looks_like_authentication_data(&name) || is_typed).into()
        }),
        Fact::computed("namedAsAuthenticationData", FactType::Bool, |column, _| {
            looks_like_authentication_data(text(column, "Name")).into()
        }),
        // Name of a holder, expiry or service code beside card numbers of the same table.
        Fact::computed("looksLikeCardholderData", FactType::Bool, |column, graph| {
            (looks_like_cardholder_data(&name(column)) && is_beside(&["pan"], column, graph)).into()
        }),
        Fact::false_by_default("key", "Key"),
        // Replicated by default.
        Fact::true_by_default("replicated", "Replicated"),
        Fact::entity("source", "Source", "Migspec::Source"),
        Fact::computed("unboundedNumeric", FactType::Bool, |column, _| {
            let r#type = column.get("Type").and_then(|d| d.value.as_str()).unwrap_or_default();
            matches!(r#type.trim().to_ascii_lowercase().as_str(), "numeric" | "decimal").into()
        }),
    ],
    classes: Classes::NONE,
};

/// The name in a text: none in a text that only fills the place of one.
pub fn given_name(text: &str) -> &str {
    const FILLERS: &[&str] = &[
        "-", "?", "anyone", "n/a", "na", "nil", "no", "no one", "nobody", "none", "noone", "null", "someone", "tba",
        "tbd", "todo", "unknown", "x", "xx", "xxx",
    ];
    let name = text.trim();
    if FILLERS.contains(&&*name.to_ascii_lowercase()) { "" } else { name }
}

fn text<'r>(column: &'r Resource, name: &str) -> &'r str {
    column.get(name).and_then(|d| d.value.as_str()).unwrap_or_default()
}

/// Its name; the rest of a table has the name of the table. The number of a table `card` is a card number.
fn name(column: &Resource) -> Cow<'_, str> {
    let table = text(column, "Table").rsplit('.').next().unwrap_or_default();
    match text(column, "Name") {
        "*" => table.into(),
        name if is_number(name) => format!("{}_{name}", table.strip_suffix('s').unwrap_or(table)).into(),
        name => name.into(),
    }
}

/// Whether the name leaves no doubt that the column has card numbers.
pub(super) fn is_named_as_card_number(column: &Resource) -> bool {
    text(column, "Name") != "*" && looks_like_card_number(&name(column), "")
}

/// The name of the key of a hash. An algorithm is no key.
fn key_name(text: &str) -> &str {
    const ALGORITHMS: &[&str] = &["argon", "bcrypt", "blake", "crc", "hmac", "md", "pbkdf", "scrypt", "sha"];
    let letters: String = text.chars().take_while(char::is_ascii_alphabetic).collect::<String>().to_ascii_lowercase();
    let rest = text.trim().get(letters.len()..).unwrap_or_default();
    let is_algorithm =
        ALGORITHMS.contains(&&*letters) && rest.chars().all(|c| c.is_ascii_digit() || c == '-' || c == '_');
    if is_algorithm { "" } else { given_name(text) }
}

/// The classes of account data.
const ACCOUNT_DATA: &[&str] = &["authentication-data", "cardholder", "pan"];

/// Whether the table of the column has data of one of these classes.
fn is_beside(classes: &[&str], column: &Resource, graph: &Index<'_>) -> bool {
    let same = |other: &&Resource, name: &str| {
        let value = |resource: &Resource| resource.get(name).map(|datum| datum.value.clone());
        value(other) == value(column)
    };
    let mut columns = graph.all("Migspec::Column").filter(|other| same(other, "Source") && same(other, "Table"));
    columns.any(|other| classes.contains(&text(other, "Class")))
}

fn keeps_tokens_with_numbers(column: &Resource, graph: &Index<'_>) -> FactValue {
    let name = given_name(text(column, "Detokeniser"));
    let is = |resource: &Resource, path: &str| {
        resource.get(path).and_then(|d| d.value.as_str()).is_some_and(|known| known.eq_ignore_ascii_case(name))
    };
    let sources = graph.all("Migspec::Source").any(|source| is(source, "Database") || is(source, "Host"));
    let targets = graph.all("AWS::RDS::DBCluster").any(|cluster| is(cluster, "DatabaseName"));
    (!name.is_empty() && (sources || targets)).into()
}

/// Whether card numbers are copied hashed here and truncated in the same
/// schema: the visible digits of one give away the other.
fn pairs_forms(column: &Resource, graph: &Index<'_>) -> FactValue {
    let is = |column: &Resource, protection: &str| {
        text(column, "Class") == "pan"
            && text(column, "Protection") == protection
            && column.get("Replicated").is_none_or(|d| d.value.as_bool() != Some(false))
    };
    let schema = |column: &Resource| {
        let table = text(column, "Table");
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
    fn a_filler_is_no_name() {
        for text in ["", " ", "none", "N/A", "?", "tbd"] {
            assert_eq!(given_name(text), "", "{text}");
        }
        assert_eq!(given_name("token-vault"), "token-vault");
    }

    #[test]
    fn an_algorithm_is_no_key() {
        for text in ["md5", "SHA-256", "sha1", "hmac", "none"] {
            assert_eq!(key_name(text), "", "{text}");
        }
        for text in ["hash-key", "hmac-key", "sha-key-2026", "md5-pepper"] {
            assert_eq!(key_name(text), text);
        }
    }

    #[test]
    fn the_number_of_a_card_has_the_name_of_its_table() {
        let column = |table: &str, name: &str| {
            let column = resource("Migspec::Column", "c", &format!(r#"{{"Table": "{table}", "Name": "{name}"}}"#));
            fact(&TYPE, "namedAsCardNumber", [column])
        };
        for (table, name, expected) in [
            ("cards.card", "number", true),
            ("shop.credit_cards", "no", true),
            ("cards.card", "status", false),
            ("shop.invoice", "number", false),
            ("shop.card_numbers", "*", false),
        ] {
            assert_eq!(column(table, name), FactValue::Bool(expected), "{table}.{name}");
        }
    }

    #[test]
    fn a_numeric_needs_its_precision() {
        for (r#type, unbounded) in [("numeric", true), ("Decimal", true), ("numeric(18,4)", false), ("bigint", false)] {
            let column = resource("Migspec::Column", "c", &format!(r#"{{"Type": "{type}"}}"#));
            assert_eq!(fact(&TYPE, "unboundedNumeric", [column]), FactValue::Bool(unbounded), "{type}");
        }
    }
}
