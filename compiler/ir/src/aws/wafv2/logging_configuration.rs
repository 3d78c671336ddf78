use crate::class::Classes;
use crate::fact::{Fact, FactType, FactValue};
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Terraform, argument};
use crate::{Index, Resource};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::WAFv2::LoggingConfiguration",
    concern: Concern::Api,
    terraform: Terraform::Column(Column {
        resource: "aws_wafv2_web_acl_logging_configuration",
        properties: &[
            argument("LogDestinationConfigs", "log_destination_configs"),
            Property::new(
                "LoggingFilter",
                Form::Block(
                    "logging_filter",
                    &[
                        argument("DefaultBehavior", "default_behavior"),
                        Property::new(
                            "Filters",
                            Form::Blocks(
                                "filter",
                                &[
                                    argument("Behavior", "behavior"),
                                    Property::new("Conditions", Form::Blocks("condition", CONDITION)),
                                    argument("Requirement", "requirement"),
                                ],
                            ),
                        ),
                    ],
                ),
            ),
            Property::new(
                "RedactedFields",
                Form::Blocks(
                    "redacted_fields",
                    &[
                        Property::new("Method", Form::Block("method", &[])),
                        Property::new("QueryString", Form::Block("query_string", &[])),
                        Property::new("SingleHeader", Form::Block("single_header", &[argument("Name", "name")])),
                        Property::new("UriPath", Form::Block("uri_path", &[])),
                    ],
                ),
            ),
            argument("ResourceArn", "resource_arn"),
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::entity("webAcl", "ResourceArn", "AWS::WAFv2::WebACL"),
        Fact::computed("redactsAuthorization", FactType::Bool, redacts_authorization),
    ],
    classes: Classes { identity: &["ResourceArn"], ..Classes::NONE },
};

const CONDITION: &[Property] = &[
    Property::new("ActionCondition", Form::Block("action_condition", &[argument("Action", "action")])),
    Property::new("LabelNameCondition", Form::Block("label_name_condition", &[argument("LabelName", "label_name")])),
];

/// Whether the header with the caller's credentials is kept out of the log.
fn redacts_authorization(configuration: &Resource, _: &Index<'_>) -> FactValue {
    let fields = configuration.get("RedactedFields").and_then(|d| d.value.as_list()).unwrap_or_default();
    fields
        .iter()
        .filter_map(|field| field.get("SingleHeader.Name")?.value.as_str())
        .any(|name| name.eq_ignore_ascii_case("authorization"))
        .into()
}
