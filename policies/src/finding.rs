//! A finding before waivers: a diagnostic, with the data that waivers need.

use std::sync::Arc;

use cedar_policy_core::evaluator::EvaluationError;
use migspec_analyze::workflow::{Exploration, Hop, Offence, Passes, Program};
use migspec_diag::{Diagnostic, Fix, Span};
use migspec_ir::{Datum, Id, Origin, Resource, Value, resource_type};
use smol_str::SmolStr;

use crate::catalogue::{Tier, Waivable};
use crate::entities::CedarView;
use crate::rule::{PointsAt, Rule};
use migspec_analyze::safety::Step;

/// The codes of this crate without a policy.
pub(crate) const UNDECIDED: &str = "undecided-fact";
pub(crate) const BEYOND_ACTOR: &str = "right-beyond-actor";
pub(crate) const UNDECLARED_PATH: &str = "undeclared-path";

/// The codes for a grant and a flow without a permit, with the control that
/// each decides.
pub(crate) const DENIALS: [(&str, &str); 2] = [(BEYOND_ACTOR, "IAM-POL-11"), (UNDECLARED_PATH, "NET-SG-09")];

/// A denial for lack of a permit, with its control.
pub(crate) fn denial(code: &'static str, message: String) -> Diagnostic {
    let mut diagnostic = Diagnostic::error(code, message);
    diagnostic.controls.extend(DENIALS.iter().filter(|(of, _)| *of == code).map(|(_, control)| (*control).into()));
    diagnostic
}

/// The longest waiver of an undecided fact, in days.
const UNDECIDED_TERM: u64 = 180;

#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub diagnostic: Diagnostic,
    /// The node path for the comparison with a waiver's scope.
    pub path: Arc<str>,
    pub waivable: Waivable,
    /// The policy and its subject, if the finding concerns one resource.
    pub about: Option<(Arc<str>, Id)>,
    /// The IAM actions or the unknown facts that are its whole cause. Empty: a waiver accepts all of it or nothing.
    pub parts: Vec<SmolStr>,
}

impl Finding {
    /// A finding that cannot be waived.
    pub(crate) fn unwaivable(diagnostic: Diagnostic) -> Self {
        Self { diagnostic, path: "".into(), waivable: Waivable::Never, about: None, parts: Vec::new() }
    }

    /// Names the node that a waiver can name, if the finding can be waived.
    pub(crate) fn name_node(&mut self) {
        self.diagnostic.node = (self.waivable != Waivable::Never).then(|| Arc::clone(&self.path));
    }

    /// Sets the policy and its subject.
    pub(crate) fn about(self, rule: &Rule, subject: &Id) -> Self {
        self.with_subject(&rule.id, Some(subject))
    }

    /// Sets the policy name and its subject, if there is one.
    pub(crate) fn with_subject(self, what: &Arc<str>, subject: Option<&Id>) -> Self {
        Self { about: subject.map(|subject| (Arc::clone(what), subject.clone())), ..self }
    }
}

/// The result of all policies for one graph.
#[derive(Clone, Default, Debug)]
pub struct Judgement {
    /// Findings after waivers; waived ones are in `waived`.
    pub findings: Vec<Diagnostic>,
    /// Findings that a waiver covers, with the waiver's index in the graph.
    pub waived: Vec<(Diagnostic, Vec<usize>)>,
    pub policies: usize,
    pub resources: usize,
}

/// A policy forbids a resource.
pub(crate) fn of_resource(rule: &Rule, resource: &Resource, view: &CedarView) -> Finding {
    let diagnostic = match rule.points_at() {
        PointsAt::Held(fact) => at_paths(by_rule(rule, view), fact, resource, view),
        PointsAt::Property(property) => {
            let diagnostic = place(by_rule(rule, view), Some(property), resource, view);
            diagnostic
                .fix_if(declared_fix(rule, property, resource))
                .help_if(override_help(rule, property, resource, view))
        }
        PointsAt::Resource => place(by_rule(rule, view), None, resource, view),
    };
    let diagnostic = diagnostic.help_if(owner_changes(resource)).note(about(resource));
    let parts = actions(rule, resource, view);
    Finding { diagnostic, path: Arc::clone(&resource.path), waivable: rule.waivable(), about: None, parts }
        .about(rule, &resource.id)
}

/// The actions in the only fact that the policy reads, if it is a set of actions.
fn actions(rule: &Rule, resource: &Resource, view: &CedarView) -> Vec<SmolStr> {
    let mut read = rule.facts().iter();
    let (Some(fact), None) = (read.next(), read.next()) else { return Vec::new() };
    let facts = resource_type::find(resource.type_name).into_iter().flat_map(|known| known.facts);
    match facts.into_iter().any(|known| known.name == *fact && known.holds_actions) {
        true => view.texts(resource, fact),
        false => Vec::new(),
    }
}

