//! Findings that no spec without an override causes: the graph is made by hand.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use migspec_diag::{Sources, Span};
use migspec_ir::{Actor, Flow, Grant, Graph, Origin, Protocol, Resource, Value, Zone};
use migspec_policies::{Rulebook, judge};

const TODAY: u64 = 20_000;

fn span() -> Span {
    Span::new(Sources::new().add("spec.migspec.kdl", "x"), 0, 1)
}

/// The messages of a code for a graph.
fn messages(graph: &Graph, code: &str) -> Vec<String> {
    let judgement = judge(&migspec_analyze::Analysis::of(graph), &Rulebook::builtin().unwrap(), TODAY).unwrap();
    let findings = judgement.findings.into_iter().filter(|finding| finding.code == code);
    findings.map(|finding| finding.message.to_string()).collect()
}

fn grant(action: &'static str) -> Grant {
    let origin = Origin::derived("test", span());
    Grant {
        role: "fence-role".into(),
        actions: vec![action],
        resources: vec![migspec_ir::Datum::new(Value::from("*"), origin)],
        conditions: Vec::new(),
        why: "test".into(),
        origin,
    }
}

#[test]
fn a_grant_beyond_the_ceiling_of_its_actor() {
    let mut graph = Graph::empty(span());
    graph.grants.push(grant("iam:CreateUser"));
    assert_eq!(messages(&graph, "right-beyond-actor"), ["the role `fence-role` has no actor"]);
    graph.actors.insert("fence-role".into(), Actor::Fence);
    assert_eq!(
        messages(&graph, "right-beyond-actor"),
        ["`iam:CreateUser` on `*` exceeds the ceiling of the actor `fence`"]
    );
    graph.grants[0] = grant("xray:PutTraceSegments");
    assert_eq!(messages(&graph, "right-beyond-actor"), [""; 0]);
}

#[test]
fn a_flow_beyond_the_ceiling_of_flows() {
    let mut graph = Graph::empty(span());
    let from = Zone::Group("app-group".into());
    let origin = Origin::derived("test", span());
    graph.flows.push(Flow {
        from,
        to: Zone::Internet,
        protocol: Protocol::Tcp,
        port: 22,
        reason: None,
        why: "test".into(),
        origin,
    });
    assert_eq!(messages(&graph, "undeclared-path").len(), 1);
}

#[test]
fn a_policy_on_an_unknown_fact() {
    let mut graph = Graph::empty(span());
    let origin = Origin::derived("test", span());
    let cluster = |encrypted: Value| {
        Resource::new("AWS::RDS::DBCluster", "ledger-cluster", "database \"ledger\"", origin)
            .set("StorageEncrypted", encrypted)
    };
    let message = "`unencrypted-cluster` cannot be decided";
    for (encrypted, undecided) in [(Value::from(true), false), (Value::reference("a-parameter"), true)] {
        graph.resources.insert("ledger-cluster".into(), cluster(encrypted));
        assert_eq!(messages(&graph, "undecided-fact").iter().any(|m| m.starts_with(message)), undecided);
    }
}
