//! Whether a value gives a secret away.

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
