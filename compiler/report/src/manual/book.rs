//! The reference pages: everything of a kind, by family or by number.

use std::collections::BTreeMap;
use std::fmt::Write;

use migspec_policies::catalogue::{Control, Counts, Tier, controls as all_controls, requirements as all};
use migspec_policies::{PolicyError, Rule, Rulebook};

use super::control::requirement_page;
use super::page::Page;

/// A page of policies for each family, and `README.md`, which lists them: file
/// name to Markdown.
///
/// # Errors
///
/// A built-in policy cannot be read.
pub fn policies(rulebook: &Rulebook) -> Result<BTreeMap<String, String>, PolicyError> {
    let mut families: BTreeMap<&str, Vec<&Rule>> = BTreeMap::new();
    // `permit` policies have no controls: they bound grants and flows, and report no findings.
    for rule in rulebook.rules()?.into_iter().filter(|rule| rule.controls().next().is_some()) {
        families.entry(rule.family()).or_default().push(rule);
    }
    let mut list =
        "# Policies\n\nEach policy is a file with its reason in a comment and its cases beside it. The \
                    controls list the questions that they decide, and those that only a deployment can decide; the requirements \
                    of the standard lead to both.\n"
            .to_owned();
    let mut pages = BTreeMap::new();
    for (family, rules) in families {
        line(&mut list, format_args!("\n## [{family}]({family}.md)\n\n| policy | finding | production | elsewhere |"));
        line(&mut list, format_args!("|---|---|---|---|"));
        let mut text = format!("# Policies: {family}\n");
        for rule in rules {
            let (production, other) = (rule.severity(Tier::Production).name(), rule.severity(Tier::Other).name());
            line(
                &mut list,
                format_args!(
                    "| [`{0}`]({family}.md#{0}) | {1} | {production} | {other} |",
                    rule.id,
                    cell(&rule.message)
                ),
            );
            let page = super::rule(rule, rulebook.cases_of(&rule.id).unwrap_or_default());
            line(&mut text, format_args!("\n{}", page.markdown(2).trim_end()));
        }
        pages.insert(format!("{family}.md"), text);
    }
    pages.insert("README.md".to_owned(), list);
    Ok(pages)
}

/// Every requirement that a control supports, in the order of the standard.
///
/// # Errors
///
/// A built-in policy cannot be read.
pub fn requirements(rulebook: &Rulebook) -> Result<String, PolicyError> {
    let mut text =
        "# Requirements of PCI DSS 4.0.1\n\nNumbers of the standard, each with its topic in words of our own, \
                    and the controls and policies that support it. The text of the standard is not included. A \
                    pass of all controls does not prove a requirement: checks of a spec support an \
                    assessment; they do not replace one.\n\n| requirement | topic | decided | deferred | not \
                    applicable |\n|---|---|---|---|---|\n"
            .to_owned();
    for requirement in all() {
        let Counts { decided, deferred, not_applicable } = Counts::of(requirement.controls.iter().copied());
        let (number, about) = (requirement.number, cell(requirement.about));
        let anchor = number.replace('.', "");
        line(
            &mut text,
            format_args!("| [{number}](#{anchor}) | {about} | {decided} | {deferred} | {not_applicable} |"),
        );
    }
    let rules = rulebook.rules()?;
    for requirement in all() {
        let page = requirement_page(requirement, &rules, control_link);
        line(&mut text, format_args!("\n{}", page.markdown(2).trim_end()));
    }
    Ok(text)
}

/// A page of controls for each family: file name to Markdown.
///
/// # Errors
///
/// A built-in policy cannot be read.
pub fn controls(rulebook: &Rulebook) -> Result<BTreeMap<String, String>, PolicyError> {
    let mut pages: BTreeMap<String, String> = BTreeMap::new();
    for control in all_controls().values() {
        let text = pages
            .entry(format!("{}.md", control.family))
            .or_insert_with(|| format!("# Controls: {}\n\n[All controls](../controls.md)\n", control.family));
        line(text, format_args!("\n{}", super::control(control, rulebook)?.markdown(2).trim_end()));
    }
    Ok(pages)
}

/// A control with a link to its page.
fn control_link(control: &Control) -> String {
    format!("[{}](controls/{}.md#{})", control.id, control.family, control.id.to_ascii_lowercase())
}

/// Every control by family, in tables.
///
/// # Errors
///
/// A built-in policy cannot be read.
pub fn control_tables(rulebook: &Rulebook) -> Result<String, PolicyError> {
    let rules = rulebook.rules()?;
    let counts = Counts::of(all_controls().values());
    let mut text = format!(
        "# Controls\n\n{counts}.\n\n*Decided*: the named policies or codes find violations. *Deferred*: it concerns \
         the artifacts, but cannot be decided before deployment; the table names the later check or the assumption beside \
         it. *Not applicable*: no spec can declare it and no back end writes it. Each control has a bad and a good spec of its \
         policies, and how to waive it, on its page.\n"
    );
    let mut families: BTreeMap<&str, Vec<&Control>> = BTreeMap::new();
    for control in all_controls().values() {
        families.entry(control.family).or_default().push(control);
    }
    for (family, controls) in families {
        let counts = Counts::of(controls.iter().copied());
        let heading = "| control | objective | production | elsewhere | waiver | PCI DSS 4.0.1 | status |";
        line(&mut text, format_args!("\n## {family}\n\n{counts}.\n\n{heading}\n|---|---|---|---|---|---|---|"));
        for control in controls {
            line(&mut text, format_args!("{}", row(control, &rules)));
        }
    }
    Ok(text)
}

fn row(control: &Control, rules: &[&Rule]) -> String {
    let limits = control.limits.iter().map(|limits| format!("; not seen: {limits}")).collect::<String>();
    let cells = [
        control_link(control),
        control.title.clone(),
        control.severity(Tier::Production).name().to_owned(),
        control.severity(Tier::Other).name().to_owned(),
        control.waiver.to_string(),
        control.requirements.join(", "),
        super::control::standing(control, rules) + &limits,
    ];
    let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
    format!("| {} |", cells.join(" | "))
}

/// Text in a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn line(text: &mut String, words: std::fmt::Arguments) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{words}");
}

/// Pages in a row, as one text for a terminal.
pub fn plain<'p>(pages: impl IntoIterator<Item = &'p Page>) -> String {
    pages.into_iter().map(Page::plain).collect::<Vec<_>>().join("\n")
}
