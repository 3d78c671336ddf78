use super::{alarm, rule};
use crate::class::{Classes, TEXT};
use crate::fact::{Fact, FactType};
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::CloudWatch::CompositeAlarm",
    concern: Concern::Monitoring,
    terraform: Terraform::Column(Column {
        resource: "aws_cloudwatch_composite_alarm",
        reference: "alarm_name",
        attributes: &[("Arn", "arn")],
        properties: &[
            argument("AlarmName", "alarm_name"),
            argument("AlarmDescription", "alarm_description"),
            argument("AlarmRule", "alarm_rule"),
            argument("ActionsEnabled", "actions_enabled"),
            argument("AlarmActions", "alarm_actions"),
            argument("OKActions", "ok_actions"),
            argument("InsufficientDataActions", "insufficient_data_actions"),
            suppressor("ActionsSuppressor", &Form::Argument("alarm")),
            suppressor("ActionsSuppressorExtensionPeriod", &Form::Argument("extension_period")),
            suppressor("ActionsSuppressorWaitPeriod", &Form::Argument("wait_period")),
            Property::new("Tags", Form::Tags("tags")),
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::string("alarmName", "AlarmName", ""),
        Fact::computed("hasAction", FactType::Bool, |composite, _| alarm::acts(composite).into()),
        Fact::computed("isSuppressor", FactType::Bool, |composite, graph| rule::suppresses(composite, graph).into()),
        // It notifies nobody although one of its tasks is under way.
        Fact::computed("isSilenced", FactType::Bool, |composite, graph| rule::is_silenced(composite, graph).into()),
    ],
    classes: Classes {
        identity: &["AlarmName"],
        judged: &[
            ("ActionsSuppressor", "isSilenced"),
            ("ActionsSuppressorExtensionPeriod", "isSilenced"),
            ("ActionsSuppressorWaitPeriod", "isSilenced"),
        ],
        free: &[("AlarmDescription", TEXT)],
        ..Classes::NONE
    },
};

const fn suppressor(name: &'static str, form: &'static Form) -> Property {
    Property::new(name, Form::Within("actions_suppressor", form))
}
