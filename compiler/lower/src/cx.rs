//! The context of all lowering passes: the spec, the graph under construction,
//! and helpers for names, ARNs and origins.

use std::sync::Arc;

use migspec_diag::{Diagnostic, Outcome, Span};
use migspec_ir::{
    Actor, Condition, Datum, Environment, Flow, Grant, Graph, Id, Origin, Protocol, Resource, Value, Zone,
};
use migspec_syntax::value::Key;
use migspec_syntax::{Provenance, Setting, View, ast};

use rustc_hash::FxHashSet;

use crate::index::Index;
use crate::names::{self, Named, Pattern};

pub(crate) struct Cx<'a> {
    pub(crate) spec: &'a ast::Migration,
    pub(crate) environment: &'a ast::Environment,
    pub(crate) graph: Graph,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) index: Index<'a>,
    /// The pattern of physical names.
    pub(crate) pattern: Pattern,
    /// Pairs of nodes whose collision has been reported.
    colliding: FxHashSet<(String, String)>,
    view: &'a View,
}

/// Points at the line of the environment, if a finding concerns such a line and others of the base.
fn point_into(diagnostic: &mut Diagnostic, overriding: Span) {
    let Some(primary) = &mut diagnostic.primary else { return };
    if overriding.contains(primary.span) {
        return;
    }
    if let Some(label) = diagnostic.related.iter_mut().find(|label| overriding.contains(label.span)) {
        std::mem::swap(primary, label);
    }
}

/// The node at the head of a path: `source "ledger"` of `source "ledger" > login "fence"`.
fn node_of(path: &str) -> &str {
    path.split(" > ").next().unwrap_or(path)
}

impl<'a> Cx<'a> {
    pub(crate) fn new(view: &'a View) -> Self {
        let View { migration: spec, environment: node, .. } = view;
        let region = node.region.as_str();
        let environment = Environment {
            name: node.key.as_str().into(),
            account: node.account.as_str().into(),
            region: region.into(),
            partition: migspec_ir::partition::partition_of(region),
            production: *node.production,
            span: node.place.header,
        };
        let mut cx = Self {
            spec,
            environment: node,
            graph: Graph {
                under_way: *node.under_way,
                standard: spec.standard.as_ref().map(|standard| standard.name.word().into()),
                ..Graph::new(spec.key.as_str(), environment)
            },
            diagnostics: Vec::new(),
            index: Index::new(spec),
            pattern: pattern(spec, region),
            colliding: FxHashSet::default(),
            view,
        };
        cx.check_keys();
        cx
    }

    /// Reports sources and databases with one key. Their resources have the same names.
    fn check_keys(&mut self) {
        let spec = self.spec;
        for database in &spec.database {
            let Some(source) = spec.source.iter().find(|source| source.key.value == database.key.value) else {
                continue;
            };
            let key = &database.key.value;
            self.report(
                Diagnostic::error("name-collision", format!("source and database share the key `{key}`"))
                    .at(database.key.span(), "the database")
                    .with(source.key.span(), "the source")
                    .help("give one of them a different key"),
            );
            self.colliding.insert((format!("source \"{key}\""), format!("database \"{key}\"")));
            self.colliding.insert((format!("database \"{key}\""), format!("source \"{key}\"")));
        }
    }

