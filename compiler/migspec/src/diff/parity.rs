//! Which of two environments is weaker, by the policies.

use std::collections::BTreeMap;

use migspec_analyze::Analysis;
use migspec_ir::{Graph, Waiver};
use migspec_policies::{PolicyError, Rulebook, judge};

/// Rules that only one of two environments violates, both judged as production
/// and without their waivers.
#[derive(Clone, PartialEq, Debug)]
pub struct Parity {
    pub before: String,
    pub after: String,
    /// The earlier environment is weaker there.
    pub before_weaker: Vec<Weakness>,
    /// The later one is.
    pub after_weaker: Vec<Weakness>,
}

/// A rule that one environment violates and the other one does not.
#[derive(Clone, PartialEq, Debug)]
pub struct Weakness {
    pub rule: String,
    /// `database "ledger" > backup`; empty for the migration.
    pub node: String,
    pub message: String,
    /// The waiver of the environment that covers it.
    pub waiver: Option<Waiver>,
}

pub(super) fn compare(before: &Graph, after: &Graph, rulebook: &Rulebook, today: u64) -> Result<Parity, PolicyError> {
    let (old, new) = (violations(before, rulebook, today)?, violations(after, rulebook, today)?);
    let only = |of: &Violations, other: &Violations, graph: &Graph| -> Vec<Weakness> {
        let more = of.iter().filter(|(key, _)| !other.contains_key(*key));
        more.map(|((rule, node), message)| Weakness {
            rule: rule.clone(),
            node: node.clone(),
            message: message.clone(),
            waiver: waiver(graph, rule, node, today).cloned(),
        })
        .collect()
    };
    Ok(Parity {
        before: before.environment.name.to_string(),
        after: after.environment.name.to_string(),
        before_weaker: only(&old, &new, before),
        after_weaker: only(&new, &old, after),
    })
}

/// Messages by rule and node.
type Violations = BTreeMap<(String, String), String>;

fn violations(graph: &Graph, rulebook: &Rulebook, today: u64) -> Result<Violations, PolicyError> {
    let mut graph = graph.clone();
    graph.environment.production = true;
    graph.waivers.clear();
    let judgement = judge(&Analysis::of(&graph), rulebook, today)?;
    let of = |finding: migspec_diag::Diagnostic| {
        let node = finding.node.as_deref().unwrap_or_default().to_owned();
        ((finding.code.into_owned(), node), finding.message)
    };
    Ok(judgement.findings.into_iter().map(of).collect())
}

fn waiver<'g>(graph: &'g Graph, rule: &str, node: &str, today: u64) -> Option<&'g Waiver> {
    let covers = |waiver: &&Waiver| {
        let inside = node.strip_prefix(&*waiver.scope).is_some_and(|rest| rest.is_empty() || rest.starts_with(" > "));
        *waiver.rule == *rule && waiver.action.is_none() && waiver.until >= today && (waiver.scope.is_empty() || inside)
    };
    graph.waivers.iter().find(covers)
}
