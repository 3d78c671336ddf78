//! Hover: the reference of a node or a setting, its resources, and the rules that judge them.

use std::collections::BTreeMap;
use std::fmt::Write;

use lsp_types::{Hover, HoverContents, MarkupContent, MarkupKind};
use migspec_diag::Span;
use migspec_ir::{Datum, Graph, Origin, Resource, Value};
use migspec_policies::Rulebook;
use migspec_syntax::cursor::{self, Cursor, Spot};
use migspec_syntax::outline::{Outline, OutlineNode, Word};
use migspec_syntax::shape::{FieldKind, FieldShape};

use super::completion::takes;
use super::state::State;

/// How many rules are listed.
const MOST_RULES: usize = 12;

pub fn hover(state: &State, name: &str, text: &str, at: usize) -> Option<Hover> {
    let outline = Outline::of(text);
    let cursor = Cursor::at(text, &outline, at)?;
    if cursor.replace.is_empty() {
        return None;
    }
    let index = match &cursor.spot {
        Spot::Name => outline.nodes.iter().position(|node| node.name.range == cursor.replace)?,
        Spot::Entry { node, .. } | Spot::Value { node, .. } => *node,
    };
    let at = Place { state, name, outline: &outline, index };
    let value = match &cursor.spot {
        Spot::Name => at.node()?,
        Spot::Value { property, .. } => at.setting(property)?,
        Spot::Entry { argument, .. } => {
            let entry = at
                .hovered_node()
                .entries
                .iter()
                .find_map(|entry| entry.name.as_ref().filter(|n| n.range == cursor.replace));
            match entry {
                Some(property) => at.setting(&property.text)?,
                None => at.argument(*argument)?,
            }
        }
    };
    let range = Some(state.encoding.range(text, cursor.replace));
    Some(Hover { contents: HoverContents::Markup(MarkupContent { kind: MarkupKind::Markdown, value }), range })
}

struct Place<'p> {
    state: &'p State,
    name: &'p str,
    outline: &'p Outline,
    index: usize,
}

impl Place<'_> {
    fn hovered_node(&self) -> &OutlineNode {
        &self.outline.nodes[self.index]
    }

    /// The graph of the environment around the place, else of the last environment.
    fn graph(&self) -> Option<&Graph> {
        let graphs = &self.state.analysis_of(self.name)?.last_judgement()?.1.graphs;
        let environment = self.environment();
        graphs.iter().find(|graph| environment == Some(&*graph.environment.name)).or(graphs.last())
    }

    fn environment(&self) -> Option<&str> {
        environment(self.outline, self.index)
    }

    fn node(&self) -> Option<String> {
        let scope = cursor::scope(self.outline, Some(self.index))?;
        let mut out = format!("**{}**\n\n{}\n", scope.shape().name, scope.shape().doc);
        let path = cursor::path(self.outline, self.index);
        if let (Some(graph), false) = (self.graph(), path.is_empty()) {
            let below = format!("{path} > ");
            let own = |resource: &&Resource| *resource.path == *path || resource.path.starts_with(&below);
            let mut types: BTreeMap<&str, usize> = BTreeMap::new();
            for resource in graph.resources.values().filter(own).filter(|r| r.type_name.starts_with("AWS::")) {
                *types.entry(resource.type_name).or_insert(0) += 1;
            }
            out.push_str(&resources(graph, &types));
            let rules = |name: &str| types.contains_key(name);
            out.push_str(&rule_list(&self.state.rulebook, |on, _| rules(on)));
        }
        Some(out)
    }

    fn argument(&self, argument: usize) -> Option<String> {
        let node = self.hovered_node();
        let word = node.arguments().nth(argument)?;
        if node.name.text == "waive" {
            return explain(&self.state.rulebook, &word.text);
        }
        let shape = cursor::scope(self.outline, Some(self.index))?.shape();
        let is_argument = |field: &&FieldShape| matches!(field.kind, FieldKind::Argument(_) | FieldKind::Arguments(_));
        let arguments: Vec<&FieldShape> = shape.fields.iter().filter(is_argument).collect();
        let field = arguments.get(argument).or(arguments.last())?;
        Some(self.field(field, word))
    }

    fn setting(&self, property: &str) -> Option<String> {
        let shape = cursor::scope(self.outline, Some(self.index))?.shape();
        let field = shape.field(property)?;
        Some(self.field(field, self.hovered_node().property(property)?))
    }

    fn field(&self, field: &FieldShape, value: &Word) -> String {
        let mut out = format!("**{}** `{}`\n\n{}\n", self.hovered_node().name.text, field.name, field.doc);
        if let FieldKind::Argument(shape) | FieldKind::Arguments(shape) | FieldKind::Property(shape) = &field.kind {
            // Writing to a string cannot fail.
            let _ = write!(out, "\nTakes {}.\n", takes(shape, field));
        }
        out.push_str(&self.other_environments(field));
        let paths = self.properties(value);
        if !paths.is_empty() {
            let names: Vec<String> = paths.iter().map(|(of, path)| format!("`{of}.{path}`")).collect();
            let _ = write!(out, "\nSets {}.\n", names.join(", "));
            let judged = |on: &str, property: Option<&str>| {
                paths.iter().any(|(of, path)| {
                    on == *of && property.is_some_and(|p| p == path || path.starts_with(p) || p.starts_with(path))
                })
            };
            out.push_str(&rule_list(&self.state.rulebook, judged));
        }
        out
    }

    /// The value of the same setting in the base and in other environments.
    fn other_environments(&self, field: &FieldShape) -> String {
        let path = cursor::path(self.outline, self.index);
        let mut out = String::new();
        for file in self.state.family(self.name) {
            let text = self.state.text(&file).unwrap_or_default();
            let outline = Outline::of(text);
            for (index, node) in outline.nodes.iter().enumerate() {
                let own = file == self.name && index == self.index;
                if own || node.name.text != self.hovered_node().name.text || cursor::path(&outline, index) != path {
                    continue;
                }
                let value = match field.kind {
                    FieldKind::Property(_) => node.property(&field.name),
                    _ => None,
                };
                let Some(value) = value else { continue };
                let place = environment(&outline, index).map_or("the base".to_owned(), |name| format!("`{name}`"));
                let _ = write!(out, "\nIn {place}: `{}`\n", literal(&value.text));
            }
        }
        out
    }

    /// The properties of resources that a value sets.
    fn properties(&self, value: &Word) -> Vec<(&'static str, String)> {
        let mut found = Vec::new();
        let Some((sources, checked)) = self.state.analysis_of(self.name).and_then(|spec| spec.last_judgement()) else {
            return found;
        };
        let Some(file) = super::state::file(sources, self.name) else { return found };
        if Some(&*sources.get(file).text) != self.state.text(self.name) {
            return found;
        }
        let span = Span::new(file, value.range.start, value.range.end);
        for resource in checked.graphs.iter().flat_map(|graph| graph.resources.values()) {
            for (name, datum) in resource.properties.iter() {
                report_written(datum, span, name.to_owned(), &mut |path| {
                    let entry = (resource.type_name, path);
                    if !found.contains(&entry) {
                        found.push(entry);
                    }
                });
            }
        }
        found.truncate(MOST_RULES);
        found
    }
}

