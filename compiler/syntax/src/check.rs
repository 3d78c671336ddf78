//! Checks the untyped tree against the grammar: unknown names, wrong values,
//! duplicates. The reader reports missing settings, after an environment is
//! merged.

use std::collections::HashSet;

use migspec_diag::{Change, Diagnostic, Fix, Label, Span, nearest};
use rustc_hash::FxHashMap;

use crate::ast::Migration;
use crate::kdl::excerpt;
use crate::merge::{Merged, merge};
use crate::shape::{FieldKind, FieldShape, NodeShape, SpecNode, ValueShape, identity, literal_text};
use crate::tree::{Entry, Literal, Node};
use crate::value::{FromLiteral, HostPort, Remedy};

/// How many errors are reported. More would fill the memory before anyone
/// reads them.
pub(crate) const MAX_ERRORS: usize = 1000;

/// How many environments a spec may have. Each of them is a view of all.
pub(crate) const MAX_ENVIRONMENTS: usize = 100;

/// The results of the check.
#[derive(Default)]
pub(crate) struct Checked {
    pub diagnostics: Vec<Diagnostic>,
    /// Names of files that settings hold, and where.
    pub files: Vec<(String, Span)>,
    /// Headers of nodes in which something has an unknown name, or an argument is wrong.
    pub misspelt: HashSet<Span>,
    /// The intended name at the place of a misspelt one.
    pub intended: FxHashMap<Span, &'static str>,
    /// Whether an error loses a part of the spec. A misspelt name whose intended one is certain loses nothing.
    pub incomplete: bool,
}

/// Checks a `migration` node with its environments.
pub(crate) fn check(migration: &Node) -> Checked {
    let mut checked = check_as(migration, Migration::shape());
    let is_intended = |label: &Label| checked.intended.contains_key(&label.span);
    checked.incomplete = checked.diagnostics.iter().any(|found| !found.primary.as_ref().is_some_and(is_intended));
    // What the environments have in common is known only of a spec that was read in full.
    if !checked.incomplete {
        checked.accounts(migration);
        checked.addresses(migration);
        checked.versions(migration);
    }
    checked
}

/// Checks a root node against its shape.
pub(crate) fn check_as(node: &Node, shape: &'static NodeShape) -> Checked {
    let mut checked = Checked::default();
    checked.node(node, Scope::base(shape));
    checked
}

/// Gives misspelt nodes and properties their intended names, so that the rest of the spec is judged as it was meant: the
/// misspelt name is the one error.
pub(crate) fn respell(node: &mut Node, intended: &FxHashMap<Span, &'static str>) {
    if intended.is_empty() {
        return;
    }
    let names = node.entries.iter_mut().filter_map(|entry| entry.name.as_mut());
    for name in names.chain([&mut node.name]) {
        if let Some(word) = intended.get(&name.span) {
            name.value = (*word).into();
        }
    }
    node.children.iter_mut().for_each(|child| respell(child, intended));
}

/// The numbers in a version, in their order.
fn numbers(version: &str) -> Vec<u32> {
    version.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect()
}

/// Whether a node belongs to the base or to an environment.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layer {
    Base,
    Override,
}

/// The nodes and settings that are allowed at a place.
#[derive(Clone, Copy)]
pub struct Scope {
    shape: &'static NodeShape,
    layer: Layer,
}

impl Scope {
    /// The inside of a migration.
    pub fn migration() -> Self {
        Self::base(Migration::shape())
    }

    pub fn shape(self) -> &'static NodeShape {
        self.shape
    }

    /// The inside of a child. `None` for a node that is not allowed here.
    pub fn inside(self, name: &str) -> Option<Self> {
        self.children().find(|(field, _)| field.name == name).map(|(_, shape)| self.of_child(shape))
    }

    fn base(shape: &'static NodeShape) -> Self {
        Self { shape, layer: Layer::Base }
    }

    /// The shapes whose child nodes are allowed here.
    fn parents(self) -> impl Iterator<Item = &'static NodeShape> {
        let overrides = (self.shape.name == "environment").then(Migration::shape);
        std::iter::once(self.shape).chain(overrides)
    }

    /// The nodes that are allowed here.
    pub fn children(self) -> impl Iterator<Item = (&'static FieldShape, &'static NodeShape)> {
        self.parents().flat_map(move |parent| {
            parent.fields.iter().filter_map(move |field| match field.kind {
                // Environments do not nest.
                FieldKind::Children(_) if self.shape.name == "environment" && field.name == "environment" => None,
                FieldKind::Child(shape) | FieldKind::Children(shape) => Some((field, shape())),
                _ => None,
            })
        })
    }

    fn of_child(self, shape: &'static NodeShape) -> Self {
        let inside = self.layer == Layer::Override || self.shape.name == "environment";
        Self { shape, layer: if inside { Layer::Override } else { Layer::Base } }
    }

    /// Whether `remove` may drop a node of the base here.
    pub fn allows_remove(self) -> bool {
        self.layer == Layer::Override || self.shape.name == "environment"
    }
}

