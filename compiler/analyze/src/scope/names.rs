//! Resources by their names in ARNs.

use migspec_ir::{Graph, Id, Value};
use rustc_hash::FxHashMap;

/// Types, the service in their ARNs, and the property with the name.
const NAMED: &[(&str, &str, &str)] = &[
    ("AWS::DMS::ReplicationTask", "dms", "ResourceIdentifier"),
    ("AWS::DMS::ReplicationTask", "dms", "ReplicationTaskIdentifier"),
    ("AWS::DMS::ReplicationInstance", "dms", "ReplicationInstanceIdentifier"),
    ("AWS::DMS::Endpoint", "dms", "ResourceIdentifier"),
    ("AWS::Lambda::Function", "lambda", "FunctionName"),
    ("AWS::Logs::LogGroup", "logs", "LogGroupName"),
    ("AWS::RDS::DBCluster", "rds", "DBClusterIdentifier"),
    ("AWS::RDS::GlobalCluster", "rds", "GlobalClusterIdentifier"),
    ("AWS::S3::Bucket", "s3", "BucketName"),
    ("AWS::SNS::Topic", "sns", "TopicName"),
    ("AWS::SQS::Queue", "sqs", "QueueName"),
    ("AWS::SSM::Parameter", "ssm", "Name"),
    ("AWS::StepFunctions::StateMachine", "states", "StateMachineName"),
];

pub(super) struct Names<'g> {
    graph: &'g Graph,
    known: FxHashMap<(&'static str, &'g str), &'g Id>,
}

impl<'g> Names<'g> {
    pub(super) fn new(graph: &'g Graph) -> Self {
        let mut known = FxHashMap::default();
        for resource in graph.resources.values() {
            for (_, service, property) in NAMED.iter().filter(|(type_name, ..)| *type_name == resource.type_name) {
                if let Some(name) = resource.get(property).and_then(|d| d.value.as_str()) {
                    known.insert((*service, name), &resource.id);
                }
            }
        }
        Self { graph, known }
    }

    pub(super) fn resource_named(&self, service: &'static str, name: &str) -> Option<&'g Id> {
        self.known.get(&(service, name)).copied()
    }

    /// The resource of an ARN or a reference.
    pub(super) fn of(&self, value: &Value) -> Option<&'g Id> {
        let mut found = None;
        value.references(&mut |id, _| found = found.or(self.graph.resources.get_key_value(id).map(|(id, _)| id)));
        found.or_else(|| self.of_arn(value.as_str()?))
    }

    fn of_arn(&self, arn: &str) -> Option<&'g Id> {
        let mut parts = arn.splitn(6, ':');
        let (service, rest) = (parts.nth(2)?, parts.nth(2)?);
        let service = NAMED.iter().map(|(_, known, _)| *known).find(|known| *known == service)?;
        let named = rest.split_once(':').map_or(rest, |(_, name)| name);
        let candidates = [
            rest,
            named,
            named.split(':').next().unwrap_or(named),
            rest.split('/').next().unwrap_or(rest),
            rest.strip_prefix("parameter").unwrap_or(rest),
        ];
        candidates.iter().find_map(|name| self.resource_named(service, name))
    }
}
