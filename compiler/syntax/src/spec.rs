//! A spec: its files joined, checked, and read as one environment sees it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use migspec_diag::{Diagnostic, FileId, Fix, Outcome, Sources, Span, did_you_mean, nearest};

use crate::ast::{self, Migration};
use crate::check::{MAX_ENVIRONMENTS, MAX_ERRORS, check, respell};
use crate::import::{Importer, Imports, unreadable};
use crate::kdl::excerpt;
use crate::merge::{Added, Merged, merge};
use crate::shape::{Missing, Reader, SpecNode};
use crate::tree::{Literal, Node};
use crate::{Provenance, Setting};

/// A spec whose files are joined and whose names and values are checked.
#[derive(Clone, Debug)]
pub struct Spec {
    /// The `migration` node, imports spliced in. `None` if there is none, or
    /// if a part of it could not be read.
    pub migration: Option<Node>,
    /// The environments, in order, with the place of their name.
    pub environments: Vec<(Arc<str>, Span)>,
    /// The text of files that settings name, by name as written.
    pub files: BTreeMap<String, Arc<str>>,
    /// Headers of nodes in which something has an unknown name, or an argument is wrong.
    misspelt: HashSet<Span>,
    /// Whether an error loses a part of the spec.
    incomplete: bool,
    /// Whether lines of it are not KDL: each may have the setting that a node lacks.
    unparsed: bool,
}

/// A migration as one environment sees it.
#[derive(Clone, Debug)]
pub struct View {
    pub migration: ast::Migration,
    pub environment: ast::Environment,
    /// The nodes inside the environment, which override those of the base.
    pub overriding: Span,
    /// Whether a part of the spec could not be read, which has been reported. Other findings may follow from its absence.
    pub incomplete: bool,
    /// The names of all environments of the spec.
    pub environments: Vec<Arc<str>>,
    /// Keys that the base may have renamed while an environment uses the old
    /// one: the key, and not a reference to it, is reported.
    pub renamed: HashSet<String>,
    /// The text of files that settings name, by name as written.
    pub files: BTreeMap<String, Arc<str>>,
    /// Every text of the spec: values, and names that the author chose.
    pub texts: Vec<Setting<Arc<str>>>,
}

/// Reads a spec and the files that it imports. Reports everything that is
/// wrong with names, shapes and values in any of them.
pub fn read(file: FileId, sources: &mut Sources, importer: &mut dyn Importer) -> Outcome<Spec> {
    let mut imports = Imports::new(sources, importer);
    let nodes = imports.root(file);
    let mut diagnostics = std::mem::take(&mut imports.diagnostics);
    let (is_lost, unparsed) = (imports.incomplete, !diagnostics.is_empty());
    let migration = nodes.and_then(|nodes| only_migration(file, nodes, &mut diagnostics));
    let mut spec = Spec {
        migration,
        environments: Vec::new(),
        files: BTreeMap::new(),
        misspelt: HashSet::new(),
        incomplete: !diagnostics.is_empty(),
        unparsed,
    };
    if let Some(migration) = &mut spec.migration {
        let checked = check(migration);
        respell(migration, &checked.intended);
        diagnostics.extend(checked.diagnostics);
        spec.environments = environments(migration, &mut diagnostics);
        if spec.environments.is_empty() && !is_lost {
            diagnostics.push(no_environment(migration));
        }
        spec.misspelt = checked.misspelt;
        let read = diagnostics.len();
        spec.files = files(checked.files, sources, importer, &mut diagnostics);
        spec.incomplete |= checked.incomplete || diagnostics.len() > read;
    }
    if is_lost {
        // Every reference to a missing part would be reported as a second error.
        spec.migration = None;
    }
    sort(&mut diagnostics);
    Outcome::new(spec, diagnostics)
}

/// Sorts by place and cuts after [`MAX_ERRORS`].
fn sort(diagnostics: &mut Vec<Diagnostic>) {
    migspec_diag::sort(diagnostics);
    if diagnostics.len() <= MAX_ERRORS {
        return;
    }
    let message = format!("more than {MAX_ERRORS} errors: the others are not shown");
    let mut last = Diagnostic::error("too-many-errors", message);
    last.primary = diagnostics[MAX_ERRORS].primary.take();
    diagnostics.truncate(MAX_ERRORS);
    diagnostics.push(last);
}

