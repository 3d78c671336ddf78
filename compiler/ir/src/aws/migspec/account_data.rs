//! Names and types of account data.

/// Forms of the number itself.
const NUMBERS: &[&str] = &[
    "cardnumber",
    "cardno",
    "cardnum",
    "cardnbr",
    "cardnr",
    "cardpan",
    "ccnumber",
    "ccnum",
    "ccno",
    "primaryaccount",
    "primaryacct",
    "kartennr",
    "kartennummer",
    "kartnummer",
    "kaartnummer",
    "numerocarte",
    "numcarte",
    "numerocarta",
    "numcarta",
    "numerocartao",
    "numcartao",
    "numerotarjeta",
    "numerodetarjeta",
    "numtarjeta",
];

/// Whether the name is only that of a number, and its table names the rest.
pub(super) fn is_number(name: &str) -> bool {
    const WORDS: &[&str] = &["number", "no", "num", "nbr", "nr", "nummer", "numero"];
    WORDS.contains(&&*letters(&snake_case(name)))
}

/// Cards, whose number is the first thing to store.
const CARDS: &[&str] = &["paymentcard", "creditcard", "debitcard", "kreditkarte"];

/// A PAN of a funding, device or payment token account is one too.
const PANS: &[&str] = &["pan", "fpan", "dpan", "ppan"];