impl Checked {
    fn node(&mut self, node: &Node, scope: Scope) {
        self.arguments(node, scope.shape);
        self.properties(node, scope.shape);
        if scope.shape.fields.iter().any(|f| matches!(f.kind, FieldKind::AnyChildren)) {
            node.children.iter().for_each(|child| self.free(child));
        } else {
            self.children(node, scope);
        }
    }

    /// Warns if production shares its account with another environment.
    fn accounts(&mut self, migration: &Node) {
        let environments: Vec<&Node> = migration.children.iter().filter(|c| &*c.name.value == "environment").collect();
        let account = |node: &Node| node.property("account").map(|entry| entry.value.clone());
        for production in environments.iter().filter(|node| is_production(node)) {
            let Some(own) = account(production) else { continue };
            let others = environments.iter().filter(|node| !is_production(node));
            for other in others.filter_map(|node| account(node)).filter(|other| other.value == own.value) {
                self.report(
                    Diagnostic::warning("shared-account", "production shares its account with another environment")
                        .at(own.span, "production")
                        .with(other.span, "the same account")
                        .help("give each environment an account of its own"),
                );
            }
        }
    }

    /// Reports an environment that takes the source of production for test data.
    fn addresses(&mut self, migration: &Node) {
        let environments = migration.children.iter().filter(|node| &*node.name.value == "environment");
        let (production, others): (Vec<&Node>, Vec<&Node>) =
            environments.take(MAX_ENVIRONMENTS).partition(|node| is_production(node));
        if production.is_empty() {
            return;
        }
        let mut of_production: FxHashMap<(String, String), Span> = FxHashMap::default();
        for Address { source, host, span, .. } in production.iter().flat_map(|node| addresses(migration, node)) {
            of_production.entry((source, host)).or_insert(span);
        }
        for Address { source, host, span, test_data } in others.iter().flat_map(|node| addresses(migration, node)) {
            let Some(declared) = test_data else { continue };
            let Some(live) = of_production.get(&(source, host.clone())).copied() else { continue };
            self.report(
                Diagnostic::error("shared-source", format!("`{host}` has live data and test data"))
                    .at(if span == live { declared } else { span }, "no live data here")
                    .with(live, "the source of production")
                    .help("write the address of a test database: at \"ledger.test.example.com:5432\""),
            );
        }
    }

