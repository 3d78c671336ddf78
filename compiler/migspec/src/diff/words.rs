//! A comparison in words: parts with lines. Layout belongs to `render`.

use std::collections::BTreeMap;

use migspec_analyze::diff::{
    Cause, ChangeKind, Diff, PathChange, PropertyChange, ResourceChange, Right, RightsChange, ScopeChange,
    WaiverChange, WorkflowChange,
};
use migspec_diag::count;
use migspec_ir::update::Effect;
use migspec_ir::{Id, Waiver};
use migspec_syntax::edit::first_step;
use migspec_syntax::value::Date;

use super::{Parity, Section, Weakness};

/// A part of a comparison; without lines, it is left out.
pub struct Part {
    pub title: String,
    pub lines: Vec<Line>,
}

/// One line. Names are in backticks.
pub struct Line {
    pub mark: Mark,
    /// A detail of the line before it.
    pub detail: bool,
    pub text: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mark {
    Added,
    Removed,
    Changed,
}

impl Mark {
    pub fn sign(self) -> &'static str {
        match self {
            Mark::Added => "+",
            Mark::Removed => "-",
            Mark::Changed => "~",
        }
    }
}

/// Resources that a line lists.
const MOST_IDS: usize = 4;
/// Characters of a value that a line shows.
const LONGEST: usize = 72;

/// The parts of a section that have lines.
pub fn parts(section: &Section) -> Vec<Part> {
    let diff = &section.diff;
    let part = |title: String, lines: Vec<Line>| Part { title, lines };
    let mut parts = section.parity.iter().flat_map(parity).collect::<Vec<_>>();
    if !section.under_way {
        let lines = diff.interruptions.iter().map(|one| change_line(interruption(&one.cause))).collect();
        parts.push(part("Would interrupt replication".to_owned(), lines));
    }
    parts.push(part(resources_title(diff), resources(&diff.resources)));
    parts.push(part("Rights".to_owned(), diff.rights.iter().flat_map(rights).collect()));
    parts.push(part("Network paths".to_owned(), diff.paths.iter().map(path).collect()));
    parts.push(part("PCI DSS scope".to_owned(), scope(&diff.scope)));
    parts.push(part("Workflows".to_owned(), diff.workflows.iter().flat_map(workflow).collect()));
    parts.push(part("Waivers".to_owned(), diff.waivers.iter().flat_map(waiver).collect()));
    parts.retain(|part| !part.lines.is_empty());
    parts
}

fn line(mark: Mark, text: String) -> Line {
    Line { mark, detail: false, text }
}

fn change_line(text: String) -> Line {
    line(Mark::Changed, text)
}

fn detail(mark: Mark, text: String) -> Line {
    Line { mark, detail: true, text }
}

/// The effect of an interruption: `replaces `ledger-cluster` (AWS::RDS::DBCluster)`.
pub(super) fn interruption(cause: &Cause) -> String {
    match cause {
        Cause::Resource { id, type_name, kind, properties, follows } => {
            let effect = match kind {
                ChangeKind::Changed(effect) => match effect {
                    Effect::MayReplace => "may replace",
                    Effect::Replaces => "replaces",
                    Effect::InPlace | Effect::Interrupts => "may interrupt",
                },
                ChangeKind::Added => "adds",
                ChangeKind::Removed => "removes",
            };
            let why = match (follows, properties.as_slice()) {
                (Some(cause), _) => format!(", since `{cause}` is replaced"),
                (None, []) => String::new(),
                (None, some) => format!(", since `{}` changes", some.join("`, `")),
            };
            format!("the change {effect} `{id}` ({type_name}){why}")
        }
        Cause::Path(path) => {
            format!("the change closes the path of replication from `{}` to `{}`{}", path.from, path.to, traffic(path))
        }
        Cause::Rights { role, lost } => {
            let actions: Vec<&str> = lost.iter().flat_map(|right| right.actions.iter().map(String::as_str)).collect();
            format!("the change takes `{}` from the role `{role}`, with which DMS replicates", actions.join("`, `"))
        }
    }
}

