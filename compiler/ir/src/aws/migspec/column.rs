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
        Fact::computed("keyedBy", FactType::String, |column, _| given_name(text(column, "KeyedBy")).into()),
        // The system that turns tokens back into card numbers.
        Fact::computed("detokeniser", FactType::String, |column, _| given_name(text(column, "Detokeniser")).into()),
        Fact::computed("pairsForms", FactType::Bool, pairs_forms),
        Fact::string("type", "Type", ""),
        Fact::computed("looksLikeCardNumber", FactType::Bool, |column, _| {
            looks_like_card_number(text(column, "Name"), text(column, "Type")).into()
        }),
        // Whether the name leaves no doubt that the column has card numbers.
        Fact::computed("namedAsCardNumber", FactType::Bool, |column, _| {
            looks_like_card_number(text(column, "Name"), "").into()
        }),
        Fact::computed("looksLikeAuthenticationData", FactType::Bool, |column, _| {
            looks_like_authentication_data(text(column, "Name")).into()
        }),
        // Name of a holder, expiry or service code beside card numbers of the same table.
        Fact::computed("looksLikeCardholderData", FactType::Bool, |column, graph| {
            (looks_like_cardholder_data(text(column, "Name")) && is_beside_card_numbers(column, graph)).into()
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

/// Whether name or type are those of card numbers, and the name is not that of
/// something derived from one.
pub fn looks_like_card_number(name: &str, r#type: &str) -> bool {
    const NAMES: &[&str] = &[
        "cardnumber",
        "cardno",
        "cardnum",
        "cardnbr",
        "cardnr",
        "cardpan",
        "paymentcard",
        "creditcard",
        "debitcard",
        "ccnumber",
        "ccnum",
        "ccno",
        "primaryaccount",
        "primaryacct",
        "kartennummer",
        "kartnummer",
        "kaartnummer",
        "kreditkarte",
        "numerocarte",
        "numerotarjeta",
        "numerodetarjeta",
    ];
    // With a type for that many digits.
    const WORDS: &[&str] = &["card", "cc", "number", "num", "nbr", "account", "acct"];
    // A PAN of a funding, device or payment token account is one too.
    const PANS: &[&str] = &["pan", "fpan", "dpan", "ppan"];
    const DERIVED: &[&str] =
        &["last", "hash", "token", "mask", "trunc", "type", "brand", "expir", "name", "fingerprint"];
    let name = snake_case(name);
    let letters: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    if DERIVED.iter().any(|word| letters.contains(word)) {
        return false;
    }
    let is_one_of = |known: &[&str]| words(&name).any(|word| known.contains(&word));
    NAMES.iter().any(|known| letters.contains(known))
        || is_one_of(PANS)
        || is_one_of(WORDS) && takes_card_number(&r#type.to_ascii_lowercase())
}

/// Whether the name is that of a card number, of data beside one, or of sensitive authentication data.
pub fn looks_like_account_data(name: &str) -> bool {
    looks_like_card_number(name, "") || looks_like_authentication_data(name) || looks_like_cardholder_data(name)
}

/// The words of a name in snake case, without numbers at their ends: `pan2` is another `pan`.
fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split('_').map(|word| word.trim_end_matches(|c: char| c.is_ascii_digit()))
}

/// The name in a text: none in a text that only fills the place of one.
fn given_name(text: &str) -> &str {
    const FILLERS: &[&str] =
        &["-", "?", "n/a", "na", "nil", "no", "none", "null", "tba", "tbd", "todo", "unknown", "x", "xx", "xxx"];
    let name = text.trim();
    if FILLERS.contains(&&*name.to_ascii_lowercase()) { "" } else { name }
}

fn text<'r>(column: &'r Resource, name: &str) -> &'r str {
    column.get(name).and_then(|d| d.value.as_str()).unwrap_or_default()
}

