//! The state machine with its role, log group and plan parameter.

use migspec_ir::{Actor, Datum, Id, Resource, Value, list, map};

use super::plan::Plan;
use crate::cx::Cx;
use crate::logs;
use crate::roles::{self, Role};
use crate::{names, parameters};

/// Makes the state machine's role.
pub(super) fn role(cx: &mut Cx, plan: &Plan) -> Id {
    let key = plan.key();
    let role = Role {
        id: names::workflow_role(key),
        stem: &format!("{key}-workflow"),
        actor: Actor::Workflow,
        service: "states.amazonaws.com",
        source: Some(plan.machine_arn().into()),
    };
    roles::add(cx, role, plan.path.clone(), plan.origin)
}

pub(super) fn state_machine(cx: &mut Cx, plan: &Plan, role: &Id) {
    let id = names::state_machine(plan.key());
    // The prefix keeps the resource policy of CloudWatch Logs short (fact: logs-vended-prefix).
    let group_name = format!("/aws/vendedlogs/states/{}", plan.name);
    let group = logs::masked(cx, names::log_group(id.as_str()), &group_name, plan.path.clone(), plan.origin);
    let origin = plan.origin;
    let destination = map!(origin, {
        "CloudWatchLogsLogGroup": map!(origin, { "LogGroupArn": plan.arn("logs", &format!("log-group:{group_name}:*")) }),
    });
    // The role's policy comes first: an execution without it fails.
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
        .after(group)
        .after(names::role_policy(role));
    cx.add(machine);
}

/// The ids that AWS assigns and that the definition therefore cannot hold.
/// `Initialize` reads them.
pub(super) fn plan_parameter(cx: &mut Cx, plan: &Plan) {
    let origin = plan.origin;
    let api = plan.cutover.api.as_str();
    let mut value = map!(origin, {
        "sourceTargetGroupArn": Value::reference(names::target_group(api, "source")),
        "targetTargetGroupArn": Value::reference(names::target_group(api, "target")),
    });
    for (_, member, rule) in plan.rules() {
        value.set(member, Datum::new(Value::reference(rule), origin));
    }
    for (_, member, name) in plan.dimensions() {
        value.set(member, Datum::new(name, origin));
    }
    let id = names::parameter(&parameters::of_cutover(cx, plan.cutover, "plan"));
    let parameter = Resource::new("AWS::SSM::Parameter", id, plan.path.clone(), origin)
        .set("Name", plan.plan_parameter.as_str())
        .set("Type", "String")
        .set("Description", "The ids that the workflow reads at its start")
        .set("Value", Value::JsonText(Box::new(Datum::new(value, origin))));
    cx.add(parameter);
}
