//! A control of the catalogue, and a requirement of the standard.

use migspec_policies::catalogue::{Control, Engine, Requirement, Status};
use migspec_policies::{Failure, Rule, Rulebook};

use super::page::Page;

/// A control: what must hold, why, what decides it or what stands for that.
pub fn control(control: &Control, rulebook: &Rulebook) -> Result<Page, Failure> {
    let page = Page::new(&control.id, &control.title).list(facts(control));
    let page = page.text(sentence(&standing(control, &rulebook.rules()?)));
    let limits = control.limits.iter().map(|limits| format!("It does not see: {limits}."));
    let page = limits.fold(page, Page::text);
    let page = page.text(match control.waiver {
        migspec_policies::catalogue::Waivable::Never => "A finding cannot be waived.".to_owned(),
        term => format!("A finding may be waived for at most {term}; `migspec explain` of the policy shows how."),
    });
    let tools = control.equivalents.iter();
    let tools: Vec<String> = tools.map(|(tool, checks)| format!("{}: {}", named(tool), checks.join(", "))).collect();
    Ok(if tools.is_empty() { page } else { page.section("Other tools look at the same").list(tools) })
}

/// A requirement: what it asks for, and what supports it here.
pub fn requirement(requirement: &Requirement, rulebook: &Rulebook) -> Result<Page, Failure> {
    Ok(supported(requirement, &rulebook.rules()?)
        .text("`migspec explain` of a policy or control shows why, a bad and a good case, and how to waive it.")
        .text("Checks of a spec support an assessment; they do not replace one."))
}

/// The same where it stands among others.
pub(super) fn supported(requirement: &Requirement, rules: &[&Rule]) -> Page {
    let title = format!("requirement of PCI DSS 4.0.1: {}", requirement.about);
    let points = requirement.controls.iter().map(|control| {
        let limits = control.limits.iter().map(|limits| format!("\nnot seen: {limits}"));
        let first = format!("{}, {}\n{}", control.id, control.title, standing(control, rules));
        std::iter::once(first).chain(limits).collect()
    });
    Page::new(requirement.number, title).section("What supports it here").list(points)
}

/// Why a control matters, what it supports and how severe an offence is.
pub(super) fn facts(control: &Control) -> Vec<String> {
    let (production, other) = (control.severity(true).name(), control.severity(false).name());
    let severity = match production == other {
        true => production.to_owned(),
        false => format!("{production} in production, {other} elsewhere"),
    };
    vec![
        format!("why: {}", control.why),
        format!("PCI DSS 4.0.1: {}", control.requirements.join(", ")),
        format!("severity: {severity}"),
    ]
}

/// What decides a control, or why nothing does and what stands instead.
pub(super) fn standing(control: &Control, rules: &[&Rule]) -> String {
    match &control.status {
        Status::Decided => {
            let rules = rules.iter().filter(|r| r.controls.iter().any(|c| c.id == control.id));
            format!("decided by {}", code(rules.map(|r| &*r.id)))
        }
        Status::DecidedBy(Engine::Codes(codes)) => format!("decided by {}", code(codes.iter().map(String::as_str))),
        Status::DecidedBy(Engine::Artifact(name)) => format!("decided: each build writes `{name}`"),
        Status::Deferred { because, instead } => format!("deferred: {because}; {instead}"),
        Status::NotApplicable { because } => format!("not applicable: {because}"),
    }
}

fn code<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first: String = chars.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}

/// A tool under the name that it goes by.
fn named(tool: &str) -> String {
    match tool {
        "security_hub" => "Security Hub",
        "config_rule" => "AWS Config",
        "checkov" => "Checkov",
        "guard" => "CloudFormation Guard",
        "cdk_nag" => "cdk-nag",
        "trivy" => "Trivy",
        "prowler" => "Prowler",
        other => other,
    }
    .to_owned()
}
