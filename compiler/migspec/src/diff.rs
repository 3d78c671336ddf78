//! The differences between two specs, two revisions or two environments, and
//! the findings about them.

mod parity;
mod words;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use migspec_analyze::diff::{Cause, ChangeKind, Diff, Interruption, Sides};
use migspec_diag::{Diagnostic, Severity, Sources};
use migspec_ir::update::Effect;
use migspec_ir::{Graph, Id};
use migspec_policies::Rulebook;

use crate::compile;
use crate::error::CommandError;
use crate::load::{FolderImporter, Texts};
use crate::path_name::display;
use crate::repository::Root;
use crate::revision::Revision;

pub use parity::{Parity, Weakness};
pub use words::{Line, Mark, Part, parts};

/// Resources that a finding lists as followers of its cause.
const MOST_FOLLOWERS: usize = 8;

/// One side: a spec in the work tree or in a revision.
pub struct Side {
    /// As the user named it: `HEAD:specs/payments.migspec.kdl`.
    pub label: String,
    path: PathBuf,
    revision: Option<Revision>,
}

/// The differences in one environment, or in several that have the same ones.
#[derive(Debug)]
pub struct Section {
    /// Empty for a comparison of two environments.
    pub environments: Vec<String>,
    pub diff: Diff,
    /// For a comparison of two environments.
    pub parity: Option<Parity>,
    /// Errors, if a migration is under way and a change interrupts it.
    pub findings: Vec<Diagnostic>,
    /// One of the two sides declares that the migration is under way.
    pub under_way: bool,
}

/// The result of a comparison.
#[derive(Debug, Default)]
pub struct Compared {
    pub sections: Vec<Section>,
    /// Environments of only one of the specs.
    pub added: Vec<String>,
    pub removed: Vec<String>,
}

impl Side {
    /// The side that an argument names: a file, `REV:path`, or a revision of the spec `other`.
    ///
    /// # Errors
    ///
    /// There is no such file, revision, or file in the revision.
    pub fn open(argument: &str, other: Option<&Path>, root: &Root) -> Result<Self, CommandError> {
        let path = Path::new(argument);
        if path.is_file() {
            return Ok(Self::file(path));
        }
        let (name, inside) = match (argument.split_once(':'), other) {
            (Some((name, inside)), _) if !name.is_empty() && !inside.is_empty() => (name, PathBuf::from(inside)),
            (None, Some(other)) => (argument, other.to_owned()),
            _ => return Err(CommandError::usage(format!("`{argument}` is neither a file nor REVISION:PATH"))),
        };
        let revision = Revision::open(name, root)?;
        let path = revision.file(root, &inside).ok_or_else(|| {
            let inside = display(&inside);
            CommandError::usage(format!("revision `{name}` has no file `{inside}`; name the spec as REVISION:PATH"))
        })?;
        Ok(Self { label: format!("{name}:{}", display(&inside)), path, revision: Some(revision) })
    }

    /// A file of the work tree.
    pub fn file(path: &Path) -> Self {
        Self { label: display(path), path: path.to_owned(), revision: None }
    }

    /// The graphs of the spec, one for each environment, or the errors of the spec.
    fn graphs(&self, environment: Option<&str>, sources: &mut Sources) -> Result<Vec<Graph>, Stop> {
        let opened = match &self.revision {
            None => FolderImporter::open(&self.path, sources),
            Some(revision) => FolderImporter::open_with(&self.path, Texts::new(), |path| revision.label(path), sources),
        };
        let (file, mut importer) = opened?;
        let (graphs, findings) = compile::lower(file, sources, &mut importer, environment);
        if findings.iter().any(|finding| finding.severity == Severity::Error) {
            return Err(Stop::Errors(findings));
        }
        Ok(graphs)
    }
}

/// The reason for which no comparison is possible.
#[derive(Debug)]
pub enum Stop {
    /// A spec has errors.
    Errors(Vec<Diagnostic>),
    Failed(CommandError),
}

impl<E: Into<CommandError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Stop::Failed(error.into())
    }
}

