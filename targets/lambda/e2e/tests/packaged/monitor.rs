//! The task monitor, which reads DMS alone.

use migspec_function::Metric;
use migspec_function_testing::{Answer, Function, Moto, metric_values};
use serde_json::json;

use crate::stand::{python, unpack};
use crate::{assert_traced, lines, reply};

/// A task that was never started.
const DMS: &str = r#"
import boto3, json, os, sys
dms, arn = boto3.client("dms", endpoint_url=os.environ["AWS_ENDPOINT_URL"], region_name="us-east-1"), "arn:aws:dms:us-east-1:111111111111:endpoint:"
instance = dms.create_replication_instance(ReplicationInstanceIdentifier="ledger", ReplicationInstanceClass="dms.t3.micro")
instance = instance["ReplicationInstance"]["ReplicationInstanceArn"]
task = dms.create_replication_task(ReplicationTaskIdentifier="ledger", SourceEndpointArn=arn + "SOURCE", TargetEndpointArn=arn + "TARGET",
                                   ReplicationInstanceArn=instance, MigrationType="full-load-and-cdc", TableMappings="{}", ReplicationTaskSettings="{}")
json.dump({"task": task["ReplicationTask"]["ReplicationTaskArn"]}, sys.stdout)
"#;

#[test]
fn the_task_monitor_measures_each_task() {
    let Some(moto) = Moto::start() else { return };
    let Some(binary) = unpack("task-monitor") else { return };
    let made = python(&moto, DMS, &json!({}));
    let mut environment = moto.environment();
    environment.extend([
        ("MIGSPEC_ENVIRONMENT", "test".to_owned()),
        ("MIGSPEC_MIGRATION", "payments".to_owned()),
        ("MIGSPEC_PARAMETERS", "/migration/test/replications".to_owned()),
        ("MIGSPEC_METRICS", "Migspec/payments/test".to_owned()),
    ]);
    let mut function = Function::start(&binary, "task-monitor", &environment);
    assert_eq!(reply(&mut function, &json!({ "tasks": [made["task"]] })), json!({ "problems": [] }));
    assert_traced(&moto, std::slice::from_ref(&function), &["dms"]);
    let missing = function.call(&json!({ "tasks": ["arn:aws:dms:us-east-1:111111111111:task:none"] }));
    assert!(matches!(&missing, Answer::Failed(name, _) if name == "Migration.Configuration"), "{missing:?}");
    let lines = lines(function);
    assert_eq!(metric_values(&lines, Metric::TablesInError), [0.0]);
    assert_eq!(metric_values(&lines, Metric::TasksUnderWay).len(), 1);
}
