//! Completion: nodes, properties, values and names that the grammar allows at a place.

use lsp_types::{
    CompletionItem, CompletionItemKind, CompletionTextEdit, Documentation, InsertTextFormat, MarkupContent, MarkupKind,
    TextEdit,
};
use migspec_ir::schema;
use migspec_syntax::cursor::{self, Cursor, Spot};
use migspec_syntax::names::{self, KINDS};
use migspec_syntax::outline::{Outline, OutlineNode};
use migspec_syntax::shape::{FieldKind, FieldShape, NodeShape, ValueShape};
use migspec_syntax::value::{FromLiteral, Region, regions};

use super::state::State;

/// A text that fits at a place.
struct Proposal {
    label: String,
    kind: CompletionItemKind,
    detail: String,
    documentation: String,
    /// The text to insert; with `$1` as the place to go on.
    text: String,
}

/// The completions at a byte offset of a file, in the format that the editor takes.
pub fn complete(state: &State, name: &str, text: &str, at: usize, format: InsertTextFormat) -> Vec<CompletionItem> {
    let snippets = format == InsertTextFormat::SNIPPET;
    let outline = Outline::of(text);
    let Some(cursor) = Cursor::at(text, &outline, at) else { return Vec::new() };
    let context = Context { state, name, outline: &outline, cursor: &cursor };
    let quoted = text[cursor.replace.clone()].starts_with('"');
    let mut proposals = context.proposals();
    // Inside quotes only a string fits.
    proposals.retain(|proposal| !quoted || proposal.text.starts_with('"'));
    let range = state.encoding.range(text, cursor.replace.clone());
    let item = |(index, proposal): (usize, Proposal)| {
        let Proposal { label, kind, detail, documentation, text } = proposal;
        let new_text = if snippets { text.clone() } else { text.replace("$1", "") };
        CompletionItem {
            filter_text: Some(if quoted { format!("\"{label}\"") } else { label.clone() }),
            sort_text: Some(format!("{index:04}")),
            label,
            kind: Some(kind),
            detail: (!detail.is_empty()).then_some(detail),
            documentation: (!documentation.is_empty()).then_some(Documentation::MarkupContent(MarkupContent {
                kind: MarkupKind::Markdown,
                value: documentation,
            })),
            insert_text_format: (snippets && text.contains("$1")).then_some(InsertTextFormat::SNIPPET),
            text_edit: Some(CompletionTextEdit::Edit(TextEdit { range, new_text })),
            ..CompletionItem::default()
        }
    };
    proposals.into_iter().enumerate().map(item).collect()
}

struct Context<'c> {
    state: &'c State,
    name: &'c str,
    outline: &'c Outline,
    cursor: &'c Cursor,
}

