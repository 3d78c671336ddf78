//! One form for all expressions that mean the same, as text.

use std::fmt::Write as _;

use super::parse::{Expression, Operator, Step};
use crate::workflow::value::Value;

/// The normal form of an expression, without differences of notation: spaces, brackets, quotes, the order of operands
/// where it is irrelevant.
pub fn normal(expression: &Expression) -> Expression {
    let each = |items: &[Expression]| items.iter().map(normal).collect::<Vec<_>>();
    match expression {
        Expression::Literal(_) | Expression::Variable(_) | Expression::Field(_) => expression.clone(),
        Expression::Path(base, steps) => {
            let step = |s: &Step| Step { field: s.field.clone(), filters: each(&s.filters) };
            Expression::Path(Box::new(normal(base)), steps.iter().map(step).collect())
        }
        Expression::Call(name, items) => Expression::Call(name.clone(), each(items)),
        Expression::Negative(inner) => match normal(inner) {
            Expression::Literal(Value::Number(n)) => Expression::Literal(Value::number(-n.0)),
            inner => Expression::Negative(Box::new(inner)),
        },
        Expression::Binary(operator, left, right) => binary(*operator, normal(left), normal(right)),
        Expression::Ternary(a, b, c) => {
            Expression::Ternary(Box::new(normal(a)), Box::new(normal(b)), Box::new(normal(c)))
        }
        Expression::List(items) => Expression::List(each(items)),
        Expression::Object(members) => {
            let mut members: Vec<_> = members.iter().map(|(name, value)| (normal(name), normal(value))).collect();
            if members.iter().all(|(name, _)| matches!(name, Expression::Literal(_))) {
                members.sort_by_key(|(name, _)| text(name));
            }
            Expression::Object(members)
        }
    }
}

fn binary(operator: Operator, left: Expression, right: Expression) -> Expression {
    let of = |operator, left, right| Expression::Binary(operator, Box::new(left), Box::new(right));
    match operator {
        Operator::Greater => of(Operator::Less, right, left),
        Operator::GreaterOrEqual => of(Operator::LessOrEqual, right, left),
        Operator::Equal | Operator::Unequal | Operator::Add | Operator::Multiply if text(&right) < text(&left) => {
            of(operator, right, left)
        }
        Operator::In => match sorted(right) {
            Expression::List(mut items) if items.len() == 1 && matches!(items[0], Expression::Literal(_)) => {
                binary(Operator::Equal, left, items.remove(0))
            }
            right => of(operator, left, right),
        },
        Operator::And | Operator::Or => {
            let mut operands = Vec::new();
            flatten(operator, left, &mut operands);
            flatten(operator, right, &mut operands);
            // Where none can fail, none hides the failure of another.
            if operands.iter().all(never_fails) {
                operands.sort_by_key(text);
            }
            let mut operands = operands.into_iter();
            let first = operands.next().unwrap_or(Expression::Literal(Value::Bool(true)));
            operands.fold(first, |left, right| of(operator, left, right))
        }
        _ => of(operator, left, right),
    }
}

fn flatten(operator: Operator, expression: Expression, operands: &mut Vec<Expression>) {
    match expression {
        Expression::Binary(inner, left, right) if inner == operator => {
            flatten(operator, *left, operands);
            flatten(operator, *right, operands);
        }
        other => operands.push(other),
    }
}

/// Sorts the literals of a list on the right of `in`.
fn sorted(expression: Expression) -> Expression {
    match expression {
        Expression::List(mut items) if items.iter().all(|item| matches!(item, Expression::Literal(_))) => {
            items.sort_by_key(text);
            items.dedup();
            Expression::List(items)
        }
        other => other,
    }
}

fn never_fails(expression: &Expression) -> bool {
    match expression {
        Expression::Literal(_) | Expression::Variable(_) | Expression::Field(_) => true,
        Expression::Path(base, steps) => {
            never_fails(base) && steps.iter().flat_map(|step| &step.filters).all(never_fails)
        }
        Expression::Call(name, items) => matches!(&**name, "exists" | "not") && items.iter().all(never_fails),
        Expression::Binary(operator, a, b) => {
            let total =
                matches!(operator, Operator::And | Operator::Or | Operator::Equal | Operator::Unequal | Operator::In);
            total && never_fails(a) && never_fails(b)
        }
        Expression::List(items) => items.iter().all(never_fails),
        _ => false,
    }
}

