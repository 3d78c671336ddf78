//! Events that a rule must catch, as AWS sends them (fact: events-of-dms, fact: events-of-rds,
//! fact: events-of-executions). A field that AWS does not document is left out: a pattern that asks for it catches
//! nothing that is known.

use serde_json::{Value as Json, json};

use super::pattern;
use crate::{Graph, Resource};

/// An event of a kind of resource.
struct Sample {
    of: &'static str,
    source: &'static str,
    /// `detail-type`.
    kind: &'static str,
    /// For people.
    name: &'static str,
    detail: fn() -> Json,
}

/// An event of a resource of the graph.
pub(super) struct Event {
    /// The resource and its change.
    pub(super) name: String,
    pub(super) source: &'static str,
    pub(super) kind: &'static str,
    pub(super) json: Json,
}

const fn sample(
    of: &'static str,
    source: &'static str,
    kind: &'static str,
    name: &'static str,
    detail: fn() -> Json,
) -> Sample {
    Sample { of, source, kind, name, detail }
}

const TASK: &str = "DMS Replication Task State Change";
const INSTANCE: &str = "DMS Replication Instance State Change";
const CLUSTER: &str = "RDS DB Cluster Event";
const MEMBER: &str = "RDS DB Instance Event";
const EXECUTION: &str = "Step Functions Execution Status Change";

const SAMPLES: &[Sample] = &[
    sample(
        "AWS::DMS::ReplicationTask",
        "aws.dms",
        TASK,
        "the task fails",
        || json!({"type": "REPLICATION_TASK", "eventType": "REPLICATION_TASK_FAILED", "eventId": "DMS-EVENT-0078"}),
    ),
    sample(
        "AWS::DMS::ReplicationTask",
        "aws.dms",
        TASK,
        "the task stops",
        || json!({"type": "REPLICATION_TASK", "eventType": "REPLICATION_TASK_STOPPED", "eventId": "DMS-EVENT-0079"}),
    ),
    sample(
        "AWS::DMS::ReplicationInstance",
        "aws.dms",
        INSTANCE,
        "the storage of the instance fails",
        || json!({"type": "REPLICATION_INSTANCE", "eventId": "DMS-EVENT-0031"}),
    ),
    sample("AWS::RDS::DBCluster", "aws.rds", CLUSTER, "a failover completes", || rds("CLUSTER", "failover", "0071")),
    sample("AWS::RDS::DBCluster", "aws.rds", CLUSTER, "patching fails", || rds("CLUSTER", "failure", "0387")),
    sample("AWS::RDS::DBCluster", "aws.rds", CLUSTER, "the master's password is reset", || {
        rds("CLUSTER", "configuration change", "0016")
    }),
    sample("AWS::RDS::DBCluster", "aws.rds", CLUSTER, "an upgrade is refused", || {
        rds("CLUSTER", "maintenance", "0174")
    }),
    sample("AWS::RDS::DBCluster", "aws.rds", CLUSTER, "the cluster is deleted", || rds("CLUSTER", "deletion", "0171")),
    sample("AWS::RDS::DBInstance", "aws.rds", MEMBER, "the key of the instance is out of reach", || {
        rds("DB_INSTANCE", "availability", "0419")
    }),
    sample("AWS::RDS::DBInstance", "aws.rds", MEMBER, "the instance cannot start", || {
        rds("DB_INSTANCE", "failure", "0035")
    }),
    sample("AWS::RDS::DBInstance", "aws.rds", MEMBER, "the instance is deleted", || {
        rds("DB_INSTANCE", "deletion", "0003")
    }),
    sample(
        "AWS::StepFunctions::StateMachine",
        "aws.states",
        EXECUTION,
        "an execution fails",
        || json!({"status": "FAILED"}),
    ),
    sample(
        "AWS::StepFunctions::StateMachine",
        "aws.states",
        EXECUTION,
        "an execution times out",
        || json!({"status": "TIMED_OUT"}),
    ),
    sample(
        "AWS::StepFunctions::StateMachine",
        "aws.states",
        EXECUTION,
        "an execution is aborted",
        || json!({"status": "ABORTED"}),
    ),
];

fn rds(of: &str, category: &str, number: &str) -> Json {
    json!({"EventCategories": [category], "SourceType": of, "EventID": format!("RDS-EVENT-{number}")})
}

/// The events of a resource that somebody must hear of.
pub(super) fn of(resource: &Resource, graph: &Graph) -> Vec<Event> {
    let samples = SAMPLES.iter().filter(|sample| sample.of == resource.type_name);
    samples
        .map(|sample| {
            let region = resource.region.as_deref().unwrap_or(&graph.environment.region);
            Event {
                name: format!("{}: {}", resource.id, sample.name),
                source: sample.source,
                kind: sample.kind,
                json: json!({
                    "version": "0",
                    "source": sample.source,
                    "detail-type": sample.kind,
                    "account": &*graph.environment.account,
                    "region": region,
                    "resources": names(resource, region, graph),
                    "detail": (sample.detail)(),
                }),
            }
        })
        .collect()
}

/// The names of a resource in an event: a reference, and the ARN where its name is known.
fn names(resource: &Resource, region: &str, graph: &Graph) -> Vec<String> {
    let (service, kind, property) = match resource.type_name {
        "AWS::DMS::ReplicationTask" => ("dms", "task:", "ResourceIdentifier"),
        "AWS::DMS::ReplicationInstance" => ("dms", "rep:", "ResourceIdentifier"),
        "AWS::RDS::DBCluster" => ("rds", "cluster:", "DBClusterIdentifier"),
        "AWS::RDS::DBInstance" => ("rds", "db:", "DBInstanceIdentifier"),
        "AWS::StepFunctions::StateMachine" => ("states", "execution:", "StateMachineName"),
        _ => return Vec::new(),
    };
    let arn = |name: &str| {
        let (partition, account) = (graph.environment.partition, &graph.environment.account);
        // An execution has a name of its own behind that of its workflow.
        let end = if service == "states" { ":run" } else { "" };
        format!("arn:{partition}:{service}:{region}:{account}:{kind}{name}{end}")
    };
    let known = resource.get(property).and_then(|datum| datum.value.as_str()).map(arn);
    std::iter::once(pattern::name(&resource.id)).chain(known).collect()
}
