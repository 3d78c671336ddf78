use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;
use migspec_diag::{Diagnostic, Sources};
use migspec_policies::Rulebook;
use migspec_syntax::edit::{self, NewWaiver, first_step, holder, reference};
use migspec_syntax::value::Date;
use thiserror::Error;

use super::judging;
use super::options::{self, PolicySource};
use super::{Exit, check, eprint_line, print};
use crate::compile::{self, Checked, Request};
use crate::error::CommandError;
use crate::load::FolderImporter;
use crate::path_name;
use crate::{render, write};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Rule to waive, such as `cluster-without-deletion-protection`.
    pub rule: String,
    /// Spec to edit (default: the spec of the project file).
    pub spec: Option<PathBuf>,
    /// Last day of the waiver, YYYY-MM-DD.
    #[arg(long, value_name = "DATE", value_parser = options::date)]
    pub until: Date,
    /// Owner of the waiver.
    #[arg(long, value_name = "TEAM")]
    pub owner: String,
    /// Approver of the waiver; must differ from the owner.
    #[arg(long, value_name = "TEAM")]
    pub approved_by: String,
    /// Why the risk is acceptable.
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// Ticket that tracks the waiver.
    #[arg(long, value_name = "TICKET")]
    pub ticket: Option<String>,
    /// Compensating control while the waiver is active.
    #[arg(long, value_name = "TEXT")]
    pub control: Option<String>,
    /// Node of the finding, such as `api.payments` or `monitor`; required if several nodes have one. A second `--on`,
    /// such as `action:rds-db:connect`, narrows the waiver to one IAM action; `fact:strongKeys` names an undecided fact.
    #[arg(long, value_name = "NODE", value_parser = on)]
    pub on: Vec<On>,
    /// Environment of the waiver (default: the environments of the finding).
    #[arg(long, value_name = "NAME", env = "MIGSPEC_ENV", hide_env_values = true)]
    pub env: Option<String>,
    /// Write nothing; print the change as a diff.
    #[arg(long)]
    pub diff: bool,
    /// Date used to decide whether the waiver has expired, YYYY-MM-DD (default: today).
    #[arg(long, value_name = "DATE", value_parser = options::date, env = "MIGSPEC_TODAY", hide_env_values = true)]
    pub today: Option<Date>,
    #[command(flatten)]
    pub from: PolicySource,
}

/// The subject of a waiver.
#[derive(Clone, Debug)]
pub enum On {
    Node(String),
    Action(String),
    Fact(String),
}

/// A text after `action:` without a service.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[error("write service and name of the action, such as `action:rds-db:connect`")]
struct NoAction;

fn on(text: &str) -> Result<On, NoAction> {
    if let Some(fact) = text.strip_prefix("fact:") {
        return Ok(On::Fact(fact.to_owned()));
    }
    match text.strip_prefix("action:") {
        None => Ok(On::Node(text.to_owned())),
        Some(action)
            if action.split_once(':').is_some_and(|(service, name)| !service.is_empty() && !name.is_empty()) =>
        {
            Ok(On::Action(action.to_owned()))
        }
        Some(_) => Err(NoAction),
    }
}

impl Arguments {
    fn node(&self) -> Option<&str> {
        self.on.iter().find_map(|on| match on {
            On::Node(node) => Some(node.as_str()),
            On::Action(_) | On::Fact(_) => None,
        })
    }

    fn action(&self) -> Option<&str> {
        self.on.iter().find_map(|on| match on {
            On::Action(action) => Some(action.as_str()),
            On::Node(_) | On::Fact(_) => None,
        })
    }

    fn fact(&self) -> Option<&str> {
        self.on.iter().find_map(|on| match on {
            On::Fact(fact) => Some(fact.as_str()),
            On::Node(_) | On::Action(_) => None,
        })
    }

    /// Rejects a second node or part, which would be ignored.
    fn check_subjects(&self) -> Result<(), CommandError> {
        let nodes = self.on.iter().filter(|on| matches!(on, On::Node(_))).count();
        match (nodes, self.on.len() - nodes) {
            (0 | 1, 0 | 1) => Ok(()),
            _ => Err(CommandError::usage("one waiver has one node and one action or fact: run `waive` once for each")),
        }
    }
}

