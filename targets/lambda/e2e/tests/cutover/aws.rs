//! The effect of each call of the workflow: real functions, services in memory.

use std::sync::atomic::Ordering;
use std::time::Duration;

use migspec_events::{FenceEvent, PreflightEvent, ReverseEvent, RollbackEvent, SequencesEvent, Side, ValidatorEvent};
use migspec_function::{Failure, Key, Objects, Parameters, Put, Traffic};
use migspec_rollback::Postgres;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::WATCHED;
use crate::dms;
use crate::stage::{FORWARD, Stage};

/// A poll that found nothing yet: virtual time is faster than the databases.
const PAUSE: Duration = Duration::from_millis(300);
/// Polls while a task starts or stops: the workflow makes up to 45, every 20 seconds.
const TASK_POLLS: u32 = 10;

/// The outcome of a call, as the interpreter takes it.
pub async fn call(stage: &Stage, state: &str, resource: &str, arguments: &Value) -> Value {
    let ports = &stage.world.ports;
    let text = |name: &str| arguments[name].as_str().unwrap_or_default();
    let action = resource.rsplit(':').next().unwrap_or_default();
    let answer = match action {
        "invoke" => return invoked(invoke(stage, text("FunctionName"), &arguments["Payload"]).await),
        "getParameter" => json!({ "Parameter": { "Value": ports.parameter(text("Name")).await.unwrap() } }),
        "putParameter" => {
            ports.put_parameter(text("Name"), text("Value")).await.unwrap();
            json!({ "Version": 2 })
        }
        "putObject" => {
            let key = Key::new(text("Bucket"), text("Key"));
            let put = match (arguments["IfNoneMatch"].as_str(), arguments["IfMatch"].as_str()) {
                (Some(_), _) => Put::IfAbsent,
                (None, Some(tag)) => Put::IfMatches(tag.to_owned()),
                (None, None) => Put::Always,
            };
            match ports.put_object(&key, text("Body").as_bytes(), put).await {
                Ok(tag) => json!({ "ETag": tag }),
                Err(failure) => return json!({ "throw": { "Error": "S3.S3Exception", "Cause": failure.message() } }),
            }
        }
        "getObject" => {
            let key = Key::new(text("Bucket"), text("Key"));
            let object = ports.object(&key).await.unwrap().expect("the object exists");
            json!({ "Body": String::from_utf8_lossy(&object.bytes), "ETag": object.etag })
        }
        "describeReplicationTasks" => describe(stage, arguments["Filters"][0]["Values"][0].as_str().unwrap()).await,
        "startReplicationTask" => {
            stage.set_status(text("ReplicationTaskArn"), "starting");
            json!({ "ReplicationTask": { "Status": "starting" } })
        }
        "stopReplicationTask" if stage.status(text("ReplicationTaskArn")) == "stopped" => {
            return json!({ "throw": { "Error": "DatabaseMigration.InvalidResourceStateException", "Cause": "stopped" } });
        }
        "stopReplicationTask" => {
            stage.set_status(text("ReplicationTaskArn"), "stopping");
            json!({ "ReplicationTask": { "Status": "stopping" } })
        }
        "getMetricData" if state.starts_with("MeasureRequests") => {
            json!({ "MetricDataResults": [{ "Id": "requests", "Values": [5000.0] }] })
        }
        "getMetricData" => {
            json!({ "MetricDataResults": [{ "Id": "source", "Values": [0.5] }, { "Id": "target", "Values": [0.5] }] })
        }
        "describeAlarms" => json!({ "CompositeAlarms": [{ "StateValue": alarm(stage, state).await }] }),
        "describeTargetHealth" => json!({ "TargetHealthDescriptions": [{ "TargetHealth": { "State": "healthy" } }] }),
        "listExecutions" => json!({ "Executions": [{ "Name": "run-1", "Status": "RUNNING" }] }),
        "modifyRule" => {
            let groups = arguments["Actions"][0]["ForwardConfig"]["TargetGroups"].as_array().unwrap();
            let weight = |group: &Value| i32::try_from(group["Weight"].as_i64().unwrap()).unwrap();
            let groups: Vec<(&str, i32)> =
                groups.iter().map(|group| (group["TargetGroupArn"].as_str().unwrap(), weight(group))).collect();
            ports.share(text("RuleArn"), &groups).await.unwrap();
            json!({ "Rules": [] })
        }
        "putObject.waitForTaskToken" => approval(text("Key")),
        "publish" => json!({ "MessageId": "1" }),
        other => panic!("{state} calls {other}"),
    };
    json!({ "return": answer })
}