fn resources_title(diff: &Diff) -> String {
    let of = |wanted: fn(&ChangeKind) -> bool| diff.resources.iter().filter(|change| wanted(&change.kind)).count();
    let counts = [
        (of(|kind| matches!(kind, ChangeKind::Added)), "added"),
        (of(|kind| matches!(kind, ChangeKind::Removed)), "removed"),
        (of(|kind| matches!(kind, ChangeKind::Changed(Effect::InPlace))), "changed in place"),
        (of(|kind| matches!(kind, ChangeKind::Changed(Effect::Interrupts))), "maybe interrupted"),
        (of(|kind| matches!(kind, ChangeKind::Changed(Effect::MayReplace))), "maybe replaced"),
        (of(|kind| matches!(kind, ChangeKind::Changed(Effect::Replaces))), "replaced"),
    ];
    let some: Vec<String> = counts.iter().filter(|(n, _)| *n > 0).map(|(n, kind)| format!("{n} {kind}")).collect();
    format!("Resources: {}", some.join(", "))
}

/// Added and removed resources by node, then each changed one, the worst first.
fn resources(changes: &[ResourceChange]) -> Vec<Line> {
    let mut lines = Vec::new();
    for (kind, mark) in [(ChangeKind::Removed, Mark::Removed), (ChangeKind::Added, Mark::Added)] {
        let mut by_node: BTreeMap<&str, Vec<&ResourceChange>> = BTreeMap::new();
        for change in changes.iter().filter(|change| change.kind == kind) {
            by_node.entry(&change.node).or_default().push(change);
        }
        for (node, changes) in by_node {
            lines.push(line(mark, format!("`{node}`: {}", count(changes.len(), "resource"))));
            lines.extend(changes.iter().map(|change| detail(mark, format!("`{}` ({})", change.id, change.type_name))));
        }
    }
    let effect = |change: &&ResourceChange| match change.kind {
        ChangeKind::Changed(effect) => Some(effect),
        ChangeKind::Added | ChangeKind::Removed => None,
    };
    let mut rest: Vec<&ResourceChange> = changes.iter().filter(|change| effect(change).is_some()).collect();
    rest.sort_by_key(|change| std::cmp::Reverse(effect(change)));
    let (alone, followers): (Vec<_>, Vec<_>) =
        rest.into_iter().partition(|change| change.follows.is_none() || !change.properties.is_empty());
    for change in alone {
        let word = effect(&change).map_or("", effect_words);
        let follows = change.follows.as_ref().map(|id| format!(", since `{id}` is replaced")).unwrap_or_default();
        lines.push(change_line(format!("`{}` ({}): {word}{follows}", change.id, change.type_name)));
        lines.extend(change.properties.iter().map(property));
    }
    lines.extend(following(&followers));
    lines
}

/// Resources that change only with another one, grouped by the first cause.
fn following(changes: &[&ResourceChange]) -> Vec<Line> {
    let mut groups: BTreeMap<(std::cmp::Reverse<ChangeKind>, Option<&Id>), Vec<String>> = BTreeMap::new();
    let causes: BTreeMap<&Id, &Id> =
        changes.iter().filter_map(|change| Some((&change.id, change.follows.as_ref()?))).collect();
    for change in changes {
        let mut cause = change.follows.as_ref();
        // A resource follows one that was replaced before it, so the chain ends.
        while let Some(next) = cause.and_then(|id| causes.get(id)) {
            cause = Some(next);
        }
        let key = (std::cmp::Reverse(change.kind), cause);
        groups.entry(key).or_default().push(format!("`{}`", change.id));
    }
    let line = |((kind, cause), ids): ((std::cmp::Reverse<ChangeKind>, Option<&Id>), Vec<String>)| {
        let word = match kind.0 {
            ChangeKind::Changed(effect) => effect_words(effect),
            ChangeKind::Added | ChangeKind::Removed => "",
        };
        let more = ids.len().saturating_sub(MOST_IDS);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let shown: Vec<&str> = ids.iter().take(MOST_IDS).map(String::as_str).collect();
        let cause = cause.map(|id| format!(", since `{id}` is replaced")).unwrap_or_default();
        change_line(format!("{}{more}: {word}{cause}", shown.join(", ")))
    };
    groups.into_iter().map(line).collect()
}