/// Whether name or type are those of card numbers, and the name is not that of
/// something derived from one.
pub fn looks_like_card_number(name: &str, r#type: &str) -> bool {
    // With a type for that many digits.
    const WORDS: &[&str] = &["card", "cc", "number", "num", "nbr", "account", "acct"];
    let name = snake_case(name);
    !is_derived(&name)
        && (names_card_number(&name)
            || has_word(&name, WORDS) && takes_card_number(r#type)
            || names_card_number(&snake_case(r#type)))
}

/// Whether a type is made for card numbers, and the name is not that of something derived from one.
pub(super) fn type_hints_at_card_number(name: &str, r#type: &str) -> bool {
    let name = snake_case(name);
    !is_derived(&name) && (takes_card_number(r#type) || ["card", "cc"].contains(&&*letters(&name)))
}

/// Whether a type is as long as a verification code, and the name does not contradict that.
pub(super) fn type_hints_at_verification_code(name: &str, r#type: &str) -> bool {
    // The code of American Express, and often the ID of a customer.
    let name = snake_case(name);
    let takes_code = length(&r#type.to_ascii_lowercase()).is_some_and(|length| (3..=4).contains(&length));
    takes_code && (describes_nothing(&name) || has_word(&name, &["cid"]))
}

/// Whether the name is that of a card number, of data beside one, or of sensitive authentication data.
pub fn looks_like_account_data(name: &str) -> bool {
    looks_like_card_number(name, "") || looks_like_authentication_data(name) || looks_like_cardholder_data(name)
}

/// Whether the variable `name` of an address holds account data, below these fixed parts: the `n` of `/card/{n}`.
pub fn is_account_data_in_path(parts: &[&str], name: &str) -> bool {
    const KEYS: &[&str] = &["id", "key", "ref", "reference", "token", "uuid"];
    const OF_CARDS: &[&str] = &["card", "cc", "account", "acct", "karte", "kaart", "tarjeta"];
    let singular = |part: &&str| snake_case(part.strip_suffix('s').unwrap_or(part));
    let parts: Vec<String> = parts.iter().map(singular).collect();
    let (name, parent) = (snake_case(name), parts.last().map_or("", String::as_str));
    if looks_like_account_data(&name)
        || has_word(&name, &["card", "cc"]) && !has_word(&name, KEYS) && !is_derived(&name)
    {
        return true;
    }
    // `/card/{id}` has the key of a record, `/pan/{id}` has none.
    let is_number = |part: &str| {
        let letters = letters(part);
        !is_derived(part) && (NUMBERS.iter().any(|known| letters.contains(known)) || has_word(part, PANS))
    };
    if has_word(&name, KEYS) {
        let is_code = looks_like_authentication_data(parent) && parent != "track";
        return !has_word(&name, &["token"]) && (is_number(parent) || is_code);
    }
    let joined = parts.concat();
    let is_named = parts.iter().any(|part| looks_like_account_data(part)) || is_number(&joined);
    describes_nothing(&name) && (is_named || has_word(parent, OF_CARDS))
}

/// Whether the name is that of a verification code, of track data or of a PIN.
pub(super) fn looks_like_authentication_data(name: &str) -> bool {
    const WORDS: &[&str] =
        &["cvv", "icvv", "dcvv", "ccv", "cvc", "cav", "cvd", "cvn", "csc", "emv", "pin", "pinblock", "pvv", "track"];
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
    let letters = letters(&name);
    has_word(&name, WORDS)
        || NAMES.iter().any(|known| letters.contains(known))
        || is_field(&letters, &[35, 36, 45, 52, 55])
}

/// Whether the name is that of a data element of a card message, by its number (fact: iso8583-fields).
fn is_field(letters: &str, numbers: &[u32]) -> bool {
    let number = ["bit", "de", "df", "field", "fld"].iter().find_map(|prefix| letters.strip_prefix(prefix));
    number.and_then(|number| number.parse().ok()).is_some_and(|number: u32| numbers.contains(&number))
}

/// Whether the name is that of a card's holder, of its expiry or of its service code.
pub(super) fn looks_like_cardholder_data(name: &str) -> bool {
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
        "validuntil",
        "servicecode",
        "accountnumber",
        "accountno",
        "acctnumber",
    ];
    let letters = letters(&snake_case(name));
    letters == "exp" || NAMES.iter().any(|known| letters.contains(known))
}

/// Whether the name is that of another form of a card number: a hash, a token, a masked or an encrypted number.
pub(super) fn looks_like_form_of_card_number(name: &str) -> bool {
    let name = snake_case(name);
    let rest = FORMS.iter().fold(name.clone(), |rest, form| rest.replace(form, "_"));
    names_form(&name) && !describes_form(&name) && (names_card_number(&rest) || has_word(&rest, &["card", "cc"]))
}

/// Whether the name is that of a token, of anything.
pub(super) fn looks_like_token(name: &str) -> bool {
    words(&snake_case(name)).last().is_some_and(|word| matches!(word, "token" | "tokens"))
}

/// Whether a column takes any data, by its type, or by its name where the type does not contradict it.
pub(super) fn takes_any_data(name: &str, r#type: &str) -> bool {
    const TYPES: &[&str] = &[
        "binary",
        "blob",
        "bytea",
        "clob",
        "hstore",
        "image",
        "json",
        "long raw",
        "raw",
        "oid",
        "varbinary",
        "variant",
        "xml",
    ];
    const TEXTS: &[&str] = &["char", "long", "string", "text"];
    const NAMES: &[&str] = &[
        "attributes",
        "blob",
        "body",
        "comment",
        "comments",
        "content",
        "contents",
        "description",
        "details",
        "dump",
        "extra",
        "html",
        "json",
        "memo",
        "message",
        "metadata",
        "msg",
        "note",
        "notes",
        "payload",
        "raw",
        "remark",
        "remarks",
        "request",
        "response",
        "xml",
    ];
    let (name, r#type) = (snake_case(name), r#type.to_ascii_lowercase());
    let is = |types: &[&str]| types.iter().any(|known| r#type.contains(known));
    // A short text has a form of its own.
    let is_text = r#type.is_empty() || is(TEXTS) && length(&r#type).is_none_or(|length| length > *DIGITS.end());
    let is_named = has_word(&name, &["raw"]) || words(&name).last().is_some_and(|word| NAMES.contains(&word));
    is(TYPES) || r#type.contains("[]") || is_text && is_named
}

/// Forms of a card number in names.
const FORMS: &[&str] = &[
    "cipher",
    "crypt",
    "digest",
    "fingerprint",
    "hash",
    "hmac",
    "mask",
    "obfuscat",
    "redact",
    "surrogate",
    "token",
    "trunc",
];

/// Forms that are parts of other words.
const SHORT_FORMS: &[&str] = &["alias", "bcrypt", "enc", "md", "ripemd", "sha"];

fn names_form(name: &str) -> bool {
    FORMS.iter().any(|form| name.contains(form)) || has_word(name, SHORT_FORMS) || has_last_digits(name)
}

/// `last4`, `last_four`: the visible digits of a card number.
fn has_last_digits(name: &str) -> bool {
    let letters = letters(name);
    ["last4", "last6", "lastfour", "lastdigits", "first6", "firstsix"].iter().any(|known| letters.contains(known))
}

/// Whether the name is that of a property of the form: `card_token_type`, `hash_version`.
fn describes_form(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "algorithm",
        "at",
        "brand",
        "count",
        "created",
        "date",
        "expired",
        "expires",
        "expiry",
        "kind",
        "name",
        "provider",
        "requestor",
        "salt",
        "status",
        "time",
        "type",
        "updated",
        "version",
    ];
    has_word(name, WORDS)
}

fn names_card_number(name: &str) -> bool {
    let letters = letters(name);
    NUMBERS.iter().chain(CARDS).any(|known| letters.contains(known))
        || has_word(name, PANS)
        || is_field(&letters, &[2, 34])
}

/// Whether the name is that of something derived from a card number, or beside one.
fn is_derived(name: &str) -> bool {
    const DERIVED: &[&str] = &["last", "type", "brand", "expir", "name"];
    let letters = letters(name);
    names_form(name) || DERIVED.iter().any(|word| letters.contains(word))
}

/// Whether the name fits any data: `c1`, `col_2`, `value`.
fn describes_nothing(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "arg",
        "attr",
        "attribute",
        "code",
        "col",
        "column",
        "custom",
        "data",
        "extra",
        "field",
        "filler",
        "free",
        "input",
        "misc",
        "nbr",
        "no",
        "nr",
        "num",
        "number",
        "param",
        "reserved",
        "spare",
        "str",
        "string",
        "text",
        "val",
        "value",
    ];
    words(name).all(|word| word.len() <= 1 || WORDS.contains(&word))
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

fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// The words of a name in snake case, without numbers at their ends: `pan2` is another `pan`.
fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split('_').map(|word| word.trim_end_matches(|c: char| c.is_ascii_digit()))
}

fn has_word(name: &str, known: &[&str]) -> bool {
    words(name).any(|word| known.contains(&word))
}

/// The numbers of digits of a card number.
const DIGITS: std::ops::RangeInclusive<u32> = 13..=19;

/// Whether a type or its check constraint is made for 13 to 19 digits: `varchar(19)`, `text check (c ~ '^\d{16}$')`.
fn takes_card_number(r#type: &str) -> bool {
    let r#type = r#type.to_ascii_lowercase();
    let (kind, check) = r#type.split_once("check").unwrap_or((&r#type, ""));
    let mut numbers = check.split(|c: char| !c.is_ascii_alphanumeric()).filter_map(|part| part.parse().ok());
    length(kind).is_some_and(|length| DIGITS.contains(&length)) || numbers.any(|number| DIGITS.contains(&number))
}

/// The digits or characters that a type takes. A type with decimal places, or for other data, has none.
fn length(r#type: &str) -> Option<u32> {
    const OTHER: &[&str] = &["bigint", "bit", "double", "float", "int", "mediumint", "smallint", "time", "varbit"];
    let (kind, rest) = r#type.split_once('(')?;
    let mut numbers = rest.split(')').next()?.split(',');
    let length = numbers.next()?.split_whitespace().next()?.parse().ok()?;
    let is_whole = numbers.next().is_none_or(|places| places.trim() == "0");
    (is_whole && !OTHER.iter().any(|other| kind.trim().starts_with(other))).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn forms_of_card_numbers_are_known() {
        for name in [
            "pan_hash",
            "card_token",
            "pan_sha256",
            "hashedPan",
            "panhash",
            "card_number_enc",
            "cc_hmac",
            "PAN_MASKED",
            "card_number_last4",
            "encrypted_pan",
            "card_fingerprint",
            "pan_alias",
            "fpan_token",
        ] {
            assert!(looks_like_form_of_card_number(name), "{name}");
        }
        for name in [
            "company_hash",
            "row_hash",
            "card_token_type",
            "card_type",
            "session_token",
            "card_id",
            "encoding",
            "card_token_created_at",
            "pan",
            "card_brand",
            "span_digest",
        ] {
            assert!(!looks_like_form_of_card_number(name), "{name}");
        }
        assert!(looks_like_token("payment_token") && looks_like_token("token") && !looks_like_token("token_id"));
    }

    #[test]
    fn columns_for_any_data_are_known() {
        for (name, r#type) in [
            ("a", "jsonb"),
            ("a", "JSON"),
            ("a", "xml"),
            ("a", "bytea"),
            ("a", "longblob"),
            ("payload", "text"),
            ("raw_request", "varchar(4000)"),
            ("body", ""),
            ("notes", "character varying"),
            ("a", "varbinary(200)"),
        ] {
            assert!(takes_any_data(name, r#type), "{name} {type}");
        }
        for (name, r#type) in [
            ("a", "text"),
            ("request_id", ""),
            ("amount", "numeric(18,4)"),
            ("raw_amount", "bigint"),
            ("message", "char(3)"),
            ("status", "varchar(20)"),
            ("body", "integer"),
        ] {
            assert!(!takes_any_data(name, r#type), "{name} {type}");
        }
    }

    #[test]
    fn types_hint_at_account_data() {
        for r#type in [
            "char(16)",
            "VARCHAR(19)",
            "varchar2(19 char)",
            "number(16,0)",
            "text check (c1 ~ '^[0-9]{13,19}$')",
            "varchar(40) CHECK (length(c1) = 16)",
        ] {
            assert!(type_hints_at_card_number("c1", r#type), "{type}");
            assert!(!type_hints_at_card_number("c1_hash", r#type), "{type}");
        }
        for r#type in
            ["", "text", "numeric(18,4)", "bigint(19)", "timestamp(6)", "varchar(40) check (c1 <> '')", "bit(16)"]
        {
            assert!(!type_hints_at_card_number("c1", r#type), "{type}");
        }
        assert!(looks_like_card_number("c1", "card_number") && looks_like_card_number("c1", "pan"));
        for (name, r#type) in [("cid", "char(4)"), ("c2", "varchar(3)"), ("code", "numeric(4)")] {
            assert!(type_hints_at_verification_code(name, r#type), "{name}");
        }
        for (name, r#type) in [("currency", "char(3)"), ("cid", "bigint"), ("country_code", "char(3)"), ("c2", "text")]
        {
            assert!(!type_hints_at_verification_code(name, r#type), "{name}");
        }
    }

    #[test]
    fn account_data_in_a_path_is_known_by_all_its_parts() {
        let holds = |path: &str| {
            let parts: Vec<&str> = path.split('/').collect();
            let (name, fixed) = parts.split_last().expect("a path has parts");
            is_account_data_in_path(fixed, name)
        };
        for path in ["pan/x", "track2/t", "card/n", "cards/number", "card/number/value", "pans/id", "cvv/id", "a/cvv"] {
            assert!(holds(path), "{path}");
        }
        for path in ["pan/lookup/x", "cardholder/n", "x/cardNumber", "account/no", "x/card", "cc/n", "tarjeta/n"] {
            assert!(holds(path), "{path}");
        }
        for path in ["cards/id", "card/card_id", "pan/token", "track/id", "cardholders/id", "payment/n", "cards/token"]
        {
            assert!(!holds(path), "{path}");
        }
        for path in ["payment-cards/id", "card/status", "pan-hashes/x", "company/no", "payments/payment"] {
            assert!(!holds(path), "{path}");
        }
    }
}
