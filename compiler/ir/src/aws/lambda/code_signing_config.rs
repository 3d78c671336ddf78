use crate::class::{Classes, TEXT};
use crate::fact::{Fact, FactType, FactValue};
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, TAGS, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::Lambda::CodeSigningConfig",
    concern: Concern::Functions,
    terraform: Terraform::Column(Column {
        resource: "aws_lambda_code_signing_config",
        reference: "arn",
        attributes: &[("CodeSigningConfigArn", "arn"), ("CodeSigningConfigId", "config_id")],
        properties: &[
            argument("Description", "description"),
            Property::new(
                "AllowedPublishers",
                Form::Block(
                    "allowed_publishers",
                    &[argument("SigningProfileVersionArns", "signing_profile_version_arns")],
                ),
            ),
            Property::new(
                "CodeSigningPolicies",
                Form::Block(
                    "policies",
                    &[argument("UntrustedArtifactOnDeployment", "untrusted_artifact_on_deployment")],
                ),
            ),
            TAGS,
        ],
        ..Column::BASE
    }),
    facts: &[
        // What Lambda does with a package without a signature of a publisher (fact: lambda-code-signing).
        Fact::string("untrustedArtifacts", "CodeSigningPolicies.UntrustedArtifactOnDeployment", "Warn"),
        // Functions that accept any package.
        Fact::computed("unsignedFunctions", FactType::StringSet, |config, graph| {
            let functions = graph.of_type("AWS::Lambda::Function");
            let open = functions.filter(|function| {
                let signing = function.get("CodeSigningConfigArn").and_then(|datum| datum.value.target());
                signing != Some(&config.id)
            });
            FactValue::set(open.map(|function| Some(function.id.as_str())))
        }),
    ],
    classes: Classes { free: &[("Description", TEXT)], ..Classes::NONE },
};
