//! A mistake is one finding: the cause, and nothing that follows from it. Each value, name and key of the reference spec is
//! broken in turn, in the base and in its environments.

#![allow(clippy::panic, reason = "a test fails by panicking")]

use std::ops::Range;

use migspec_syntax::cursor::scope;
use migspec_syntax::outline::Outline;
use migspec_syntax::shape::{FieldKind, FieldShape};
use migspec_tests::runs;

const SPEC: &str = "specs/payments.migspec.kdl";

/// A part of the text and its replacement.
type Mistake = (Range<usize>, &'static str);

/// A value of no type, a name that nothing has, and a key that is absent.
fn mistakes(outline: &Outline, index: usize) -> Vec<Mistake> {
    let node = &outline.nodes[index];
    // Tags take any name, and `remove` belongs to no shape.
    let Some(scope) = scope(outline, Some(index)).filter(|_| !matches!(&*node.name.text, "migration" | "tags")) else {
        return Vec::new();
    };
    let mut found = vec![(node.name.range.clone(), "zzzzzz")];
    for entry in &node.entries {
        found.push((entry.value.range.clone(), "#null"));
        found.extend(entry.name.as_ref().map(|name| (name.range.clone(), "zzzzzz")));
    }
    let is_needed = |field: &FieldShape| field.required && matches!(field.kind, FieldKind::Argument(_));
    let is_key = scope.shape().fields.first().is_some_and(is_needed);
    found.extend(node.key().filter(|_| is_key).map(|key| (key.range.clone(), "")));
    found
}

fn findings(text: &str) -> Vec<String> {
    let (sources, checked) = runs::check_text(SPEC, text, None);
    runs::list(&sources, &checked)
}

#[test]
fn a_mistake_is_one_finding() {
    let text = runs::text(SPEC);
    let (mut wrong, mut seen) = (Vec::new(), 0);
    let outline = Outline::of(&text);
    for (range, new) in (0..outline.nodes.len()).flat_map(|index| mistakes(&outline, index)) {
        let mut broken = text.clone();
        broken.replace_range(range.clone(), new);
        let line = text[..range.start].matches('\n').count() + 1;
        let found = findings(&broken);
        if found.len() != 1 {
            wrong.push(format!("line {line}: `{}` -> `{new}`: {found:#?}", &text[range]));
        }
        seen += 1;
    }
    assert!(seen > 400, "{seen} mistakes");
    assert!(wrong.is_empty(), "{} of {seen}\n{}", wrong.len(), wrong.join("\n"));
}