    /// Every text of the spec.
    pub(crate) fn texts(&self) -> &'a [Setting<Arc<str>>] {
        &self.view.texts
    }

    /// The graph. A spec that was read in part has no findings of its own: they would follow from the part that is absent.
    pub(crate) fn finish(self) -> Outcome<Graph> {
        if self.view.incomplete {
            return Outcome::clean(self.graph);
        }
        let overriding = self.view.overriding;
        let mut diagnostics = self.diagnostics;
        diagnostics.iter_mut().for_each(|diagnostic| point_into(diagnostic, overriding));
        Outcome::new(self.graph, diagnostics)
    }

    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Reports a finding, unless there is the same one at the same place.
    pub(crate) fn report_once(&mut self, diagnostic: Diagnostic) {
        let at = |of: &Diagnostic| of.primary.as_ref().map(|label| label.span);
        let is_it = |known: &Diagnostic| {
            known.code == diagnostic.code && known.message == diagnostic.message && at(known) == at(&diagnostic)
        };
        if !self.diagnostics.iter().any(is_it) {
            self.report(diagnostic);
        }
    }

    /// Adds a resource and returns its id. Two resources never share an id:
    /// ids are made from node kinds and keys, and keys are unique in a spec.
    pub(crate) fn add(&mut self, resource: Resource) -> Id {
        let id = resource.id.clone();
        if let Some(old) = self.graph.resources.get(&id) {
            // Two nodes with one path are a `duplicate-node`, which has been reported.
            if old.path == resource.path {
                return id;
            }
            let (nodes, first) = ((node_of(&old.path), node_of(&resource.path)), old.origin.span());
            let message = format!("`{}` and `{}` derive the same resource `{id}`", nodes.0, nodes.1);
            // Two nodes that collide do so in several resources: the first of them is enough.
            if self.colliding.insert((nodes.0.to_owned(), nodes.1.to_owned())) {
                self.report(
                    Diagnostic::error("name-collision", message)
                        .at(resource.origin.span(), "the second")
                        .with(first, "the first")
                        .help("give one of the two nodes a different name"),
                );
            }
            return id;
        }
        self.graph.resources.insert(id.clone(), resource);
        id
    }

    /// Declares that `from` may open connections to `to`.
    pub(crate) fn flow(&mut self, from: Zone, to: Zone, port: u16, why: impl Into<Arc<str>>, origin: Origin) {
        self.graph.flows.push(Flow { from, to, protocol: Protocol::Tcp, port, reason: None, why: why.into(), origin });
    }

    /// Grants a right. `why` names the relation or the state that needs it.
    pub(crate) fn grant(
        &mut self,
        role: &Id,
        actions: &[&'static str],
        resources: Vec<Datum>,
        conditions: Vec<Condition>,
        why: impl Into<Arc<str>>,
        origin: Origin,
    ) {
        self.graph.grants.push(Grant {
            role: role.clone(),
            actions: actions.to_vec(),
            resources,
            conditions,
            why: why.into(),
            origin,
        });
    }

    pub(crate) fn actor(&mut self, role: &Id, actor: Actor) {
        self.graph.actors.insert(role.clone(), actor);
    }

    /// The text of a file that a setting names.
    pub(crate) fn file(&self, name: &str) -> Option<&Arc<str>> {
        self.view.files.get(name)
    }

    pub(crate) fn env(&self) -> &str {
        &self.graph.environment.name
    }

    /// The names of the other environments of the spec.
    pub(crate) fn other_environments(&self) -> impl Iterator<Item = &str> {
        self.view.environments.iter().map(|name| &**name).filter(|name| *name != self.env())
    }

    /// The physical name `{migration}-{stem}-{environment}`, in the length that
    /// the service accepts for this property.
    pub(crate) fn physical(&self, (type_name, property): Named, stem: &str) -> String {
        let longest = migspec_ir::naming::longest(type_name, property);
        names::physical(&self.pattern, &self.graph.migration, stem, self.env(), longest)
    }

    /// `/migration/{migration}/{environment}/{path}`: the name of a parameter or
    /// log group.
    pub(crate) fn path_name(&self, path: &str) -> String {
        format!("/migration/{}/{}/{path}", self.graph.migration, self.env())
    }

    /// A literal ARN in the environment's account and region.
    pub(crate) fn arn(&self, service: &str, resource: &str) -> Value {
        self.arn_in(&self.graph.environment.region, service, resource)
    }

    /// A literal ARN in the environment's account and a region of its own.
    pub(crate) fn arn_in(&self, region: &str, service: &str, resource: &str) -> Value {
        let e = &self.graph.environment;
        format!("arn:{}:{service}:{region}:{}:{resource}", e.partition, e.account).into()
    }

    /// A literal ARN of a service without regions.
    pub(crate) fn global_arn(&self, service: &str, resource: &str) -> Value {
        let e = &self.graph.environment;
        format!("arn:{}:{service}::{}:{resource}", e.partition, e.account).into()
    }

    /// Reports that `setting` names no node of this kind, unless that node was renamed, which was reported.
    pub(crate) fn unknown_reference<'k>(
        &mut self,
        kinds: &[&str],
        setting: &Setting<Key>,
        known: impl IntoIterator<Item = &'k str>,
    ) {
        let name = setting.as_str();
        if self.view.renamed.contains(name) {
            return;
        }
        let kind = kinds.join(" or ");
        let diagnostic = Diagnostic::error("unknown-reference", format!("there is no {kind} `{name}`"))
            .at(setting.span(), "not declared in this spec")
            .help(format!("declare it: {kind} \"{name}\" …"))
            .suggest(name, known);
        self.report(diagnostic);
    }
}

fn pattern(spec: &ast::Migration, region: &str) -> Pattern {
    let written = spec.naming.as_ref().and_then(|naming| naming.pattern.as_ref());
    written.map_or_else(Pattern::default, |pattern| Pattern::parse(&pattern.as_str().replace("{region}", region)))
}

/// The origin of a setting's value.
pub(crate) fn origin<T>(setting: &Setting<T>) -> Origin {
    match setting.provenance {
        Provenance::Written { span, base } => Origin::Written { span, base },
        Provenance::Default { of, node } => Origin::Default { of, node },
    }
}

/// A setting as a property's value: `datum(&s, |v| v.days() as i64)`.
pub(crate) fn datum<T, V: Into<Value>>(setting: &Setting<T>, f: impl FnOnce(&T) -> V) -> Datum {
    Datum::new(f(&setting.value), origin(setting))
}

/// A value that the pass `by` derived from the node at `from`.
pub(crate) fn derived(value: impl Into<Value>, by: &'static str, from: Span) -> Datum {
    Datum::new(value, Origin::derived(by, from))
}

/// Node path `database "ledger"`, for comments and metadata.
pub(crate) fn path(node: &str, key: &Key) -> String {
    format!("{node} \"{key}\"")
}