/// Compares each environment that both specs have.
///
/// # Errors
///
/// A spec has errors or cannot be read.
pub fn revisions(
    before: &Side,
    after: &Side,
    environment: Option<&str>,
    sources: &mut Sources,
) -> Result<Compared, Stop> {
    let (old, new) = (before.graphs(environment, sources)?, after.graphs(environment, sources)?);
    let name = |graph: &Graph| graph.environment.name.to_string();
    let only = |of: &[Graph], other: &[Graph]| -> Vec<String> {
        of.iter().map(name).filter(|one| !other.iter().any(|graph| *graph.environment.name == **one)).collect()
    };
    let mut compared = Compared { sections: Vec::new(), added: only(&new, &old), removed: only(&old, &new) };
    for graph in &new {
        let Some(deployed) = old.iter().find(|old| old.environment.name == graph.environment.name) else { continue };
        let section = section(deployed, graph, Sides::Revisions);
        let same = compared.sections.iter_mut().find(|s| s.diff == section.diff && s.under_way == section.under_way);
        match same {
            Some(same) => same.environments.push(name(graph)),
            None => compared.sections.push(section),
        }
    }
    Ok(compared)
}

/// Compares two environments: the later one is judged against the earlier one.
///
/// # Errors
///
/// A spec has errors or cannot be read, or a policy fails.
pub fn environments(
    before: (&Side, &str),
    after: (&Side, &str),
    rulebook: &Rulebook,
    today: u64,
    sources: &mut Sources,
) -> Result<Compared, Stop> {
    let mut one = |(side, name): (&Side, &str)| -> Result<Graph, Stop> {
        let graphs = side.graphs(Some(name), sources)?;
        let none = || CommandError::usage(format!("`{}` has no environment `{name}`", side.label));
        Ok(graphs.into_iter().next().ok_or_else(none)?)
    };
    let (old, new) = (one(before)?, one(after)?);
    let mut section = section(&old, &new, Sides::Environments);
    section.environments = Vec::new();
    section.parity = Some(parity::compare(&old, &new, rulebook, today)?);
    // Environments are deployed separately: their differences interrupt nothing.
    section.diff.interruptions = Vec::new();
    section.findings = Vec::new();
    Ok(Compared { sections: vec![section], ..Compared::default() })
}

fn section(before: &Graph, after: &Graph, sides: Sides) -> Section {
    let diff = Diff::of(before, after, sides);
    // The change that declares the end of a migration is itself still held to it.
    let under_way = before.under_way || after.under_way;
    let findings = if under_way { findings(&diff.interruptions) } else { Vec::new() };
    Section { environments: vec![after.environment.name.to_string()], diff, parity: None, findings, under_way }
}

/// One error for each cause. A resource that follows a replaced one is a note of it.
fn findings(interruptions: &[Interruption]) -> Vec<Diagnostic> {
    let mut findings: Vec<Diagnostic> = Vec::new();
    let mut index: BTreeMap<&Id, usize> = BTreeMap::new();
    let mut followers: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for interruption in interruptions {
        let (id, cause) = match &interruption.cause {
            Cause::Resource { id, follows, .. } => (Some(id), follows.as_ref().and_then(|id| index.get(id).copied())),
            Cause::Path(_) | Cause::Rights { .. } => (None, None),
        };
        let at = cause.unwrap_or(findings.len());
        match (cause, id) {
            (Some(at), Some(id)) => followers.entry(at).or_default().push(format!("`{id}`")),
            _ => findings.push(finding(interruption)),
        }
        index.extend(id.map(|id| (id, at)));
    }
    for (at, ids) in followers {
        let more = ids.len().saturating_sub(MOST_FOLLOWERS);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let shown: Vec<&str> = ids.iter().take(MOST_FOLLOWERS).map(String::as_str).collect();
        findings[at].notes.push(format!("with it: {}{more}", shown.join(", ")));
    }
    findings
}

/// The error for a change that interrupts a migration that is under way.
fn finding(interruption: &Interruption) -> Diagnostic {
    let message = format!("{} while the migration is under way", words::interruption(&interruption.cause));
    let place = match &interruption.cause {
        Cause::Resource { follows: Some(id), .. } => format!("its reference to `{id}` changes"),
        Cause::Resource { kind: ChangeKind::Removed, .. } => "it is removed".to_owned(),
        Cause::Resource { properties, .. } if !properties.is_empty() => {
            format!("this sets `{}`", properties.join("`, `"))
        }
        Cause::Resource { .. } | Cause::Path(_) | Cause::Rights { .. } => "it follows from this node".to_owned(),
    };
    let help = match &interruption.cause {
        Cause::Resource { kind: ChangeKind::Changed(Effect::MayReplace | Effect::Replaces), .. } => {
            "keep the value until the migration ends; a replaced resource starts without its data"
        }
        Cause::Resource { .. } => {
            "make the change after the migration, or stop replication first and remove `under-way` in a change of its own"
        }
        Cause::Path(_) | Cause::Rights { .. } => "keep it until the migration ends",
    };
    Diagnostic::error("interrupts-replication", message).at(interruption.span, place).help(help)
}
