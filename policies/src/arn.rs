//! The types and resources that the ARNs of grants name.

use migspec_ir::{Grant, Graph, Id, Resource, Value};

/// The target resources of grants.
pub(crate) fn targets<'g>(graph: &'g Graph, grants: &[Grant]) -> impl Iterator<Item = &'g Id> {
    let on = grants.iter().flat_map(|grant| &grant.resources);
    on.filter_map(|on| reference(graph, &on.value)).map(|(resource, _)| &resource.id)
}

/// The resource that a value refers to, with the attribute.
pub(crate) fn reference<'g>(graph: &'g Graph, value: &Value) -> Option<(&'g Resource, Option<String>)> {
    let mut found = None;
    value.references(&mut |id, attribute| {
        found = found.take().or_else(|| graph.get(id).map(|resource| (resource, attribute.map(str::to_owned))));
    });
    found
}

/// The start of an ARN's resource part, by service.
const ARNS: &[(&str, &str, &str)] = &[
    ("cloudwatch", "alarm:", "AWS::CloudWatch::Alarm"),
    ("dms", "endpoint:", "AWS::DMS::Endpoint"),
    ("dms", "rep:", "AWS::DMS::ReplicationInstance"),
    ("dms", "task:", "AWS::DMS::ReplicationTask"),
    ("ec2", "security-group/", "AWS::EC2::SecurityGroup"),
    ("ec2", "subnet/", "AWS::EC2::Subnet"),
    ("elasticloadbalancing", "listener-rule/", "AWS::ElasticLoadBalancingV2::ListenerRule"),
    ("elasticloadbalancing", "listener/", "AWS::ElasticLoadBalancingV2::Listener"),
    ("elasticloadbalancing", "targetgroup/", "AWS::ElasticLoadBalancingV2::TargetGroup"),
    ("events", "api-destination/", "AWS::Events::ApiDestination"),
    ("kms", "key/", "AWS::KMS::Key"),
    ("lambda", "function:", "AWS::Lambda::Function"),
    ("logs", "log-group:", "AWS::Logs::LogGroup"),
    ("rds", "cluster:", "AWS::RDS::DBCluster"),
    ("s3", "", "AWS::S3::Bucket"),
    ("secretsmanager", "secret:", "AWS::SecretsManager::Secret"),
    ("sns", "", "AWS::SNS::Topic"),
    ("sqs", "", "AWS::SQS::Queue"),
    ("ssm", "parameter/", "AWS::SSM::Parameter"),
    ("states", "stateMachine:", "AWS::StepFunctions::StateMachine"),
];

/// The types that an ARN can name without a reference.
pub(crate) fn arn_types() -> impl Iterator<Item = &'static str> {
    ARNS.iter().map(|(.., name)| *name)
}

/// The type that an ARN names.
pub(crate) fn arn_type(arn: &str) -> Option<&'static str> {
    let mut parts = arn.splitn(6, ':');
    let (Some("arn"), Some(_), Some(service), Some(_), Some(_), Some(resource)) =
        (parts.next(), parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    ARNS.iter().find(|(s, prefix, _)| *s == service && resource.starts_with(prefix)).map(|(.., name)| *name)
}
