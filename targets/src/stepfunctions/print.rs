//! The one printer of the Amazon States Language: JSON, two spaces of indent,
//! short values on one line.

use serde_json::Value;

/// Columns within which a list or an object stays on one line.
const WIDTH: usize = 110;

/// The document, with a line break at its end.
pub(super) fn document(value: &Value) -> String {
    let mut out = String::new();
    write(value, 0, 0, &mut out);
    out.push('\n');
    out
}

/// `used` is the width of the line before the value.
fn write(value: &Value, indent: usize, used: usize, out: &mut String) {
    if !is_long(value) {
        inline(value, usize::MAX, out);
        return;
    }
    let start = out.len();
    if inline(value, start + WIDTH.saturating_sub(used), out) {
        return;
    }
    out.truncate(start);
    match value {
        Value::Object(members) => {
            let lines = members.iter().map(|(name, member)| (format!("{}: ", string(name)), member));
            block(['{', '}'], lines, indent, out);
        }
        Value::Array(items) => block(['[', ']'], items.iter().map(|item| (String::new(), item)), indent, out),
        _ => {}
    }
}

fn block<'v>(
    brackets: [char; 2],
    lines: impl ExactSizeIterator<Item = (String, &'v Value)>,
    indent: usize,
    out: &mut String,
) {
    let count = lines.len();
    out.push(brackets[0]);
    out.push('\n');
    for (i, (prefix, value)) in lines.enumerate() {
        out.push_str(&"  ".repeat(indent + 1));
        out.push_str(&prefix);
        write(value, indent + 1, 2 * (indent + 1) + prefix.len(), out);
        out.push_str(if i + 1 < count { ",\n" } else { "\n" });
    }
    out.push_str(&"  ".repeat(indent));
    out.push(brackets[1]);
}

fn is_long(value: &Value) -> bool {
    match value {
        Value::Object(members) => !members.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => false,
    }
}

/// Writes a value on one line. Returns early once the text is longer than
/// `end`: each level of a document tries this, and none may read everything
/// below it.
fn inline(value: &Value, end: usize, out: &mut String) -> bool {
    match value {
        Value::Object(members) if members.is_empty() => out.push_str("{}"),
        Value::Object(members) => {
            out.push_str("{ ");
            for (i, (name, member)) in members.iter().enumerate() {
                out.push_str(if i > 0 { ", " } else { "" });
                out.push_str(&string(name));
                out.push_str(": ");
                if !inline(member, end, out) {
                    return false;
                }
            }
            out.push_str(" }");
        }
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                out.push_str(if i > 0 { ", " } else { "" });
                if !inline(item, end, out) {
                    return false;
                }
            }
            out.push(']');
        }
        Value::String(text) => out.push_str(&string(text)),
        other => out.push_str(&other.to_string()),
    }
    out.len() <= end
}

/// A JSON string in which no template language finds its marks: `${` and `%{`
/// would be read by Terraform and CloudFormation.
fn string(text: &str) -> String {
    let quoted = Value::from(text).to_string();
    if quoted.contains("${") || quoted.contains("%{") {
        return quoted.replace("${", "\\u0024{").replace("%{", "\\u0025{");
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn short_values_stay_on_one_line() {
        assert_eq!(document(&json!({ "a": [1, 2], "b": {} })), "{ \"a\": [1, 2], \"b\": {} }\n");
    }

    #[test]
    fn long_values_are_broken() {
        let long = "x".repeat(60);
        let printed = document(&json!({ "a": &long, "b": [&long] }));
        assert_eq!(printed, format!("{{\n  \"a\": \"{long}\",\n  \"b\": [\"{long}\"]\n}}\n"));
    }

    #[test]
    fn marks_of_templates_do_not_show_and_mean_the_same() {
        let value = json!("a ${b} %{ if c }");
        let printed = document(&value);
        assert!(!printed.contains("${") && !printed.contains("%{"), "{printed}");
        assert_eq!(serde_json::from_str::<Value>(&printed).expect("it is JSON"), value);
    }
}