    /// Warns of an environment with an older version of a database than the base: it lacks corrections that the others have.
    fn versions(&mut self, migration: &Node) {
        let is_database = |node: &&Node| &*node.name.value == "database";
        let environments = migration.children.iter().filter(|node| &*node.name.value == "environment");
        for node in environments.flat_map(|node| &node.children).filter(is_database) {
            let is_base = |base: &&Node| {
                base.name.value == node.name.value && base.key().map(|k| k.value) == node.key().map(|k| k.value)
            };
            let base = migration.children.iter().find(is_base).and_then(|base| base.property("version"));
            let (Some(own), Some(base)) = (node.property("version"), base) else { continue };
            let (Literal::String(version), Literal::String(of_base)) = (&own.value.value, &base.value.value) else {
                continue;
            };
            // Versions of different engines cannot be compared.
            if node.property("engine").is_none() && numbers(version) < numbers(of_base) {
                let message =
                    format!("`{}` is an older version than that of the base, `{}`", excerpt(version), excerpt(of_base));
                self.report(
                    Diagnostic::warning("older-than-base", message)
                        .at(own.value.span, "an older version")
                        .with(base.value.span, "the version of the base")
                        .help("remove it, or write a version that is not older"),
                );
            }
        }
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        // One more than the limit shows that the list was cut.
        if self.diagnostics.len() <= MAX_ERRORS {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Checks a node of any name, for which the grammar has no shape.
    fn free(&mut self, node: &Node) {
        self.duplicate_properties(node);
        node.children.iter().for_each(|child| self.free(child));
    }

    fn arguments(&mut self, node: &Node, shape: &'static NodeShape) {
        let mut fields = shape.fields.iter();
        let mut rest = None;
        let mut listed: FxHashMap<String, Span> = FxHashMap::default();
        for entry in node.arguments() {
            let value = rest.or_else(|| {
                fields.find_map(|field| match &field.kind {
                    FieldKind::Argument(value) => Some(value),
                    FieldKind::Arguments(value) => {
                        rest = Some(value);
                        Some(value)
                    }
                    _ => None,
                })
            });
            match value {
                Some(value) => {
                    // An argument that is absent gives its place to the next one, which is then wrong.
                    if (value.check)(&entry.value.value).is_err() {
                        self.misspelt.insert(node.header);
                    }
                    self.value(value, entry);
                }
                None => self.surplus(node, shape, entry),
            }
            let text = rest.map(|_| literal_text(&entry.value.value));
            if let Some(first) = text.and_then(|text| listed.insert(text, entry.value.span)) {
                self.repeated_value(node, entry, first);
            }
        }
    }

    /// A list that names one thing twice has lost another one.
    fn repeated_value(&mut self, node: &Node, again: &Entry, first: Span) {
        let value = literal_text(&again.value.value);
        self.report(
            Diagnostic::error("repeated-value", format!("`{}` names {} twice", node.name.value, excerpt(&value)))
                .at(again.value.span, "again")
                .with(first, "first here")
                .help("remove it, or write the value that was meant"),
        );
    }

    fn surplus(&mut self, node: &Node, shape: &NodeShape, entry: &Entry) {
        self.misspelt.insert(node.header);
        let taken = shape.fields.iter().filter(|f| matches!(f.kind, FieldKind::Argument(_))).count();
        let takes = match taken {
            0 => "no argument".to_owned(),
            1 => "one argument".to_owned(),
            n => format!("{n} arguments"),
        };
        let properties: Vec<String> = shape
            .fields
            .iter()
            .filter(|f| matches!(f.kind, FieldKind::Property(_)))
            .map(|f| format!("`{}=`", f.name))
            .collect();
        let help = match &entry.value.value {
            Literal::Bool(true) => "remove the value: the node alone is enough".to_owned(),
            Literal::Bool(false) => format!("remove the node; in an environment, write `remove \"{}\"`", shape.name),
            _ if properties.is_empty() => "remove the value".to_owned(),
            _ => format!("write it as a property: {}", properties.join(", ")),
        };
        self.report(
            Diagnostic::error("unexpected-argument", format!("`{}` takes {takes}", node.name.value))
                .at(entry.value.span, "unexpected")
                .help(help),
        );
    }

    fn properties(&mut self, node: &Node, shape: &'static NodeShape) {
        self.duplicate_properties(node);
        for (name, entry) in node.properties() {
            let value = shape.fields.iter().find_map(|field| match &field.kind {
                FieldKind::Property(value) if *field.name == *name.value => Some(value),
                FieldKind::AnyProperties(value) => Some(value),
                _ => None,
            });
            match value {
                Some(value) => self.value(value, entry),
                None => self.unknown_property(node, shape, (&name.value, name.span), entry),
            }
        }
    }

    fn unknown_property(&mut self, node: &Node, shape: &'static NodeShape, (name, at): (&str, Span), entry: &Entry) {
        let known = || shape.fields.iter().filter(|f| matches!(f.kind, FieldKind::Property(_)));
        let help = match shape.field(name).map(|f| &f.kind) {
            Some(FieldKind::Child(_) | FieldKind::Children(_)) => Some(format!(
                "`{name}` is a node: write it on a line of its own between the braces of `{}`",
                shape.name
            )),
            Some(FieldKind::Argument(_) | FieldKind::Arguments(_)) => {
                Some(format!("`{name}` is an argument: write the value alone, without `{name}=`"))
            }
            _ => None,
        };
        let diagnostic =
            Diagnostic::error("unknown-property", format!("`{}` has no property `{}`", node.name.value, excerpt(name)))
                .at(at, "not known here");
        let near = nearest(name, known().map(|f| f.name.as_str())).filter(|_| help.is_none());
        self.report(match help {
            Some(help) => diagnostic.help(help),
            None => diagnostic.suggest(name, known().map(|f| f.name.as_str())),
        });
        let intended = known().find(|f| near == Some(f.name.as_str()) && node.property(&f.name).is_none());
        match intended.map(|field| (field, &field.kind)) {
            Some((field, FieldKind::Property(value))) => {
                self.intended.insert(at, &field.name);
                self.value(value, entry);
            }
            _ => {
                self.misspelt.insert(node.header);
            }
        }
    }

    fn duplicate_properties(&mut self, node: &Node) {
        let mut seen: FxHashMap<&str, Span> = FxHashMap::default();
        for (name, _) in node.properties() {
            if let Some(first) = seen.insert(&name.value, name.span) {
                self.report(
                    Diagnostic::error("duplicate-property", format!("`{}` is set twice", excerpt(&name.value)))
                        .at(name.span, "set again")
                        .with(first, "first set here")
                        .help("keep one of the two"),
                );
            }
        }
    }

    fn value(&mut self, shape: &ValueShape, entry: &Entry) {
        match (shape.check)(&entry.value.value) {
            Err(problem) => self.report(
                Diagnostic::error("wrong-value", one_line(problem.message))
                    .at(entry.value.span, format!("expected {}", shape.expects))
                    .help_if(problem.help.map(one_line))
                    .fix_if(problem.remedy.map(|remedy| remedy_fix(remedy, entry.value.span))),
            ),
            Ok(()) if shape.file => {
                if let Literal::String(name) = &entry.value.value {
                    self.files.push((name.to_string(), entry.value.span));
                }
            }
            Ok(()) => {}
        }
    }

    fn children(&mut self, node: &Node, scope: Scope) {
        let mut seen: FxHashMap<(&str, String), Span> = FxHashMap::default();
        for child in &node.children {
            let name = &*child.name.value;
            if name == "remove" && scope.allows_remove() {
                self.remove(child, scope);
                continue;
            }
            let Some((field, shape)) = scope.children().find(|(field, _)| field.name == name) else {
                self.unknown_node(node, scope, child);
                continue;
            };
            self.node(child, scope.of_child(shape));
            let single = matches!(field.kind, FieldKind::Child(_));
            let Some(key) = (if single { Some(String::new()) } else { identity(child, shape) }) else { continue };
            if let Some(first) = seen.insert((name, key), child.header) {
                self.duplicate_node(child, first, single.then_some(shape));
            }
        }
    }

    /// `single` is the shape of a node that its parent takes once.
    fn duplicate_node(&mut self, node: &Node, first: Span, single: Option<&NodeShape>) {
        let name = &node.name.value;
        let takes =
            |kind: fn(&FieldKind) -> bool| single.is_some_and(|shape| shape.fields.iter().any(|f| kind(&f.kind)));
        let help = match single {
            None => "merge the two nodes, or give one a different key".to_owned(),
            Some(_) if takes(|kind| matches!(kind, FieldKind::Arguments(_))) => {
                format!("write all values as arguments of one `{name}`")
            }
            Some(_) if takes(|kind| !matches!(kind, FieldKind::Argument(_))) => "merge the two nodes".to_owned(),
            Some(_) => "keep one of the two".to_owned(),
        };
        let message = match node.key() {
            Some(key) if single.is_none() => format!("`{name} \"{}\"` is declared twice", excerpt(key.value)),
            _ => format!("`{name}` may be given only once"),
        };
        self.report(
            Diagnostic::error("duplicate-node", message).at(node.header, "again").with(first, "first here").help(help),
        );
    }

    fn unknown_node(&mut self, parent: &Node, scope: Scope, child: &Node) {
        let name = &*child.name.value;
        if scope.children().next().is_none() {
            self.misspelt.insert(parent.header);
            self.report(
                Diagnostic::error("unexpected-children", format!("`{}` takes no child nodes", parent.name.value))
                    .at(child.header, "not expected here")
                    .help_if(property_help(scope.shape, name)),
            );
            return;
        }
        let help = match name {
            "environment" if scope.shape.name == "environment" => {
                Some("move it out: environments do not nest".to_owned())
            }
            "import" => Some("move `import` directly into `migration`".to_owned()),
            "remove" => Some("move `remove` into an environment, where it drops a node of the base".to_owned()),
            _ if !name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)) => {
                Some("a value is on the line of its node: end the line before it with `\\`".to_owned())
            }
            _ => property_help(scope.shape, name),
        };
        let diagnostic =
            Diagnostic::error("unknown-node", format!("`{}` has no node `{}`", parent.name.value, excerpt(name)))
                .at(child.name.span, "not known here");
        let near = nearest(name, scope.children().map(|(field, _)| field.name.as_str())).filter(|_| help.is_none());
        self.report(match help {
            Some(help) => diagnostic.help(help),
            None => diagnostic.suggest(name, scope.children().map(|(field, _)| field.name.as_str())),
        });
        // A node that its parent already has is a second cause, not the misspelt one.
        let is_free = |field: &FieldShape, shape: &NodeShape| {
            let single = matches!(field.kind, FieldKind::Child(_));
            let key = identity(child, shape);
            let same = |other: &&Node| *other.name.value == *field.name && (single || identity(other, shape) == key);
            !(single || key.is_some()) || !parent.children.iter().any(|other| same(&other))
        };
        match scope.children().find(|(field, shape)| near == Some(field.name.as_str()) && is_free(field, shape)) {
            Some((field, shape)) => {
                self.intended.insert(child.name.span, &field.name);
                // Its missing settings wait until its name is certain.
                self.misspelt.insert(child.header);
                self.node(child, scope.of_child(shape));
            }
            None => {
                self.misspelt.insert(parent.header);
            }
        }
    }

