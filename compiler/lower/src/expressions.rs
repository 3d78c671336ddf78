//! Expressions that CloudFormation evaluates: intrinsic functions and dynamic
//! references. Their results are unknown here, so no policy could judge them,
//! and Terraform would write their text.

use std::collections::BTreeSet;

use migspec_diag::{Diagnostic, Span};
use migspec_ir::{Datum, Value, iam};

use crate::cx::Cx;

const DYNAMIC_REFERENCE: &str = "{{resolve:";

pub(crate) fn check(cx: &mut Cx) {
    let mut found = Vec::new();
    for resource in cx.graph.resources.values() {
        resource.properties.iter().for_each(|(_, datum)| search(datum, &mut found));
    }
    cx.graph.outputs.iter().for_each(|output| search(&output.value, &mut found));
    let mut reported: BTreeSet<(Span, String)> = BTreeSet::new();
    for (span, expression) in found {
        if reported.insert((span, expression.clone())) {
            cx.report(
                Diagnostic::error("unread-expression", format!("CloudFormation evaluates `{expression}`"))
                    .at(span, "its result is unknown before deployment")
                    .help("write the value itself, or refer to a node of the spec"),
            );
        }
    }
}

/// Expressions inside a value, each with its place.
fn search(datum: &Datum, found: &mut Vec<(Span, String)>) {
    let span = datum.origin.span();
    match &datum.value {
        Value::String(text) => found.extend(dynamic(text).map(|text| (span, text))),
        Value::Concat(_) => found.extend(dynamic(&iam::text(&datum.value)).map(|text| (span, text))),
        Value::JsonText(inner) => search(inner, found),
        Value::List(items) => items.iter().for_each(|item| search(item, found)),
        Value::Map(map) => {
            for (name, inner) in map.iter() {
                if name.starts_with("Fn::") || (name == "Ref" && map.len() == 1) {
                    found.push((inner.origin.span(), name.to_owned()));
                } else {
                    found.extend(dynamic(name).map(|text| (inner.origin.span(), text)));
                    search(inner, found);
                }
            }
        }
        _ => {}
    }
}

/// The first dynamic reference in a text, shortened.
fn dynamic(text: &str) -> Option<String> {
    let (_, rest) = text.split_once(DYNAMIC_REFERENCE)?;
    let service = rest.split([':', '}']).next().unwrap_or_default();
    Some(format!("{DYNAMIC_REFERENCE}{service}:…}}}}"))
}
