use crate::datum::Value;

/// The text of an ARN or of a condition's value, with `<id.Attribute>` for a
/// reference and `<unknown>` for an unknown value.
pub fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.to_string(),
        Value::Bool(b) => b.to_string(),
        Value::Integer(n) => n.to_string(),
        Value::Ref(id) => format!("<{id}>"),
        Value::Attribute(id, name) => format!("<{id}.{name}>"),
        Value::Concat(parts) => parts.iter().map(text).collect(),
        _ => "<unknown>".to_owned(),
    }
}

/// The text as a pattern, in which a reference matches any text. `None` if no
/// part of the text is known.
pub fn as_pattern(text: &str) -> Option<String> {
    let (mut pattern, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once('<') {
        let (_, after) = after.split_once('>')?;
        pattern.push_str(before);
        pattern.push('*');
        rest = after;
    }
    pattern.push_str(rest);
    (pattern != "*" || text == "*").then_some(pattern)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_named_and_stand_for_anything() {
        let subnet = Value::Concat(vec!["arn:aws:ec2:us-east-1:1:subnet/".into(), Value::reference("a")]);
        assert_eq!(text(&subnet), "arn:aws:ec2:us-east-1:1:subnet/<a>");
        assert_eq!(as_pattern(&text(&subnet)).as_deref(), Some("arn:aws:ec2:us-east-1:1:subnet/*"));
        assert_eq!(as_pattern(&text(&Value::attribute("key", "Arn"))), None);
        assert_eq!(as_pattern("*").as_deref(), Some("*"));
    }
}
