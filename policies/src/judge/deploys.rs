//! Decides on deployments. The baseline permits each resource, and any forbid
//! denies it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use cedar_policy_core::ast::Request;
use migspec_ir::{Id, Resource};
use rustc_hash::FxHashMap;

use super::{ConditionResult, Uid, evaluate, evaluator};
use crate::entities::CedarView;
use crate::finding::{self, Finding};
use crate::rule::Rule;
use crate::rulebook::Rulebook;
use crate::{PolicyError, cedar};

pub(super) fn judge(view: &CedarView, rulebook: &Rulebook) -> Result<Vec<Finding>, PolicyError> {
    let action = view.action("deploy");
    let mut forbids: FxHashMap<&str, Vec<&Rule>> = FxHashMap::default();
    let mut findings = Vec::new();
    for resource in view.part.resources.values() {
        let rules = match forbids.entry(resource.type_name) {
            std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::hash_map::Entry::Vacant(new) => {
                new.insert(rulebook.forbids("deploy", resource.type_name)?)
            }
        };
        if !rules.is_empty() {
            judge_resource(view, resource, rules, &action, &mut findings)?;
        }
    }
    Ok(findings)
}

fn judge_resource(
    view: &CedarView,
    resource: &Resource,
    rules: &[&Rule],
    action: &Uid,
    findings: &mut Vec<Finding>,
) -> Result<(), PolicyError> {
    let evaluator = evaluator(view, request(view, resource, action));
    for rule in rules {
        match evaluate(rule, &evaluator)? {
            ConditionResult::Holds => findings.push(finding::of_resource(rule, resource, view)),
            ConditionResult::Undecided(error) => findings.push(finding::undecided_fact(rule, resource, view, &error)),
            ConditionResult::Fails => {}
        }
    }
    Ok(())
}

/// The verdict keys for deployments: each policy with its resource.
pub(crate) fn subjects(view: &CedarView, rulebook: &Rulebook) -> Result<BTreeSet<(Arc<str>, Id)>, PolicyError> {
    let mut subjects = BTreeSet::new();
    for resource in view.part.resources.values() {
        let rules = rulebook.forbids("deploy", resource.type_name)?;
        subjects.extend(rules.into_iter().map(|rule| (Arc::clone(&rule.id), resource.id.clone())));
    }
    Ok(subjects)
}

fn request(view: &CedarView, resource: &Resource, action: &Uid) -> Request {
    let uid = view.uid(resource.type_name, resource.id.as_str());
    cedar::request(&view.migration, action, uid, BTreeMap::new())
}

pub(super) fn requests(view: &CedarView) -> Vec<Request> {
    let action = view.action("deploy");
    view.part.resources.values().map(|resource| request(view, resource, &action)).collect()
}
