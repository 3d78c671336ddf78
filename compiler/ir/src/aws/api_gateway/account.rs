use crate::class::Classes;
use crate::fact::{Fact, FactType};
use crate::resource_type::{Column, Concern, ResourceType, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::ApiGateway::Account",
    concern: Concern::Api,
    terraform: Terraform::Column(Column {
        resource: "aws_api_gateway_account",
        attributes: &[("Id", "id")],
        properties: &[argument("CloudWatchRoleArn", "cloudwatch_role_arn")],
        ..Column::BASE
    }),
    facts: &[
        Fact::entity("cloudWatchRole", "CloudWatchRoleArn", "AWS::IAM::Role"),
        Fact::computed("hasCloudWatchRole", FactType::Bool, |account, _| {
            account.get("CloudWatchRoleArn").is_some().into()
        }),
    ],
    classes: Classes { undecided: &["CloudWatchRoleArn"], ..Classes::NONE },
};
