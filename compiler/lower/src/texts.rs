//! The texts of the spec, for policies on the content of any text.

use std::sync::Arc;

use migspec_ir::{Id, Origin, Resource, Value};

use rustc_hash::FxHashSet;

use crate::cx::{Cx, datum};

pub(crate) fn lower(cx: &mut Cx) {
    let here = Origin::derived("texts", cx.spec.place.header);
    // The nodes of the environment are there twice: as they are, and merged into the base.
    let mut seen = FxHashSet::default();
    // An ARN is no text: the resource that refers to it has it.
    let texts = cx.texts().iter().filter(|text| !text.starts_with("arn:") && seen.insert(text.span()));
    let texts = texts.map(|text| datum(text, Arc::clone)).collect();
    let spec = Resource::new("Migspec::Spec", Id::new("spec"), format!("migration \"{}\"", cx.spec.key), here);
    cx.add(spec.set("Texts", Value::List(texts)));
}
