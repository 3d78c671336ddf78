//! The override behind a finding. A finding on a derived document, on another
//! resource or on the network is moved to the override without which it is not
//! found. A graph without overrides costs nothing.

use std::sync::Arc;

use migspec_analyze::Analysis;
use migspec_diag::{Change, Diagnostic, Fix, Label, Severity, Span};
use migspec_ir::class::Class;
use migspec_ir::{Graph, Id, Override};
use rustc_hash::FxHashSet;

use crate::PolicyError;
use crate::finding::{Finding, UNDECIDED};
use crate::judge::in_parts;
use crate::part;
use crate::rulebook::Rulebook;

/// The rule of overrides that no policy judges.
const UNJUDGED: &str = "unjudged-override";

/// The number of overrides that are tried one by one. Beyond it, a finding
/// points at an override of its resource.
const TRIED: usize = 48;

/// The label of a finding that was moved.
const MOVED: &str = "this override causes it";

/// Two findings with the same key are one, at any place.
type Key = (String, String, Option<(Arc<str>, Id)>, Arc<str>);

/// Points findings that an override causes at that override, and adds the fix that removes it.
pub(crate) fn point(
    graph: &Graph,
    rulebook: &Rulebook,
    today: u64,
    findings: &mut Vec<Finding>,
) -> Result<(), PolicyError> {
    point_strays(graph, rulebook, today, findings)?;
    findings.iter_mut().for_each(|finding| fix(graph, &mut finding.diagnostic));
    Ok(())
}

fn point_strays(
    graph: &Graph,
    rulebook: &Rulebook,
    today: u64,
    findings: &mut Vec<Finding>,
) -> Result<(), PolicyError> {
    if graph.overrides.is_empty() {
        return Ok(());
    }
    let strays = findings.iter_mut().filter(|finding| !is_in_override(graph, &finding.diagnostic));
    let mut strays: Vec<&mut Finding> = strays.collect();
    if strays.is_empty() {
        return Ok(());
    }
    let found = |undo: &dyn Fn(&Override) -> bool| -> Result<FxHashSet<Key>, PolicyError> {
        let without = undone(graph, undo);
        Ok(in_parts(&Analysis::of(&without), rulebook, today, part::SIZE)?.iter().map(key).collect())
    };
    let unmoved = found(&|_| true)?;
    strays.retain(|finding| !unmoved.contains(&key(finding)));
    let mut spans: Vec<Span> = graph.overrides.iter().map(|o| o.span).collect();
    spans.dedup();
    for span in spans.into_iter().take(TRIED) {
        if strays.is_empty() {
            break;
        }
        let remaining = found(&|o| o.span == span)?;
        let (kept, caused): (Vec<_>, Vec<_>) = strays.into_iter().partition(|f| remaining.contains(&key(f)));
        caused.into_iter().for_each(|finding| move_to(finding, span));
        strays = kept;
    }
    for finding in strays {
        let of = |o: &&Override| finding.about.as_ref().is_some_and(|(_, id)| *id == o.resource);
        let span = graph.overrides.iter().find(of).or(graph.overrides.first()).map(|o| o.span);
        span.into_iter().for_each(|span| move_to(finding, span));
    }
    drop_moved_twins(findings);
    Ok(())
}

/// Drops a moved finding where the same rule already rejects the override
/// itself: one cause, one finding.
fn drop_moved_twins(findings: &mut Vec<Finding>) {
    let place = |finding: &Finding| finding.diagnostic.primary.as_ref().map(|label| (label.span, label.text == MOVED));
    let direct: Vec<(String, Span)> = findings
        .iter()
        .filter_map(|f| place(f).filter(|(_, moved)| !moved).map(|(span, _)| (f.diagnostic.code.to_string(), span)))
        .collect();
    findings.retain(|f| {
        let Some((span, true)) = place(f) else { return true };
        !direct.iter().any(|(code, other)| *code == f.diagnostic.code && span.contains(*other))
    });
}

