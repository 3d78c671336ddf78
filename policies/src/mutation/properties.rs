//! Changes of properties, as an override makes them, enumerated from AWS's
//! schemas and the documents that properties contain: unset, other words,
//! scaled numbers, emptied and doubled lists, foreign references.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use migspec_analyze::Analysis;
use migspec_diag::Span;
use migspec_ir::class::Class;
use migspec_ir::fact::FactValue;
use migspec_ir::schema::{self, CloudFormationType};
use migspec_ir::{
    Datum, Graph, Id, Index, Map, Origin, Override, Resource, Value, aws, overriding, unmapped_properties,
};
use serde_json::Value as Json;

use crate::PolicyError;
use crate::conclude::judge;
use crate::rulebook::Rulebook;

/// One change of a property of a resource.
#[derive(Clone, PartialEq, Debug)]
pub struct PropertyChange {
    pub resource: Id,
    pub type_name: &'static str,
    /// `A.B.0.C`
    pub path: String,
    pub how: How,
    /// `None` removes the value.
    value: Option<Value>,
}

/// The kind of a change.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum How {
    Unset,
    /// A property that is not set now.
    Set(String),
    /// Another word, or the other boolean.
    Other(String),
    Times1000,
    Thousandth,
    Emptied,
    Doubled,
    /// A reference to something of another account.
    Foreign,
    /// A pattern that matches everything.
    Everything,
    /// A key that an open map does not have.
    Added,
}

/// The result of a change.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ChangeResult {
    /// The compiler rejects the override itself.
    Refused(&'static str),
    /// Findings within the override.
    Found(BTreeSet<String>),
    /// Findings, none of them within the override.
    Elsewhere(BTreeSet<String>),
    /// Classified as free, with the reason.
    Free(&'static str),
    Silent,
}

impl fmt::Display for How {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            How::Unset => f.write_str("unset"),
            How::Set(value) => write!(f, "set to {value}"),
            How::Other(value) => write!(f, "now {value}"),
            How::Times1000 => f.write_str("times 1000"),
            How::Thousandth => f.write_str("divided by 1000"),
            How::Emptied => f.write_str("emptied"),
            How::Doubled => f.write_str("doubled"),
            How::Foreign => f.write_str("foreign"),
            How::Everything => f.write_str("everything"),
            How::Added => f.write_str("key added"),
        }
    }
}

impl fmt::Display for ChangeResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |codes: &BTreeSet<String>| codes.iter().map(String::as_str).collect::<Vec<_>>().join(" ");
        match self {
            ChangeResult::Refused(code) => write!(f, "refused: {code}"),
            ChangeResult::Found(codes) => write!(f, "found: {}", joined(codes)),
            ChangeResult::Elsewhere(codes) => write!(f, "elsewhere: {}", joined(codes)),
            ChangeResult::Free(why) => write!(f, "free: {why}"),
            ChangeResult::Silent => f.write_str("silent"),
        }
    }
}

/// All changes of the first resource of each type that a back end writes, and of the first that has a property which no
/// earlier one of the type has.
pub fn changes(graph: &Graph) -> Vec<PropertyChange> {
    let mut seen: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut all = Vec::new();
    for resource in graph.resources.values() {
        let written = resource.type_name.starts_with("AWS::");
        let Some(schema) = schema::cloudformation(resource.type_name).filter(|_| written) else { continue };
        let tags = TAGGED.contains(&resource.type_name);
        let mut names: Vec<&str> = schema.properties().filter(|name| !schema.is_read_only(name)).collect();
        names.retain(|name| tags || *name != "Tags");
        if let Some(changed) = seen.get(resource.type_name) {
            names.retain(|name| resource.get(name).is_some() && !changed.contains(name));
        }
        let set = schema.properties().filter(|name| resource.get(name).is_some());
        seen.entry(resource.type_name).or_default().extend(set);
        all.extend(changes_of(resource, schema, &names));
    }
    let mut keys = BTreeSet::new();
    all.retain(|change| keys.insert((change.type_name, change.path.clone(), change.how.to_string())));
    all
}

