//! Whether a value discloses a secret, which no artifact may contain.

use crate::datum::Value;

/// Whether the value holds literal text: no reference, and no dynamic
/// reference of CloudFormation (`{{resolve:secretsmanager:…}}`).
pub(crate) fn is_literal(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.is_empty() && !text.contains("{{resolve:"),
        Value::Concat(parts) => !parts.is_empty() && parts.iter().all(is_literal),
        _ => false,
    }
}

/// Whether `value`, which is called `name`, looks like a secret: it has the
/// form of a known credential, or a name that promises one and a value that is
/// no pointer to it.
pub fn looks_secret(name: &str, value: &str) -> bool {
    has_credential_form(value) || (promises_secret(name) && !is_pointer(value))
}

/// Whether a value with this name discloses a secret: its text, or an expression
/// that AWS resolves to it. Ids, addresses and ARNs do not. `None` if unknown.
pub(crate) fn shows(name: &str, value: &Value) -> Option<bool> {
    match value {
        Value::Ref(_) | Value::Attribute(..) => Some(false),
        Value::Generated(_) => Some(true),
        Value::String(text) => Some(text.contains("{{resolve:") || looks_secret(name, text)),
        Value::Concat(parts) => parts.iter().map(|part| shows(name, part)).try_fold(false, |any, one| Some(any | one?)),
        _ => None,
    }
}

/// The class of a text by its form alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    Credential,
    /// The number of a payment card: digits of an issuer whose check digit is right.
    CardNumber,
}

impl Form {
    /// Whether a text, or a word in it, has the form.
    pub fn is_in(self, text: &str) -> bool {
        match self {
            Form::Credential => has_credential_form(text),
            Form::CardNumber => has_card_number(text),
        }
    }
}

/// Forms of credentials that are never anything else.
fn has_credential_form(value: &str) -> bool {
    has_token(value)
        || value.len() > SHORTEST_TOKEN && value.contains("-----BEGIN") && value.contains("PRIVATE KEY-----")
        || has_password(value)
        || has_assignment(value)
        || has_authorization(value)
        || value.split(|c| !is_of_key(c)).any(is_secret_key)
}

/// `Bearer …` and `Basic …`, as the header of a request has them.
fn has_authorization(text: &str) -> bool {
    text.len() > SHORTEST_TOKEN
        && ["Bearer ", "Basic "].iter().any(|scheme| {
            text.match_indices(scheme).any(|(at, _)| {
                let value = token(&text[at + scheme.len()..]);
                let has = |test: fn(&u8) -> bool| value.bytes().any(|byte| test(&byte));
                value.len() >= 16 && has(u8::is_ascii_digit) && has(u8::is_ascii_lowercase)
            })
        })
}

/// `password=hunter2`, `"token": "a1b2c3"`: a name that promises a secret, and a value that has the form of one.
fn has_assignment(text: &str) -> bool {
    const QUOTES: [char; 3] = ['"', '\'', ' '];
    text.match_indices(['=', ':']).any(|(at, _)| {
        let before = text[..at].trim_end_matches(QUOTES);
        let start = before.rfind(|c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c)).map_or(0, |end| end + 1);
        let value = text[at + 1..].trim_start_matches(QUOTES);
        let end = value.find(|c: char| c.is_whitespace() || "\"'&;,)}".contains(c)).unwrap_or(value.len());
        // The parts of an ARN are no names.
        !before[..start].ends_with(':') && is_secret(&before[start..], &value[..end])
    })
}

/// Whether a value with this name opens something: a password or an API key. A token may stand for a card
/// number.
pub fn names_credential(name: &str) -> bool {
    const WORDS: &[&str] = &["apikey", "passphrase", "passwd", "password", "pwd", "secret"];
    let letters: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    WORDS.iter().any(|word| letters.ends_with(word))
}