/// The words of a name in lower case: `fullPan` and `FULL-PAN` as `full_pan`.
fn snake_case(name: &str) -> String {
    let mut spaced = String::with_capacity(name.len());
    let mut after_lower = false;
    for c in name.chars() {
        if c.is_ascii_uppercase() && after_lower {
            spaced.push('_');
        }
        after_lower = c.is_ascii_lowercase() || c.is_ascii_digit();
        spaced.push(if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' });
    }
    spaced
}

/// Whether the name is that of a verification code, of track data or of a PIN.
fn looks_like_authentication_data(name: &str) -> bool {
    const WORDS: &[&str] =
        &["cvv", "icvv", "dcvv", "cvc", "cav", "cvd", "cvn", "csc", "pin", "pinblock", "pvv", "track"];
    const NAMES: &[&str] = &[
        "securitycode",
        "verificationcode",
        "cardverification",
        "trackdata",
        "magstripe",
        "pinblock",
        "magneticstripe",
        // The chip has the data of the stripe too.
        "chipdata",
        "emvdata",
        "iccdata",
    ];
    // Results of a check, and other tracks and pins.
    const OTHER: &[&str] = &["result", "match", "tracking", "pinned", "code_valid", "response"];
    let name = snake_case(name);
    if OTHER.iter().any(|word| name.contains(word)) {
        return false;
    }
    let letters: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    words(&name).any(|word| WORDS.contains(&word)) || NAMES.iter().any(|known| letters.contains(known))
}

/// Whether the name is that of a card's holder, of its expiry or of its service code.
fn looks_like_cardholder_data(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "cardholder",
        "holdername",
        "nameoncard",
        "expiry",
        "expiration",
        "expdate",
        "expmonth",
        "expyear",
        "validthru",
        "goodthru",
        "servicecode",
        "accountnumber",
        "accountno",
        "acctnumber",
    ];
    let letters: String = snake_case(name).chars().filter(char::is_ascii_alphanumeric).collect();
    NAMES.iter().any(|known| letters.contains(known))
}

/// Whether the table of the column has card numbers.
fn is_beside_card_numbers(column: &Resource, graph: &Index<'_>) -> bool {
    let same = |other: &&Resource, name: &str| {
        let value = |resource: &Resource| resource.get(name).map(|datum| datum.value.clone());
        value(other) == value(column)
    };
    let mut columns = graph.all("Migspec::Column").filter(|other| same(other, "Source") && same(other, "Table"));
    columns.any(|other| text(other, "Class") == "pan")
}

/// Whether a type is made for 13 to 19 digits: `varchar(19)`, `numeric(16)`.
fn takes_card_number(r#type: &str) -> bool {
    let length = r#type.split_once('(').and_then(|(_, rest)| rest.split([',', ')']).next());
    length.and_then(|length| length.trim().parse::<u32>().ok()).is_some_and(|length| (13..=19).contains(&length))
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
    fn names_of_account_data_are_known() {
        for name in ["card_number", "cardNumber", "PAN", "full_pan", "fullPan", "kartennummer", "X-Card-Number"] {
            assert!(looks_like_card_number(name, ""), "{name}");
        }
        for name in ["card_nbr", "payment_card", "pan2", "fpan", "kartnummer", "primary_acct_num"] {
            assert!(looks_like_card_number(name, ""), "{name}");
        }
        for (name, r#type) in [("number", "varchar(19)"), ("cc", "char(16)"), ("acct_num", "numeric(16)")] {
            assert!(looks_like_card_number(name, r#type) && !looks_like_card_number(name, "int"), "{name}");
        }
        for name in ["card_number_last4", "pan_token", "panel", "company", "card_id", "amount", "id"] {
            assert!(!looks_like_card_number(name, ""), "{name}");
        }
        for name in ["cvv", "card_cvc2", "track2_data", "pinBlock", "security_code", "pvv", "emv_data", "cvc3"] {
            assert!(looks_like_authentication_data(name), "{name}");
        }
        for name in ["cardholder_name", "expiryDate", "EXP_DATE", "service_code", "name_on_card", "exp_month"] {
            assert!(looks_like_cardholder_data(name), "{name}");
        }
        for name in ["customer_name", "expected", "service", "export_date"] {
            assert!(!looks_like_cardholder_data(name), "{name}");
        }
        for name in ["cvv_result", "tracking_id", "pinned", "spinner", "currency"] {
            assert!(!looks_like_authentication_data(name), "{name}");
        }
    }

    #[test]
    fn a_filler_is_no_name() {
        for text in ["", " ", "none", "N/A", "?", "tbd"] {
            assert_eq!(given_name(text), "", "{text}");
        }
        assert_eq!(given_name("token-vault"), "token-vault");
    }

    #[test]
    fn a_numeric_needs_its_precision() {
        for (r#type, unbounded) in [("numeric", true), ("Decimal", true), ("numeric(18,4)", false), ("bigint", false)] {
            let column = resource("Migspec::Column", "c", &format!(r#"{{"Type": "{type}"}}"#));
            assert_eq!(fact(&TYPE, "unboundedNumeric", [column]), FactValue::Bool(unbounded), "{type}");
        }
    }
}
