//! JSON documents inside properties: policies, task settings, dashboards.

use migspec_ir::{Datum, Value};

/// A part of a document's text.
#[derive(Debug)]
pub enum Piece<'a> {
    Text(String),
    /// An expression whose value goes here, inside quotes.
    Value(&'a Value),
}

/// A document as canonical text: compact, keys in the order of the graph, and
/// between the text the expressions that only a deployment knows.
pub fn pieces(document: &Datum) -> Vec<Piece<'_>> {
    let mut writer = Writer::default();
    writer.value(&document.value);
    writer.flush();
    writer.pieces
}

#[derive(Default)]
struct Writer<'a> {
    text: String,
    pieces: Vec<Piece<'a>>,
}

impl<'a> Writer<'a> {
    fn value(&mut self, value: &'a Value) {
        match value {
            Value::Bool(b) => self.text.push_str(&b.to_string()),
            Value::Integer(n) => self.text.push_str(&n.to_string()),
            Value::Number(n) => self.text.push_str(&n.to_string()),
            Value::String(s) => self.text.push_str(&quote(s)),
            Value::List(items) => {
                self.sequence('[', items.iter(), ']', |writer, item| writer.value(&item.value));
            }
            Value::Map(map) => self.sequence('{', map.iter(), '}', |writer, (name, datum)| {
                writer.text.push_str(&quote(name));
                writer.text.push(':');
                writer.value(&datum.value);
            }),
            Value::Concat(parts) => self.string(parts),
            expression => self.string(std::slice::from_ref(expression)),
        }
    }

    fn sequence<T>(
        &mut self,
        open: char,
        items: impl Iterator<Item = T>,
        close: char,
        mut write: impl FnMut(&mut Self, T),
    ) {
        self.text.push(open);
        for (i, item) in items.enumerate() {
            if i > 0 {
                self.text.push(',');
            }
            write(self, item);
        }
        self.text.push(close);
    }

    /// A JSON string made of literal text and expressions.
    fn string(&mut self, parts: &'a [Value]) {
        self.text.push('"');
        self.inside(parts);
        self.text.push('"');
    }

    fn inside(&mut self, parts: &'a [Value]) {
        for part in parts {
            match part {
                Value::Concat(inner) => self.inside(inner),
                Value::String(s) => self.text.push_str(inner(&quote(s))),
                Value::Integer(n) => self.text.push_str(&n.to_string()),
                expression => {
                    self.flush();
                    self.pieces.push(Piece::Value(expression));
                }
            }
        }
    }

    fn flush(&mut self) {
        if !self.text.is_empty() {
            self.pieces.push(Piece::Text(std::mem::take(&mut self.text)));
        }
    }
}

/// A JSON string.
fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The text between the quotes.
fn inner(quoted: &str) -> &str {
    &quoted[1..quoted.len() - 1]
}