/// Whether a name ends with the word for a secret, and the value has the form of one: letters with digits or with marks.
pub(crate) fn is_secret(name: &str, value: &str) -> bool {
    const WORDS: &[&str] = &[
        "accesskey",
        "accountkey",
        "apikey",
        "authkey",
        "passphrase",
        "passwd",
        "password",
        "privatekey",
        "pwd",
        "secret",
        "secretkey",
        "sharedkey",
        "signingkey",
        "token",
    ];
    let letters: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let has = |test: fn(&char) -> bool| value.chars().any(|c| test(&c));
    let is_reference = value.starts_with(['$', '{', '<', '%', '*', '(', '[', '/']) || value.contains("::");
    WORDS.iter().any(|word| letters.ends_with(word))
        && value.len() >= 6
        && has(char::is_ascii_alphabetic)
        && (has(char::is_ascii_digit) || has(|c| "!#$%^&*?@+=~".contains(*c)))
        && !is_reference
        && !is_pointer(value)
}

/// The characters of base64.
fn is_of_key(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '/')
}

/// The secret half of an access key: 40 characters of base64, mixed as only chance mixes them.
fn is_secret_key(word: &str) -> bool {
    const KINDS: [fn(&u8) -> bool; 3] = [u8::is_ascii_digit, u8::is_ascii_uppercase, u8::is_ascii_lowercase];
    let kind = |byte: &u8| KINDS.iter().position(|is| is(byte));
    let changes = || word.as_bytes().windows(2).filter(|pair| kind(&pair[0]) != kind(&pair[1])).count();
    word.len() == 40 && changes() >= 14 && KINDS.iter().all(|is| word.as_bytes().iter().any(is))
}

/// How tokens of AWS, forges, chats, payment services and package registries
/// begin, and how much follows at least.
const TOKENS: &[(&str, usize)] = &[
    ("AIza", 35),
    ("AKIA", 16),
    ("ASIA", 16),
    ("ghp_", 36),
    ("gho_", 36),
    ("ghs_", 36),
    ("ghu_", 36),
    ("github_pat_", 22),
    ("glpat-", 20),
    ("hvs.", 24),
    ("npm_", 36),
    ("rk_live_", 16),
    ("sk_live_", 16),
    ("whsec_", 24),
    ("xoxb-", 20),
    ("xoxp-", 20),
];

/// No token of [`TOKENS`], and none of the web, is shorter.
const SHORTEST_TOKEN: usize = 20;

fn has_token(value: &str) -> bool {
    words(value).take_while(|rest| rest.len() >= SHORTEST_TOKEN).any(|rest| {
        let known = TOKENS.iter().find(|(prefix, _)| rest.starts_with(prefix));
        known.is_some_and(|(prefix, least)| token(&rest[prefix.len()..]).len() >= *least) || is_web_token(rest)
    })
}

/// The suffixes of a text that start at a word.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let bytes = text.as_bytes();
    let starts = |at: usize| bytes[at].is_ascii_alphanumeric() && (at == 0 || !bytes[at - 1].is_ascii_alphanumeric());
    (0..bytes.len()).filter(move |at| starts(*at)).map(|at| &text[at..])
}

/// The letters, digits, `_` and `-` at the start.
fn token(rest: &str) -> &str {
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-');
    &rest[..end.unwrap_or(rest.len())]
}

/// A signed token of the web: head, claims and signature in base64, where
/// `eyJ` is how a JSON object begins.
fn is_web_token(rest: &str) -> bool {
    if !rest.starts_with("eyJ") {
        return false;
    }
    let mut parts = rest.splitn(3, '.').map(token);
    let (Some(head), Some(claims), Some(signature)) = (parts.next(), parts.next(), parts.next()) else { return false };
    claims.starts_with("eyJ") && head.len() > 10 && signature.len() > 10
}

/// Lengths of card numbers.
const CARD_DIGITS: std::ops::RangeInclusive<usize> = 13..=19;

fn has_card_number(text: &str) -> bool {
    card_numbers(text).next().is_some()
}

/// The card numbers of a text: the place of each first digit, and the number of digits.
fn card_numbers(text: &str) -> impl Iterator<Item = (usize, usize)> {
    words(text).filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit())).filter_map(|rest| {
        let digits = digits(rest);
        let is_card = CARD_DIGITS.contains(&digits.len()) && is_of_issuer(&digits) && check_digit_is_right(&digits);
        is_card.then_some((text.len() - rest.len(), digits.len()))
    })
}