/// Whoever is asked agrees. The role is part of the key below which it finds
/// its token: `ledger/approvals/payments-lead/…`.
fn approval(key: &str) -> Value {
    let role = key.split('/').nth(2).unwrap_or_default();
    json!({ "decision": "approve", "approvedBy": format!("arn:aws:iam::111111111111:role/{role}") })
}

/// All is well until the target is watched, and then for some payments.
async fn alarm(stage: &Stage, state: &str) -> &'static str {
    if state != "ReadWatchAlarms" {
        return "OK";
    }
    while stage.made_on(Side::Target) < WATCHED {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    if stage.alarm { "ALARM" } else { "OK" }
}

async fn describe(stage: &Stage, task: &str) -> Value {
    let status = stage.status(task);
    let moving = ["starting", "stopping"].contains(&status.as_str());
    let loaded = if task == FORWARD && stage.loaded.load(Ordering::SeqCst) { 100 } else { 0 };
    if moving {
        tokio::time::sleep(dms::slow() / TASK_POLLS).await;
    } else if loaded < 100 {
        tokio::time::sleep(PAUSE).await;
    }
    let statistics = json!({ "FullLoadProgressPercent": loaded, "TablesErrored": 0 });
    json!({ "ReplicationTasks": [{ "Status": status, "ReplicationTaskStats": statistics }] })
}

fn invoked(result: Result<Value, Failure>) -> Value {
    match result {
        Ok(payload) => json!({ "return": { "StatusCode": 200, "Payload": payload } }),
        Err(failure) => json!({ "throw": { "Error": failure.name(), "Cause": failure.message() } }),
    }
}

async fn invoke(stage: &Stage, function: &str, payload: &Value) -> Result<Value, Failure> {
    let (ports, call) = (&stage.world.ports, stage.call());
    let name = function.rsplit(':').next().unwrap_or_default();
    match name.strip_prefix("payments-").and_then(|name| name.strip_suffix("-dev")).unwrap_or(name) {
        "fence" => {
            let answer = written(&migspec_fence::handle(ports, &call, event::<FenceEvent>(payload)).await?);
            if answer["drained"] == false {
                tokio::time::sleep(PAUSE).await;
            }
            Ok(answer)
        }
        "sequences" => Ok(written(&migspec_sequences::handle(ports, &call, event::<SequencesEvent>(payload)).await?)),
        "reverse-slot" => {
            let answer = written(&migspec_reverse::handle(ports, &call, event::<ReverseEvent>(payload)).await?);
            if answer["complete"] == false {
                tokio::time::sleep(dms::slow() / TASK_POLLS).await;
            }
            Ok(answer)
        }
        "rollback-handler" => {
            let event: RollbackEvent = event(payload);
            let databases = Postgres::all(ports, &call, &event).await?;
            Ok(written(&migspec_rollback::handle(ports, &databases, &call, &event).await?))
        }
        "preflight" => Ok(written(&migspec_preflight::handle(ports, &call, event::<PreflightEvent>(payload)).await?)),
        "data-validator" => migspec_validator::handle(ports, &call, event::<ValidatorEvent>(payload)).await,
        other => panic!("unknown function {other}"),
    }
}

fn event<E: DeserializeOwned>(payload: &Value) -> E {
    serde_json::from_value(payload.clone()).unwrap_or_else(|e| panic!("{e}: {payload}"))
}

fn written(reply: &impl Serialize) -> Value {
    serde_json::to_value(reply).unwrap()
}
