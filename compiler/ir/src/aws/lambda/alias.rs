use crate::class::{Classes, TEXT};
use crate::fact::Fact;
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Satellite, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::Lambda::Alias",
    concern: Concern::Functions,
    terraform: Terraform::Column(Column {
        resource: "aws_lambda_alias",
        reference: "arn",
        attributes: &[("AliasArn", "arn")],
        properties: &[
            argument("Name", "name"),
            argument("Description", "description"),
            argument("FunctionName", "function_name"),
            argument("FunctionVersion", "function_version"),
            Property::new(
                "RoutingConfig",
                Form::Block(
                    "routing_config",
                    &[Property::new(
                        "AdditionalVersionWeights",
                        Form::Pairs {
                            argument: "additional_version_weights",
                            key: "FunctionVersion",
                            value: "FunctionWeight",
                        },
                    )],
                ),
            ),
            Property::new(
                "ProvisionedConcurrencyConfig",
                Form::Satellite(Satellite {
                    resource: "aws_lambda_provisioned_concurrency_config",
                    links: &[("function_name", "function_name"), ("qualifier", "name")],
                    fixed: &[],
                    form: &Form::Inline(&[argument(
                        "ProvisionedConcurrentExecutions",
                        "provisioned_concurrent_executions",
                    )]),
                    after: &[],
                }),
            ),
        ],
        ..Column::BASE
    }),
    facts: &[Fact::entity("function", "FunctionName", "AWS::Lambda::Function"), Fact::string("name", "Name", "")],
    classes: Classes {
        identity: &["FunctionName", "Name", "FunctionVersion"],
        free: &[("Description", TEXT)],
        ..Classes::NONE
    },
};