/// The way to another value of an existing resource, which no deployment changes.
fn owner_changes(resource: &Resource) -> Option<String> {
    let existing = resource.existing.as_ref()?;
    Some(format!(
        "its owner changes `{}` and the spec declares the new value, or the spec names another resource",
        existing.identity
    ))
}

/// An override wins over every setting: it goes first, whatever setting the policy recommends.
fn override_help(rule: &Rule, property: &str, resource: &Resource, view: &CedarView) -> Option<String> {
    let span = resource.get(property)?.origin.span();
    let written = view.graph.overrides.iter().any(|o| o.span.contains(span));
    (written && !rule.help.contains("override")).then(|| format!("drop the override of `{property}`"))
}

/// The fix that a policy declares, where the spec sets its property. The spec of an
/// existing resource only describes it.
fn declared_fix(rule: &Rule, property: &str, resource: &Resource) -> Option<Fix> {
    let word = rule.fix.as_deref().filter(|_| resource.existing.is_none())?;
    match resource.get(property)?.origin {
        Origin::Written { span, .. } => Some(Fix::word(span, word)),
        Origin::Default { .. } | Origin::Derived { .. } => None,
    }
}

/// A diagnostic of a policy, without a place.
pub(crate) fn by_rule(rule: &Rule, view: &CedarView) -> Diagnostic {
    let severity = rule.severity(Tier::of(&view.graph.environment));
    let mut diagnostic = Diagnostic::new(rule.id.to_string(), severity, rule.message.clone()).help(rule.help.clone());
    for control in rule.controls() {
        diagnostic.controls.push(control.id.clone().into());
    }
    diagnostic.requirements = rule.requirements().into_iter().map(Into::into).collect();
    diagnostic
}

/// A policy needs an unknown fact of a resource.
pub(crate) fn undecided_fact(rule: &Rule, resource: &Resource, view: &CedarView, error: &EvaluationError) -> Finding {
    let facts = view.unknown_facts(&resource.id);
    let unknown: Vec<&str> = facts.iter().copied().filter(|fact| rule.facts().contains(*fact)).collect();
    let what = match unknown.as_slice() {
        [] => "a fact of a referenced resource".to_owned(),
        facts => facts.iter().map(|fact| format!("`{fact}`")).collect::<Vec<_>>().join(", "),
    };
    let message = format!("`{}` cannot be decided: {what} is unknown before deployment", rule.id);
    let undecided = Diagnostic::error(UNDECIDED, message);
    let diagnostic = match rule.points_at() {
        PointsAt::Property(property) => place(undecided, Some(property), resource, view),
        PointsAt::Held(fact) => undecided.at(cause(resource, fact).span(), "declared here"),
        PointsAt::Resource => place(undecided, None, resource, view),
    };
    let mut diagnostic = diagnostic.help(declare(resource, rule, view)).note(about(resource)).note(error.to_string());
    diagnostic.controls = rule.controls().map(|c| c.id.clone().into()).collect();
    // The fact of a referenced resource has no name here: the rule stands for it.
    let parts =
        if unknown.is_empty() { vec![(*rule.id).into()] } else { unknown.into_iter().map(Into::into).collect() };
    Finding { diagnostic, path: Arc::clone(&resource.path), waivable: undecided_term(rule), about: None, parts }
        .about(rule, &resource.id)
}

/// An undecided rule accepts no waiver that the decided one would not.
fn undecided_term(rule: &Rule) -> Waivable {
    match rule.waivable() {
        Waivable::Never => Waivable::Never,
        Waivable::Days(days) => Waivable::Days(days.min(UNDECIDED_TERM)),
    }
}

/// What makes the facts known.
fn declare(resource: &Resource, rule: &Rule, view: &CedarView) -> String {
    let Some(existing) = &resource.existing else {
        let facts = view.unknown_facts(&resource.id).iter().filter(|_| rule.waivable() != Waivable::Never);
        let fact = facts.copied().find(|fact| rule.facts().contains(*fact));
        let waiver = fact.map(|fact| format!(", or waive it: waive \"undecided-fact\" fact=\"{fact}\" …"));
        return format!("write a literal value or refer to a resource of this spec{}", waiver.unwrap_or_default());
    };
    let unknown = view.unknown_facts(&resource.id).iter().filter(|fact| rule.facts().contains(**fact));
    let mut settings: Vec<&str> = unknown.filter_map(|fact| existing.setting(fact)).collect();
    settings.dedup();
    match settings.as_slice() {
        [] => format!("the spec cannot declare this fact of `{}`: waive the rule until it can", existing.identity),
        settings => format!("declare it: {}", settings.join(", ")),
    }
}

