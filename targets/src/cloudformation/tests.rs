//! Graphs that no pass of `lower` makes: the printer reports them.

use migspec_ir::{Datum, Graph, Resource, Value};

use super::CloudFormation;
use crate::terraform::tests::graph;
use crate::{Artifacts, Packages, Target};

fn codes(graph: &Graph, resources: usize) -> Vec<String> {
    let problems = CloudFormation { resources }.emit(graph, &Packages::default(), &mut Artifacts::new());
    problems.into_iter().map(|problem| problem.code.into_owned()).collect()
}

#[test]
fn a_reference_to_no_resource_is_dangling() {
    let (mut graph, at) = graph();
    let topic = Resource::new("AWS::SNS::Topic", "topic", "x", at).set("KmsMasterKeyId", Value::reference("no-key"));
    graph.resources.insert(topic.id.clone(), topic);
    assert!(codes(&graph, 500).contains(&"dangling-reference".to_owned()));
}

#[test]
fn resources_that_need_each_other_are_a_cycle() {
    let (mut graph, at) = graph();
    for (id, other) in [("a", "b"), ("b", "a")] {
        let mut topic = Resource::new("AWS::SNS::Topic", id, "x", at);
        topic.depends_on.push(other.into());
        graph.resources.insert(topic.id.clone(), topic);
    }
    assert!(codes(&graph, 1).contains(&"reference-cycle".to_owned()));
}

#[test]
fn types_that_the_registry_of_a_region_lacks_are_one_finding() {
    let (mut graph, at) = graph();
    for (id, type_name) in [("a", "AWS::DMS::Endpoint"), ("b", "AWS::DMS::Certificate"), ("c", "AWS::SNS::Topic")] {
        let resource = Resource::new(type_name, id, "x", at);
        graph.resources.insert(resource.id.clone(), resource);
    }
    let missing = |graph: &Graph| codes(graph, 500).iter().filter(|code| *code == "type-not-in-region").count();
    assert_eq!(missing(&graph), 0);
    graph.environment.region = "eu-south-2".into();
    assert_eq!(missing(&graph), 1);
}

#[test]
fn a_nested_stack_takes_a_limited_number_of_values() {
    let (mut graph, at) = graph();
    let mut subnets = Vec::new();
    for number in 0..=200 {
        let subnet = Resource::new("AWS::EC2::Subnet", format!("subnet-{number}"), "x", at);
        subnets.push(Datum::new(Value::reference(subnet.id.clone()), at));
        graph.resources.insert(subnet.id.clone(), subnet);
    }
    let group = Resource::new("AWS::RDS::DBSubnetGroup", "group", "x", at).set("SubnetIds", Value::List(subnets));
    graph.resources.insert(group.id.clone(), group);
    assert!(codes(&graph, 100).contains(&"stack-too-large".to_owned()));
}
