//! Files joined to one tree: `import "file.kdl"` is replaced by the nodes of
//! that file.

use std::sync::Arc;

use indexmap::IndexMap;
use migspec_diag::{Change, Diagnostic, FileId, Fix, Sources, Span};
use thiserror::Error;

use crate::check::MAX_ERRORS;
use crate::kdl::parse;
use crate::tree::Node;
use crate::value::{FileName, FromLiteral};

/// How deep files import each other.
const MAX_DEPTH: usize = 32;

/// Reads files that a spec imports or names. The only way out of this crate.
pub trait Importer {
    /// Reads `path`, which `from` imports or names, and adds it to `sources`.
    ///
    /// # Errors
    ///
    /// The file is missing, lies outside the folder of the spec, or cannot be read.
    fn import(&mut self, sources: &mut Sources, from: FileId, path: &str) -> Result<FileId, ImportError>;
}

/// The reason for which a file is not imported, without its path.
#[derive(Debug, Error)]
pub enum ImportError {
    #[error("there is no such file")]
    Missing,
    #[error("it lies outside the folder of the spec")]
    Outside,
    #[error(transparent)]
    Unreadable(Box<dyn std::error::Error + Send + Sync>),
}

pub(crate) struct Imports<'a> {
    pub sources: &'a mut Sources,
    pub importer: &'a mut dyn Importer,
    pub diagnostics: Vec<Diagnostic>,
    /// Nodes may be missing: a file could not be read, or not all of it.
    pub incomplete: bool,
    /// Names of the files that are being read, outermost first.
    path: Vec<Arc<str>>,
    /// Names of the imported files and where each was imported.
    imported: IndexMap<Arc<str>, Span>,
}

impl<'a> Imports<'a> {
    pub fn new(sources: &'a mut Sources, importer: &'a mut dyn Importer) -> Self {
        Self {
            sources,
            importer,
            diagnostics: Vec::new(),
            incomplete: false,
            path: Vec::new(),
            imported: IndexMap::new(),
        }
    }

    /// The nodes of the spec's own file, with the imports inside `migration`
    /// replaced. `None` where it is not clear which node holds which.
    pub fn root(&mut self, file: FileId) -> Option<Vec<Node>> {
        let mut nodes = self.nodes(file)?;
        self.path.push(self.sources.get(file).name.clone());
        for node in nodes.iter_mut().filter(|n| &*n.name.value == "migration") {
            node.children = self.splice(file, std::mem::take(&mut node.children));
        }
        self.path.pop();
        Some(nodes)
    }

    fn nodes(&mut self, file: FileId) -> Option<Vec<Node>> {
        let text = self.sources.get(file).text.clone();
        let parsed = parse(file, &text);
        self.incomplete |= !parsed.diagnostics.is_empty();
        self.diagnostics.extend(parsed.diagnostics);
        parsed.balanced.then_some(parsed.nodes)
    }

    fn splice(&mut self, file: FileId, nodes: Vec<Node>) -> Vec<Node> {
        let mut joined = Vec::with_capacity(nodes.len());
        for node in nodes {
            if &*node.name.value == "import" {
                joined.extend(self.import(file, &node));
            } else {
                joined.push(node);
            }
        }
        joined
    }

    fn import(&mut self, from: FileId, node: &Node) -> Vec<Node> {
        if self.diagnostics.len() > MAX_ERRORS {
            return Vec::new();
        }
        let Some((path, at)) = self.path_of(node) else {
            self.incomplete = true;
            return Vec::new();
        };
        let file = match self.importer.import(self.sources, from, &path) {
            Ok(file) => file,
            Err(why) => {
                self.incomplete = true;
                self.diagnostics.push(unreadable(&path, &why, at));
                return Vec::new();
            }
        };
        let name = self.sources.get(file).name.clone();
        if let Some(start) = self.path.iter().position(|open| *open == name) {
            let cycle: Vec<String> = self.path[start..].iter().chain([&name]).map(|n| format!("`{n}`")).collect();
            self.diagnostics.push(
                Diagnostic::error("import-cycle", format!("the imports form a cycle: {}", cycle.join(" → ")))
                    .at(at, "closes the cycle")
                    .help("remove one of these imports"),
            );
            return Vec::new();
        }
        if let Some(first) = self.imported.get(&name) {
            self.diagnostics.push(
                Diagnostic::error("duplicate-import", format!("`{name}` is imported twice"))
                    .at(at, "imported again")
                    .with(*first, "first imported here")
                    .help("remove this import: the nodes of a file belong to the whole migration")
                    .fix(Fix::safe("remove the import", Change::Nothing { at })),
            );
            return Vec::new();
        }
        if self.path.len() > MAX_DEPTH {
            self.incomplete = true;
            self.diagnostics.push(
                Diagnostic::error("too-many-imports", format!("imports are nested deeper than {MAX_DEPTH}"))
                    .at(at, "one too many")
                    .help("import these files directly from the spec"),
            );
            return Vec::new();
        }
        self.imported.insert(name.clone(), at);
        let nodes = self.nodes(file).unwrap_or_default();
        self.path.push(name);
        let nodes = self.splice(file, nodes);
        self.path.pop();
        nodes
    }

    /// The path that an `import` node names. Reports all else about it.
    fn path_of(&mut self, node: &Node) -> Option<(String, Span)> {
        let help = "write `import \"databases.kdl\"`";
        let [entry] = node.entries.as_slice() else {
            self.diagnostics.push(
                Diagnostic::error("wrong-value", "`import` takes one file name")
                    .at(node.header, "not one file name")
                    .help(help),
            );
            return None;
        };
        if entry.name.is_some() || !node.children.is_empty() {
            self.diagnostics.push(
                Diagnostic::error("wrong-value", "`import` takes one file name and nothing else")
                    .at(node.header, "not only a file name")
                    .help(help),
            );
            return None;
        }
        match FileName::from_literal(&entry.value.value) {
            Ok(name) => Some((name.as_str().to_owned(), entry.value.span)),
            Err(problem) => {
                self.diagnostics.push(
                    Diagnostic::error("wrong-value", problem.message).at(entry.value.span, "").help_if(problem.help),
                );
                None
            }
        }
    }
}

/// A file that a spec imports or names cannot be read.
pub(crate) fn unreadable(path: &str, why: &ImportError, at: Span) -> Diagnostic {
    Diagnostic::error("unreadable-file", format!("`{path}` cannot be read: {why}"))
        .at(at, "named here")
        .help("name a file by its path relative to this one")
}
