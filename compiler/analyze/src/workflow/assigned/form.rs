//! Patterns of values: JSONata with holes. `#` is any positive number, `#2..60` a number of this range, and `"…"` any
//! text.

use crate::workflow::jsonata::{self, Expression, Step};
use crate::workflow::program::Term;
use crate::workflow::value::{Number, Value};

/// A variable with the form of its value.
pub(super) struct Wanted {
    pub(super) variable: String,
    pub(super) form: Form,
}

/// The form of a value.
pub(super) enum Form {
    /// One of these patterns; the first is the usual one.
    Code { patterns: Vec<String>, optional: bool },
    /// An object with these members.
    Object(Vec<(&'static str, Form)>),
    /// An expression that a test accepts, in words.
    Shape(fn(&Expression) -> bool, &'static str),
}

/// The first of the numbers that stand for holes.
const HOLES: f64 = 7e12;

impl Form {
    pub(super) fn code(code: &str) -> Self {
        Form::Code { patterns: vec![code.to_owned()], optional: false }
    }

    pub(super) fn one_of(patterns: Vec<String>) -> Self {
        Form::Code { patterns, optional: false }
    }

    /// A value that the state may leave as it is.
    pub(super) fn optional(code: &str) -> Self {
        Form::Code { patterns: vec![code.to_owned()], optional: true }
    }

    pub(super) fn is_optional(&self) -> bool {
        matches!(self, Form::Code { optional: true, .. })
    }

    pub(super) fn fits(&self, term: &Term) -> bool {
        match (self, term) {
            (Form::Object(members), Term::Object(given)) => {
                given.len() == members.len()
                    && members.iter().all(|(name, form)| term.at(name).is_some_and(|inner| form.fits(inner)))
            }
            (Form::Object(_), Term::Expression(e)) => match &**e {
                Expression::Object(given) => {
                    let members: Vec<_> = given.iter().filter_map(member).collect();
                    self.fits(&Term::Object(members))
                }
                _ => false,
            },
            (Form::Object(_), _) => false,
            (Form::Code { patterns, .. }, term) => super::expression(term).is_some_and(|given| {
                let given = jsonata::normal(&given);
                patterns.iter().any(|pattern| fits(pattern, &given))
            }),
            (Form::Shape(accepts, _), Term::Expression(e)) => accepts(&jsonata::normal(e)),
            (Form::Shape(..), _) => false,
        }
    }

    pub(super) fn words(&self) -> String {
        match self {
            Form::Code { patterns, .. } => {
                let first: String = patterns.first().map_or("", String::as_str).chars().take(200).collect();
                match readable(&first) {
                    // A literal is written without an expression.
                    text if text.starts_with('"') && !text.contains(" & ") => format!("`{text}`"),
                    text => format!("`{{% {text} %}}`"),
                }
            }
            Form::Object(members) => {
                let members: Vec<String> =
                    members.iter().map(|(name, form)| format!("{name}: {}", form.words())).collect();
                format!("an object of {}", members.join(", "))
            }
            Form::Shape(_, words) => (*words).to_owned(),
        }
    }
}

fn member((name, value): &(Expression, Expression)) -> Option<(std::sync::Arc<str>, Term)> {
    match name {
        Expression::Literal(Value::Text(name)) => {
            let value = match value {
                Expression::Literal(value) => Term::Value(value.clone()),
                other => Term::Expression(other.clone().into()),
            };
            Some((name.clone(), value))
        }
        _ => None,
    }
}

/// A pattern without the ranges of its holes.
fn readable(pattern: &str) -> String {
    let (text, _) = holes(pattern, |_| "…".to_owned());
    text
}

/// Replaces each hole of a pattern; returns the ranges too.
fn holes(pattern: &str, with: impl Fn(usize) -> String) -> (String, Vec<(f64, f64)>) {
    let mut text = String::new();
    let mut ranges = Vec::new();
    let mut parts = pattern.split('#');
    text.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').len();
        let (range, rest) = part.split_at(digits);
        let (least, most) = range.split_once("..").unwrap_or(("", ""));
        ranges.push((least.parse().unwrap_or(f64::MIN_POSITIVE), most.parse().unwrap_or(1e15)));
        text.push_str(&with(ranges.len() - 1));
        text.push_str(rest);
    }
    (text, ranges)
}

/// Whether an expression in its normal form has the form of a pattern.
pub(super) fn fits(pattern: &str, given: &Expression) -> bool {
    let (text, ranges) = holes(pattern, |hole| format!("{}", HOLES + hole as f64));
    let Some(parsed) = jsonata::parse(&text) else { return false };
    equal(&jsonata::normal(&parsed), given, &ranges)
}

/// Whether an expression equals a pattern, hole by hole.
fn equal(pattern: &Expression, given: &Expression, ranges: &[(f64, f64)]) -> bool {
    use Expression::{Binary, Call, Field, List, Literal, Negative, Object, Path, Ternary, Variable};
    let all = |patterns: &[Expression], given: &[Expression]| {
        patterns.len() == given.len() && patterns.iter().zip(given).all(|(p, g)| equal(p, g, ranges))
    };
    match (pattern, given) {
        (Literal(Value::Number(Number(hole))), Literal(Value::Number(Number(n)))) if *hole >= HOLES => {
            let range = ranges.get((hole - HOLES) as usize);
            range.is_some_and(|(least, most)| n >= least && n <= most)
        }
        (Literal(Value::Text(hole)), Literal(Value::Text(text))) if &**hole == "…" => !text.is_empty(),
        (Literal(_), Literal(_)) | (Variable(_), Variable(_)) | (Field(_), Field(_)) => pattern == given,
        (Path(a, steps), Path(b, others)) => {
            let step = |(a, b): (&Step, &Step)| a.field == b.field && all(&a.filters, &b.filters);
            equal(a, b, ranges) && steps.len() == others.len() && steps.iter().zip(others).all(step)
        }
        (Call(a, items), Call(b, others)) => a == b && all(items, others),
        (Negative(a), Negative(b)) => equal(a, b, ranges),
        (Binary(a, l, r), Binary(b, gl, gr)) => a == b && equal(l, gl, ranges) && equal(r, gr, ranges),
        (Ternary(a, b, c), Ternary(x, y, z)) => equal(a, x, ranges) && equal(b, y, ranges) && equal(c, z, ranges),
        (List(items), List(others)) => all(items, others),
        (Object(members), Object(others)) => {
            let same = |((n, v), (m, w)): (&(Expression, Expression), &(Expression, Expression))| {
                equal(n, m, ranges) && equal(v, w, ranges)
            };
            members.len() == others.len() && members.iter().zip(others).all(same)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(pattern: &str, given: &str) -> bool {
        let given = jsonata::parse(given).unwrap_or_else(|| unreachable!("{given} can be parsed"));
        super::fits(pattern, &jsonata::normal(&given))
    }

    #[test]
    fn holes_take_numbers_of_their_range_and_texts() {
        assert!(fits("$turns + 1 >= #2..60 ? \"…\" : \"x\"", "30 <= 1 + $turns ? \"any text\" : \"x\""));
        for wrong in [
            "$turns + 1 >= 1 ? \"a\" : \"x\"",
            "$turns + 1 > 30 ? \"a\" : \"x\"",
            "$turns + 2 >= 30 ? \"a\" : \"x\"",
            "$turns + 1 >= 30 ? \"\" : \"x\"",
            "$turns + 1 >= 30 ? \"a\" : \"y\"",
            "$turns + 1 >= $other ? \"a\" : \"x\"",
        ] {
            assert!(!fits("$turns + 1 >= #2..60 ? \"…\" : \"x\"", wrong), "{wrong}");
        }
    }

    #[test]
    fn an_index_is_no_hole() {
        assert!(fits("$count($a[0].b) = #", "$count($a[0].b) = 3"));
        assert!(!fits("$count($a[0].b) = #", "$count($a[1].b) = 3"));
    }
}
