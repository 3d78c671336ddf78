//! An environment's overrides merged into the base, driven by the grammar.

use std::collections::{HashMap, HashSet};

use migspec_diag::{Change, Diagnostic, Fix, Span, did_you_mean, nearest};
use rustc_hash::FxHashMap;

use crate::ast::Migration;
use crate::kdl::excerpt;
use crate::shape::{FieldKind, Merge, NodeShape, SpecNode, identity};
use crate::tree::{Entry, Node};

/// The results of merging an environment into the base.
#[derive(Default)]
pub(crate) struct Merged {
    pub diagnostics: Vec<Diagnostic>,
    /// Nodes that only the environment has, by header. An incomplete one is
    /// probably an override with a misspelt or outdated key.
    pub added: HashMap<Span, Added>,
}

/// A node of an environment without a counterpart in the base.
pub(crate) struct Added {
    /// The kind and key: `cutover `ledger``.
    pub node: String,
    pub nearest: Option<String>,
    /// The place of its key.
    pub key: Option<Span>,
    /// The keys of the base's nodes of this kind.
    pub siblings: Vec<String>,
}

/// The migration as `environment`, one of its children, sees it. Of the
/// environments only this one remains.
pub(crate) fn merge(migration: &Node, environment: &Node, out: &mut Merged) -> Node {
    let shape = Migration::shape();
    let mut merged = Node { children: Vec::new(), ..migration.clone_header() };
    let mut seen = HashSet::new();
    // A second node of the same name and key is reported by the check.
    let first = |c: &&Node| {
        shape.child(&c.name.value).and_then(|s| identity(c, s)).is_none_or(|id| seen.insert((c.name.value.clone(), id)))
    };
    merged.children =
        migration.children.iter().filter(|c| &*c.name.value != "environment").filter(first).cloned().collect();
    let overrides: Vec<&Node> =
        environment.children.iter().filter(|c| is_remove(c) || shape.child(&c.name.value).is_some()).collect();
    children(&mut merged, &overrides, shape, out);
    merged.children.push(environment.clone());
    merged
}

fn is_remove(node: &Node) -> bool {
    &*node.name.value == "remove"
}

fn node(base: &mut Node, over: &Node, shape: &NodeShape, out: &mut Merged) {
    match shape.merge {
        Merge::Replace => {
            let mut replacement = over.clone();
            replacement.base = Some(base.header);
            for (index, entry) in over.entries.iter().enumerate() {
                replacement.entries[index].base = counterpart(base, over, entry).map(|i| base.entries[i].value.span);
            }
            *base = replacement;
        }
        Merge::Into => {
            entries(base, over, shape);
            let overrides: Vec<&Node> = over.children.iter().collect();
            children(base, &overrides, shape, out);
            base.base = Some(std::mem::replace(&mut base.header, over.header));
            base.name.span = over.name.span;
        }
    }
}

/// The index in `base` of the entry that `entry` of `over` replaces.
fn counterpart(base: &Node, over: &Node, entry: &Entry) -> Option<usize> {
    let same = |found: &Entry| match (&found.name, &entry.name) {
        (Some(a), Some(b)) => a.value == b.value,
        _ => false,
    };
    if entry.name.is_some() {
        return base.entries.iter().position(same);
    }
    let position = over.arguments().position(|e| std::ptr::eq(e, entry))?;
    base.entries.iter().enumerate().filter(|(_, e)| e.name.is_none()).nth(position).map(|(i, _)| i)
}

fn entries(base: &mut Node, over: &Node, shape: &NodeShape) {
    let list = shape.fields.iter().any(|f| matches!(f.kind, FieldKind::Arguments(_)));
    if list && over.arguments().next().is_some() {
        base.entries.retain(|e| e.name.is_some());
    }
    for entry in &over.entries {
        match counterpart(base, over, entry) {
            Some(index) => {
                let was = base.entries[index].value.span;
                base.entries[index] = Entry { base: Some(was), ..entry.clone() };
            }
            None => base.entries.push(entry.clone()),
        }
    }
}

