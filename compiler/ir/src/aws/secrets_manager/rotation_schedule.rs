use crate::class::Classes;
use crate::fact::{Fact, FactType, FactValue};
use crate::graph::Resource;
use crate::index::Index;
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Terraform, argument};

/// `HostedRotationLambda` has no column: it is a template's macro.
pub const TYPE: ResourceType = ResourceType {
    name: "AWS::SecretsManager::RotationSchedule",
    concern: Concern::Security,
    terraform: Terraform::Column(Column {
        resource: "aws_secretsmanager_secret_rotation",
        reference: "secret_id",
        attributes: &[("Id", "secret_id")],
        properties: &[
            argument("SecretId", "secret_id"),
            argument("RotationLambdaARN", "rotation_lambda_arn"),
            argument("RotateImmediatelyOnUpdate", "rotate_immediately"),
            Property::new(
                "RotationRules",
                Form::Block(
                    "rotation_rules",
                    &[
                        argument("AutomaticallyAfterDays", "automatically_after_days"),
                        argument("Duration", "duration"),
                        argument("ScheduleExpression", "schedule_expression"),
                    ],
                ),
            ),
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::entity("secret", "SecretId", "AWS::SecretsManager::Secret"),
        Fact::entity("rotationLambda", "RotationLambdaARN", "AWS::Lambda::Function"),
        Fact::true_by_default("rotateImmediatelyOnUpdate", "RotateImmediatelyOnUpdate"),
        // Whether Secrets Manager may call the function, in this account.
        Fact::computed("functionMayBeCalled", FactType::Bool, function_may_be_called),
        Fact::computed("automaticallyAfterDays", FactType::Long, |schedule, _| days(schedule)),
    ],
    classes: Classes { identity: &["SecretId"], undecided: &["RotationLambdaARN"], ..Classes::NONE },
};

fn function_may_be_called(schedule: &Resource, graph: &Index<'_>) -> FactValue {
    let Some(function) = graph.follow(schedule, "RotationLambdaARN") else { return FactValue::Unknown };
    let own = Some(&*graph.environment.account);
    let calls = |permission: &Resource| {
        let text = |name| permission.get(name).and_then(|d| d.value.as_str());
        text("Principal") == Some("secretsmanager.amazonaws.com") && text("SourceAccount") == own
    };
    graph.referring(&function.id, "AWS::Lambda::Permission", "FunctionName").any(calls).into()
}

/// The days between two rotations: from the rule, or from a rate. The days of
/// a calendar expression are not known.
pub(super) fn days(schedule: &Resource) -> FactValue {
    if let Some(days) = schedule.get("RotationRules.AutomaticallyAfterDays") {
        return FactType::Long.convert(&days.value);
    }
    let expression = schedule.get("RotationRules.ScheduleExpression").and_then(|d| d.value.as_str());
    expression.and_then(rate_in_days).into()
}

/// `rate(30 days)` as 30; hours count as the days that they begin.
fn rate_in_days(expression: &str) -> Option<i64> {
    let (count, unit) = expression.strip_prefix("rate(")?.strip_suffix(')')?.split_once(' ')?;
    let count: i64 = count.parse().ok()?;
    match unit {
        "day" | "days" => Some(count),
        "hour" | "hours" => Some(count.saturating_add(23) / 24),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fact, resource};

    #[test]
    fn days_come_from_the_rule_or_the_rate() {
        for (rules, expected) in [
            (r#"{"AutomaticallyAfterDays": 90}"#, FactValue::Long(90)),
            (r#"{"ScheduleExpression": "rate(30 days)"}"#, FactValue::Long(30)),
            (r#"{"ScheduleExpression": "rate(4 hours)"}"#, FactValue::Long(1)),
            (r#"{"ScheduleExpression": "cron(0 2 1 * ? *)"}"#, FactValue::Unknown),
        ] {
            let schedule = format!(r#"{{"RotationRules": {rules}}}"#);
            let schedule = resource("AWS::SecretsManager::RotationSchedule", "r", &schedule);
            assert_eq!(fact(&TYPE, "automaticallyAfterDays", [schedule]), expected, "{rules}");
        }
    }
}
