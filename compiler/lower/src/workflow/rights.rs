//! The grants of a workflow's role: exactly the calls of its states.

use migspec_ir::partition::regional_service;
use migspec_ir::workflow::{Api, Argument, Ids, Kind, State, Workflow};
use migspec_ir::{Condition, Datum, Id, Value};

use super::plan::Plan;
use crate::cx::Cx;
use crate::{names, secret_rights};

/// Grants each call of the workflow, for the state that makes it.
pub(super) fn grant(cx: &mut Cx, plan: &Plan, role: &Id, workflow: &Workflow) {
    for state in workflow.all_states() {
        if let Kind::Map { distributed: Some(label), .. } = &state.kind {
            iterations(cx, plan, role, state, label);
        }
        let Kind::Task { api, arguments, .. } = &state.kind else { continue };
        let resources = resources(plan, *api, arguments);
        let why = format!("{} > state {}", plan.path, state.name);
        let conditions = conditions(cx, *api, state);
        cx.grant(role, &[api.info().action], data(resources, state), conditions, why, state.origin);
        for (class, service) in keys(plan, *api, arguments) {
            key(cx, role, state, plan, class, service);
        }
    }
    service_rights(cx, plan, role);
}

/// The iterations of a distributed map are executions of the same machine,
/// which the map itself starts, watches and, with a redrive, starts again.
/// fact: states-distributed-map-rights
fn iterations(cx: &mut Cx, plan: &Plan, role: &Id, state: &State, label: &str) {
    let machine = vec![plan.machine_arn().into()];
    let executions = vec![plan.arn("states", &format!("execution:{}/{label}:*", plan.name)).into()];
    for (actions, on) in [
        (&["states:StartExecution"] as &'static [&'static str], machine),
        (&["states:DescribeExecution", "states:RedriveExecution", "states:StopExecution"], executions),
    ] {
        let why = format!("{} > iterations of {}", plan.path, state.name);
        cx.grant(role, actions, data(on, state), Vec::new(), why, state.origin);
    }
}

/// The resources of a call: `*` only for actions without resource-level permissions.
fn resources(plan: &Plan, api: Api, arguments: &Argument) -> Vec<Value> {
    let text = |name: &str| arguments.get(name).and_then(Argument::as_text).unwrap_or_default().to_owned();
    match api {
        Api::InvokeFunction => vec![text("FunctionName").into()],
        Api::Publish => vec![text("TopicArn").into()],
        Api::GetParameter | Api::PutParameter => vec![plan.arn("ssm", &format!("parameter{}", text("Name"))).into()],
        Api::GetObject => vec![format!("arn:{}:s3:::{}/{}", plan.partition, text("Bucket"), text("Key")).into()],
        Api::PutObject => vec![format!("arn:{}:s3:::{}/{}/*", plan.partition, text("Bucket"), plan.key()).into()],
        Api::StartReplicationTask | Api::StopReplicationTask | Api::ReloadTables => {
            vec![text("ReplicationTaskArn").into()]
        }
        Api::ModifyRule => {
            let named = |variable: &str| matches!(arguments.get("RuleArn"), Some(Argument::Expression(e)) if e.as_str() == format!("${variable}"));
            plan.rules().into_iter().filter(|(v, _, _)| named(v)).map(|(_, _, id)| Value::reference(id)).collect()
        }
        Api::ListExecutions => vec![plan.machine_arn().into()],
        Api::Describe(described) => match described.call().ids {
            // A call on one resource has a right on it.
            Ids::One(name) => vec![text(name).into()],
            Ids::Ec2(name, kind) => vec![plan.arn("ec2", &format!("{kind}{}", text(name))).into()],
            Ids::List(_) | Ids::Unbound(_) => vec!["*".into()],
        },
        // CloudWatch answers for composite alarms only to callers that may
        // describe all alarms. The others know no resources
        // (fact: cloudwatch-composite-alarm-rights).
        Api::DescribeAlarms | Api::DescribeReplicationTasks | Api::GetMetricData | Api::DescribeTargetHealth => {
            vec!["*".into()]
        }
    }
}

/// The conditions of a right on all resources, as far as its action knows one (fact: ec2-describe-rights).
fn conditions(cx: &Cx, api: Api, state: &State) -> Vec<Condition> {
    if !api.info().action.starts_with("ec2:") {
        return Vec::new();
    }
    let region = Value::from(cx.graph.environment.region.to_string());
    vec![secret_rights::condition("StringEquals", "ec2:Region", region, state.origin)]
}

/// The data classes whose keys a call uses, through which service.
fn keys(plan: &Plan, api: Api, arguments: &Argument) -> Vec<(&'static str, &'static str)> {
    let bucket = arguments.get("Bucket").and_then(Argument::as_text);
    match api {
        Api::Publish => vec![("notifications", "sns")],
        Api::GetObject | Api::PutObject if bucket == Some(&plan.checkpoints) || bucket == Some(&plan.evidence) => {
            vec![("checkpoints", "s3")]
        }
        _ => Vec::new(),
    }
}

fn key(cx: &mut Cx, role: &Id, state: &State, plan: &Plan, class: &str, service: &str) {
    let region = cx.graph.environment.region.clone();
    let via = Value::from(regional_service(service, &region));
    let condition = Condition {
        operator: "StringEquals",
        key: "kms:ViaService".into(),
        values: vec![Datum::new(via, state.origin)],
    };
    let arn = Datum::new(Value::attribute(names::key(class), "Arn"), state.origin);
    let why = format!("{} > state {}", plan.path, state.name);
    cx.grant(role, &["kms:Decrypt", "kms:GenerateDataKey"], vec![arn], vec![condition], why, state.origin);
}

fn data(values: Vec<Value>, state: &State) -> Vec<Datum> {
    values.into_iter().map(|v| Datum::new(v, state.origin)).collect()
}

/// The grants that Step Functions itself uses: it encrypts the execution's data and delivers logs and traces.
fn service_rights(cx: &mut Cx, plan: &Plan, role: &Id) {
    let origin = plan.origin;
    let all = || vec![Datum::new("*", origin)];
    let machine = plan.machine_arn();
    let context = |operator: &'static str, key: &str, value: String| {
        vec![Condition { operator, key: key.into(), values: vec![Datum::new(value, origin)] }]
    };
    let workflow_key = || vec![Datum::new(Value::attribute(names::key("workflow"), "Arn"), origin)];
    cx.grant(
        role,
        &["kms:Decrypt", "kms:GenerateDataKey"],
        workflow_key(),
        context("StringEquals", "kms:EncryptionContext:aws:states:stateMachineArn", machine),
        format!("{} > encryption", plan.path),
        origin,
    );
    cx.grant(
        role,
        &["kms:GenerateDataKey"],
        workflow_key(),
        context("StringLike", "kms:EncryptionContext:SourceArn", plan.arn("logs", "*")),
        format!("{} > encrypted logs", plan.path),
        origin,
    );
    cx.grant(role, LOG_DELIVERY, all(), Vec::new(), format!("{} > logs", plan.path), origin);
    cx.grant(role, TRACING, all(), Vec::new(), format!("{} > traces", plan.path), origin);
}

/// None of them supports resource-level permissions.
/// fact: states-log-delivery-rights
const LOG_DELIVERY: &[&str] = &[
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
];

/// fact: states-tracing-rights
const TRACING: &[&str] =
    &["xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:PutTelemetryRecords", "xray:PutTraceSegments"];