/// A policy forbids a step of a workflow.
pub(crate) fn of_step(rule: &Rule, step: &Step<'_>, view: &CedarView) -> Finding {
    let preceded: Vec<String> = step.preceded.iter().cloned().collect();
    let before = match preceded.as_slice() {
        [] => "no effect precedes it on every path".to_owned(),
        _ => format!("effects before it on every path: {}", shorten(&preceded)),
    };
    let diagnostic = by_rule(rule, view).at(step.state.origin.span(), step_text(step)).note(before);
    let diagnostic = diagnostic.note(format!("its errors lead to: {}", step.errors_lead_to.name()));
    Finding {
        diagnostic,
        path: Arc::clone(&step.state.path),
        waivable: rule.waivable(),
        about: None,
        parts: Vec::new(),
    }
}

/// A workflow violates a property.
pub(crate) fn of_offence(offence: &Offence, exploration: &Exploration<'_>) -> Diagnostic {
    let program = &exploration.program;
    let state = program.nodes.get(offence.node).map(|node| node.state);
    let at = state.map_or(program.workflow.origin.span(), |state| state.origin.span());
    let seen = state.map_or_else(String::new, |state| format!("the state `{}`: {}", state.name, offence.seen));
    let diagnostic = Diagnostic::error(offence.code, offence.message.clone()).at(at, seen).help(offence.help);
    mark_path(diagnostic, program, &offence.path)
}

/// Adds the path to the finding.
pub(crate) fn with_path(finding: Finding, program: &Program<'_>, path: &[Hop]) -> Finding {
    Finding { diagnostic: mark_path(finding.diagnostic, program, path), ..finding }
}

/// Marks each failing step; a note shows the whole path.
fn mark_path(mut diagnostic: Diagnostic, program: &Program<'_>, path: &[Hop]) -> Diagnostic {
    if path.is_empty() {
        return diagnostic;
    }
    for hop in path {
        let state = program.nodes[hop.node].state;
        let span = state.origin.span();
        let known = diagnostic.primary.iter().chain(&diagnostic.related).any(|label| label.span == span);
        if let (Some(how), false) = (failed_call(hop), known) {
            diagnostic = diagnostic.with(span, format!("`{}` {how}", state.name));
        }
    }
    let hops: Vec<&Hop> = path.iter().filter(|hop| is_notable(program, hop)).collect();
    // Each failure and closed gate is a step of the explanation; the states between them are many.
    let between = hops.chunk_by(|one, next| one.passes == Passes::Done && next.passes == Passes::Done);
    let parts: Vec<String> =
        between.map(|run| shorten(&run.iter().map(|hop| hop_text(program, hop)).collect::<Vec<_>>())).collect();
    diagnostic.note(format!("the shortest path to it: {}", parts.join(", ")))
}

/// The first and the last items of a long list.
fn shorten(items: &[String]) -> String {
    const ENDS: usize = 4;
    if items.len() <= 2 * ENDS + 1 {
        return items.join(", ");
    }
    let (first, rest) = items.split_at(ENDS);
    let (omitted, last) = rest.split_at(rest.len() - ENDS);
    format!("{}, … {} more …, {}", first.join(", "), omitted.len(), last.join(", "))
}

/// Waits, approvals and passing gates repeat their neighbours and are omitted.
fn is_notable(program: &Program<'_>, hop: &Hop) -> bool {
    hop.passes != Passes::Done || !program.nodes[hop.node].state.effects.is_empty()
}

fn hop_text(program: &Program<'_>, hop: &Hop) -> String {
    let name = &program.nodes[hop.node].state.name;
    match (failed_call(hop), hop.passes) {
        (Some(how), _) => format!("{name} {how}"),
        (None, Passes::Closed) => format!("{name} stays closed"),
        (None, _) => name.to_string(),
    }
}

fn failed_call(hop: &Hop) -> Option<&'static str> {
    match hop.passes {
        Passes::FailedBefore => Some("fails before its effect"),
        Passes::FailedAfter => Some("fails after its effect"),
        Passes::Late => Some("is entered, and the call without an answer has its effect"),
        Passes::Restarted => Some("is interrupted, and a new execution starts"),
        Passes::Done | Passes::Closed | Passes::Entered => None,
    }
}

