//! Evaluates all policies for a graph and collects the findings.

pub(crate) mod connects;
pub(crate) mod deploys;
mod document;
pub(crate) mod grants;
pub(crate) mod workflow;

pub use document::verify;

use std::sync::Arc;

use cedar_policy_core::ast::{EntityUID, Literal, Request, SlotEnv, ValueKind};
use cedar_policy_core::evaluator::{EvaluationError, Evaluator};
use cedar_policy_core::extensions::Extensions;
use migspec_analyze::Analysis;

use crate::cedar::Types;
use crate::entities::CedarView;
use crate::finding::Finding;
use crate::part::{Part, Setting};
use crate::rule::Rule;
use crate::rulebook::Rulebook;
use crate::{PolicyError, differences};

/// All findings of a graph, computed in parts of the given size.
pub(crate) fn in_parts(
    analysis: &Analysis<'_>,
    rulebook: &Rulebook,
    today: u64,
    size: usize,
) -> Result<Vec<Finding>, PolicyError> {
    let mut all = Vec::new();
    let reckoned = each_part(analysis, today, size, |view| {
        all.extend(findings(view, rulebook)?);
        Ok(())
    })?;
    all.extend(reckoned);
    Ok(all)
}

/// Evaluates each part of a graph, and returns the findings without a policy.
/// Each view of a part is created once, one at a time.
pub(crate) fn each_part(
    analysis: &Analysis<'_>,
    today: u64,
    size: usize,
    mut ask: impl FnMut(&CedarView<'_>) -> Result<(), PolicyError>,
) -> Result<Vec<Finding>, PolicyError> {
    let graph = analysis.graph;
    let setting = Setting::new(graph, today);
    let mut parts = setting.parts(size);
    let first = parts.next().unwrap_or_else(|| Part::whole(graph));
    let first = CedarView::of(analysis, &setting, first, Types::default())?;
    // Findings without a policy are computed in parallel.
    std::thread::scope(|threads| {
        let reckoned = threads.spawn(|| {
            let compared =
                analysis.differences().iter().map(|d| Finding::unwaivable(differences::diagnostic(graph, d)));
            compared.chain(workflow::exploration_findings(&first)).collect::<Vec<_>>()
        });
        ask(&first)?;
        for part in parts {
            ask(&CedarView::of(analysis, &setting, part, first.types().clone())?)?;
        }
        reckoned.join().map_err(|_| PolicyError::new("the graph cannot be compared with its flows", []))
    })
}

/// The findings of the policies for a part, before waivers.
pub(crate) fn findings(view: &CedarView, rulebook: &Rulebook) -> Result<Vec<Finding>, PolicyError> {
    // Grants need as much work as everything else, and both are independent.
    std::thread::scope(|threads| {
        let rights = threads.spawn(|| grants::judge(view, rulebook));
        let mut findings = deploys::judge(view, rulebook)?;
        findings.extend(connects::judge(view, rulebook)?);
        findings.extend(workflow::judge(view, rulebook)?);
        findings.extend(rights.join().map_err(|_| PolicyError::new("the rights cannot be judged", []))??);
        Ok(findings)
    })
}

/// All requests about a graph, for the comparison with Cedar's authorizer.
pub(crate) fn requests(view: &CedarView) -> Vec<Request> {
    let mut requests = deploys::requests(view);
    requests.extend(grants::requests(view));
    requests.extend(connects::requests(view));
    requests.extend(workflow::requests(view));
    requests
}

/// The result of a policy's condition for a request.
pub(crate) enum ConditionResult {
    Holds,
    Fails,
    /// The condition needs an unknown fact.
    Undecided(Box<EvaluationError>),
}

/// Evaluates the condition of a policy with a matching scope.
///
/// Cedar skips a policy with an error, so a forbid would pass. Here an error is
/// either an unknown fact or the end of the run.
pub(crate) fn evaluate(rule: &Rule, evaluator: &Evaluator<'_>) -> Result<ConditionResult, PolicyError> {
    let Some(condition) = &rule.condition else { return Ok(ConditionResult::Holds) };
    match evaluator.interpret(condition, &SlotEnv::new()) {
        Ok(value) => match value.value_kind() {
            ValueKind::Lit(Literal::Bool(true)) => Ok(ConditionResult::Holds),
            ValueKind::Lit(Literal::Bool(false)) => Ok(ConditionResult::Fails),
            _ => Err(PolicyError::new(format!("the condition of `{}` is not a boolean", rule.id), [])),
        },
        Err(error @ EvaluationError::EntityAttrDoesNotExist(_)) => Ok(ConditionResult::Undecided(Box::new(error))),
        Err(error) => {
            let failed = PolicyError::new(format!("the policy `{}` cannot be evaluated", rule.id), [error.to_string()]);
            Err(failed.of_file(&format!("{}.cedar", rule.id), rule.text()))
        }
    }
}

pub(crate) fn evaluator<'w>(view: &'w CedarView, request: Request) -> Evaluator<'w> {
    Evaluator::new(request, &view.entities, Extensions::all_available())
}

/// Whether a permit applies. An undecided one does not.
pub(crate) fn is_permitted(permits: &[&Rule], evaluator: &Evaluator<'_>) -> Result<bool, PolicyError> {
    for rule in permits {
        if matches!(evaluate(rule, evaluator)?, ConditionResult::Holds) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The policies that determine the decision for a request, and those with
/// errors, as Cedar's authorizer reports them.
pub(crate) fn deciding_policies(
    view: &CedarView,
    rulebook: &Rulebook,
    request: &Request,
) -> Result<Vec<String>, PolicyError> {
    let (permits, forbids) = deciders(rulebook, request)?;
    let evaluator = evaluator(view, request.clone());
    let mut errs = Vec::new();
    let mut holding = |rules: Vec<&Rule>| -> Result<Vec<String>, PolicyError> {
        let mut names = Vec::new();
        for rule in rules {
            match evaluate(rule, &evaluator)? {
                ConditionResult::Holds => names.push(format!("{} holds", rule.id)),
                ConditionResult::Undecided(_) => errs.push(format!("{} errs", rule.id)),
                ConditionResult::Fails => {}
            }
        }
        Ok(names)
    };
    let permits = holding(permits)?;
    let forbids = holding(forbids)?;
    // Forbids determine a denial, permits determine any other decision.
    let mut names = if forbids.is_empty() { permits } else { forbids };
    names.append(&mut errs);
    Ok(names)
}

/// The permits and the forbids with a scope that matches the request.
pub(crate) fn deciders<'r>(
    rulebook: &'r Rulebook,
    request: &Request,
) -> Result<(Vec<&'r Rule>, Vec<&'r Rule>), PolicyError> {
    let eid = |uid: Option<&EntityUID>| uid.map(|u| AsRef::<str>::as_ref(u.eid()).to_owned()).unwrap_or_default();
    let action = eid(request.action().uid());
    let on = request.resource().uid().map(|u| u.entity_type().to_string()).unwrap_or_default();
    let actor = (action == "grant").then(|| eid(request.principal().uid()));
    Ok((rulebook.permits(&action, actor.as_deref(), &on)?, rulebook.forbids(&action, &on)?))
}

pub(crate) type Uid = Arc<EntityUID>;