/// The text with `*` for each digit of a card number, except the first six and the last four. As long as the text.
pub fn mask_card_numbers(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for (start, count) in card_numbers(text) {
        let digits = (start..bytes.len()).filter(|at| text.as_bytes()[*at].is_ascii_digit());
        for at in digits.take(count - 4).skip(6) {
            bytes[at] = b'*';
        }
    }
    // A digit is one byte, so the text stays UTF-8.
    String::from_utf8(bytes).unwrap_or_default()
}

/// The digits at the start of a word, alone or in groups of four to six with a
/// blank or `-` between, without a group that letters follow.
fn digits(rest: &str) -> Vec<u8> {
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != ' ' && c != '-').unwrap_or(rest.len());
    let is_joined = rest[end..].starts_with(|c: char| c.is_alphanumeric() || c == '_');
    // Letters at a group of digits make it a part of another word.
    let end = if is_joined { rest[..end].rfind([' ', '-']).unwrap_or(0) } else { end };
    let mut groups = rest[..end].split([' ', '-']);
    let mut digits: Vec<u8> = groups.next().unwrap_or_default().bytes().map(|b| b - b'0').collect();
    if digits.len() == 4 {
        let more = groups.take_while(|group| (3..=6).contains(&group.len()));
        digits.extend(more.flat_map(str::bytes).map(|b| b - b'0'));
    }
    digits
}

/// The first digits of Visa, Mastercard, American Express, Discover, Diners
/// Club, JCB and UnionPay.
fn is_of_issuer(digits: &[u8]) -> bool {
    let head = digits.iter().take(4).fold(0_u32, |head, digit| head * 10 + u32::from(*digit));
    match digits.len() {
        14 => matches!(head, 3000..=3059 | 3600..=3699 | 3800..=3999),
        15 => matches!(head, 3400..=3499 | 3700..=3799),
        16 => matches!(head, 2221..=2720 | 3528..=3589 | 4000..=4999 | 5100..=5599 | 6011 | 6200..=6299 | 6440..=6599),
        17 | 18 => matches!(head, 6200..=6299),
        13 | 19 => matches!(head, 4000..=4999 | 6200..=6299),
        _ => false,
    }
}

/// ISO/IEC 7812: every second digit from the right doubled, all summed up.
fn check_digit_is_right(digits: &[u8]) -> bool {
    let weighed = digits.iter().rev().enumerate().map(|(place, digit)| match (place % 2, digit * 2) {
        (0, _) => *digit,
        (_, twice) if twice > 9 => twice - 9,
        (_, twice) => twice,
    });
    weighed.map(u32::from).sum::<u32>() % 10 == 0
}

/// `scheme://user:password@host`
fn has_password(value: &str) -> bool {
    value.match_indices("://").any(|(at, mark)| {
        let rest = &value[at + mark.len()..];
        let authority = rest.split(|c: char| matches!(c, '/' | '?' | '#' | '"') || c.is_whitespace()).next();
        let user = authority.and_then(|authority| authority.rsplit_once('@')).map(|(user, _)| user);
        user.and_then(|user| user.split_once(':')).is_some_and(|(_, password)| !password.is_empty())
    })
}

fn promises_secret(name: &str) -> bool {
    const WORDS: &[&str] =
        &["password", "passwd", "secret", "token", "apikey", "api_key", "api-key", "private_key", "private-key"];
    let name = name.to_ascii_lowercase();
    WORDS.iter().any(|word| name.contains(word))
}

/// Whether a value refers to a secret, or cannot be one by its form: an ARN, a
/// path, a word of a closed set, a number.
fn is_pointer(value: &str) -> bool {
    value.is_empty()
        || value.starts_with("arn:")
        || value.starts_with("{{resolve:")
        || value.contains('/') && !value.contains(char::is_whitespace) && value.split('/').all(is_plain)
        || value.parse::<f64>().is_ok()
        || matches!(value, "true" | "false")
}

/// A part of a path: words of one case, without the mixture that keys have.
fn is_plain(part: &str) -> bool {
    let lower = part.bytes().any(|b| b.is_ascii_lowercase());
    let upper = part.bytes().any(|b| b.is_ascii_uppercase());
    part.len() <= 64 && !(lower && upper)
}

