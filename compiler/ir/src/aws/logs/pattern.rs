//! Filter patterns over JSON, decided for one log event as CloudWatch Logs decides them (fact: logs-patterns).

use serde_json::Value as Json;

use crate::iam::covers_exactly;

/// More parentheses than any pattern needs.
const DEEPEST: usize = 16;

/// Whether the pattern matches the event. `None` for a pattern over words, a regular expression, or anything that is not
/// known here.
pub(super) fn matches(pattern: &str, event: &Json) -> Option<bool> {
    let pattern = pattern.trim();
    if pattern.is_empty() {
        return Some(true);
    }
    let inner = pattern.strip_prefix('{')?.strip_suffix('}')?;
    let mut reader = Reader { rest: inner, event };
    let result = reader.either(DEEPEST)?;
    reader.rest.trim().is_empty().then_some(result)
}

/// The value at a selector such as `$.a.b`.
pub(super) fn select<'j>(selector: &str, event: &'j Json) -> Option<&'j Json> {
    selector.strip_prefix("$.")?.split('.').try_fold(event, |value, name| value.get(name))
}

struct Reader<'a> {
    rest: &'a str,
    event: &'a Json,
}

impl<'a> Reader<'a> {
    fn either(&mut self, depth: usize) -> Option<bool> {
        let mut result = self.both(depth)?;
        while self.take("||") {
            result |= self.both(depth)?;
        }
        Some(result)
    }

    fn both(&mut self, depth: usize) -> Option<bool> {
        let mut result = self.one(depth)?;
        while self.take("&&") {
            result &= self.one(depth)?;
        }
        Some(result)
    }

    fn one(&mut self, depth: usize) -> Option<bool> {
        if self.take("(") {
            let result = self.either(depth.checked_sub(1)?)?;
            return self.take(")").then_some(result);
        }
        let selector = self.word();
        let is_plain =
            selector.strip_prefix("$.").is_some_and(|path| !path.is_empty() && !path.contains(['[', '*', '"']));
        is_plain.then_some(())?;
        let found = select(selector, self.event);
        if self.take("IS ") {
            return match self.word() {
                "NULL" => Some(found == Some(&Json::Null)),
                "TRUE" => Some(found == Some(&Json::Bool(true))),
                "FALSE" => Some(found == Some(&Json::Bool(false))),
                _ => None,
            };
        }
        if self.take("NOT ") {
            return (self.word() == "EXISTS").then_some(found.is_none());
        }
        let operator = ["!=", "<=", ">=", "=", "<", ">"].into_iter().find(|operator| self.take(operator))?;
        let wanted = self.operand()?;
        compare(operator, &wanted, found)
    }

    fn take(&mut self, token: &str) -> bool {
        let rest = self.rest.trim_start().strip_prefix(token);
        rest.into_iter().for_each(|rest| self.rest = rest);
        rest.is_some()
    }

    /// Everything up to an operator or the end of a condition.
    fn word(&mut self) -> &'a str {
        let rest = self.rest.trim_start();
        let is_end = |c: char| c.is_whitespace() || "=<>!&|()".contains(c);
        let (word, rest) = rest.split_at(rest.find(is_end).unwrap_or(rest.len()));
        self.rest = rest;
        word
    }

    fn operand(&mut self) -> Option<Operand> {
        if self.take("\"") {
            let (text, rest) = self.rest.split_once('"')?;
            self.rest = rest;
            return (!text.contains('\\')).then(|| Operand::Text(text.to_owned()));
        }
        let word = self.word();
        let is_regex = word.is_empty() || word.starts_with('%');
        (!is_regex).then(|| word.parse().map_or_else(|_| Operand::Text(word.to_owned()), Operand::Number))
    }
}

enum Operand {
    Text(String),
    Number(f64),
}

/// A comparison of a field that the event lacks is only decided for `=` and for an order.
fn compare(operator: &str, wanted: &Operand, found: Option<&Json>) -> Option<bool> {
    let equal = match (wanted, found) {
        (_, None) if operator == "!=" => return None,
        (_, None) => return Some(false),
        (Operand::Number(wanted), Some(found)) => {
            let Some(found) = found.as_f64() else { return Some(operator == "!=") };
            let order = found.partial_cmp(wanted)?;
            return Some(match operator {
                "=" => order.is_eq(),
                "!=" => order.is_ne(),
                "<" => order.is_lt(),
                "<=" => order.is_le(),
                ">" => order.is_gt(),
                _ => order.is_ge(),
            });
        }
        (Operand::Text(wanted), Some(found)) => found.as_str().is_some_and(|found| covers_exactly(wanted, found)),
    };
    match operator {
        "=" => Some(equal),
        "!=" => Some(!equal),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decide(pattern: &str) -> Option<bool> {
        let event = serde_json::json!({"event": "validation", "mismatched": 3, "a": {"b": true, "c": null}});
        matches(pattern, &event)
    }

    #[test]
    fn conditions_join_by_and_before_or() {
        for (pattern, expected) in [
            (r#"{ $.event = "validation" && $.mismatched >= 0 }"#, true),
            (r#"{ $.event = "valid*" }"#, true),
            (r#"{ $.event = validation && $.mismatched > 3 }"#, false),
            (r#"{ $.mismatched = 9 || $.event = "validation" && $.mismatched = 3 }"#, true),
            (r#"{ ($.mismatched = 9 || $.event = "validation") && $.mismatched = 4 }"#, false),
            (r#"{ $.event != "validation" }"#, false),
            (r#"{ $.missing >= 0 }"#, false),
            (r#"{ $.missing NOT EXISTS }"#, true),
            (r#"{ $.a.b IS TRUE && $.a.c IS NULL }"#, true),
            ("", true),
        ] {
            assert_eq!(decide(pattern), Some(expected), "{pattern}");
        }
    }

    #[test]
    fn other_patterns_are_not_decided() {
        let deep = format!("{{ {}$.a = 1{} }}", "(".repeat(20_000), ")".repeat(20_000));
        for pattern in
            ["ERROR", "[a, b]", "{ $.event = %valid% }", "{ $.a[0] = 1 }", "{ $.x != 1 }", "{ $.a = 1", &deep]
        {
            assert_eq!(decide(pattern), None, "{}", &pattern[..pattern.len().min(40)]);
        }
    }
}
