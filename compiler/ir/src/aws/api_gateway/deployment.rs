use crate::class::{Classes, TEXT};
use crate::fact::{Fact, FactType};
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::ApiGateway::Deployment",
    concern: Concern::Api,
    terraform: Terraform::Column(Column {
        resource: "aws_api_gateway_deployment",
        attributes: &[("DeploymentId", "id")],
        properties: &[
            Property::new("DeploymentCanarySettings", Form::Absent("the canary belongs to the stage: `CanarySetting`")),
            argument("Description", "description"),
            argument("RestApiId", "rest_api_id"),
            Property::new(
                "StageDescription",
                Form::Absent("the stage is a resource of its own: AWS::ApiGateway::Stage"),
            ),
            Property::new("StageName", Form::Absent("the stage is a resource of its own: AWS::ApiGateway::Stage")),
            Property::new(
                TRIGGERS,
                Form::TerraformOnly {
                    form: &Form::Argument("triggers"),
                    instead: "CloudFormation's logical id of a deployment ends in a hash of its content, so that a \
                              changed API is deployed again",
                },
            ),
        ],
        version: Some(TRIGGERS),
        ..Column::BASE
    }),
    facts: &[
        Fact::entity("restApi", "RestApiId", "AWS::ApiGateway::RestApi"),
        Fact::computed("followsChanges", FactType::Bool, |deployment, _| deployment.get(TRIGGERS).is_some().into()),
    ],
    classes: Classes { identity: &["RestApiId", "StageName"], free: &[("Description", TEXT)], ..Classes::NONE },
};

/// A map of texts; a deployment is a snapshot, and a new one is made when one
/// of them changes: a hash of the API's resources, methods and integrations.
const TRIGGERS: &str = "Triggers";
