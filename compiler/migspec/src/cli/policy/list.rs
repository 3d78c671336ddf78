use std::collections::BTreeSet;
use std::fmt::Write;

use clap::Args;
use migspec_policies::catalogue::{Control, Tier};
use migspec_policies::{Rule, Rulebook};
use serde_json::{Value, json};

use super::Format;
use crate::cli::options::PolicySource;
use crate::cli::{Exit, print};
use crate::error::CommandError;
use crate::render::pretty;

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    from: PolicySource,
    /// Output format.
    #[arg(long, short = 'f', value_name = "FORMAT", default_value = "human")]
    format: Format,
}

/// Prints the policies.
///
/// # Errors
///
/// A policy folder cannot be read, or a policy is wrong.
pub fn run(arguments: &Arguments) -> Result<Exit, CommandError> {
    let (_, rulebook) = arguments.from.rulebook()?;
    let rules = rulebook.policies()?;
    let text = match arguments.format {
        Format::Human => human(&rules, &rulebook),
        Format::Json => pretty(&json(&rules, &rulebook)),
    };
    print(&text).map(|()| Exit::Clean)
}

fn human(rules: &[&Rule], rulebook: &Rulebook) -> String {
    let width = rules.iter().map(|rule| rule.id.len()).max().unwrap_or_default();
    let mut text = String::new();
    let mut family = "";
    for rule in rules {
        if rule.family() != family {
            family = rule.family();
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{}{family}", if text.is_empty() { "" } else { "\n" });
        }
        let severity = rule.severity(Tier::Production).name();
        let _ = writeln!(text, "  {:width$}  {severity:7}  {}", rule.id, rule.message);
    }
    let own: Vec<&Control> = rulebook.own_controls().collect();
    if !own.is_empty() {
        let _ = writeln!(text, "\ncontrols of the organisation");
    }
    for Control { id, title, .. } in own {
        let _ = writeln!(text, "  {id}  {title}");
    }
    let _ = writeln!(text, "\n{} policies; `migspec explain NAME` explains one", rules.len());
    text
}

fn json(rules: &[&Rule], rulebook: &Rulebook) -> Value {
    let requirements =
        |rule: &Rule| rule.controls().flat_map(|c| c.requirements.iter().cloned()).collect::<BTreeSet<String>>();
    let rows = rules.iter().map(|rule| {
        json!({
            "id": *rule.id,
            "family": rule.family(),
            "message": rule.message,
            "help": rule.help,
            "controls": rule.controls().map(|c| &c.id).collect::<Vec<_>>(),
            "requirements": requirements(rule),
            "severity": { "production": rule.severity(Tier::Production).name(), "other": rule.severity(Tier::Other).name() },
            "action": rule.action,
            "resource": rule.on,
            "property": rule.property,
        })
    });
    let own = rulebook.own_controls().map(|control| {
        json!({
            "id": control.id,
            "title": control.title,
            "severity": { "production": control.severity(Tier::Production).name(), "other": control.severity(Tier::Other).name() },
        })
    });
    json!({ "policies": rows.collect::<Vec<_>>(), "ownControls": own.collect::<Vec<_>>() })
}