/// An expression as text, with no more brackets than it needs.
pub fn text(expression: &Expression) -> String {
    let mut text = String::new();
    print(expression, 0, &mut text);
    text
}

fn print(expression: &Expression, least: u8, text: &mut String) {
    match expression {
        Expression::Literal(Value::Text(literal)) => {
            let _ = write!(text, "{}", serde_json::Value::from(&**literal));
        }
        Expression::Literal(value) => {
            let _ = write!(text, "{value}");
        }
        Expression::Variable(name) => {
            let _ = write!(text, "${name}");
        }
        Expression::Field(name) => text.push_str(name),
        Expression::Path(base, steps) => {
            print(base, 100, text);
            for step in steps {
                if let Some(field) = &step.field {
                    let _ = write!(text, ".{field}");
                }
                step.filters.iter().for_each(|filter| print_list("[", std::slice::from_ref(filter), "]", text));
            }
        }
        Expression::Call(name, items) => {
            let _ = write!(text, "${name}");
            print_list("(", items, ")", text);
        }
        Expression::Negative(inner) => {
            text.push('-');
            print(inner, 90, text);
        }
        Expression::Binary(operator, left, right) => {
            let power = operator.power();
            let grouped = power < least;
            text.push_str(if grouped { "(" } else { "" });
            print(left, power, text);
            let _ = write!(text, " {} ", operator.sign());
            print(right, power + 1, text);
            text.push_str(if grouped { ")" } else { "" });
        }
        Expression::Ternary(condition, yes, no) => {
            text.push_str(if least > 0 { "(" } else { "" });
            print(condition, 1, text);
            text.push_str(" ? ");
            print(yes, 0, text);
            text.push_str(" : ");
            print(no, 0, text);
            text.push_str(if least > 0 { ")" } else { "" });
        }
        Expression::List(items) => print_list("[", items, "]", text),
        Expression::Object(members) => {
            text.push('{');
            for (i, (name, value)) in members.iter().enumerate() {
                text.push_str(if i > 0 { ", " } else { "" });
                print(name, 21, text);
                text.push_str(": ");
                print(value, 0, text);
            }
            text.push('}');
        }
    }
}

fn print_list(begin: &str, items: &[Expression], end: &str, text: &mut String) {
    text.push_str(begin);
    for (i, item) in items.iter().enumerate() {
        text.push_str(if i > 0 { ", " } else { "" });
        print(item, 0, text);
    }
    text.push_str(end);
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    fn normalized(source: &str) -> String {
        text(&normal(&parse(source).unwrap_or_else(|| unreachable!("{source} can be parsed"))))
    }

    #[test]
    fn ways_of_writing_make_no_difference() {
        for (one, other) in [
            ("$a = \"x\"", "  ( 'x'=$a ) "),
            ("$turns + 1 >= 5", "5 <= 1 + $turns"),
            ("$a in [\"x\", \"y\"]", "$a in [ 'y', 'x' ]"),
            ("$a = 1 and $b = 2 and $c = 3", "$c = 3 and ($a = 1 and $b = 2)"),
            (
                "($a = 1) ? \"pass\" : (false or $b) ? \"fail\" : \"wait\"",
                "$a=1?\"pass\":($b or false?\"fail\":\"wait\")",
            ),
            ("$a /* why */ = 3e1", "$a = 30"),
        ] {
            assert_eq!(normalized(one), normalized(other), "{one}");
        }
    }

    #[test]
    fn what_means_something_else_is_written_differently() {
        for (one, other) in [
            ("$a = 1", "$a != 1"),
            ("$a < 1", "1 < $a"),
            ("$a - 1", "1 - $a"),
            ("$x < 1 and $a = 1", "$a = 1 and $x < 1"),
            ("($a or $b) and $c", "$a or $b and $c"),
            ("$a - ($b - $c)", "$a - $b - $c"),
            ("($a ? $b : $c) & \"x\"", "$a ? $b : $c & \"x\""),
        ] {
            assert_ne!(normalized(one), normalized(other), "{one}");
        }
    }

    #[test]
    fn what_is_written_is_read_as_it_was() {
        for source in
            ["$a - ($b - $c)", "($a ? $b : $c) & \"x\"", "-($a + 1)", "($a & $b)[x = 1].y[0]", "{\"a\": [1, -2]}"]
        {
            let once = normalized(source);
            assert_eq!(normalized(&once), once);
        }
    }
}
