//! Whether a value gives a secret away: what must never stand in an artifact.

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

/// Forms of credentials that are never anything else.
fn has_credential_form(value: &str) -> bool {
    is_access_key(value) || value.contains("-----BEGIN") && value.contains("PRIVATE KEY-----") || has_password(value)
}

/// The id of an AWS access key: `AKIA` or `ASIA` and 16 capitals and digits.
fn is_access_key(value: &str) -> bool {
    value.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| {
        word.len() == 20
            && (word.starts_with("AKIA") || word.starts_with("ASIA"))
            && word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    })
}

/// `scheme://user:password@host`
fn has_password(value: &str) -> bool {
    let Some((_, rest)) = value.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let Some((user, _)) = authority.rsplit_once('@') else { return false };
    user.split_once(':').is_some_and(|(_, password)| !password.is_empty())
}

fn promises_secret(name: &str) -> bool {
    const WORDS: &[&str] =
        &["password", "passwd", "secret", "token", "apikey", "api_key", "api-key", "private_key", "private-key"];
    let name = name.to_ascii_lowercase();
    WORDS.iter().any(|word| name.contains(word))
}

/// Whether a value says where a secret is, or is no secret by its form: an ARN,
/// a path, a word of a closed set, a number.
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
    use super::looks_secret;

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
}
