//! The grammar against itself.

use std::collections::BTreeSet;

use migspec_diag::Sources;

use crate::ast::Migration;
use crate::controls::Controls;
use crate::kdl::parse;
use crate::project::Project;
use crate::shape::{FieldKind, FieldShape, NodeShape, SpecNode, ValueShape};
use crate::tree::Literal;

/// Calls `f` with every field of the language, and the path to it.
fn each(mut f: impl FnMut(&str, &NodeShape, &FieldShape)) {
    let roots = [Migration::shape(), Project::shape(), Controls::shape()];
    let mut open: Vec<_> = roots.into_iter().map(|shape| (shape.name.to_owned(), shape)).collect();
    while let Some((path, shape)) = open.pop() {
        for field in &shape.fields {
            f(&path, shape, field);
            if let FieldKind::Child(child) | FieldKind::Children(child) = field.kind {
                open.push((format!("{path} {}", field.name), child()));
            }
        }
    }
}

fn value(field: &FieldShape) -> Option<&ValueShape> {
    match &field.kind {
        FieldKind::Argument(value) | FieldKind::Arguments(value) => Some(value),
        FieldKind::Property(value) | FieldKind::AnyProperties(value) => Some(value),
        FieldKind::Child(_) | FieldKind::Children(_) | FieldKind::AnyChildren => None,
    }
}

#[test]
fn every_default_is_a_value_of_its_type() {
    let mut count = 0;
    each(|path, _, field| {
        let Some(default) = &field.default else { return };
        let text = format!("x {default}");
        let mut sources = Sources::new();
        let parsed = parse(sources.add("default.kdl", &text), &text);
        let literal = &parsed.nodes[0].entries[0].value.value;
        let value = value(field).expect("only values have defaults");
        assert_eq!((value.check)(literal), Ok(()), "{path} {}", field.name);
        count += 1;
    });
    assert!(count > 20, "{count} defaults");
}

#[test]
fn only_values_in_quotes_are_strings() {
    let (mut quoted, mut plain) = (0, 0);
    each(|path, _, field| {
        let Some(value) = value(field) else { return };
        let strings = ["1", "0.5", "true", "#true", ""].map(Literal::from);
        let others = [Literal::Integer(1), Literal::Float(0.5), Literal::Bool(true)];
        let accepts = |literals: &[Literal]| literals.iter().any(|literal| (value.check)(literal).is_ok());
        let (in_quotes, without) = (accepts(&strings), accepts(&others));
        if value.quoted {
            quoted += 1;
            assert!(!without, "{path} {}: {}", field.name, value.expects);
        } else {
            plain += 1;
            assert!(without && !in_quotes, "{path} {}: {}", field.name, value.expects);
        }
    });
    assert!(quoted > 100 && plain > 20, "{quoted} values in quotes, {plain} without");
}

#[test]
fn everything_is_described() {
    each(|path, shape, field| {
        for doc in [&shape.doc, &field.doc] {
            assert!(doc.ends_with('.') && doc.len() > 3, "{path} {}: {doc:?}", field.name);
        }
    });
}

#[test]
fn names_are_unambiguous() {
    each(|path, shape, field| {
        let named = shape.fields.iter().filter(|f| f.name == field.name).count();
        assert_eq!(named, 1, "{path} {}", field.name);
        assert_eq!(field.name, field.name.to_lowercase(), "{path}");
        assert!(!matches!(&*field.name, "import" | "remove"), "{path}: the language itself uses `{}`", field.name);
    });
}

#[test]
fn keys_are_leading_arguments() {
    each(|path, shape, _| {
        let arguments = shape.fields.iter().filter(|f| matches!(f.kind, FieldKind::Argument(_)));
        assert!(arguments.clone().count() >= shape.keys, "{path}");
        assert!(arguments.take(shape.keys).all(|f| f.required), "{path}: a key may not be left out");
    });
}

/// An environment would see the children of `environment` both as its own
/// and as overrides.
#[test]
fn an_environment_has_no_name_of_the_migration() {
    let environment = Migration::shape().child("environment").expect("a migration has environments");
    let own: BTreeSet<&str> = environment
        .fields
        .iter()
        .filter(|f| matches!(f.kind, FieldKind::Child(_) | FieldKind::Children(_)))
        .map(|f| f.name.as_str())
        .collect();
    assert!(own.iter().all(|name| Migration::shape().field(name).is_none()), "{own:?}");
}
