use std::fmt;
use std::sync::Arc;

/// A JSON value of which parts are computed when the workflow runs.
#[derive(Clone, PartialEq, Debug)]
pub enum Argument {
    Null,
    Bool(bool),
    Integer(i64),
    /// Text as it is: printed so that it is never evaluated.
    Text(Arc<str>),
    /// Evaluated when the state is entered or left.
    Expression(Expression),
    List(Vec<Argument>),
    /// In the order of writing.
    Object(Vec<(Arc<str>, Argument)>),
}

impl Argument {
    /// The member of an object.
    pub fn get(&self, name: &str) -> Option<&Argument> {
        match self {
            Argument::Object(members) => members.iter().find(|(n, _)| &**n == name).map(|(_, a)| a),
            _ => None,
        }
    }

    /// The argument at a path of names and numbers, such as `Entries.0.Value`.
    pub fn at(&self, path: &str) -> Option<&Argument> {
        path.split('.').try_fold(self, |argument, name| match (argument, name.parse::<usize>()) {
            (Argument::List(items), Ok(i)) => items.get(i),
            (argument, _) => argument.get(name),
        })
    }

    pub fn as_text(&self) -> Option<&str> {
        match self {
            Argument::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether any text within it, with the name of its member, is one that the
    /// predicate takes.
    pub fn any_text(&self, takes: &mut impl FnMut(&str, &str) -> bool) -> bool {
        self.any_text_of("", takes)
    }

    fn any_text_of(&self, name: &str, takes: &mut impl FnMut(&str, &str) -> bool) -> bool {
        match self {
            Argument::Text(text) => takes(name, text),
            Argument::List(items) => items.iter().any(|item| item.any_text_of(name, takes)),
            Argument::Object(members) => members.iter().any(|(name, member)| member.any_text_of(name, takes)),
            _ => false,
        }
    }

    /// Replaces the value at a path of member names such as `run.execution`. `None`
    /// if the path does not exist.
    pub fn replacing(mut self, path: &str, value: impl Into<Argument>) -> Option<Argument> {
        let place = path.split('.').try_fold(&mut self, |argument, name| match argument {
            Argument::Object(members) => members.iter_mut().find(|(n, _)| &**n == name).map(|(_, a)| a),
            _ => None,
        })?;
        *place = value.into();
        Some(self)
    }

    /// Bytes of its JSON, expressions counted as the text that they are.
    pub fn size(&self) -> usize {
        match self {
            Argument::Null => 4,
            Argument::Bool(_) => 5,
            Argument::Integer(n) => n.to_string().len(),
            Argument::Text(text) => text.len() + 2,
            Argument::Expression(e) => e.as_str().len() + 8,
            Argument::List(items) => 2 + items.iter().map(|i| i.size() + 1).sum::<usize>(),
            Argument::Object(members) => 2 + members.iter().map(|(n, a)| n.len() + a.size() + 4).sum::<usize>(),
        }
    }
}

/// A JSONata expression, without the delimiters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Expression(Arc<str>);

impl Expression {
    /// From the compiler's own words. Text of an author enters an expression
    /// only through [`Expression::quote`].
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Text as a JSONata string literal that evaluates to it.
    pub fn quote(text: &str) -> String {
        let mut literal = String::with_capacity(text.len() + 2);
        literal.push('"');
        for c in text.chars() {
            match c {
                '"' => literal.push_str("\\\""),
                '\\' => literal.push_str("\\\\"),
                // Braces and percent signs would end or begin an expression
                // for a reader that looks for delimiters inside of one.
                '{' | '}' | '%' | '\u{0}'..='\u{1f}' | '\u{7f}' => {
                    literal.push_str(&format!("\\u{:04x}", u32::from(c)));
                }
                c => literal.push(c),
            }
        }
        literal.push('"');
        literal
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Expression> for Argument {
    fn from(expression: Expression) -> Self {
        Argument::Expression(expression)
    }
}

impl From<&str> for Argument {
    fn from(text: &str) -> Self {
        Argument::Text(text.into())
    }
}

impl From<String> for Argument {
    fn from(text: String) -> Self {
        Argument::Text(text.into())
    }
}

impl From<&Arc<str>> for Argument {
    fn from(text: &Arc<str>) -> Self {
        Argument::Text(text.clone())
    }
}

impl From<bool> for Argument {
    fn from(value: bool) -> Self {
        Argument::Bool(value)
    }
}

macro_rules! from_integer {
    ($($t:ty),*) => {$(
        impl From<$t> for Argument {
            fn from(value: $t) -> Self {
                Argument::Integer(value.into())
            }
        }
    )*};
}

from_integer!(i64, i32, u32, u16, u8);

impl<T: Into<Argument>> From<Vec<T>> for Argument {
    fn from(items: Vec<T>) -> Self {
        Argument::List(items.into_iter().map(Into::into).collect())
    }
}

impl From<serde_json::Value> for Argument {
    fn from(value: serde_json::Value) -> Self {
        use serde_json::Value as Json;
        match value {
            Json::Null => Argument::Null,
            Json::Bool(b) => Argument::Bool(b),
            // Event types hold whole numbers only.
            Json::Number(n) => n.as_i64().map_or_else(|| Argument::Text(n.to_string().into()), Argument::Integer),
            Json::String(s) => Argument::Text(s.into()),
            Json::Array(items) => Argument::List(items.into_iter().map(Into::into).collect()),
            Json::Object(members) => Argument::Object(members.into_iter().map(|(n, v)| (n.into(), v.into())).collect()),
        }
    }
}

/// An object: `arguments!({ "Name": name, "Overwrite": true })`.
#[macro_export]
macro_rules! arguments {
    ({ $($name:literal : $value:expr),* $(,)? }) => {
        $crate::workflow::Argument::Object(vec![
            $( ($name.into(), $crate::workflow::Argument::from($value)) ),*
        ])
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_text_cannot_end_its_literal_or_its_expression() {
        assert_eq!(Expression::quote("a\"b\\c"), r#""a\"b\\c""#);
        assert_eq!(Expression::quote("{% $now() %}"), r#""\u007b\u0025 $now() \u0025\u007d""#);
        assert_eq!(Expression::quote("a\nb"), r#""a\u000ab""#);
    }

    #[test]
    fn only_what_is_there_is_replaced() {
        let event = arguments!({ "run": arguments!({ "execution": "" }) });
        let replaced = event.clone().replacing("run.execution", Expression::new("$x"));
        assert_eq!(replaced, Some(arguments!({ "run": arguments!({ "execution": Expression::new("$x") }) })));
        assert_eq!(event.replacing("run.token", "t"), None);
    }
}
