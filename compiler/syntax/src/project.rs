//! The project file `migspec.kdl`: the defaults of every command.

use migspec_diag::{Diagnostic, FileId, Outcome, Sources, Span};

use crate::check::{check_as, respell};
use crate::kdl::{Parsed, parse};
use crate::shape::{Reader, SpecNode};
use crate::tree::Node;
use crate::value::{Key, Text};

nodes! {
    /// The project file.
    "project" Project, keys 0, merge Into {
        /// Specs, or folders that are searched for `*.migspec.kdl`.
        children spec: PathNode;
        /// Folders with policies of the organisation.
        children policies: PathNode;
        /// Builds of `migspec build` without arguments.
        children build: Build;
    }

    /// A path relative to the project file.
    "path" PathNode, keys 1, merge Replace {
        /// The path, with forward slashes.
        arg path: Text;
    }

    /// One build: an environment into a folder.
    "build" Build, keys 0, merge Replace {
        /// The spec; the project's only one if absent.
        opt_prop spec: Text;
        /// The environment.
        prop environment: Key;
        /// `terraform`, `cloudformation`, `asl` or `all`.
        prop target: Key = "all";
        /// The output folder.
        prop out: Text;
    }
}

/// Reads a project file. `None` where it holds no `project` node.
pub fn read(file: FileId, sources: &Sources) -> Outcome<Option<Project>> {
    let Parsed { nodes, mut diagnostics, .. } = parse(file, &sources.get(file).text);
    let mut found = None;
    for node in &nodes {
        if &*node.name.value == "project" && found.is_none() {
            found = Some(node);
        } else {
            diagnostics.push(stray(node, found));
        }
    }
    let Some(node) = found else {
        if diagnostics.is_empty() {
            diagnostics.push(
                Diagnostic::error("missing-project", "the project file has no `project` node")
                    .at(Span::new(file, 0, 0), "expected here")
                    .help("start with `project { spec \"specs\" }`"),
            );
        }
        return Outcome::new(None, diagnostics);
    };
    let checked = check_as(node, Project::shape());
    diagnostics.extend(checked.diagnostics);
    let mut reader = Reader { misspelt: checked.misspelt, ..Reader::default() };
    let mut node = node.clone();
    respell(&mut node, &checked.intended);
    let project = Project::read(&node, &mut reader);
    diagnostics.extend(reader.missing.into_iter().map(|missing| missing.diagnostic));
    Outcome::new(project, diagnostics)
}

/// A node besides the `project` node.
fn stray(node: &Node, project: Option<&Node>) -> Diagnostic {
    let name = &node.name.value;
    let message = if project.is_some() && &**name == "project" {
        "a project file has only one `project` node".to_owned()
    } else {
        format!("a project file has no node `{name}`")
    };
    Diagnostic::error("unknown-node", message)
        .at(node.name.span, "not known here")
        .help("move it into a spec, `*.migspec.kdl`; the project file contains only `project { }`")
}