/// Adds a waiver to a spec, unless the policies refuse it.
///
/// # Errors
///
/// The spec cannot be read or written, or has no node for the waiver.
pub fn run(arguments: &Arguments) -> Result<Exit, CommandError> {
    arguments.check_subjects()?;
    let spec = spec(arguments)?;
    let (_, rulebook) = arguments.from.rulebook()?;
    let run = Run { arguments, rulebook, spec };
    let mut sources = Sources::new();
    let (file, mut importer) = FolderImporter::open(&run.spec, &mut sources)?;
    let before = run.check(file, &mut sources, &mut importer)?;
    let place = match run.place(&before) {
        Ok(place) => place,
        Err(why) => {
            eprint_line(&format!("error: {why}"));
            return Ok(Exit::Findings);
        }
    };
    let parsed = migspec_syntax::read(file, &mut sources, &mut importer).value;
    let into = edit::Into { environment: place.environment.as_deref(), node: &place.node };
    let edited = edit::waive(&parsed, &sources, &into, &run.waiver())?;
    let path = importer.path(edited.file).unwrap_or(&run.spec).to_owned();
    let old = sources.get(edited.file).text.to_string();
    // The edited spec is checked before it is written, so that a refused waiver changes no file.
    let mut sources = Sources::new();
    let texts = [(path_name::display(&path), edited.text.clone())].into();
    let (file, mut importer) = FolderImporter::open_with(&run.spec, texts, path_name::display, &mut sources)?;
    let after = run.check(file, &mut sources, &mut importer)?;
    let refused = run.refusals(&before, after);
    if !refused.is_empty() {
        print(&render::plain(&refused, &sources, render::Paint::Plain))?;
        eprint_line("error: the waiver would not hold; nothing was written");
        return Ok(Exit::Findings);
    }
    let name = path_name::display(&path);
    if arguments.diff {
        let diff = similar::TextDiff::from_lines(&old, &edited.text);
        return print(&diff.unified_diff().header(&name, &name).to_string()).map(|()| Exit::Clean);
    }
    write::replace(&path, &edited.text)?;
    let line = edited.text[..edited.at].matches('\n').count() + 1;
    eprint_line(&format!("wrote the waiver of `{}` to {name}:{line}", arguments.rule));
    Ok(Exit::Clean)
}

/// The spec of the arguments, or the only spec of the project file.
fn spec(arguments: &Arguments) -> Result<PathBuf, CommandError> {
    if let Some(spec) = &arguments.spec {
        return Ok(spec.clone());
    }
    match check::specs(&[], &arguments.from.project()?)?.as_slice() {
        [one] => Ok(one.clone()),
        several => {
            let names: Vec<String> = several.iter().map(|path| format!("`{}`", path_name::display(path))).collect();
            Err(CommandError::usage(format!("name the spec: there are {}", names.join(", "))))
        }
    }
}

struct Run<'a> {
    arguments: &'a Arguments,
    rulebook: Rulebook,
    spec: PathBuf,
}

/// The node and the environment that get the waiver.
struct Place {
    environment: Option<String>,
    /// `api "payments"`; empty for the migration.
    node: String,
}

/// The codes of faulty waivers.
const FLAWS: [&str; 5] =
    ["expired-waiver", "waiver-approved-by-owner", "not-waivable", "waiver-too-long", "unused-waiver"];