fn changes_of(resource: &Resource, schema: &'static CloudFormationType, names: &[&str]) -> Vec<PropertyChange> {
    let mut list = List { resource, schema, changes: Vec::new() };
    for name in names {
        list.property(name, resource.get(name), 0);
    }
    let is_change = |change: &PropertyChange| resource.get(&change.path).map(|d| &d.value) != change.value.as_ref();
    list.changes.retain(is_change);
    list.changes
}

struct List<'a> {
    resource: &'a Resource,
    schema: &'static CloudFormationType,
    changes: Vec<PropertyChange>,
}

/// An item of a list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Item {
    /// The schema has its properties.
    Object,
    /// It has no schema.
    Document,
}

/// Schemas may refer to themselves.
const DEEPEST: usize = 6;
/// Types whose tags are changed: tags are the same everywhere.
const TAGGED: &[&str] = &["AWS::KMS::Key", "AWS::SSM::Parameter"];
/// Words of an enumeration that are tried.
const WORDS: usize = 3;
/// Items of a list that are changed one by one.
const ITEMS: usize = 3;
const FOREIGN: &str = "arn:aws:iam::999999999999:role/foreign";

impl List<'_> {
    fn add(&mut self, path: &str, how: How, value: Option<Value>) {
        let (resource, type_name) = (self.resource.id.clone(), self.resource.type_name);
        self.changes.push(PropertyChange { resource, type_name, path: path.to_owned(), how, value });
    }

    fn property(&mut self, path: &str, datum: Option<&Datum>, depth: usize) {
        let Some(found) = self.schema.property(path) else { return };
        let found = self.schema.resolve(found);
        let inner: Vec<String> = self.schema.properties_of(path).into_iter().map(str::to_owned).collect();
        if datum.is_some() {
            self.add(path, How::Unset, None);
        }
        match datum.map(|datum| &datum.value) {
            Some(Value::JsonText(inner)) => return self.document(path, inner, depth),
            Some(Value::List(items)) => {
                let item = if inner.is_empty() { Item::Document } else { Item::Object };
                return self.items(path, items, item, depth);
            }
            Some(Value::Map(map)) if inner.is_empty() => return self.entries(path, map, depth),
            _ => {}
        }
        if !inner.is_empty() && found.get("items").is_none() && depth < DEEPEST {
            for name in inner {
                self.property(&format!("{path}.{name}"), datum.and_then(|datum| datum.get(&name)), depth + 1);
            }
            return;
        }
        match datum {
            Some(datum) => self.leaf(path, &datum.value, words(found)),
            None => self.absent(path, found),
        }
    }

    fn items(&mut self, path: &str, items: &[Datum], kind: Item, depth: usize) {
        self.add(path, How::Emptied, Some(Value::List(Vec::new())));
        if let Some(last) = items.last() {
            let doubled = items.iter().chain([last]).cloned().collect();
            self.add(path, How::Doubled, Some(Value::List(doubled)));
        }
        for (index, item) in items.iter().enumerate().take(ITEMS) {
            let path = format!("{path}.{index}");
            match &item.value {
                Value::Map(_) if kind == Item::Object && depth < DEEPEST => {
                    for name in self.schema.properties_of(&path).into_iter().map(str::to_owned).collect::<Vec<_>>() {
                        self.property(&format!("{path}.{name}"), item.get(&name), depth + 1);
                    }
                }
                _ => self.document(&path, item, depth),
            }
        }
    }

    /// A value inside a document without a schema.
    fn document(&mut self, path: &str, datum: &Datum, depth: usize) {
        match &datum.value {
            Value::Map(map) => self.entries(path, map, depth),
            Value::List(items) => self.items(path, items, Item::Document, depth),
            Value::JsonText(inner) => self.document(path, inner, depth),
            value => self.leaf(path, value, Vec::new()),
        }
    }

    fn entries(&mut self, path: &str, map: &Map, depth: usize) {
        let origin = self.resource.origin;
        let mut more = map.clone();
        more.set("Foreign", Datum::new("https://203.0.113.7", origin));
        self.add(path, How::Added, Some(Value::Map(more)));
        for (name, datum) in map.iter() {
            // A name with a dot has no path.
            if name.contains('.') || depth >= DEEPEST + 2 {
                continue;
            }
            let path = format!("{path}.{name}");
            self.add(&path, How::Unset, None);
            self.document(&path, datum, depth + 1);
        }
    }

    fn leaf(&mut self, path: &str, value: &Value, words: Vec<String>) {
        match value {
            Value::Bool(flag) => self.add(path, How::Other((!flag).to_string()), Some((!flag).into())),
            Value::Integer(number) => {
                self.add(path, How::Times1000, Some(number.saturating_mul(1000).into()));
                self.add(path, How::Thousandth, Some((number / 1000).into()));
            }
            Value::Number(number) => {
                self.add(path, How::Times1000, Some((number * 1000.0).into()));
                self.add(path, How::Thousandth, Some((number / 1000.0).into()));
            }
            Value::String(text) if !words.is_empty() => {
                for word in words.into_iter().filter(|word| **word != **text).take(WORDS) {
                    self.add(path, How::Other(word.clone()), Some(word.into()));
                }
            }
            Value::String(text) => self.text(path, text),
            _ => {
                self.add(path, How::Foreign, Some(FOREIGN.into()));
                self.add(path, How::Everything, Some("*".into()));
            }
        }
    }

    /// A text, perhaps of a number or a boolean.
    fn text(&mut self, path: &str, text: &str) {
        if let Ok(number) = text.parse::<i64>() {
            self.add(path, How::Times1000, Some(number.saturating_mul(1000).to_string().into()));
            self.add(path, How::Thousandth, Some((number / 1000).to_string().into()));
            return;
        }
        let opposites = [("on", "off"), ("true", "false"), ("1", "0"), ("Allow", "Deny"), ("enabled", "disabled")];
        let other = opposites.iter().find_map(|(yes, no)| match text {
            _ if text == *yes => Some(*no),
            _ if text == *no => Some(*yes),
            _ => None,
        });
        match other {
            Some(other) => self.add(path, How::Other(other.to_owned()), Some(other.into())),
            None if path.contains("Cidr") => {
                self.add(path, How::Foreign, Some("203.0.113.0/24".into()));
                self.add(path, How::Everything, Some("0.0.0.0/0".into()));
            }
            None => {
                let foreign = if text.starts_with("arn:") { FOREIGN } else { "foreign" };
                self.add(path, How::Foreign, Some(foreign.into()));
                self.add(path, How::Everything, Some("*".into()));
            }
        }
    }

    fn absent(&mut self, path: &str, schema: &Json) {
        if let Some(word) = words(schema).first() {
            self.add(path, How::Set(word.clone()), Some(word.clone().into()));
            return;
        }
        let of = |name: &str| match &schema["type"] {
            Json::String(known) => known == name,
            Json::Array(known) => known.iter().any(|known| known == name),
            _ => false,
        };
        if of("boolean") {
            self.add(path, How::Set("true".to_owned()), Some(true.into()));
            self.add(path, How::Set("false".to_owned()), Some(false.into()));
        } else if of("integer") || of("number") {
            self.add(path, How::Set("1".to_owned()), Some(Value::Integer(1)));
        } else if of("string") {
            self.add(path, How::Set("foreign".to_owned()), Some(FOREIGN.into()));
        } else if of("array") && self.schema.properties_of(path).is_empty() {
            let list = Value::List(vec![Datum::new(FOREIGN, self.resource.origin)]);
            self.add(path, How::Set("foreign".to_owned()), Some(list));
        }
    }
}