fn children(base: &mut Node, overrides: &[&Node], shape: &NodeShape, out: &mut Merged) {
    if shape.fields.iter().any(|f| matches!(f.kind, FieldKind::AnyChildren)) {
        return free_children(base, overrides);
    }
    for removal in overrides.iter().filter(|o| is_remove(o)) {
        remove(base, removal, shape, out);
    }
    let mut places: FxHashMap<(String, String), usize> = FxHashMap::default();
    for (index, child) in base.children.iter().enumerate() {
        if let Some(key) = place(child, shape) {
            places.entry(key).or_insert(index);
        }
    }
    let mut lists: FxHashMap<&str, Vec<Node>> = FxHashMap::default();
    let mut added = Vec::new();
    for over in overrides.iter().filter(|o| !is_remove(o)) {
        let Some(child_shape) = shape.child(&over.name.value) else { continue };
        match place(over, shape) {
            None => lists.entry(&over.name.value).or_default().push((*over).clone()),
            Some(key) => match places.get(&key) {
                Some(index) => node(&mut base.children[*index], over, child_shape, out),
                None => {
                    out.added.insert(over.header, addition(base, over));
                    added.push((*over).clone());
                }
            },
        }
    }
    replace_lists(base, lists);
    base.children.extend(added);
}

/// Children of any name: one that is named again replaces those of its name.
fn free_children(base: &mut Node, overrides: &[&Node]) {
    let named: HashSet<&str> = overrides.iter().map(|o| &*o.name.value).collect();
    base.children.retain(|child| !named.contains(&*child.name.value));
    base.children.extend(overrides.iter().map(|over| (*over).clone()));
}

fn addition(base: &Node, over: &Node) -> Added {
    let siblings = base.children.iter().filter(|c| c.name.value == over.name.value);
    let keys: Vec<&str> = siblings.filter_map(Node::key).map(|key| &**key.value).collect();
    let key = over.key().map_or("", |key| &**key.value);
    let kind = over.name.value.as_ref();
    Added {
        node: if key.is_empty() { format!("`{kind}`") } else { format!("{kind} `{}`", excerpt(key)) },
        key: over.key().map(|key| key.span),
        nearest: nearest(key, keys.iter().copied()).map(str::to_owned),
        siblings: keys.into_iter().map(str::to_owned).collect(),
    }
}

/// Where a child belongs: its name and key. `None` for members of a list.
fn place(child: &Node, parent: &NodeShape) -> Option<(String, String)> {
    let name = child.name.value.to_string();
    let field = parent.field(&name)?;
    match field.kind {
        FieldKind::Child(_) => Some((name, String::new())),
        FieldKind::Children(shape) => identity(child, shape()).map(|key| (name, key)),
        _ => None,
    }
}

/// A list that an environment names replaces the inherited one.
fn replace_lists(base: &mut Node, mut lists: FxHashMap<&str, Vec<Node>>) {
    if lists.is_empty() {
        return;
    }
    let mut firsts: Vec<(usize, Vec<Node>)> = Vec::new();
    let mut kept = Vec::with_capacity(base.children.len());
    let names: Vec<String> = lists.keys().map(|name| (*name).to_owned()).collect();
    for child in std::mem::take(&mut base.children) {
        if !names.iter().any(|n| **n == *child.name.value) {
            kept.push(child);
        } else if let Some(mut list) = lists.remove(&*child.name.value) {
            list.iter_mut().for_each(|node| node.base = Some(child.header));
            firsts.push((kept.len(), list));
        }
    }
    for (index, list) in firsts.into_iter().rev() {
        kept.splice(index..index, list);
    }
    let mut rest: Vec<(&str, Vec<Node>)> = lists.into_iter().collect();
    rest.sort_by_key(|(name, _)| *name);
    kept.extend(rest.into_iter().flat_map(|(_, list)| list));
    base.children = kept;
}

fn remove(base: &mut Node, removal: &Node, shape: &NodeShape, out: &mut Merged) {
    let Some(name) = removal.key() else { return };
    let keys: Vec<&Entry> = removal.arguments().skip(1).collect();
    let before = base.children.len();
    base.children.retain(|child| {
        let same_key = keys.iter().zip(child.arguments()).filter(|(a, b)| a.value.value == b.value.value).count();
        *child.name.value != **name.value || same_key < keys.len()
    });
    if base.children.len() < before || shape.child(name.value).is_none() {
        return;
    }
    let siblings = base.children.iter().filter(|c| *c.name.value == **name.value);
    let help = match keys.first().map(|k| &k.value.value) {
        Some(crate::tree::Literal::String(key)) => {
            did_you_mean(key, siblings.filter_map(|s| s.key()).map(|k| &**k.value))
        }
        _ => None,
    };
    out.diagnostics.push(
        Diagnostic::error(
            "nothing-to-remove",
            format!("`{}` of the base has no such `{}`", base.name.value, name.value),
        )
        .at(removal.header, "not in the base")
        .help_if(help.or(Some("delete this line".to_owned())))
        .fix(Fix::safe("delete the line", Change::Nothing { at: removal.header })),
    );
}