fn effect_words(effect: Effect) -> &'static str {
    match effect {
        Effect::InPlace => "in place",
        Effect::Interrupts => "**may be interrupted**",
        Effect::MayReplace => "**may be replaced**",
        Effect::Replaces => "**is replaced**",
    }
}

fn property(change: &PropertyChange) -> Line {
    let PropertyChange { path, before, after, effect, .. } = change;
    let why = if *effect > Effect::InPlace { format!(" ({})", effect.name()) } else { String::new() };
    match (before, after) {
        (Some(before), Some(after)) => {
            let (before, after) = differing(before, after);
            detail(Mark::Changed, format!("`{path}`: `{before}` → `{after}`{why}"))
        }
        (None, Some(after)) => detail(Mark::Added, format!("`{path}`: `{}`{why}", clipped(after, 0))),
        (Some(before), None) => detail(Mark::Removed, format!("`{path}`: `{}`{why}", clipped(before, 0))),
        (None, None) => detail(Mark::Changed, format!("`{path}`{why}")),
    }
}

/// Two values; of long ones the part around the first difference.
fn differing(before: &str, after: &str) -> (String, String) {
    let same = before.chars().zip(after.chars()).take_while(|(a, b)| a == b).count();
    let longest = before.chars().count().max(after.chars().count());
    let from = if longest <= LONGEST { 0 } else { same.saturating_sub(LONGEST / 3) };
    (clipped(before, from), clipped(after, from))
}

fn clipped(text: &str, from: usize) -> String {
    // A backtick would end the code.
    let part: String = text.chars().skip(from).take(LONGEST).collect::<String>().replace('`', "'");
    let before = if from > 0 { "…" } else { "" };
    let after = if text.chars().count() > from + LONGEST { "…" } else { "" };
    format!("{before}{part}{after}")
}

fn rights(change: &RightsChange) -> Vec<Line> {
    let actor = change.actor.map(|actor| format!(" ({})", actor.name())).unwrap_or_default();
    let of = |mark: Mark, list: &[Right]| -> Vec<Line> {
        list.iter().map(|right| detail(mark, right_words(right))).collect()
    };
    let mut lines = vec![change_line(format!("role `{}`{actor}", change.role))];
    lines.extend(of(Mark::Added, &change.gained));
    lines.extend(of(Mark::Removed, &change.lost));
    lines
}

fn right_words(right: &Right) -> String {
    let resources: Vec<String> = right.resources.iter().map(|resource| format!("`{}`", clipped(resource, 0))).collect();
    let conditions: String = match right.conditions.as_slice() {
        [] => String::new(),
        some => format!(" if `{}`", some.join("` and `")),
    };
    format!("`{}` on {}{conditions}", right.actions.join("`, `"), resources.join(", "))
}

fn path(change: &PathChange) -> Line {
    let why: Vec<&str> = change.why.iter().map(|why| &**why).collect();
    let why = match why.as_slice() {
        [] => " (**no relation of the spec declares it**)".to_owned(),
        some => format!(" ({})", some.join("; ")),
    };
    let (mark, verb) = if change.opened { (Mark::Added, "opens") } else { (Mark::Removed, "closes") };
    line(mark, format!("{verb} `{}` → `{}`{}{why}", change.from, change.to, traffic(change)))
}

fn traffic(change: &PathChange) -> String {
    let traffic: Vec<String> = change.traffic.iter().map(ToString::to_string).collect();
    format!(" on {}", traffic.join(", "))
}