/// The words of an enumeration.
fn words(schema: &Json) -> Vec<String> {
    schema["enum"].as_array().into_iter().flatten().filter_map(|word| word.as_str().map(str::to_owned)).collect()
}

impl PropertyChange {
    /// The place of a change: after the end of every source.
    fn span(graph: &Graph) -> Span {
        let end = u32::MAX as usize;
        Span::new(graph.environment.span.file, end - 2, end - 1)
    }

    /// The graph with the change as an override.
    fn apply(&self, graph: &Graph) -> Option<Graph> {
        let mut graph = graph.clone();
        let span = Self::span(&graph);
        let resource = graph.resources.get_mut(&self.resource)?;
        let (property, rest) = self.path.split_once('.').unwrap_or((&self.path, ""));
        let before = resource.get(property).cloned();
        let value = self.value.clone().map(|value| Datum::new(value, Origin::Written { span, base: None }));
        match overriding::with(before.as_ref(), rest, value) {
            Some(datum) => resource.properties.set(property, datum),
            None => drop(resource.properties.remove(property)),
        }
        let changes = overriding::changes(property, before.as_ref(), resource.get(property), span);
        let changes = changes.into_iter().map(|change| overriding::Change { span, ..change }).collect();
        let (resource, property) = (self.resource.clone(), property.into());
        graph.overrides.push(Override { resource, property, before, changes, span });
        Some(graph)
    }