impl Run<'_> {
    fn check(
        &self,
        file: migspec_diag::FileId,
        sources: &mut Sources,
        importer: &mut FolderImporter,
    ) -> Result<Checked, CommandError> {
        let request = Request { environment: self.arguments.env.clone(), today: judging::today(self.arguments.today)? };
        Ok(compile::check(file, sources, importer, &self.rulebook, &request)?)
    }

    fn waiver(&self) -> NewWaiver {
        let given = self.arguments;
        NewWaiver {
            rule: given.rule.clone(),
            until: given.until,
            owner: given.owner.clone(),
            approved_by: given.approved_by.clone(),
            reason: given.reason.clone(),
            ticket: given.ticket.clone(),
            control: given.control.clone(),
            action: given.action().map(str::to_owned),
            fact: given.fact().map(str::to_owned),
        }
    }

    /// The node and the environment that the findings of the rule concern.
    fn place(&self, checked: &Checked) -> Result<Place, CommandError> {
        let rule = &self.arguments.rule;
        let found: Vec<&Diagnostic> = checked.findings.iter().filter(|f| f.code == *rule).collect();
        if found.is_empty() {
            return Err(CommandError::Usage(self.nothing(checked)));
        }
        let nodes: BTreeSet<&str> = found.iter().filter_map(|f| f.node.as_deref()).map(first_step).collect();
        let node = match (self.arguments.node(), nodes.iter().collect::<Vec<_>>().as_slice()) {
            (_, []) => return Err(CommandError::usage(format!("`{rule}` cannot be waived: fix its findings"))),
            (Some(on), _) if nodes.contains(&*node_path(on)) => node_path(on),
            (Some(on), several) => {
                let names: Vec<String> = several.iter().map(|node| format!("`--on {}`", reference(node))).collect();
                return Err(CommandError::usage(format!(
                    "`{rule}` has no finding at `{on}`: use {}",
                    names.join(" or ")
                )));
            }
            (None, [one]) => (**one).to_owned(),
            (None, several) => {
                let names: Vec<String> = several.iter().map(|node| format!("`--on {}`", reference(node))).collect();
                return Err(CommandError::usage(format!(
                    "several nodes have findings of `{rule}`: add one of {}",
                    names.join(", ")
                )));
            }
        };
        let concerned = found.iter().filter(|f| f.node.as_deref().is_some_and(|n| first_step(n) == node));
        let mut environments: BTreeSet<&str> = BTreeSet::new();
        let mut everywhere = false;
        for finding in concerned {
            everywhere |= finding.environments.is_empty();
            environments.extend(finding.environments.iter().map(String::as_str));
        }
        let environment = match (&self.arguments.env, everywhere, environments.len()) {
            (Some(name), ..) => Some(name.clone()),
            (None, true, _) | (None, false, 0) => None,
            (None, false, 1) => environments.first().map(|name| (*name).to_owned()),
            (None, false, _) => {
                let names: Vec<&str> = environments.into_iter().collect();
                return Err(CommandError::usage(format!(
                    "`{rule}` has findings in some environments only: add `--env` with one of {}",
                    names.join(", ")
                )));
            }
        };
        Ok(Place { environment, node: holder(&node).to_owned() })
    }

    fn nothing(&self, checked: &Checked) -> String {
        let rule = &self.arguments.rule;
        if migspec_diag::code_info(rule).is_some() {
            return format!("`{rule}` is an error of the spec itself and cannot be waived: fix it");
        }
        if !self.rulebook.knows(rule) {
            let help = migspec_diag::did_you_mean(rule, self.rulebook.names());
            return format!("there is no rule `{rule}`{}", help.map(|h| format!("; {h}")).unwrap_or_default());
        }
        if checked.skipped > 0 {
            return format!("`{rule}` was not evaluated, because the spec has errors: run `migspec check`");
        }
        format!("`{}` has no finding of `{rule}` that is not waived already", path_name::display(&self.spec))
    }

    /// The faults of the new waiver, and errors that it introduces.
    fn refusals(&self, before: &Checked, after: Checked) -> Vec<Diagnostic> {
        let known: BTreeSet<(&str, &str)> = before.findings.iter().map(|f| (&*f.code, &*f.message)).collect();
        let refused = |f: &Diagnostic| {
            let new = !known.contains(&(&*f.code, &*f.message));
            new && (FLAWS.contains(&&*f.code) || f.severity == migspec_diag::Severity::Error)
        };
        after.findings.into_iter().filter(refused).collect()
    }
}

/// Converts `api.payments` to the path `api "payments"`.
fn node_path(on: &str) -> String {
    match on.split_once('.') {
        Some((node, key)) => format!("{node} \"{key}\""),
        None => on.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_are_named_as_in_a_spec() {
        for name in ["api.payments", "monitor"] {
            assert_eq!(reference(&node_path(name)), name);
        }
    }
}