    /// `remove "replica"` or `remove "alarm" "validation-mismatch"`.
    fn remove(&mut self, node: &Node, scope: Scope) {
        let strings = node.arguments().all(|e| matches!(e.value.value, Literal::String(_)));
        let count = node.arguments().count();
        if !strings || count == 0 || node.properties().next().is_some() || !node.children.is_empty() {
            self.report(
                Diagnostic::error("wrong-value", "`remove` takes the kind of a node and its key")
                    .at(node.header, "not a kind and key")
                    .help("write `remove \"replica\"` or `remove \"alarm\" \"validation-mismatch\"`"),
            );
            return;
        }
        let Some(name) = node.key() else { return };
        if scope.children().any(|(field, _)| *field.name == **name.value) {
            return;
        }
        let property =
            scope.shape.fields.iter().any(|f| matches!(f.kind, FieldKind::Property(_)) && *f.name == **name.value);
        let diagnostic =
            Diagnostic::error("unknown-node", format!("`{}` has no node `{}`", scope.shape.name, excerpt(name.value)))
                .at(name.span, "not known here");
        self.report(if property {
            diagnostic.help("a property cannot be removed: set it to another value")
        } else {
            diagnostic.suggest(name.value, scope.children().map(|(field, _)| field.name.as_str()))
        });
    }
}

