//! Values in the form for messages.

use serde_json::Value as Json;

use super::form::form;

/// The maximum of characters of a value in a message.
const MOST: usize = 90;

/// Both values; of long ones the part around the first difference.
pub(super) fn pair(found: Option<&Json>, expected: Option<&Json>) -> (String, String) {
    let (found, expected) = (text(found), text(expected));
    let same = found.chars().zip(expected.chars()).take_while(|(a, b)| a == b).count();
    let from =
        if found.chars().count().max(expected.chars().count()) <= MOST { 0 } else { same.saturating_sub(MOST / 2) };
    (clipped(&found, from), clipped(&expected, from))
}

fn text(json: Option<&Json>) -> String {
    match json.map(form) {
        None => "absent".to_owned(),
        Some(Json::String(text)) => format!("`{}`", text.replace(['\n', '\r'], " ")),
        Some(Json::Object(members)) if members.contains_key("Type") => "present".to_owned(),
        Some(other) => format!("`{other}`"),
    }
}

fn clipped(text: &str, from: usize) -> String {
    let part: String = text.chars().skip(from).take(MOST).collect();
    let before = if from > 0 { "…" } else { "" };
    let after = if text.chars().count() > from + MOST { "…" } else { "" };
    format!("{before}{part}{after}")
}