/// The one `migration` node of the spec's own file.
fn only_migration(file: FileId, nodes: Vec<Node>, diagnostics: &mut Vec<Diagnostic>) -> Option<Node> {
    let start = Span::new(file, 0, 0);
    if nodes.is_empty() {
        diagnostics.push(
            Diagnostic::error("empty-file", "the file has no node")
                .at(start, "empty")
                .help("run `migspec init` to create a starter spec"),
        );
        return None;
    }
    let mut found: Option<Node> = None;
    let mut strangers = Vec::new();
    for node in nodes {
        match &found {
            _ if &*node.name.value != "migration" => strangers.push(node),
            None => found = Some(node),
            Some(first) => diagnostics.push(
                Diagnostic::error("duplicate-node", "a spec has only one `migration` node")
                    .at(node.header, "again")
                    .with(first.header, "first here")
                    .help("move each migration to a file of its own"),
            ),
        }
    }
    match (&found, strangers.first()) {
        (None, Some(first)) => diagnostics.push(no_migration(first)),
        _ => diagnostics.extend(strangers.iter().map(stranger)),
    }
    found
}

fn no_migration(first: &Node) -> Diagnostic {
    let near = nearest(&first.name.value, ["migration"]);
    let help = match near {
        Some(_) => "did you mean `migration`?",
        None if Migration::shape().child(&first.name.value).is_some() => {
            "put it inside `migration \"…\" { }`, or check the spec that imports this file"
        }
        None => "start with `migration \"…\" { }`",
    };
    Diagnostic::error("missing-migration", "the file has no `migration` node")
        .at(first.name.span, "found this")
        .help(help)
        .fix_if(near.map(|word| Fix::word(first.name.span, word)))
}

fn stranger(node: &Node) -> Diagnostic {
    let help = match Migration::shape().child(&node.name.value) {
        Some(_) => format!("move `{}` into `migration`", node.name.value),
        None => "delete it: `migration` is the only node of a spec".to_owned(),
    };
    Diagnostic::error("unknown-node", format!("`{}` is not allowed outside `migration`", excerpt(&node.name.value)))
        .at(node.name.span, "not known here")
        .help(help)
}

fn no_environment(migration: &Node) -> Diagnostic {
    Diagnostic::error("missing-environment", "the migration has no environment")
        .at(migration.header, "no account and region")
        .help("add `environment \"dev\" account=\"111111111111\" region=\"us-east-1\"`")
}

fn nameless(environment: &Node) -> Diagnostic {
    Diagnostic::error("missing-setting", "`environment` needs its key")
        .at(environment.header, "not set here")
        .help("write it after `environment`: environment \"dev\" …")
}

fn environments(migration: &Node, diagnostics: &mut Vec<Diagnostic>) -> Vec<(Arc<str>, Span)> {
    let nodes = || migration.children.iter().filter(|c| &*c.name.value == "environment");
    diagnostics.extend(nodes().filter(|node| node.arguments().next().is_none()).map(nameless));
    let mut found: Vec<(Arc<str>, Span)> = Vec::new();
    for key in nodes().filter_map(Node::key) {
        if found.len() == MAX_ENVIRONMENTS {
            diagnostics.push(
                Diagnostic::error("too-many-environments", format!("more than {MAX_ENVIRONMENTS} environments"))
                    .at(key.span, "one too many")
                    .help("split the migration: each environment is checked in full"),
            );
            break;
        }
        // A second one of the same name is reported as a duplicate.
        if !found.iter().any(|(name, _)| name == key.value) {
            found.push((key.value.clone(), key.span));
        }
    }
    found
}

/// The text of the files that settings name.
fn files(
    names: Vec<(String, Span)>,
    sources: &mut Sources,
    importer: &mut dyn Importer,
    diagnostics: &mut Vec<Diagnostic>,
) -> BTreeMap<String, Arc<str>> {
    let mut found: BTreeMap<String, (FileId, Span)> = BTreeMap::new();
    for (name, at) in names {
        match (importer.import(sources, at.file, &name), found.get(&name)) {
            (Err(why), _) => diagnostics.push(unreadable(&name, &why, at)),
            (Ok(file), None) => {
                found.insert(name, (file, at));
            }
            (Ok(file), Some((first, first_at))) if sources.get(file).text != sources.get(*first).text => {
                diagnostics.push(
                    Diagnostic::error("ambiguous-file", format!("two different files have the name `{name}`"))
                        .at(at, "one beside this file")
                        .with(*first_at, "another beside this one")
                        .help("rename one of them"),
                );
            }
            (Ok(_), Some(_)) => {}
        }
    }
    found.into_iter().map(|(name, (file, _))| (name, sources.get(file).text.clone())).collect()
}

