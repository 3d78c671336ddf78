//! The page of one finding: the facts, and the origin of each.

use std::collections::BTreeSet;

use migspec_diag::{Diagnostic, Sources};
use migspec_ir::fact::{Fact, FactValue, Read};
use migspec_ir::{Id, Index, Origin, Resource, Waiver};
use migspec_policies::{Compliance, Evaluation, PolicyError, Rule};

use super::page::Page;
use crate::evidence::EvidenceInputs;

/// A page for each requested finding, waived ones included.
///
/// # Errors
///
/// A policy cannot be read or evaluated.
pub fn findings(given: &EvidenceInputs<'_>, asked: impl Fn(&Diagnostic) -> bool) -> Result<Vec<Page>, PolicyError> {
    let explained = Explained { given, index: Index::new(given.graph) };
    let mut pages = Vec::new();
    let mut told: Vec<&Diagnostic> = Vec::new();
    for verdict in &given.assessment.verdicts {
        let rule = given.rulebook.rule(&verdict.rule)?;
        for finding in verdict.findings.iter().filter(|f| asked(f)) {
            told.push(finding);
            let page = explained.page(finding);
            pages.push(explained.verdict(page, verdict, rule));
        }
    }
    let judgement = &given.assessment.judgement;
    let all = judgement.findings.iter().chain(judgement.waived.iter().map(|(finding, _)| finding));
    let others = all.filter(|f| asked(f) && !told.contains(f));
    pages.extend(others.map(|finding| explained.page(finding)));
    Ok(pages)
}

/// The page of a finding from its own content.
pub fn problem(finding: &Diagnostic, sources: &Sources) -> Page {
    let mut page = Page::new(finding.code.to_string(), &finding.message);
    if let Some(label) = &finding.primary {
        let source = sources.get(label.span.file);
        let line = source.line(source.location(label.span.start).line).trim();
        page = page.text(format!("At {}: {}", sources.place(label.span), label.text)).code(line);
    }
    let related = finding.related.iter().map(|label| format!("{}: {}", sources.place(label.span), label.text));
    let page = page.list(related).list(finding.notes.iter().cloned());
    finding.help.iter().fold(page, |page, help| page.text(format!("Fix: {help}")))
}

struct Explained<'a> {
    given: &'a EvidenceInputs<'a>,
    index: Index<'a>,
}

impl Explained<'_> {
    /// The content of the finding, and its waiver.
    fn page(&self, finding: &Diagnostic) -> Page {
        let page = problem(finding, self.given.sources);
        page.list(self.acceptance(finding))
    }

    /// One line for each waiver of the finding.
    fn acceptance(&self, finding: &Diagnostic) -> Vec<String> {
        let judgement = &self.given.assessment.judgement;
        let of_finding = judgement.waived.iter().filter(|(waived, _)| waived == finding).take(1);
        let waivers = of_finding.flat_map(|(_, by)| by).filter_map(|index| self.given.graph.waivers.get(*index));
        let line = |waiver: &Waiver| {
            let place = self.given.sources.place(waiver.span);
            let only = waiver.part().map(|part| format!(" (only `{part}`)")).unwrap_or_default();
            format!("waived at {place}{only}: {} for {}: {}", waiver.approved_by, waiver.owner, waiver.reason)
        };
        waivers.map(line).collect()
    }

    fn verdict(&self, page: Page, verdict: &Evaluation, rule: Option<&Rule>) -> Page {
        let environment = &self.given.graph.environment.name;
        let waived = if verdict.outcome == Compliance::Waived { ", and waived there" } else { "" };
        let page = page.text(format!("Seen in the environment `{environment}`{waived}."));
        let (Some(resource), Some(rule)) = (self.given.graph.get(&verdict.resource), rule) else {
            return page;
        };
        let mut facts = Vec::new();
        self.facts(resource, rule, &mut BTreeSet::new(), &mut facts);
        let page = if facts.is_empty() { page } else { page.section("Facts that the policy read").list(facts) };
        let scope = self.scope(resource);
        if scope.is_empty() { page } else { page.section(format!("Why `{}` is in scope", resource.id)).list(scope) }
    }

    /// The facts that a policy reads, of a resource and of the resources it refers to.
    fn facts(&self, resource: &Resource, rule: &Rule, seen: &mut BTreeSet<Id>, lines: &mut Vec<String>) {
        if !seen.insert(resource.id.clone()) {
            return;
        }
        let known = resource.resource_type().map_or(&[][..], |of| of.facts);
        let mut next = Vec::new();
        for fact in known.iter().filter(|fact| rule.facts().contains(fact.name)) {
            let value = fact.of(resource, &self.index);
            let origin = self.origin(resource, fact);
            lines.push(format!("`{}` of `{}` is {}: {origin}", fact.name, resource.id, value_text(&value)));
            if let FactValue::Entity(id) = value {
                next.push(id);
            }
        }
        for to in next.iter().filter_map(|id| self.given.graph.get(id)) {
            self.facts(to, rule, seen, lines);
        }
    }

    fn origin(&self, resource: &Resource, fact: &Fact) -> String {
        let place = |span| self.given.sources.place(span);
        let Read::Property(path, _) = fact.read else {
            return format!("computed from the resource, which follows from {}", place(resource.origin.span()));
        };
        match resource.get(path).map(|datum| datum.origin) {
            None => format!("AWS's own default, since `{path}` is not set"),
            Some(Origin::Written { span, base: Some(base) }) => {
                format!("written at {}, instead of the value at {}", place(span), place(base))
            }
            Some(Origin::Written { span, base: None }) => format!("written at {}", place(span)),
            Some(Origin::Default { of, node }) => format!("the default of `{of}`, which {} omits", place(node)),
            Some(Origin::Derived { by, from }) => format!("follows from {}, by the rules of `{by}`", place(from)),
        }
    }

    /// From the resource back to a column of a source.
    fn scope(&self, resource: &Resource) -> Vec<String> {
        let chain = self.given.scope.chain(&resource.id);
        chain.iter().map(|(id, why)| format!("`{id}`: {}, {}", why.text, self.given.sources.place(why.span))).collect()
    }
}

fn value_text(value: &FactValue) -> String {
    match value {
        FactValue::Bool(value) => value.to_string(),
        FactValue::Long(value) => value.to_string(),
        FactValue::String(text) if text.is_empty() => "empty".to_owned(),
        FactValue::String(text) => format!("`{text}`"),
        FactValue::StringSet(items) if items.is_empty() => "empty".to_owned(),
        FactValue::StringSet(items) => items.iter().map(|item| format!("`{item}`")).collect::<Vec<_>>().join(", "),
        FactValue::Entity(id) => format!("`{id}`"),
        FactValue::AwsOwned => "AWS's own".to_owned(),
        FactValue::External => "outside the spec".to_owned(),
        FactValue::Unknown => "not known before deployment".to_owned(),
    }
}