impl Context<'_> {
    fn proposals(&self) -> Vec<Proposal> {
        match &self.cursor.spot {
            Spot::Name => self.nodes(),
            Spot::Entry { node, argument } => self.entries(*node, *argument),
            Spot::Value { node, property } => self.property_values(*node, property),
        }
    }

    fn node(&self, index: usize) -> &OutlineNode {
        &self.outline.nodes[index]
    }

    fn nodes(&self) -> Vec<Proposal> {
        if cursor::is_outside(self.outline, self.cursor.parent) || self.outline.nodes.is_empty() {
            return vec![node("migration", "A migration: the root of a spec.", "migration \"$1\" {\n}")];
        }
        if let Some(properties) = self.properties_of_override() {
            return properties;
        }
        let Some(scope) = cursor::scope(self.outline, self.cursor.parent) else { return Vec::new() };
        let here: Vec<&str> =
            self.outline.children(self.cursor.parent).map(|(_, node)| node.name.text.as_str()).collect();
        let free = |field: &FieldShape| {
            // The word under the cursor is one of the nodes that are there.
            let count = here.iter().filter(|name| **name == field.name).count();
            !matches!(field.kind, FieldKind::Child(_)) || count == 0
        };
        let children = scope.children().filter(|(field, _)| free(field));
        let mut proposals: Vec<Proposal> =
            children.map(|(field, shape)| node(&field.name, &field.doc, &skeleton(shape, &field.name))).collect();
        if scope.allows_remove() {
            proposals.push(node("remove", "Removes a node of the base in this environment.", "remove \"$1\""));
        }
        if scope.shape().name == "migration" {
            proposals.push(node("import", "Joins the nodes of another file to this migration.", "import \"$1\""));
        }
        proposals
    }

    /// The properties of the AWS type of the `override` around the place.
    fn properties_of_override(&self) -> Option<Vec<Proposal>> {
        let path = self.outline.path(self.cursor.parent?);
        let start = path.iter().position(|node| node.name.text == "override")?;
        let schema = schema::cloudformation(&path[start].key()?.text)?;
        let steps: Vec<&str> = path[start + 1..].iter().map(|node| node.name.text.as_str()).collect();
        let names: Vec<&str> =
            if steps.is_empty() { schema.properties().collect() } else { schema.properties_of(&steps.join(".")) };
        Some(names.into_iter().map(|name| node(name, "", name)).collect())
    }

    fn entries(&self, index: usize, argument: usize) -> Vec<Proposal> {
        let found = self.node(index);
        let kind = found.name.text.as_str();
        if kind == "remove" {
            return self.removable(found, argument);
        }
        let Some(scope) = cursor::scope(self.outline, Some(index)) else { return Vec::new() };
        let shape = scope.shape();
        let mut proposals = match argument_shape(shape, argument) {
            Some(value) => self.values(shape, "*", value),
            None => Vec::new(),
        };
        for field in &shape.fields {
            let FieldKind::Property(value) = &field.kind else { continue };
            if found.property(&field.name).is_some() {
                continue;
            }
            let quotes = if value.quoted { "\"$1\"" } else { "$1" };
            proposals.push(Proposal {
                label: field.name.clone(),
                kind: CompletionItemKind::PROPERTY,
                detail: takes(value, field),
                documentation: field.doc.clone(),
                text: format!("{}={quotes}", field.name),
            });
        }
        proposals
    }

    /// `remove KIND KEY`: the kinds, then the keys of the base.
    fn removable(&self, node: &OutlineNode, argument: usize) -> Vec<Proposal> {
        let scope = cursor::scope(self.outline, node.parent);
        match (argument, node.key(), scope) {
            (0, _, Some(scope)) => {
                scope.children().map(|(field, _)| word(&field.name, CompletionItemKind::KEYWORD, &field.doc)).collect()
            }
            (_, Some(kind), _) => match KINDS.iter().find(|known| **known == kind.text) {
                Some(kind) => self.keys(&[kind]),
                None => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    fn property_values(&self, index: usize, property: &str) -> Vec<Proposal> {
        let Some(scope) = cursor::scope(self.outline, Some(index)) else { return Vec::new() };
        let shape = scope.shape();
        match shape.field(property).map(|field| &field.kind) {
            Some(FieldKind::Property(value)) => self.values(shape, property, value),
            _ => Vec::new(),
        }
    }

    /// The values of a setting; `*` for arguments.
    fn values(&self, shape: &NodeShape, setting: &str, value: &ValueShape) -> Vec<Proposal> {
        let words = |words: &mut dyn Iterator<Item = &str>, kind| words.map(|text| word(text, kind, "")).collect();
        match (shape.name, setting) {
            ("waive", "*") => return self.rules(),
            ("override", "*") => return self.types(),
            ("override", "resource") => return self.resources(),
            _ => {}
        }
        let kinds = names::kinds_of(shape.name, setting);
        if !kinds.is_empty() && shape.name != "waive" {
            return self.keys(kinds);
        }
        if !value.words.is_empty() {
            return words(&mut value.words.iter().copied(), CompletionItemKind::ENUM_MEMBER);
        }
        if value.expects == Region::EXPECTS {
            return words(&mut regions(), CompletionItemKind::CONSTANT);
        }
        if value.expects == bool::EXPECTS {
            let plain = |text: &str| Proposal { text: text.to_owned(), ..word(text, CompletionItemKind::CONSTANT, "") };
            return vec![plain("#true"), plain("#false")];
        }
        if setting == "class" {
            let classes = migspec_lower::instance_classes(shape.name);
            return classes.iter().map(|class| word(class, CompletionItemKind::CONSTANT, "")).collect();
        }
        Vec::new()
    }

    /// The keys of nodes of some kinds, in all files of the spec.
    fn keys(&self, kinds: &[&str]) -> Vec<Proposal> {
        let mut keys = Vec::new();
        for file in self.state.family(self.name) {
            let text = self.state.text(&file).unwrap_or_default();
            let all = names::names(&Outline::of(text));
            for name in all.into_iter().filter(|name| name.declares) {
                if name.kinds.iter().any(|kind| kinds.contains(kind)) && !keys.iter().any(|(key, _)| *key == name.text)
                {
                    keys.push((name.text, name.kinds[0]));
                }
            }
        }
        keys.into_iter()
            .map(|(key, kind)| Proposal { detail: kind.to_owned(), ..word(&key, CompletionItemKind::REFERENCE, "") })
            .collect()
    }

    /// Rule names: those with a finding first.
    fn rules(&self) -> Vec<Proposal> {
        let found: Vec<&str> =
            self.state.specs.values().flat_map(|spec| &spec.checked.findings).map(|f| &*f.code).collect();
        let mut names: Vec<&str> = self.state.rulebook.names().collect();
        names.sort_by_key(|name| (!found.contains(name), *name));
        names.dedup();
        names.into_iter().map(|name| word(name, CompletionItemKind::VALUE, "")).collect()
    }

    /// The AWS types that the spec derives; else all.
    fn types(&self) -> Vec<Proposal> {
        let graphs = self
            .state
            .analysis_of(self.name)
            .and_then(|spec| spec.last_judgement())
            .map(|(_, checked)| &checked.graphs);
        let derived = graphs.into_iter().flatten().flat_map(|graph| graph.resources.values()).map(|r| r.type_name);
        let mut types: Vec<&str> = derived.filter(|name| name.starts_with("AWS::")).collect();
        if types.is_empty() {
            types = schema::cloudformation_types();
        }
        types.sort_unstable();
        types.dedup();
        types.into_iter().map(|name| word(name, CompletionItemKind::CLASS, "")).collect()
    }

    fn resources(&self) -> Vec<Proposal> {
        let Spot::Value { node, .. } = &self.cursor.spot else { return Vec::new() };
        let Some(of) = self.node(*node).key() else { return Vec::new() };
        let graphs = self
            .state
            .analysis_of(self.name)
            .and_then(|spec| spec.last_judgement())
            .map(|(_, checked)| &checked.graphs);
        let all = graphs.into_iter().flatten().flat_map(|graph| graph.resources.values());
        let mut ids: Vec<&str> = all.filter(|r| r.type_name == of.text).map(|r| r.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        ids.into_iter().map(|id| word(id, CompletionItemKind::REFERENCE, "")).collect()
    }
}

fn argument_shape(shape: &'static NodeShape, argument: usize) -> Option<&'static ValueShape> {
    let mut arguments = shape.fields.iter().filter_map(|field| match &field.kind {
        FieldKind::Argument(value) => Some((value, false)),
        FieldKind::Arguments(value) => Some((value, true)),
        _ => None,
    });
    let mut last = None;
    for _ in 0..=argument {
        last = match arguments.next() {
            Some(found) => Some(found),
            None => last.filter(|(_, repeats): &(_, bool)| *repeats),
        };
    }
    last.map(|(value, _)| value)
}

/// A string.
fn word(text: &str, kind: CompletionItemKind, documentation: &str) -> Proposal {
    Proposal {
        label: text.to_owned(),
        kind,
        detail: String::new(),
        documentation: documentation.to_owned(),
        text: format!("\"{text}\""),
    }
}

fn node(name: &str, documentation: &str, text: &str) -> Proposal {
    Proposal {
        label: name.to_owned(),
        kind: CompletionItemKind::CLASS,
        detail: String::new(),
        documentation: documentation.to_owned(),
        text: text.to_owned(),
    }
}

/// A node with its arguments. The cursor goes to the first of them.
fn skeleton(shape: &NodeShape, name: &str) -> String {
    let argument = shape.fields.iter().find_map(|field| match &field.kind {
        FieldKind::Argument(value) | FieldKind::Arguments(value) if field.required => Some(value),
        _ => None,
    });
    match argument {
        Some(value) if value.quoted => format!("{name} \"$1\""),
        Some(_) => format!("{name} $1"),
        None => name.to_owned(),
    }
}

/// The kind of value that a setting takes, and its default.
pub fn takes(value: &ValueShape, field: &FieldShape) -> String {
    let takes = match value.words {
        [] => value.expects.to_owned(),
        words => words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", "),
    };
    match &field.default {
        Some(default) => format!("{takes} (default: {default})"),
        None if field.required => format!("{takes} (required)"),
        None => takes,
    }
}