fn key(finding: &Finding) -> Key {
    let Diagnostic { code, message, .. } = &finding.diagnostic;
    (code.to_string(), message.to_string(), finding.about.clone(), Arc::clone(&finding.path))
}

fn is_in_override(graph: &Graph, diagnostic: &Diagnostic) -> bool {
    let span = diagnostic.primary.as_ref().map(|label| label.span);
    span.is_some_and(|span| graph.overrides.iter().any(|o| o.span.contains(span)))
}

fn move_to(finding: &mut Finding, span: Span) {
    let old = finding.diagnostic.primary.replace(Label { span, text: MOVED.into() });
    finding.diagnostic.related.extend(old);
}

/// The graph without some of its overrides.
fn undone(graph: &Graph, undo: &dyn Fn(&Override) -> bool) -> Graph {
    let mut graph = graph.clone();
    let (gone, kept) = std::mem::take(&mut graph.overrides).into_iter().partition::<Vec<_>, _>(undo);
    graph.overrides = kept;
    for Override { resource, property, before, .. } in gone.into_iter().rev() {
        let Some(resource) = graph.resources.get_mut(&resource) else { continue };
        match before {
            Some(before) => resource.properties.set(property, before),
            None => {
                resource.properties.remove(&property);
            }
        }
    }
    graph
}

/// Drops the report that no policy judges an override where a policy rejects
/// the same override as severely.
pub(crate) fn drop_repeated(graph: &Graph, findings: &mut Vec<Diagnostic>) {
    let place = |diagnostic: &Diagnostic| diagnostic.primary.as_ref().map(|label| label.span);
    let others = findings.iter().filter(|found| found.code != UNJUDGED);
    // A path over several overrides is one finding with a label in each.
    let labels = |found: &Diagnostic| {
        place(found).into_iter().chain(found.related.iter().map(|label| label.span)).collect::<Vec<_>>()
    };
    let rejected: Vec<(Span, Severity)> =
        others.flat_map(|found| labels(found).into_iter().map(|span| (span, found.severity))).collect();
    let covers = |span: Span, severity: Severity| {
        let holds = |o: &&Override| o.span.contains(span);
        let rejects = |o: &Override| rejected.iter().any(|(other, of)| *of >= severity && o.span.contains(*other));
        let together = |o: &Override| graph.overrides.iter().any(|p| is_judged_with(graph, o, p) && rejects(p));
        graph.overrides.iter().filter(holds).any(|o| rejects(o) || together(o))
    };
    findings.retain(|found| found.code != UNJUDGED || !place(found).is_some_and(|span| covers(span, found.severity)));
}

/// Whether one fact judges two properties of one resource, such as a filter and its scope.
fn is_judged_with(graph: &Graph, one: &Override, other: &Override) -> bool {
    let judge = |of: &Override| match graph.get(&of.resource)?.resource_type()?.class_of(&of.property)? {
        Class::Judged(fact) => Some(fact),
        Class::Identity | Class::Free(_) => None,
    };
    one.resource == other.resource && judge(one).is_some_and(|fact| judge(other) == Some(fact))
}

/// The fix of a finding in an override is to remove the override: the compiler's own value follows.
fn fix(graph: &Graph, finding: &mut Diagnostic) {
    let Some(at) = finding.primary.as_ref().map(|label| label.span) else { return };
    let Some(cause) = graph.overrides.iter().find(|o| o.span.contains(at)) else { return };
    // Without one of two properties that one fact judges together, the other one would be a finding.
    let is_partner = |other: &Override| other.property != cause.property && is_judged_with(graph, cause, other);
    if graph.overrides.iter().any(is_partner) {
        return;
    }
    let title = format!("remove the override of `{}`", cause.property);
    let change = Change::Nothing { at: cause.span };
    // No policy refuses such an override: it may be wanted.
    let undecided = [UNJUDGED, UNDECIDED].contains(&&*finding.code);
    finding.fix = Some(if undecided { Fix::risky(title, change) } else { Fix::safe(title, change) });
}