#[cfg(test)]
mod tests {
    use super::{Form, SHORTEST_TOKEN, TOKENS, looks_secret, mask_card_numbers};

    #[test]
    fn no_token_is_shorter_than_the_shortest() {
        assert!(TOKENS.iter().all(|(prefix, least)| prefix.len() + least >= SHORTEST_TOKEN));
    }

    #[test]
    fn a_form_is_told_in_the_middle_of_a_text() {
        let web = "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U";
        let form = |text: &str| [Form::Credential, Form::CardNumber].into_iter().find(|form| form.is_in(text));
        for (text, expected) in [
            ("the key AKIAIOSFODNN7EXAMPLE of the build", Some(Form::Credential)),
            ("AKIAIOSF", None),
            ("xAKIAIOSFODNN7EXAMPLE", None),
            ("Server=db;Password=hunter2;", Some(Form::Credential)),
            ("export PGPASSWORD='hunter2'", Some(Form::Credential)),
            ("{\"api_key\": \"a1b2c3d4\"}", Some(Form::Credential)),
            ("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY of the build", Some(Form::Credential)),
            ("Authorization: Bearer abcdef0123456789abcdef", Some(Form::Credential)),
            ("Basic dXNlcjpodW50ZXIy", Some(Form::Credential)),
            ("Basic functions of the gateway", None),
            ("the password: rotated monthly", None),
            ("?token=$context.requestId", None),
            ("arn:aws:secretsmanager:us-east-1:222222222222:secret:payments/fence-a1B2c3", None),
            ("password=none", None),
            ("2fd4e1c67a2d28fced849ee1bb76e7391b93eb12", None),
            ("{\"token\":\"ghp_0123456789abcdefghijklmnopqrstuvwxyz\"}", Some(Form::Credential)),
            ("sk_live_0123456789abcdef", Some(Form::Credential)),
            ("sk_test_0123456789abcdef", None),
            (web, Some(Form::Credential)),
            ("eyJhbGciOiJIUzI1NiJ9.example.com.internal", None),
            ("refund of 4111 1111 1111 1111", Some(Form::CardNumber)),
            ("4111 1111 1111 1111 of the refund", Some(Form::CardNumber)),
            ("4111 1111 1111 1111a", None),
            ("card=378282246310005;", Some(Form::CardNumber)),
            ("5555-5555-5555-4444", Some(Form::CardNumber)),
            // A wrong check digit, issuer or length, and a part of a longer text.
            ("4111111111111112", None),
            ("9111111111111111", None),
            ("arn:aws:iam::222222222222:role/a", None),
            ("4111111111111111abc", None),
            ("2026-11-25 10:00 to 2026-11-26 10:00", None),
        ] {
            assert_eq!(form(text), expected, "{text}");
        }
    }

    #[test]
    fn secrets_are_told_from_pointers() {
        for (name, value) in [
            ("KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
            ("DSN", "postgresql://app:hunter2@ledger.example.com/ledger"),
            ("DB_PASSWORD", "hunter2"),
            ("SIGNING", "-----BEGIN EC PRIVATE KEY-----"),
        ] {
            assert!(looks_secret(name, value), "{name} = {value}");
        }
        for (name, value) in [
            ("API_SECRET", "payments/api-hmac"),
            ("SECRET_ARN", "arn:aws:secretsmanager:us-east-1:111111111111:secret:a-1"),
            ("TOKEN_TTL", "300"),
            ("URL", "https://pay.example.com/a:b@c"),
            ("/migration/dev/database/writer", "source"),
        ] {
            assert!(!looks_secret(name, value), "{name} = {value}");
        }
    }

    #[test]
    fn a_masked_card_number_keeps_its_ends_and_its_length() {
        for (text, masked) in [
            ("owner \"4111111111111111\" é", "owner \"411111******1111\" é"),
            ("4111-1111-1111-1111", "4111-11**-****-1111"),
            ("4111111111111112 is none", "4111111111111112 is none"),
        ] {
            assert_eq!(mask_card_numbers(text), masked);
        }
    }
}