/// Calls `report` with the path of each part of a value that the author wrote at a place.
fn report_written(datum: &Datum, span: Span, path: String, report: &mut dyn FnMut(String)) {
    if matches!(datum.origin, Origin::Written { span: at, .. } if at == span) {
        return report(path);
    }
    match &datum.value {
        Value::Map(map) => {
            map.iter().for_each(|(name, inner)| report_written(inner, span, format!("{path}.{name}"), report));
        }
        Value::List(items) => {
            items.iter().enumerate().for_each(|(i, inner)| report_written(inner, span, format!("{path}.{i}"), report));
        }
        _ => {}
    }
}

/// A text of the spec inside backticks: it ends no code and starts no line.
fn literal(text: &str) -> String {
    const LONGEST: usize = 120;
    let plain = |c: char| {
        if c == '`' {
            '\''
        } else if c.is_control() || migspec_diag::is_hidden(c) {
            ' '
        } else {
            c
        }
    };
    text.chars().take(LONGEST).map(plain).collect()
}

/// The environment around a node.
pub fn environment(outline: &Outline, index: usize) -> Option<&str> {
    let path = outline.path(index);
    let node = path.iter().find(|node| node.name.text == "environment")?;
    Some(&node.key()?.text)
}

fn resources(graph: &Graph, types: &BTreeMap<&str, usize>) -> String {
    if types.is_empty() {
        return String::new();
    }
    let lines: Vec<String> = types.iter().map(|(name, count)| format!("- {count} × `{name}`")).collect();
    format!("\nCompiles to, in `{}`:\n\n{}\n", graph.environment.name, lines.join("\n"))
}

/// The rules about some types and properties.
fn rule_list(rulebook: &Rulebook, judges: impl Fn(&str, Option<&str>) -> bool) -> String {
    // A rulebook that cannot be read ends the session with its check.
    let rules = rulebook.rules().unwrap_or_default();
    let names: Vec<String> = rules
        .iter()
        .filter(|rule| rule.on.as_deref().is_some_and(|on| judges(on, rule.property.as_deref())))
        .map(|rule| format!("`{}`", rule.id))
        .collect();
    match names.len() {
        0 => String::new(),
        count if count > MOST_RULES => {
            format!("\n{count} rules judge it: {}, and {} more\n", names[..MOST_RULES].join(", "), count - MOST_RULES)
        }
        _ => format!("\nRules: {}\n", names.join(", ")),
    }
}

/// The manual of a rule or of a code of the compiler.
pub fn explain(rulebook: &Rulebook, code: &str) -> Option<String> {
    if let Some(info) = migspec_diag::code_info(code) {
        return Some(migspec_report::manual::compiler_code(info).markdown(2));
    }
    let rule = rulebook.rule(code).ok().flatten()?;
    let cases = rulebook.cases_of(code).unwrap_or_default();
    Some(migspec_report::manual::rule(rule, cases).markdown(2))
}

#[cfg(test)]
mod tests {
    use super::literal;

    #[test]
    fn text_of_a_spec_is_no_markup() {
        assert_eq!(literal("a`![x](https://example.com)\n# b"), "a'![x](https://example.com) # b");
        assert!(!literal("\u{202e}x\u{1b}").contains(['\u{202e}', '\u{1b}']));
    }
}
