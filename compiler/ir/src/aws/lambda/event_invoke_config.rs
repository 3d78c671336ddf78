use crate::class::Classes;
use crate::fact::{Fact, FactType};
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::Lambda::EventInvokeConfig",
    concern: Concern::Functions,
    terraform: Terraform::Column(Column {
        resource: "aws_lambda_function_event_invoke_config",
        reference: "id",
        properties: &[
            argument("FunctionName", "function_name"),
            argument("Qualifier", "qualifier"),
            argument("MaximumEventAgeInSeconds", "maximum_event_age_in_seconds"),
            argument("MaximumRetryAttempts", "maximum_retry_attempts"),
            Property::new("DestinationConfig", Form::Block("destination_config", DESTINATIONS)),
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::entity("function", "FunctionName", "AWS::Lambda::Function"),
        Fact::long("maximumRetryAttempts", "MaximumRetryAttempts", 2),
        Fact::computed("hasFailureDestination", FactType::Bool, |config, _| {
            config.get("DestinationConfig.OnFailure.Destination").is_some().into()
        }),
    ],
    classes: Classes {
        identity: &["FunctionName", "Qualifier"],
        undecided: &["MaximumRetryAttempts"],
        ..Classes::NONE
    },
};

const DESTINATIONS: &[Property] = &[
    Property::new("OnFailure", Form::Block("on_failure", &[argument("Destination", "destination")])),
    Property::new("OnSuccess", Form::Block("on_success", &[argument("Destination", "destination")])),
];