/// Replaces the missing settings of a node that only the environment has by one
/// diagnostic: the node is probably an override with a misspelt or outdated key.
/// Adds the keys of the base that may be the new ones.
fn explain_additions(
    missing: Vec<Missing>,
    environment: &str,
    added: &HashMap<Span, Added>,
    renamed: &mut HashSet<String>,
) -> Vec<Diagnostic> {
    let mut parts: HashMap<Span, Vec<String>> = HashMap::new();
    for Missing { node, part, .. } in &missing {
        parts.entry(*node).or_default().push(part.clone());
    }
    let mut out: Vec<Diagnostic> = Vec::new();
    for Missing { node: span, diagnostic, .. } in missing {
        let Some(node) = added.get(&span).filter(|node| !node.siblings.is_empty()) else {
            out.push(diagnostic);
            continue;
        };
        let Some(parts) = parts.remove(&span) else { continue };
        let message = format!("environment `{environment}` overrides {}, which the base does not have", node.node);
        let known: Vec<String> = node.siblings.iter().take(12).map(|key| format!("`{key}`")).collect();
        let help = match &node.nearest {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the base has {}: use the same key in both places", known.join(", ")),
        };
        renamed.extend(node.siblings.iter().cloned());
        out.push(
            Diagnostic::error("missing-setting", message)
                .at(span, "not in the base")
                .note(format!("a new node needs {}", parts.join(", ")))
                .help(help)
                .fix_if(node.nearest.as_ref().zip(node.key).map(|(near, key)| Fix::word(key, near))),
        );
    }
    out
}

/// Adds the texts of a node and of the nodes inside it.
fn add_texts(node: &Node, texts: &mut Vec<Setting<Arc<str>>>) {
    let setting = |value: &Arc<str>, span, base| {
        let provenance = Provenance::Written { span, base };
        Setting { value: value.clone(), provenance }
    };
    texts.push(setting(&node.name.value, node.name.span, None));
    for entry in &node.entries {
        texts.extend(entry.name.as_ref().map(|name| setting(&name.value, name.span, None)));
        if let Literal::String(text) = &entry.value.value {
            texts.push(setting(text, entry.value.span, entry.base));
        }
    }
    node.children.iter().for_each(|child| add_texts(child, texts));
}

impl Spec {
    /// The views of several environments. A key that one of them shows to be
    /// renamed is renamed for all.
    pub fn views<'e>(&self, environments: impl IntoIterator<Item = &'e str>) -> Vec<Outcome<Option<View>>> {
        let mut views: Vec<_> = environments.into_iter().map(|environment| self.view(environment)).collect();
        let of = |outcome: &Outcome<Option<View>>| outcome.value.as_ref().map(|view| view.renamed.clone());
        let renamed: HashSet<String> = views.iter().filter_map(of).flatten().collect();
        for view in views.iter_mut().filter_map(|outcome| outcome.value.as_mut()) {
            view.renamed.clone_from(&renamed);
        }
        views
    }

    /// The migration with the overrides of an environment. Reports missing
    /// settings. `None` if the migration itself cannot be read.
    pub fn view(&self, environment: &str) -> Outcome<Option<View>> {
        let Some(migration) = &self.migration else { return Outcome::clean(None) };
        let is_it = |c: &&Node| &*c.name.value == "environment" && c.key().is_some_and(|k| &**k.value == environment);
        let Some(chosen) = migration.children.iter().find(is_it) else {
            return Outcome::new(None, vec![self.unknown_environment(environment)]);
        };
        let mut out = Merged::default();
        let merged = merge(migration, chosen, &mut out);
        let mut reader = Reader { misspelt: self.misspelt.clone(), ..Reader::default() };
        let read = Migration::read(&merged, &mut reader);
        let mut renamed = HashSet::new();
        let mut missing = if self.unparsed { Vec::new() } else { std::mem::take(&mut reader.missing) };
        // Nodes that only the environment has are the overrides of a part of the base that could not be read.
        if self.incomplete || missing.iter().any(|missing| !out.added.contains_key(&missing.node)) {
            missing.retain(|missing| !out.added.contains_key(&missing.node));
        }
        let missing = explain_additions(missing, environment, &out.added, &mut renamed);
        // The same holds of nodes that it removes.
        let mut diagnostics = if self.incomplete { Vec::new() } else { out.diagnostics };
        diagnostics.extend(missing);
        sort(&mut diagnostics);
        let view = read.and_then(|migration| {
            let environment = migration.environment.first()?.clone();
            let overriding = Span { start: chosen.header.end, ..chosen.extent() };
            let (files, mut texts) = (self.files.clone(), Vec::new());
            add_texts(&merged, &mut texts);
            let incomplete = self.incomplete || reader.incomplete;
            let environments = self.environments.iter().map(|(name, _)| Arc::clone(name)).collect();
            Some(View { migration, environment, overriding, incomplete, environments, renamed, files, texts })
        });
        Outcome::new(view, diagnostics)
    }

    fn unknown_environment(&self, name: &str) -> Diagnostic {
        let known = self.environments.iter().map(|(name, _)| &**name);
        Diagnostic::error("unknown-environment", format!("the spec has no environment `{name}`"))
            .help_if(did_you_mean(name, known))
    }
}
