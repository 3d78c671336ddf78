//! Terraform text as the tree of the back end, through an independent parser.

use hcl::expr::{
    BinaryOp, BinaryOperator, Expression as Theirs, ObjectKey, Operation, TemplateExpr, UnaryOp, UnaryOperator,
};
use hcl::structure::Structure;
use hcl::template::{Element, Template};
use migspec_targets::terraform::hcl::{Block, Body, Expression, Item, Part};

/// The tree of a file.
pub fn parse(text: &str) -> Body {
    body(&hcl::parse(text).unwrap_or_else(|e| panic!("{e}\n{text}")))
}

fn body(theirs: &hcl::Body) -> Body {
    let items = theirs.iter().map(|structure| match structure {
        Structure::Attribute(attribute) => Item::Attribute(attribute.key().to_owned(), expression(attribute.expr())),
        Structure::Block(block) => Item::Block(Block {
            comment: Vec::new(),
            kind: block.identifier().to_owned(),
            labels: block.labels().iter().map(|label| label.as_str().to_owned()).collect(),
            body: body(block.body()),
        }),
    });
    Body { items: items.collect() }
}

fn expression(theirs: &Theirs) -> Expression {
    match theirs {
        Theirs::Bool(b) => Expression::Bool(*b),
        Theirs::Number(n) => match n.as_i64() {
            Some(n) => Expression::Integer(n),
            None => Expression::Number(n.as_f64().expect("a number is an integer or a float")),
        },
        Theirs::String(s) => Expression::String(s.clone()),
        Theirs::Array(items) => Expression::List(items.iter().map(expression).collect()),
        Theirs::Object(object) => Expression::Object(object.iter().map(|(k, v)| (key(k), expression(v))).collect()),
        Theirs::TemplateExpr(template) => template_expression(template),
        Theirs::FuncCall(call) => {
            let written = ["coalesce", "contains", "jsondecode", "jsonencode", "toset"];
            let known = written.into_iter().find(|name| *name == call.name.name.as_str());
            let name = known.unwrap_or_else(|| panic!("the back end writes no call of {}", call.name.name.as_str()));
            Expression::Call(name, call.args.iter().map(expression).collect())
        }
        Theirs::Operation(operation) => match &**operation {
            Operation::Binary(BinaryOp { lhs_expr, operator: BinaryOperator::Eq, rhs_expr }) => {
                Expression::equal(expression(lhs_expr), expression(rhs_expr))
            }
            Operation::Unary(UnaryOp { operator: UnaryOperator::Not, expr }) => {
                Expression::Not(Box::new(expression(expr)))
            }
            other => panic!("the back end writes no {other:?}"),
        },
        Theirs::Variable(_) | Theirs::Traversal(_) => {
            Expression::Traversal(hcl::format::to_string(theirs).expect("a traversal has a text"))
        }
        other => panic!("the back end writes no {other:?}"),
    }
}

fn key(theirs: &ObjectKey) -> String {
    match theirs {
        ObjectKey::Identifier(name) => name.as_str().to_owned(),
        ObjectKey::Expression(theirs) => match expression(theirs) {
            Expression::String(text) => text,
            other => panic!("a key is text, not {other:?}"),
        },
        other => panic!("the back end writes no key {other:?}"),
    }
}

fn template_expression(theirs: &TemplateExpr) -> Expression {
    let template = Template::from_expr(theirs).expect("a template can be read");
    let parts = template.elements().iter().map(|element| match element {
        Element::Literal(text) => Part::Text(text.clone()),
        Element::Interpolation(interpolation) => match expression(&interpolation.expr) {
            // An interpolated literal is text.
            Expression::String(text) => Part::Text(text),
            other => Part::Expression(other),
        },
        Element::Directive(directive) => panic!("the back end writes no directive {directive:?}"),
    });
    Expression::template(parts.collect())
}
