//! Who uses a role, and whether the role trusts them.

use std::collections::BTreeSet;

use crate::datum::Value;
use crate::fact::FactValue;
use crate::graph::Resource;
use crate::iam;
use crate::index::Index;
use crate::partition::regional_service;

/// A property in which a type names a role, and the service that takes it.
struct Use {
    type_name: &'static str,
    property: &'static str,
    service: &'static str,
}

const fn service_use(type_name: &'static str, property: &'static str, service: &'static str) -> Use {
    Use { type_name, property, service }
}

/// DMS takes a role that reads a secret through its principal of the region.
const USES: &[Use] = &[
    service_use("AWS::Lambda::Function", "Role", "lambda.amazonaws.com"),
    service_use("AWS::StepFunctions::StateMachine", "RoleArn", "states.amazonaws.com"),
    service_use("AWS::ApiGateway::Account", "CloudWatchRoleArn", "apigateway.amazonaws.com"),
    service_use("AWS::ApiGateway::Authorizer", "AuthorizerCredentials", "apigateway.amazonaws.com"),
    service_use("AWS::EC2::FlowLog", "DeliverLogsPermissionArn", "vpc-flow-logs.amazonaws.com"),
    service_use("AWS::Pipes::Pipe", "RoleArn", "pipes.amazonaws.com"),
    service_use("AWS::RDS::DBInstance", "MonitoringRoleArn", "monitoring.rds.amazonaws.com"),
    service_use("AWS::RDS::DBCluster", "MonitoringRoleArn", "monitoring.rds.amazonaws.com"),
];

/// The services that use the role.
fn services(role: &Resource, graph: &Index<'_>) -> BTreeSet<String> {
    let mut services: BTreeSet<String> = BTreeSet::new();
    for resource in graph.referrers(&role.id) {
        let used = USES.iter().filter(|u| {
            let named = resource.get(u.property).and_then(|d| d.value.target());
            u.type_name == resource.type_name && named == Some(&role.id)
        });
        services.extend(used.map(|u| u.service.to_owned()));
        if resource.type_name == "AWS::DMS::Endpoint" {
            services.insert(regional_service("dms", &graph.environment.region));
        }
    }
    services
}

/// Services that use the role and that it does not trust.
pub(super) fn untrusted_services(role: &Resource, graph: &Index<'_>) -> FactValue {
    let Some(trusted) = trusted_services(role) else { return FactValue::Unknown };
    FactValue::set(services(role, graph).difference(&trusted).map(Some))
}

/// Services that the role trusts and that do not use it. Nothing where nobody
/// in the graph does: services look for some roles by their name.
pub(super) fn unserved_services(role: &Resource, graph: &Index<'_>) -> FactValue {
    let Some(trusted) = trusted_services(role) else { return FactValue::Unknown };
    let services = services(role, graph);
    let unserved = trusted.difference(&services).filter(|_| !services.is_empty());
    FactValue::set(unserved.map(Some))
}

fn trusted_services(role: &Resource) -> Option<BTreeSet<String>> {
    let owned = |d: &iam::Document<'_>| iam::services(d).into_iter().map(str::to_owned).collect();
    iam::read(role.get("AssumeRolePolicyDocument")?, owned)
}

/// How many functions and workflows run as it, named by reference or by ARN.
pub(super) fn count(role: &Resource, graph: &Index<'_>) -> i64 {
    let runs = |(type_name, property): (&str, &'static str)| {
        graph.all(type_name).filter(|user| graph.role(user, property).is_some_and(|r| r.id == role.id)).count()
    };
    let users = runs(("AWS::Lambda::Function", "Role")) + runs(("AWS::StepFunctions::StateMachine", "RoleArn"));
    i64::try_from(users).unwrap_or(i64::MAX)
}

/// The role that something runs as: one of the graph, or one made elsewhere.
pub(in crate::aws) fn of(resource: &Resource, property: &str, graph: &Index<'_>) -> FactValue {
    match (graph.role(resource, property), resource.get(property).map(|d| &d.value)) {
        (Some(role), _) => FactValue::Entity(role.id.clone()),
        (None, None) => FactValue::AwsOwned,
        (None, Some(Value::String(_))) => FactValue::External,
        (None, Some(_)) => FactValue::Unknown,
    }
}

/// How many replication endpoints use it.
pub(super) fn endpoints(role: &Resource, graph: &Index<'_>) -> i64 {
    let endpoints = graph.referrers(&role.id).filter(|r| r.type_name == "AWS::DMS::Endpoint").count();
    i64::try_from(endpoints).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::role;
    use super::*;
    use crate::testing::{fact, resource};

    fn role(service: &str) -> Resource {
        let statement =
            format!(r#"{{"Effect": "Allow", "Principal": {{"Service": "{service}"}}, "Action": "sts:AssumeRole"}}"#);
        resource("AWS::IAM::Role", "r", &format!(r#"{{"AssumeRolePolicyDocument": {{"Statement": {statement}}}}}"#))
    }

    #[test]
    fn a_role_trusts_who_uses_it() {
        let function = || resource("AWS::Lambda::Function", "f", r#"{"Role": {"Fn::GetAtt": ["r", "Arn"]}}"#);
        let endpoint = || {
            let settings = r#"{"PostgreSqlSettings": {"SecretsManagerAccessRoleArn": {"Fn::GetAtt": ["r", "Arn"]}}}"#;
            resource("AWS::DMS::Endpoint", "e", settings)
        };
        let none = FactValue::StringSet(BTreeSet::new());
        for (service, user, untrusted) in [
            ("lambda.amazonaws.com", function(), none.clone()),
            ("states.amazonaws.com", function(), FactValue::set([Some("lambda.amazonaws.com")])),
            ("dms.amazonaws.com", endpoint(), FactValue::set([Some("dms.us-east-1.amazonaws.com")])),
            ("dms.us-east-1.amazonaws.com", endpoint(), none.clone()),
        ] {
            assert_eq!(fact(&role::TYPE, "untrustedUsers", [role(service), user]), untrusted, "{service}");
        }
        let idle = fact(&role::TYPE, "unservedServices", [role("states.amazonaws.com"), function()]);
        assert_eq!(idle, FactValue::set([Some("states.amazonaws.com")]));
        assert_eq!(fact(&role::TYPE, "unservedServices", [role("dms.amazonaws.com")]), none);
        assert_eq!(fact(&role::TYPE, "endpoints", [role("dms.amazonaws.com"), endpoint()]), FactValue::Long(1));
    }
}
