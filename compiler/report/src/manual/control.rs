//! A control of the catalogue, and a requirement of the standard.

use migspec_diag::{capitalized, code_info};
use migspec_policies::catalogue::{Control, Engine, Proof, Requirement, Status};
use migspec_policies::{PolicyError, Rule, Rulebook};

use super::grounds::grounds;
use super::page::Page;
use super::rule;

/// The page of a control: its objective, its reason, the policies that decide it,
/// and for each policy a failing and a passing case and its waiver.
///
/// # Errors
///
/// A built-in policy cannot be read.
pub fn control(control: &Control, rulebook: &Rulebook) -> Result<Page, PolicyError> {
    let rules = rulebook.rules()?;
    let page = Page::new(&control.id, &control.title).list(grounds(control));
    let page = page.text(sentence(&standing(control, &rules)));
    let limits = control.limits.iter().map(|limits| format!("Not covered: {limits}."));
    let page = limits.fold(page, Page::text);
    let page = deciders(control, &rules).fold(page, |page, rule| {
        let page = page.section(format!("Findings of `{}`", rule.id)).text(sentence(&rule.message));
        let page = rule::remedy(page, rule);
        rule::acceptance(rule::cases(page, rule, rulebook.cases_of(&rule.id).unwrap_or_default()), rule)
    });
    let codes = match &control.status {
        Status::DecidedBy(Engine::Codes(codes)) => codes.iter().filter_map(|code| code_info(code)).collect(),
        _ => Vec::new(),
    };
    let page = codes.into_iter().fold(page, |page, code| {
        page.section(format!("Findings of `{}`", code.code)).text(sentence(code.summary)).text(code.explanation)
    });
    let tools = control.equivalents.iter();
    let tools: Vec<String> =
        tools.map(|(tool, checks)| format!("{}: {}", tool_name(tool), checks.join(", "))).collect();
    Ok(if tools.is_empty() { page } else { page.section("Other tools look at the same").list(tools) })
}

/// The page of a requirement: its topic and its controls.
///
/// # Errors
///
/// A built-in policy cannot be read.
pub fn requirement(requirement: &Requirement, rulebook: &Rulebook) -> Result<Vec<Page>, PolicyError> {
    let own = requirement_page(requirement, &rulebook.rules()?, |control| control.id.clone())
        .text("Checks of a spec support an assessment; they do not replace one.");
    let controls = requirement.controls.iter().map(|of| control(of, rulebook));
    std::iter::once(Ok(own)).chain(controls).collect()
}

/// The first page of a requirement, with controls as `named` shows them.
pub(super) fn requirement_page(requirement: &Requirement, rules: &[&Rule], named: impl Fn(&Control) -> String) -> Page {
    let title = format!("requirement of PCI DSS 4.0.1: {}", requirement.about);
    let points = requirement.controls.iter().map(|control| {
        let limits = control.limits.iter().map(|limits| format!("\nnot covered: {limits}"));
        let first = format!("{}, {}\n{}", named(control), control.title, standing(control, rules));
        std::iter::once(first).chain(limits).collect()
    });
    let page = Page::new(requirement.number, title);
    let page = match requirement.proof {
        Proof::Resources => page,
        Proof::Process => page.text("It needs the work of people: resources only support it."),
    };
    let page = requirement.aws.into_iter().fold(page, |page, aws| page.text(format!("The part of AWS: it {aws}.")));
    page.section("Controls").list(points)
}

/// The policies that decide a control, or the reason for a deferral and its
/// substitute.
pub(super) fn standing(control: &Control, rules: &[&Rule]) -> String {
    match &control.status {
        Status::Decided => format!("decided by {}", code(deciders(control, rules).map(|rule| &*rule.id))),
        Status::DecidedBy(Engine::Codes(codes)) => format!("decided by {}", code(codes.iter().map(String::as_str))),
        Status::DecidedBy(Engine::Artifact(name)) => format!("supported: each build writes `{name}`"),
        Status::Deferred { because, instead } => format!("deferred: {because}; {instead}"),
        Status::NotApplicable { because } => format!("not applicable: {because}"),
    }
}

/// The policies that decide a control.
fn deciders<'r>(control: &'r Control, rules: &'r [&'r Rule]) -> impl Iterator<Item = &'r Rule> {
    rules.iter().copied().filter(|rule| rule.controls().any(|of| of.id == control.id))
}

fn code<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn sentence(text: &str) -> String {
    format!("{}.", capitalized(text))
}

/// The usual name of a tool.
fn tool_name(tool: &str) -> String {
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
