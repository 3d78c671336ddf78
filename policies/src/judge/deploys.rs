//! Decides on deployments. The baseline permits each resource, and any forbid
//! denies it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use cedar_policy_core::ast::Request;
use migspec_ir::{Id, Resource};
use rustc_hash::FxHashMap;

use super::{Uid, Verdict, evaluate, evaluator};
use crate::entities::World;
use crate::finding::{self, Finding};
use crate::rule::Rule;
use crate::rulebook::Rulebook;
use crate::{Failure, cedar};

pub(super) fn judge(world: &World, rulebook: &Rulebook) -> Result<Vec<Finding>, Failure> {
    let action = world.action("deploy");
    let mut forbids: FxHashMap<&str, Vec<&Rule>> = FxHashMap::default();
    let mut findings = Vec::new();
    for resource in world.part.resources.values() {
        let rules = match forbids.entry(resource.type_name) {
            std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::hash_map::Entry::Vacant(new) => {
                new.insert(rulebook.forbids("deploy", resource.type_name)?)
            }
        };
        if !rules.is_empty() {
            judge_resource(world, resource, rules, &action, &mut findings)?;
        }
    }
    Ok(findings)
}

fn judge_resource(
    world: &World,
    resource: &Resource,
    rules: &[&Rule],
    action: &Uid,
    findings: &mut Vec<Finding>,
) -> Result<(), Failure> {
    let evaluator = evaluator(world, request(world, resource, action));
    for rule in rules {
        match evaluate(rule, &evaluator)? {
            Verdict::Holds => findings.push(finding::of_resource(rule, resource, world)),
            Verdict::Undecided(error) => findings.push(finding::undecided(rule, resource, world, &error)),
            Verdict::Fails => {}
        }
    }
    Ok(())
}

/// The verdict keys for deployments: each policy with its resource.
pub(crate) fn subjects(world: &World, rulebook: &Rulebook) -> Result<BTreeSet<(Arc<str>, Id)>, Failure> {
    let mut subjects = BTreeSet::new();
    for resource in world.part.resources.values() {
        let rules = rulebook.forbids("deploy", resource.type_name)?;
        subjects.extend(rules.into_iter().map(|rule| (Arc::clone(&rule.id), resource.id.clone())));
    }
    Ok(subjects)
}

fn request(world: &World, resource: &Resource, action: &Uid) -> Request {
    let uid = world.uid(resource.type_name, resource.id.as_str());
    cedar::request(&world.migration, action, uid, BTreeMap::new())
}

pub(super) fn requests(world: &World) -> Vec<Request> {
    let action = world.action("deploy");
    world.part.resources.values().map(|resource| request(world, resource, &action)).collect()
}
