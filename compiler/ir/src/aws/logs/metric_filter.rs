use crate::class::Classes;
use crate::fact::{Fact, FactType, FactValue};
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::Logs::MetricFilter",
    concern: Concern::Monitoring,
    terraform: Terraform::Column(Column {
        resource: "aws_cloudwatch_log_metric_filter",
        reference: "name",
        properties: &[
            argument("FilterName", "name"),
            argument("FilterPattern", "pattern"),
            argument("LogGroupName", "log_group_name"),
            argument("ApplyOnTransformedLogs", "apply_on_transformed_logs"),
            Property::new("MetricTransformations", Form::Blocks("metric_transformation", TRANSFORMATION)),
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::entity("logGroup", "LogGroupName", "AWS::Logs::LogGroup"),
        Fact::computed("metricNames", FactType::StringSet, |filter, _| {
            let made = filter.get("MetricTransformations").and_then(|d| d.value.as_list()).unwrap_or_default();
            FactValue::set(made.iter().map(|one| one.get("MetricName").and_then(|d| d.value.as_str())))
        }),
    ],
    classes: Classes { identity: &["FilterName", "LogGroupName"], ..Classes::NONE },
};

const TRANSFORMATION: &[Property] = &[
    argument("MetricName", "name"),
    argument("MetricNamespace", "namespace"),
    argument("MetricValue", "value"),
    Property::new("DefaultValue", Form::Text("default_value")),
    Property::new("Dimensions", Form::Tags("dimensions")),
    argument("Unit", "unit"),
];
