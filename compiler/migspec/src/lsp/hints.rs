//! Inlay hints: values that the compiler derives, behind the node that they follow from.

use std::collections::BTreeSet;

use lsp_types::{InlayHint, InlayHintKind, InlayHintLabel};
use migspec_analyze::scope::{Level, Scope};
use migspec_diag::count;
use migspec_ir::{Graph, Value};
use migspec_syntax::cursor;
use migspec_syntax::outline::Outline;

use super::hover::environment;
use super::state::State;

/// The hints of the nodes in a range of bytes.
pub fn hints(state: &State, name: &str, text: &str, range: std::ops::Range<usize>) -> Vec<InlayHint> {
    let Some((_, checked)) = state.analysis_of(name).and_then(|spec| spec.last_judgement()) else { return Vec::new() };
    let Some(graph) = checked.graphs.last() else { return Vec::new() };
    let scope = Scope::of(graph);
    let outline = Outline::of(text);
    let mut hints = Vec::new();
    for (index, node) in outline.nodes.iter().enumerate() {
        let shown = range.start <= node.header.end && node.header.start <= range.end;
        if !shown || environment(&outline, index).is_some() {
            continue;
        }
        let path = cursor::path(&outline, index);
        let Some(text_of) = hint(graph, &scope, &node.name.text, &path) else { continue };
        hints.push(InlayHint {
            position: state.encoding.position(text, node.header.end),
            label: InlayHintLabel::String(text_of),
            kind: Some(InlayHintKind::TYPE),
            text_edits: None,
            tooltip: None,
            padding_left: Some(true),
            padding_right: None,
            data: None,
        });
    }
    hints
}

fn hint(graph: &Graph, scope: &Scope, node: &str, path: &str) -> Option<String> {
    if path.is_empty() {
        return None;
    }
    if node == "tier" {
        let subnets = graph.resources.values().filter(|r| r.type_name == "AWS::EC2::Subnet" && *r.path == *path);
        let blocks: BTreeSet<String> = subnets
            .filter_map(|r| match &r.get("CidrBlock")?.value {
                Value::String(block) => Some(block.to_string()),
                _ => None,
            })
            .collect();
        return (!blocks.is_empty()).then(|| blocks.into_iter().collect::<Vec<_>>().join(", "));
    }
    // Only the nodes directly inside the migration.
    if path.contains(" > ") {
        return None;
    }
    let below = format!("{path} > ");
    let own: Vec<_> = graph.resources.values().filter(|r| *r.path == *path || r.path.starts_with(&below)).collect();
    let resources = own.iter().filter(|r| r.type_name.starts_with("AWS::")).count();
    if resources == 0 {
        return None;
    }
    let rights: BTreeSet<&str> = graph
        .grants
        .iter()
        .filter(|grant| own.iter().any(|r| r.id == grant.role))
        .flat_map(|grant| grant.actions.iter().copied())
        .collect();
    let mut parts = vec![count(resources, "resource")];
    if !rights.is_empty() {
        parts.push(count(rights.len(), "right"));
    }
    if own.iter().any(|r| scope.level(&r.id) == Level::AccountData) {
        parts.push("account data".to_owned());
    }
    Some(parts.join(", "))
}