fn is_production(environment: &Node) -> bool {
    let production = environment.property("production");
    production.is_some_and(|entry| matches!(entry.value.value, Literal::Bool(true)))
}

/// The address of a source in one environment.
struct Address {
    /// The key of the source.
    source: String,
    /// Names of hosts have no case.
    host: String,
    span: Span,
    /// The place that declares that the source has no live data.
    test_data: Option<Span>,
}

/// The addresses of the sources in an environment, with its overrides of the base.
fn addresses(migration: &Node, environment: &Node) -> Vec<Address> {
    let sources = |node: &Node| {
        let kept = node.children.iter().filter(|child| matches!(&*child.name.value, "source" | "remove"));
        Node { children: kept.cloned().collect(), ..node.clone_header() }
    };
    let merged = merge(&sources(migration), &sources(environment), &mut Merged::default());
    merged.children.iter().filter(|node| &*node.name.value == "source").filter_map(address).collect()
}

fn address(source: &Node) -> Option<Address> {
    let child = |name: &str| source.children.iter().find(|node| &*node.name.value == name);
    let entry = child("at")?.arguments().next()?;
    let host = HostPort::from_literal(&entry.value.value).ok()?.host.to_ascii_lowercase();
    let is_test = |live: &&Node| live.arguments().next().is_some_and(|entry| entry.value.value == Literal::Bool(false));
    let test_data = child("live").filter(is_test).map(|live| live.header);
    Some(Address { source: source.key()?.to_string(), host, span: entry.value.span, test_data })
}

fn property_help(shape: &NodeShape, name: &str) -> Option<String> {
    match shape.field(name)?.kind {
        FieldKind::Property(_) => Some(format!("`{name}` is a property: write `{name}=…` after `{}`", shape.name)),
        FieldKind::Argument(_) | FieldKind::Arguments(_) => {
            Some(format!("`{name}` is an argument: write its value after `{}`", shape.name))
        }
        _ => None,
    }
}

fn remedy_fix(remedy: Remedy, at: Span) -> Fix {
    match remedy {
        Remedy::Word(word) => Fix::word(at, &word),
        Remedy::Text(text) => Fix::text(at, text),
        Remedy::Quotes => Fix::safe("write the value in quotes", Change::Quotes { at }),
    }
}

/// A message that quotes the spec, without line breaks and other controls.
fn one_line(message: String) -> String {
    const LONGEST: usize = 300;
    if message.len() <= LONGEST && !message.contains(char::is_control) {
        return message;
    }
    let mut line = String::with_capacity(LONGEST);
    for c in message.chars().take(LONGEST) {
        if c.is_control() { line.extend(c.escape_default()) } else { line.push(c) }
    }
    if message.chars().nth(LONGEST).is_some() {
        line.push('…');
    }
    line
}
