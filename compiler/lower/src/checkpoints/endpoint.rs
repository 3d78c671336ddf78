//! Functions reach the buckets only through the endpoint of their own network: their credentials are useless elsewhere.

use migspec_ir::{Id, Resource, Value};

use crate::cx::Cx;
use crate::names;
use crate::policy::Statement;

/// Completes the bucket policies with the endpoints and roles, which are lowered
/// later than the buckets.
pub(crate) fn bind(cx: &mut Cx) {
    let endpoints = endpoints(cx);
    let roles = roles(cx);
    if endpoints.is_empty() || roles.is_empty() {
        return;
    }
    // The owner of a shared network has yet to create its endpoint: the id of the VPC is known.
    let is_shared = |id: &Id| cx.graph.get(id).is_some_and(|endpoint| endpoint.existing.is_some());
    let (shared, own): (Vec<Id>, Vec<Id>) = endpoints.into_iter().partition(is_shared);
    let vpcs = shared.iter().filter_map(|id| Some(cx.graph.get(id)?.get("VpcId")?.value.clone()));
    let vpcs: Vec<Value> = vpcs.collect();
    let own: Vec<Value> = own.into_iter().map(Value::reference).collect();
    for bucket in [names::checkpoints_bucket(), names::evidence_bucket()] {
        let arn = Value::attribute(bucket.clone(), "Arn");
        let policy = Id::from(format!("{bucket}-policy"));
        let Some(resource) = cx.graph.resources.get_mut(&policy) else { continue };
        let origin = resource.origin;
        let mut statement = Statement::deny("FunctionsElsewhere", origin)
            .anyone()
            .actions(&["s3:*"])
            .resources(vec![arn.clone(), Value::Concat(vec![arn, "/*".into()])])
            .when_any("ArnEquals", "aws:PrincipalArn", roles.clone());
        // An absent key (a call on another path) is not equal either.
        for (key, values) in [("aws:SourceVpce", &own), ("aws:SourceVpc", &vpcs)] {
            if !values.is_empty() {
                statement = statement.when_any("StringNotEquals", key, values.clone());
            }
        }
        let document = resource.properties.get_mut("PolicyDocument").map(|datum| &mut datum.value);
        if let Some(Value::Map(document)) = document
            && let Some(Value::List(statements)) = document.get_mut("Statement").map(|datum| &mut datum.value)
        {
            statements.push(statement.build());
        }
    }
}

fn endpoints(cx: &Cx) -> Vec<Id> {
    let serves_s3 = |endpoint: &&Resource| {
        let service = endpoint.get("ServiceName").and_then(|d| d.value.as_str());
        service.is_some_and(|service| service.ends_with(".s3"))
    };
    cx.graph.of_type("AWS::EC2::VPCEndpoint").filter(serves_s3).map(|endpoint| endpoint.id.clone()).collect()
}

/// The roles of functions that run in a network, by ARN.
fn roles(cx: &Cx) -> Vec<Value> {
    let placed = cx.graph.of_type("AWS::Lambda::Function").filter(|function| function.get("VpcConfig").is_some());
    placed.filter_map(|function| function.get("Role")).map(|role| role.value.clone()).collect()
}