/// Scope changes, grouped by node and levels.
fn scope(changes: &[ScopeChange]) -> Vec<Line> {
    let mut groups: BTreeMap<_, Vec<&ScopeChange>> = BTreeMap::new();
    for change in changes {
        let first = first_step(&change.node);
        groups.entry((change.after >= change.before, change.after, change.before, first)).or_default().push(change);
    }
    let mut lines = Vec::new();
    for ((_, after, before, node), changes) in groups {
        let mark = if after < before { Mark::Added } else { Mark::Removed };
        let ids: Vec<String> = changes.iter().take(MOST_IDS).map(|change| format!("`{}`", change.id)).collect();
        let more = changes.len().saturating_sub(MOST_IDS);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let because = changes.first().filter(|change| !change.because.is_empty());
        let because = because.map(|change| format!("; `{}`: {}", change.id, change.because)).unwrap_or_default();
        let (from, to) = (before.name(), after.name());
        lines.push(line(mark, format!("`{node}`: {from} → {to}: {}{more}{because}", ids.join(", "))));
    }
    lines
}

fn workflow(change: &WorkflowChange) -> Vec<Line> {
    let mut lines = vec![change_line(format!("cutover `{}`", change.cutover))];
    let states = |mark: Mark, names: &[std::sync::Arc<str>]| -> Vec<Line> {
        names.iter().map(|name| detail(mark, format!("state `{name}`"))).collect()
    };
    let edges = |mark: Mark, edges: &[(std::sync::Arc<str>, std::sync::Arc<str>)]| -> Vec<Line> {
        edges.iter().map(|(from, to)| detail(mark, format!("edge `{from}` → `{to}`"))).collect()
    };
    lines.extend(states(Mark::Removed, &change.removed));
    lines.extend(states(Mark::Added, &change.added));
    let parts = |(name, parts): &(std::sync::Arc<str>, Vec<&'static str>)| {
        detail(Mark::Changed, format!("state `{name}`: {}", parts.join(", ")))
    };
    lines.extend(change.changed.iter().map(parts));
    lines.extend(edges(Mark::Removed, &change.edges_removed));
    lines.extend(edges(Mark::Added, &change.edges_added));
    lines
}

fn waiver(change: &WaiverChange) -> Vec<Line> {
    match (&change.before, &change.after) {
        (None, Some(new)) => vec![line(Mark::Added, terms(new))],
        (Some(old), None) => vec![line(Mark::Removed, terms(old))],
        (Some(old), Some(new)) => {
            vec![change_line(terms(new)), detail(Mark::Removed, terms(old))]
        }
        (None, None) => Vec::new(),
    }
}

fn terms(waiver: &Waiver) -> String {
    let Waiver { rule, until, owner, approved_by, reason, ticket, control, scope, action, .. } = waiver;
    let node = if scope.is_empty() { "the whole migration" } else { scope };
    let optional = |name: &str, text: &Option<std::sync::Arc<str>>| {
        text.as_ref().map(|text| format!("; {name}: {text}")).unwrap_or_default()
    };
    format!(
        "`{rule}`{} at {node} until {}, by {owner}, approved by {approved_by}: {reason}{}{}",
        action.as_ref().map(|action| format!(" for `{action}`")).unwrap_or_default(),
        Date::from_days(*until),
        optional("ticket", ticket),
        optional("compensating control", control)
    )
}

fn parity(parity: &Parity) -> Vec<Part> {
    let part = |weaker: &str, than: &str, list: &[Weakness]| Part {
        title: format!("`{weaker}` is weaker than `{than}`: {}", count(list.len(), "rule")),
        lines: list.iter().map(weakness).collect(),
    };
    vec![
        part(&parity.after, &parity.before, &parity.after_weaker),
        part(&parity.before, &parity.after, &parity.before_weaker),
    ]
}

fn weakness(weakness: &Weakness) -> Line {
    let Weakness { rule, node, message, waiver } = weakness;
    let node = if node.is_empty() { "the migration" } else { node };
    let waived = waiver.as_ref().map(|waiver| format!(" (waived until {})", Date::from_days(waiver.until)));
    change_line(format!("`{rule}` at {node}: {message}{}", waived.unwrap_or_default()))
}
