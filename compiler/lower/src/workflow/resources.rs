//! The state machine and what belongs to it: role, log group, plan parameter.

use migspec_ir::{Actor, Id, Origin, Resource, Value, list, map};

use super::plan::Plan;
use crate::cx::Cx;
use crate::logs;
use crate::names;
use crate::roles::{self, Role};

/// Makes the state machine's role.
pub(super) fn role(cx: &mut Cx, plan: &Plan) -> Id {
    let key = plan.key();
    let role = Role {
        id: names::workflow_role(key),
        stem: &format!("{key}-workflow"),
        actor: Actor::Workflow,
        service: "states.amazonaws.com",
        source: Some(plan.arn("states", &format!("stateMachine:{}", plan.name)).into()),
    };
    roles::add(cx, role, plan.path.clone(), plan.origin)
}

pub(super) fn state_machine(cx: &mut Cx, plan: &Plan, role: &Id) {
    let id = names::state_machine(plan.key());
    // The prefix keeps the resource policy of CloudWatch Logs short.
    let group_name = format!("/aws/vendedlogs/states/{}", plan.name);
    let group = logs::group(cx, names::log_group(id.as_str()), &group_name, plan.path.clone(), plan.origin);
    let origin = plan.origin;
    let destination = map!(origin, {
        "CloudWatchLogsLogGroup": map!(origin, { "LogGroupArn": plan.arn("logs", &format!("log-group:{group_name}:*")) }),
    });
    let machine = Resource::new("AWS::StepFunctions::StateMachine", id.clone(), plan.path.clone(), origin)
        .set("StateMachineName", plan.name.as_str())
        .set("StateMachineType", "STANDARD")
        .set("DefinitionString", Value::Definition(id.as_str().into()))
        .set("RoleArn", Value::attribute(role.clone(), "Arn"))
        .set(
            "LoggingConfiguration",
            map!(origin, {
                "Level": "ALL",
                // Inputs and outputs hold task tokens.
                "IncludeExecutionData": false,
                "Destinations": list!(origin, [destination]),
            }),
        )
        .set("TracingConfiguration", map!(origin, { "Enabled": true }))
        .set(
            "EncryptionConfiguration",
            map!(origin, {
                "Type": "CUSTOMER_MANAGED_KMS_KEY",
                "KmsKeyId": Value::attribute(names::key("workflow"), "Arn"),
                "KmsDataKeyReusePeriodSeconds": 300,
            }),
        )
        .after(group);
    cx.add(machine);
}

/// The ids that only the deployment knows, for all workflows: `a=1,b=2`.
pub(super) fn plan_parameter(cx: &mut Cx, plans: &[Plan]) {
    let Some(first) = plans.first() else { return };
    let mut parts: Vec<Value> = Vec::new();
    let mut apis: Vec<&str> = Vec::new();
    for plan in plans {
        let api = plan.cutover.api.as_str();
        if apis.contains(&api) {
            continue;
        }
        apis.push(api);
        for (name, value) in [
            ("rule", Value::reference(names::listener_rule(api))),
            ("source", Value::reference(names::target_group(api, "source"))),
            ("target", Value::reference(names::target_group(api, "target"))),
        ] {
            let comma = if parts.is_empty() { "" } else { "," };
            parts.push(format!("{comma}{}=", plan.plan_entry(name)).into());
            parts.push(value);
        }
    }
    let origin = Origin::derived("workflow", first.cutover.place.header);
    let parameter = Resource::new("AWS::SSM::Parameter", names::parameter("plan"), first.path.clone(), origin)
        .set("Name", first.plan_parameter.as_str())
        .set("Type", "StringList")
        .set("Description", "Ids that the migration's workflow reads when it starts")
        .set("Value", Value::Concat(parts));
    cx.add(parameter);
}
