//! Chains from role to role: a role can act as another one by assuming it,
//! passing it, replacing code, rewriting a workflow or editing the other role. A
//! check of single policies misses chains of two.

use std::collections::{BTreeSet, VecDeque};

use rustc_hash::FxHashSet;

use super::document::Document;
use super::held::read_all;
use super::pattern::covers;
use super::text::{as_pattern, text};
use crate::datum::Value;
use crate::graph::Resource;
use crate::id::Id;
use crate::index::Index;

/// An action on a resource that gives the rights of a role.
struct Step {
    action: &'static str,
    /// The type of the affected resource.
    on: &'static str,
    /// The property with the role; empty if the resource is the role.
    role: &'static str,
}

const fn step(action: &'static str, on: &'static str, role: &'static str) -> Step {
    Step { action, on, role }
}

/// A login whose secret is rewritten is not among them: rotation does that.
const STEPS: &[Step] = &[
    step("sts:AssumeRole", "AWS::IAM::Role", ""),
    step("iam:PassRole", "AWS::IAM::Role", ""),
    step("iam:UpdateAssumeRolePolicy", "AWS::IAM::Role", ""),
    step("iam:PutRolePolicy", "AWS::IAM::Role", ""),
    step("iam:AttachRolePolicy", "AWS::IAM::Role", ""),
    step("lambda:UpdateFunctionCode", "AWS::Lambda::Function", "Role"),
    step("lambda:UpdateFunctionConfiguration", "AWS::Lambda::Function", "Role"),
    step("states:UpdateStateMachine", "AWS::StepFunctions::StateMachine", "RoleArn"),
];

/// The roles that `role` can act as and that hold rights which it lacks, each
/// with the chain that leads there: `lambda:UpdateFunctionCode on rollback >
/// role-rollback`. Nothing where a document on the way cannot be read.
pub fn takeovers(role: &Resource, graph: &Index<'_>) -> Option<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    let mut seen = FxHashSet::from_iter([&role.id]);
    let mut queue = VecDeque::from([(graph.get(&role.id)?, String::new())]);
    while let Some((at, chain)) = queue.pop_front() {
        for (how, next) in read_all(at, graph, |documents| steps(documents, graph))? {
            if !seen.insert(&next.id) {
                continue;
            }
            let chain = if chain.is_empty() {
                format!("{how} > {}", next.id)
            } else {
                format!("{chain} > {how} > {}", next.id)
            };
            if holds_more(&next.id, &role.id, graph) {
                found.insert(chain.clone());
            }
            queue.push_back((next, chain));
        }
    }
    Some(found)
}

fn steps<'g>(documents: &[Document<'_>], graph: &Index<'g>) -> Vec<(String, &'g Resource)> {
    let mut steps = Vec::new();
    for statement in documents.iter().flat_map(Document::allowing) {
        for step in STEPS.iter().filter(|step| statement.covers_action(step.action)) {
            let concerned = graph.all(step.on).filter(|resource| {
                let named = statement.resources.iter().any(|value| names(value, resource));
                named != statement.not_resource
            });
            for resource in concerned {
                let role = if step.role.is_empty() { Some(resource) } else { graph.follow(resource, step.role) };
                steps.extend(role.map(|role| (format!("{} on {}", step.action, resource.id), role)));
            }
        }
    }
    steps
}

/// Whether a resource of a statement can be this one: by reference, or by the
/// name in the ARN.
fn names(value: &Value, resource: &Resource) -> bool {
    if let Some(id) = value.target() {
        return *id == resource.id;
    }
    let Some(pattern) = as_pattern(&text(value)) else { return true };
    let property = match resource.type_name {
        "AWS::IAM::Role" => "RoleName",
        "AWS::Lambda::Function" => "FunctionName",
        _ => "StateMachineName",
    };
    // A name that is not known can be any.
    let name = resource.get(property).and_then(|d| d.value.as_str()).unwrap_or("*");
    let last = pattern.rsplit([':', '/']).next().unwrap_or(&pattern);
    last == name || covers(last, name)
}

fn holds_more(other: &Id, role: &Id, graph: &Index<'_>) -> bool {
    let actions = |id: &Id| graph.grants_of(id).iter().flat_map(|g| g.actions.iter().copied()).collect::<BTreeSet<_>>();
    !actions(other).is_subset(&actions(role))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Origin;
    use crate::graph::{Environment, Grant, Graph};
    use crate::testing::{resource, span};

    fn graph(statements: &[(&str, &str)]) -> Graph {
        let environment = Environment {
            name: "test".into(),
            account: "111111111111".into(),
            region: "us-east-1".into(),
            partition: "aws",
            production: true,
            span: span(),
        };
        let mut graph = Graph::new("test", environment);
        let mut add = |resource: Resource| graph.resources.insert(resource.id.clone(), resource);
        for (role, statement) in statements {
            add(resource("AWS::IAM::Role", role, &format!(r#"{{"RoleName": "{role}"}}"#)));
            let function =
                format!(r#"{{"FunctionName": "{role}-function", "Role": {{"Fn::GetAtt": ["{role}", "Arn"]}}}}"#);
            add(resource("AWS::Lambda::Function", &format!("{role}-function"), &function));
            let policy =
                format!(r#"{{"RoleName": {{"Ref": "{role}"}}, "PolicyDocument": {{"Statement": {statement}}}}}"#);
            add(resource("AWS::IAM::RolePolicy", &format!("{role}-policy"), &policy));
        }
        let grant = |role: &str, action| Grant {
            role: Id::from(role),
            actions: vec![action],
            resources: Vec::new(),
            conditions: Vec::new(),
            why: "test".into(),
            origin: Origin::derived("test", span()),
        };
        graph.grants = vec![grant("c", "dms:StopReplicationTask"), grant("b", "ssm:GetParameter")];
        graph
    }

    fn of(statements: &[(&str, &str)]) -> Vec<String> {
        let graph = graph(statements);
        takeovers(&graph.resources[&Id::from("a")], &Index::new(&graph)).expect("policies").into_iter().collect()
    }

    fn allow(action: &str, resource: &str) -> String {
        format!(r#"{{"Effect": "Allow", "Action": "{action}", "Resource": "{resource}"}}"#)
    }

    #[test]
    fn a_chain_leads_over_roles() {
        let to_b = allow("lambda:UpdateFunctionCode", "arn:aws:lambda:us-east-1:111111111111:function:b-function");
        let to_c = allow("sts:AssumeRole", "arn:aws:iam::111111111111:role/c");
        let nothing = allow("ssm:GetParameter", "*");
        let found = of(&[("a", &to_b), ("b", &to_c), ("c", &nothing)]);
        assert_eq!(
            found,
            [
                "lambda:UpdateFunctionCode on b-function > b",
                "lambda:UpdateFunctionCode on b-function > b > sts:AssumeRole on c > c",
            ]
        );
        assert_eq!(of(&[("a", &nothing), ("b", &to_c), ("c", &nothing)]), Vec::<String>::new());
    }

    #[test]
    fn what_one_can_already_do_is_no_takeover() {
        let to_itself = allow("lambda:UpdateFunctionCode", "arn:aws:lambda:us-east-1:111111111111:function:a-function");
        assert_eq!(of(&[("a", &to_itself)]), Vec::<String>::new());
    }
}
