//! Orders between resources and the policies that let a service work for them.
//! AWS tries most rights at the creation of the resource: a load balancer writes a
//! test object, DMS assumes the role of an endpoint (fact: rights-tried-at-creation).

use indexmap::IndexSet;
use migspec_ir::{Graph, Id, Resource, iam};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::cx::Cx;

/// A type of policy that is a resource of its own, the property with the resource
/// that it belongs to, and the type in the table of callers.
const POLICIES: &[(&str, &str, &str)] = &[
    ("AWS::IAM::RolePolicy", "RoleName", "AWS::IAM::Role"),
    ("AWS::Lambda::Permission", "FunctionName", "AWS::Lambda::Permission"),
    ("AWS::S3::BucketPolicy", "Bucket", "AWS::S3::BucketPolicy"),
    ("AWS::SNS::TopicPolicy", "Topics", "AWS::SNS::TopicPolicy"),
    ("AWS::SQS::QueuePolicy", "Queues", "AWS::SQS::QueuePolicy"),
];

pub(crate) fn lower(cx: &mut Cx) {
    let policies = policies(&cx.graph);
    let mut orders = Orders { before: edges(&cx.graph), closures: FxHashMap::default() };
    let mut added = Vec::new();
    for resource in cx.graph.resources.values() {
        for target in references(resource) {
            for (policy, kind) in policies.get(&target).into_iter().flatten() {
                if calls(resource, kind) && *policy != resource.id && orders.add(&resource.id, policy) {
                    added.push((resource.id.clone(), policy.clone()));
                }
            }
        }
    }
    for (id, policy) in added {
        if let Some(resource) = cx.graph.resources.get_mut(&id) {
            resource.depends_on.push(policy);
        }
    }
}

/// The policies of each resource, with their type in the table of callers.
fn policies(graph: &Graph) -> FxHashMap<Id, Vec<(Id, &'static str)>> {
    let mut policies: FxHashMap<Id, Vec<(Id, &'static str)>> = FxHashMap::default();
    for (type_name, property, kind) in POLICIES {
        for policy in graph.of_type(type_name) {
            let Some(datum) = policy.get(property) else { continue };
            datum
                .value
                .references(&mut |id, _| policies.entry(id.clone()).or_default().push((policy.id.clone(), *kind)));
        }
    }
    policies
}

/// Whether a service works for the resource under a policy of this type.
fn calls(resource: &Resource, kind: &str) -> bool {
    iam::CALLERS.iter().any(|row| row.policy == kind && row.callers.contains(&resource.type_name))
}

/// The resources that each resource refers to or waits for.
fn edges(graph: &Graph) -> FxHashMap<Id, FxHashSet<Id>> {
    let of =
        |resource: &Resource| references(resource).into_iter().chain(resource.depends_on.iter().cloned()).collect();
    graph.resources.values().map(|resource| (resource.id.clone(), of(resource))).collect()
}

/// In the order of the properties.
fn references(resource: &Resource) -> IndexSet<Id> {
    let mut references = IndexSet::new();
    for (_, datum) in resource.properties.iter() {
        datum.value.references(&mut |id, _| {
            references.insert(id.clone());
        });
    }
    references
}

/// The orders of a graph while new ones are added.
struct Orders {
    before: FxHashMap<Id, FxHashSet<Id>>,
    /// All that a policy waits for, of the policies that were asked about.
    closures: FxHashMap<Id, FxHashSet<Id>>,
}

impl Orders {
    /// Lets a resource wait for a policy. False if it does so already, or if the
    /// policy waits for the resource.
    fn add(&mut self, id: &Id, policy: &Id) -> bool {
        if !self.closures.contains_key(policy) {
            let closure = self.closure(policy);
            self.closures.insert(policy.clone(), closure);
        }
        let circular = self.closures.get(policy).is_none_or(|closure| closure.contains(id));
        if circular || !self.before.entry(id.clone()).or_default().insert(policy.clone()) {
            return false;
        }
        if !self.closures.values().any(|closure| closure.contains(id)) {
            return true;
        }
        let behind = self.closures.get(policy).cloned().unwrap_or_default();
        for closure in self.closures.values_mut().filter(|closure| closure.contains(id)) {
            closure.extend(behind.iter().cloned());
        }
        true
    }

    /// A resource and all that it waits for, directly or through others.
    fn closure(&self, from: &Id) -> FxHashSet<Id> {
        let mut seen = FxHashSet::default();
        let mut open = vec![from];
        while let Some(id) = open.pop() {
            if seen.insert(id.clone()) {
                open.extend(self.before.get(id).into_iter().flatten());
            }
        }
        seen
    }
}