    /// Whether the compiler rejects the override, or why no policy has to run.
    pub fn outcome_without_policies(&self, graph: &Graph) -> Option<ChangeResult> {
        let (Some(old), Some(changed)) = (graph.get(&self.resource), self.apply(graph)) else {
            return Some(ChangeResult::Silent);
        };
        let (resource, applied) = (changed.get(&self.resource)?, changed.overrides.last()?);
        let known = schema::validate(old);
        if schema::validate(resource).iter().any(|problem| !known.contains(problem)) {
            return Some(ChangeResult::Refused("invalid-property"));
        }
        if !overriding::identities(resource, &applied.changes).is_empty() {
            return Some(ChangeResult::Refused("identity-override"));
        }
        if !unmapped_properties(resource).is_empty() {
            return Some(ChangeResult::Refused("unmapped-property"));
        }
        let unjudged = aws::COMMON_FACTS.iter().find(|fact| fact.name == "unjudged")?;
        if unjudged.of(resource, &Index::new(&changed)) != FactValue::set::<&str>([]) {
            return Some(ChangeResult::Found(["unjudged-override".to_owned()].into()));
        }
        let class = |change: &overriding::Change| resource.resource_type().and_then(|row| row.class_of(&change.path));
        let free = applied.changes.iter().map(|change| match class(change) {
            Some(Class::Free(why)) => Some(why),
            _ => None,
        });
        free.collect::<Option<Vec<_>>>().and_then(|whys| whys.first().copied()).map(ChangeResult::Free)
    }

    /// The outcome of the change. The unchanged graph has no findings. `today` is
    /// in days since 1970-01-01.
    ///
    /// # Errors
    ///
    /// A policy cannot be evaluated.
    pub fn outcome(&self, graph: &Graph, rulebook: &Rulebook, today: u64) -> Result<ChangeResult, PolicyError> {
        if let Some(outcome) = self.outcome_without_policies(graph) {
            return Ok(outcome);
        }
        let Some(changed) = self.apply(graph) else { return Ok(ChangeResult::Silent) };
        let found = judge(&Analysis::of(&changed), rulebook, today)?.findings;
        let span = Self::span(graph);
        let (here, elsewhere): (Vec<_>, Vec<_>) =
            found.iter().partition(|finding| finding.primary.as_ref().is_some_and(|label| span.contains(label.span)));
        let codes = |found: Vec<&migspec_diag::Diagnostic>| found.iter().map(|f| f.code.to_string()).collect();
        Ok(match (here.is_empty(), elsewhere.is_empty()) {
            (false, _) => ChangeResult::Found(codes(here)),
            (true, false) => ChangeResult::Elsewhere(codes(elsewhere)),
            (true, true) => ChangeResult::Silent,
        })
    }
}
