//! The limits of services for the length of names. They apply to the complete physical names, including kind,
//! environment and overrides.

use migspec_diag::Diagnostic;
use migspec_ir::Resource;

use crate::cx::Cx;

/// Type, property, how many characters the service accepts.
const LIMITS: &[(&str, &str, usize)] = &[
    ("AWS::ApiGateway::Authorizer", "Name", 128),
    ("AWS::ApiGateway::UsagePlan", "UsagePlanName", 128),
    ("AWS::ApiGatewayV2::VpcLink", "Name", 128),
    ("AWS::CloudWatch::Alarm", "AlarmName", 255),
    ("AWS::CloudWatch::CompositeAlarm", "AlarmName", 255),
    ("AWS::CloudWatch::Dashboard", "DashboardName", 255),
    ("AWS::DMS::Endpoint", "EndpointIdentifier", 255),
    ("AWS::DMS::Endpoint", "ResourceIdentifier", 31),
    ("AWS::DMS::ReplicationInstance", "ReplicationInstanceIdentifier", 63),
    ("AWS::DMS::ReplicationInstance", "ResourceIdentifier", 31),
    ("AWS::DMS::ReplicationSubnetGroup", "ReplicationSubnetGroupIdentifier", 255),
    ("AWS::DMS::ReplicationTask", "ReplicationTaskIdentifier", 255),
    ("AWS::DMS::ReplicationTask", "ResourceIdentifier", 31),
    ("AWS::EC2::SecurityGroup", "GroupName", 255),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "Name", 32),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "Name", 32),
    ("AWS::Events::Rule", "Name", 64),
    ("AWS::IAM::ManagedPolicy", "ManagedPolicyName", 128),
    ("AWS::IAM::Role", "RoleName", 64),
    ("AWS::KMS::Alias", "AliasName", 256),
    ("AWS::Lambda::Function", "FunctionName", 64),
    ("AWS::Logs::LogGroup", "LogGroupName", 512),
    ("AWS::RDS::DBCluster", "DBClusterIdentifier", 63),
    ("AWS::RDS::DBClusterParameterGroup", "DBClusterParameterGroupName", 255),
    ("AWS::RDS::DBInstance", "DBInstanceIdentifier", 63),
    ("AWS::RDS::DBSubnetGroup", "DBSubnetGroupName", 255),
    ("AWS::RDS::GlobalCluster", "GlobalClusterIdentifier", 63),
    ("AWS::S3::Bucket", "BucketName", 63),
    ("AWS::SNS::Topic", "TopicName", 256),
    ("AWS::SQS::Queue", "QueueName", 80),
    ("AWS::SecretsManager::Secret", "Name", 512),
    ("AWS::StepFunctions::StateMachine", "StateMachineName", 80),
    ("AWS::WAFv2::WebACL", "Name", 128),
];

pub(crate) fn check(cx: &mut Cx) {
    let too_long: Vec<Diagnostic> = cx.graph.resources.values().flat_map(|r| find(r, cx)).collect();
    for diagnostic in too_long {
        cx.report(diagnostic);
    }
}

fn find(resource: &Resource, cx: &Cx) -> Vec<Diagnostic> {
    let limits = LIMITS.iter().filter(|(type_name, _, _)| *type_name == resource.type_name);
    limits.filter_map(|(_, property, limit)| too_long(resource, property, *limit, cx)).collect()
}

fn too_long(resource: &Resource, property: &str, limit: usize, cx: &Cx) -> Option<Diagnostic> {
    let datum = resource.get(property)?;
    let name = datum.value.as_str()?;
    let length = name.chars().count();
    if length <= limit {
        return None;
    }
    let environment = cx.env();
    let message = format!("the name `{name}` has {length} characters; {} accepts {limit}", service(resource));
    Some(
        Diagnostic::error("name-too-long", message)
            .at(datum.origin.span(), "named after this")
            .with(cx.graph.environment.span, format!("`-{environment}` is {} of them", environment.len() + 1))
            .help(format!("shorten the key or the environment's name by {}", length - limit)),
    )
}

/// The short form of a type: `IAM Role` for `AWS::IAM::Role`.
fn service(resource: &Resource) -> String {
    resource.type_name.trim_start_matches("AWS::").replace("::", " ")
}

#[cfg(test)]
mod tests {
    use crate::testing::lower_text;

    #[test]
    fn a_name_that_is_too_long_says_by_how_much() {
        let text = include_str!("../../../specs/payments.migspec.kdl");
        let long = text
            .replace("api \"payments\"", "api \"payments-of-all-our-merchants\"")
            .replace("api=\"payments\"", "api=\"payments-of-all-our-merchants\"");
        let lowered = lower_text(&long, "prod");
        let found: Vec<_> = lowered.diagnostics.iter().filter(|d| d.code == "name-too-long").collect();
        let messages: Vec<&str> = found.iter().map(|d| d.message.as_str()).collect();
        assert!(
            messages.contains(&"the name `payments-of-all-our-merchants-source-prod` has 41 characters; ElasticLoadBalancingV2 TargetGroup accepts 32"),
            "{messages:?}"
        );
        assert!(found.iter().any(|d| d.help.as_deref() == Some("shorten the key or the environment's name by 9")));
    }

    #[test]
    fn the_reference_spec_fits() {
        for environment in ["dev", "prod"] {
            let lowered = crate::testing::payments(environment);
            assert!(!lowered.diagnostics.iter().any(|d| d.code == "name-too-long"), "{:#?}", lowered.diagnostics);
        }
    }
}