/// A policy needs an unknown fact of a step.
pub(crate) fn undecided_step(rule: &Rule, step: &Step<'_>, error: &EvaluationError) -> Finding {
    let mut diagnostic = Diagnostic::error(UNDECIDED, format!("`{}` cannot be decided", rule.id))
        .at(step.state.origin.span(), step_text(step))
        .note(error.to_string());
    diagnostic.controls = rule.controls().map(|c| c.id.clone().into()).collect();
    Finding {
        diagnostic,
        path: Arc::clone(&step.state.path),
        waivable: undecided_term(rule),
        about: None,
        parts: vec![(*rule.id).into()],
    }
}

fn step_text(step: &Step<'_>) -> String {
    format!("the state `{}` does `{}`", step.state.name, step.effect)
}

/// Points at the property, or its nearest set parent, or the cause of the
/// resource.
fn place(diagnostic: Diagnostic, property: Option<&str>, resource: &Resource, view: &CedarView) -> Diagnostic {
    let Some(property) = property else {
        return diagnostic.at(resource.origin.span(), "declared here");
    };
    let holder = nearest(resource, property);
    if let Some(span) = removing_override(view, resource, property, holder.map(|(_, datum)| datum.origin.span())) {
        return diagnostic.at(span, format!("`{property}` is not set"));
    }
    let Some((found, datum)) = holder else {
        return diagnostic.at(resource.origin.span(), format!("`{property}` is not set"));
    };
    let text = match (found == property, short_text(&datum.value)) {
        (true, Some(value)) => format!("`{property}` is `{value}`"),
        (true, None) => format!("`{property}` is set here"),
        (false, _) => format!("`{}` is not set in `{}`", name(property), name(found)),
    };
    let text = match datum.origin {
        Origin::Default { of, .. } => format!("{text}, the default of `{of}`"),
        Origin::Written { .. } | Origin::Derived { .. } => text,
    };
    let diagnostic = diagnostic.at(datum.origin.span(), text);
    match datum.origin {
        Origin::Written { base: Some(base), .. } => diagnostic.with(base, "overrides this value"),
        _ => diagnostic,
    }
}

/// The override that removed a property. If an override wrote its parent, the
/// parent is the better place.
fn removing_override(view: &CedarView, resource: &Resource, property: &str, holder: Option<Span>) -> Option<Span> {
    let is_written = holder.is_some_and(|span| view.graph.overrides.iter().any(|o| o.span.contains(span)));
    view.graph.overridden_at(&resource.id, property).filter(|_| !is_written && resource.get(property).is_none())
}

/// Points at the paths in a fact, or at the setting behind it, without printing the value, which may be a
/// secret.
fn at_paths(diagnostic: Diagnostic, fact: &str, resource: &Resource, view: &CedarView) -> Diagnostic {
    let paths = view.texts(resource, fact);
    let Some(path) = paths.first() else {
        return diagnostic.at(cause(resource, fact).span(), "declared here");
    };
    let overridden = view.graph.overridden_at(&resource.id, path);
    let place = || nearest(resource, path).map_or(resource.origin, |(_, datum)| datum.origin).span();
    let place = overridden.unwrap_or_else(place);
    let all = paths.iter().map(|path| format!("`{path}`")).collect::<Vec<_>>().join(", ");
    diagnostic.at(place, format!("{all} of `{}`", resource.id))
}

/// The setting behind a fact, or the cause of the resource.
fn cause(resource: &Resource, fact: &str) -> Origin {
    resource.causes.iter().find(|(of, _)| *of == fact).map_or(resource.origin, |(_, origin)| *origin)
}

/// The last name of a property path.
fn name(path: &str) -> &str {
    path.rsplit('.').find(|part| part.parse::<usize>().is_err()).unwrap_or(path)
}

/// The property or its nearest parent with a value.
fn nearest<'r, 'p>(resource: &'r Resource, mut path: &'p str) -> Option<(&'p str, &'r Datum)> {
    loop {
        if let Some(datum) = resource.get(path) {
            return Some((path, datum));
        }
        path = path.rsplit_once('.')?.0;
    }
}

/// A short value as text.
fn short_text(value: &Value) -> Option<String> {
    match value {
        Value::Bool(b) => Some(b.to_string()),
        Value::Integer(n) => Some(n.to_string()),
        Value::Number(n) => Some(n.to_string()),
        Value::String(s) if s.chars().count() <= 80 => Some(s.to_string()),
        Value::Ref(id) | Value::Attribute(id, _) => Some(id.to_string()),
        _ => None,
    }
}

fn about(resource: &Resource) -> String {
    format!("`{}` ({}) of {}", resource.id, resource.type_name, resource.path)
}
