use std::fmt::Write;
use std::path::PathBuf;

use clap::Args;
use migspec_diag::{CODES, CodeInfo, Severity, code_info, did_you_mean};
use migspec_policies::catalogue::{self, Control, Engine, Instead, Status, Waivable};
use migspec_policies::{Failure, Rule, Rulebook};

use super::options::describe;
use super::{Exit, print};
use crate::load;

#[derive(Debug, Args)]
pub struct Arguments {
    /// A rule such as `unencrypted-cluster`, a control such as `ENC-RDS-01`,
    /// or a PCI DSS requirement such as `3.5.1`.
    pub id: String,
    /// A folder with policies of your own.
    #[arg(long, value_name = "DIR", env = "MIGSPEC_POLICIES", hide_env_values = true)]
    pub policies: Vec<PathBuf>,
}

pub fn run(arguments: &Arguments) -> Result<Exit, String> {
    let mut rulebook = Rulebook::builtin().map_err(|f| describe(&f))?;
    for folder in &arguments.policies {
        rulebook.extend(&load::policies(folder)?).map_err(|f| describe(&f))?;
    }
    let id = arguments.id.trim();
    match explanation(id, &rulebook).map_err(|f| describe(&f))? {
        Some(text) => print(&text).map(|()| Exit::Clean),
        None => {
            let controls = catalogue::controls().keys().map(String::as_str);
            let known = rulebook.names().chain(CODES.iter().map(|c| c.code)).chain(controls);
            let help = did_you_mean(id, known).map(|help| format!("; {help}")).unwrap_or_default();
            Err(format!("nothing is known of `{id}`{help}"))
        }
    }
}

fn explanation(id: &str, rulebook: &Rulebook) -> Result<Option<String>, Failure> {
    if let Some(code) = code_info(id) {
        return Ok(Some(of_code(code)));
    }
    if let Some(rule) = rulebook.rule(id)? {
        return Ok(Some(of_rule(rule)));
    }
    if let Some(control) = catalogue::control(id) {
        return Ok(Some(of_control(control, rulebook)?));
    }
    let number = id.trim_start_matches("pci-dss-4.0.1/");
    let controls: Vec<&Control> =
        catalogue::controls().values().filter(|c| c.requirements.iter().any(|r| r == number)).collect();
    if controls.is_empty() { Ok(None) } else { of_requirement(number, &controls, rulebook).map(Some) }
}

fn of_code(code: &CodeInfo) -> String {
    format!(
        "{}: {}\n\n{}\n\nThis is an error of the spec itself; it cannot be waived.\n",
        code.code, code.summary, code.explanation
    )
}

// Writing to a string cannot fail, so results of `write!` are dropped below.

fn of_rule(rule: &Rule) -> String {
    let mut text = format!("{}: {}\n", rule.id, rule.message);
    if !rule.manual.is_empty() {
        let _ = writeln!(text, "\n{}", rule.manual.trim());
    }
    let _ = writeln!(text, "\nWhat to do: {}", rule.help);
    if let (Some(on), property) = (&rule.on, &rule.property) {
        let property = property.as_ref().map(|p| format!(", property `{p}`")).unwrap_or_default();
        let _ = write!(text, "\nLooks at: {on}{property}\n");
    }
    for control in &rule.controls {
        let _ = write!(text, "\n{}", summary(control));
    }
    let shortest = rule.controls.iter().map(|c| c.waiver).min();
    text.push_str(&match shortest {
        Some(Waivable::Days(days)) => format!(
            "\nTo accept it for a time (at most {days} days), write inside the node it points at:\n\n    waive \"{}\" \
             until=\"YYYY-MM-DD\" owner=\"…\" approved-by=\"…\" reason=\"…\"\n",
            rule.id
        ),
        _ => "\nIt cannot be waived.\n".to_owned(),
    });
    text
}

fn summary(control: &Control) -> String {
    let severity = |production| match control.severity(production) {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    };
    format!(
        "Control {}: {}\n  why: {}\n  PCI DSS 4.0.1: {}\n  severity: {} in production, {} elsewhere\n",
        control.id,
        control.title,
        control.why,
        control.requirements.join(", "),
        severity(true),
        severity(false)
    )
}

fn of_control(control: &Control, rulebook: &Rulebook) -> Result<String, Failure> {
    let mut text = summary(control);
    text.push_str(&standing(control, rulebook)?);
    let _ = writeln!(text, "  longest waiver: {}", control.waiver);
    for (tool, checks) in &control.equivalents {
        let _ = writeln!(text, "  {}: {}", tool.replace('_', " "), checks.join(", "));
    }
    Ok(text)
}

fn of_requirement(number: &str, controls: &[&Control], rulebook: &Rulebook) -> Result<String, Failure> {
    let mut text = format!("PCI DSS 4.0.1 requirement {number}: what supports it here\n");
    for control in controls {
        let _ = write!(text, "\n{}: {}\n{}", control.id, control.title, standing(control, rulebook)?);
    }
    text.push_str("\nChecks of a spec support an assessment; they do not replace one.\n");
    Ok(text)
}

/// What decides a control, or why nothing does and what stands instead.
fn standing(control: &Control, rulebook: &Rulebook) -> Result<String, Failure> {
    let text = match &control.status {
        Status::Decided => format!("  decided by: {}\n", rules_of(control, rulebook)?.join(", ")),
        Status::DecidedBy(Engine::Codes(codes)) => format!("  decided by: {}\n", codes.join(", ")),
        Status::DecidedBy(Engine::Artifact(name)) => format!("  decided by: each build writes `{name}`\n"),
        Status::Deferred { because, instead } => {
            let instead = match instead {
                Instead::Runtime(check) => format!("checked when it runs: {check}"),
                Instead::Assumption(text) => format!("assumed: {text}"),
            };
            format!("  deferred: {because}\n  {instead}\n")
        }
        Status::NotApplicable { because } => format!("  not applicable: {because}\n"),
    };
    let limits = control.limits.iter().map(|limits| format!("  not seen: {limits}\n"));
    Ok(std::iter::once(text).chain(limits).collect())
}

fn rules_of<'r>(control: &Control, rulebook: &'r Rulebook) -> Result<Vec<&'r str>, Failure> {
    let rules = rulebook.rules()?.into_iter();
    let concerned = rules.filter(|r| r.controls.iter().any(|c| c.id == control.id));
    Ok(concerned.map(|r| &*r.id).collect())
}
