//! A walk through the runbook from an empty account: each step finds all it needs.
//! The steps are those of the runbook, in its order; the resources follow in the
//! order that their references and dependencies give.

#![allow(clippy::panic, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};

use migspec_ir::{Graph, Id, Resource};
use migspec_tests::emitted::{self, Emitted};

/// A step and its needs: types of resources that exist, and steps that are done.
/// Types without a resource in a deployment are no need of it.
const STEPS: &[(&str, &[&str], &[&str])] = &[
    ("Bootstrap", &[], &[]),
    ("Secrets", &[], &[]),
    ("Infrastructure", &[], &["Bootstrap", "Secrets"]),
    ("Confirm the subscription", &["AWS::SNS::Subscription", "AWS::SNS::TopicPolicy"], &["Infrastructure"]),
    ("Schema", &["AWS::RDS::DBCluster", "AWS::RDS::DBInstance"], &["Infrastructure"]),
    ("Logins", &["AWS::RDS::DBCluster", "AWS::Lambda::Function"], &["Secrets", "Schema"]),
    ("Replication tasks", &["AWS::DMS::ReplicationTask", "AWS::StepFunctions::StateMachine"], &["Logins"]),
    ("Rehearse", &["AWS::StepFunctions::StateMachine"], &["Confirm the subscription", "Logins"]),
    ("Drift", &[], &["Infrastructure", "Rehearse"]),
];

/// The bold names of the numbered steps, in the order of the runbook.
fn steps(runbook: &str) -> Vec<&str> {
    let (_, rest) = runbook.split_once("## Before the first execution").expect("the section");
    let section = rest.split("\n## ").next().and_then(|text| text.split("\n### ").next()).unwrap_or_default();
    section.lines().filter_map(step).collect()
}

/// The name of a step in the line that it begins with: `2. **Secrets**, by …`.
fn step(line: &str) -> Option<&str> {
    let (number, rest) = line.split_once(". **")?;
    number.parse::<u8>().ok()?;
    Some(rest.split_once("**")?.0)
}

/// The order in which the infrastructure creates its resources. Resources that exist
/// come first: an owner has created them.
fn order(graph: &Graph) -> Result<Vec<&Resource>, Vec<&Id>> {
    let mut order: Vec<&Resource> = graph.existing().map(|(resource, _)| resource).collect();
    let mut done: BTreeSet<&Id> = order.iter().map(|resource| &resource.id).collect();
    let mut open: BTreeMap<&Id, &Resource> = graph.resources.iter().filter(|(id, _)| !done.contains(id)).collect();
    while !open.is_empty() {
        let ready = |resource: &Resource| resource.needs().iter().all(|id| done.contains(id));
        let next: Vec<&Resource> = open.values().copied().filter(|resource| ready(resource)).collect();
        if next.is_empty() {
            return Err(open.into_keys().collect());
        }
        for resource in next {
            open.remove(&resource.id);
            done.insert(&resource.id);
            order.push(resource);
        }
    }
    Ok(order)
}

/// The problems of a walk through these steps.
fn walk(emitted: &Emitted, steps: &[&str]) -> Vec<String> {
    let graph = &emitted.graph;
    let mut problems = Vec::new();
    let (mut done, mut exist): (BTreeSet<&str>, BTreeSet<&str>) = (BTreeSet::new(), BTreeSet::new());
    for step in steps {
        let Some((_, types, before)) = STEPS.iter().find(|(name, ..)| name == step) else {
            problems.push(format!("unknown step `{step}`"));
            continue;
        };
        let missing = before.iter().filter(|need| !done.contains(*need));
        problems.extend(missing.map(|need| format!("`{step}` comes before `{need}`")));
        let deployed = types.iter().filter(|name| graph.of_type(name).next().is_some());
        let absent = deployed.filter(|name| !exist.contains(*name));
        problems.extend(absent.map(|name| format!("`{step}` needs {name}")));
        if *step == "Infrastructure" {
            match order(graph) {
                Ok(order) => exist.extend(order.iter().map(|resource| resource.type_name)),
                Err(circle) => problems.push(format!("no order of {circle:?}")),
            }
        }
        done.insert(*step);
    }
    problems.extend(STEPS.iter().filter(|(name, ..)| !done.contains(name)).map(|(name, ..)| format!("no `{name}`")));
    problems
}

#[test]
fn each_step_finds_what_it_needs() {
    let mut walks = 0;
    for emitted in emitted::all().iter().filter(|emitted| !emitted.graph.workflows.is_empty()) {
        let runbook = emitted.text("RUNBOOK.md");
        let problems = walk(emitted, &steps(runbook));
        assert!(problems.is_empty(), "{}: {problems:#?}", emitted.name);
        walks += 1;
    }
    assert!(walks > 5, "{walks} walks");
}

#[test]
fn a_wrong_order_is_seen() {
    let emitted = emitted::all().iter().find(|e| e.name == "payments/prod").expect("the spec");
    let mut steps = steps(emitted.text("RUNBOOK.md"));
    assert_eq!(steps.len(), STEPS.len());
    let last = steps.len() - 1;
    let drift = steps.remove(last);
    assert_eq!(walk(emitted, &steps), ["no `Drift`"]);
    steps.push(drift);
    steps.swap(1, 2);
    assert_eq!(walk(emitted, &steps), ["`Infrastructure` comes before `Secrets`"]);
    steps.swap(1, 2);
    steps.swap(2, 4);
    let problems = walk(emitted, &steps);
    assert!(problems.contains(&"`Schema` needs AWS::RDS::DBCluster".to_owned()), "{problems:#?}");
    let mut circle = emitted.graph.clone();
    let pair = circle.resources.values().find_map(|other| other.needs().pop_first().map(|id| (id, other.id.clone())));
    let (id, other) = pair.expect("a resource refers to another one");
    circle.resources.get_mut(&id).expect("the resource").depends_on.push(other);
    assert!(order(&circle).is_err());
}
