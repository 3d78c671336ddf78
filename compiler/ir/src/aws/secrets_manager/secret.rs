use super::rotation_schedule;
use crate::class::{Classes, TEXT};
use crate::fact::{Fact, FactType, FactValue};
use crate::graph::Resource;
use crate::index::Index;
use crate::resource_type::{Column, Concern, Form, Generated, Property, ResourceType, Terraform, argument};
use crate::secret::is_literal;

/// `SecretString` has no column: its text would be in the Terraform state.
pub const TYPE: ResourceType = ResourceType {
    name: "AWS::SecretsManager::Secret",
    concern: Concern::Security,
    terraform: Terraform::Column(Column {
        resource: "aws_secretsmanager_secret",
        reference: "arn",
        attributes: &[("Id", "arn")],
        properties: &[
            argument("Name", "name"),
            argument("Description", "description"),
            argument("KmsKeyId", "kms_key_id"),
            Property::new("GenerateSecretString", Form::Generated(GENERATED)),
            Property::new(
                "ReplicaRegions",
                Form::Blocks("replica", &[argument("Region", "region"), argument("KmsKeyId", "kms_key_id")]),
            ),
            Property::new(
                "RecoveryWindowInDays",
                Form::TerraformOnly {
                    form: &Form::Argument("recovery_window_in_days"),
                    instead: "Secrets Manager keeps a deleted secret for 30 days when a stack deletes it",
                },
            ),
            Property::new("Tags", Form::Tags("tags")),
        ],
        ..Column::BASE
    }),
    facts: FACTS,
    classes: Classes { identity: &["Name"], free: &[("Description", TEXT)], ..Classes::NONE },
};

const GENERATED: Generated = Generated {
    ephemeral: "aws_secretsmanager_random_password",
    attribute: "random_password",
    properties: &[
        argument("PasswordLength", "password_length"),
        argument("ExcludeCharacters", "exclude_characters"),
        argument("ExcludeLowercase", "exclude_lowercase"),
        argument("ExcludeNumbers", "exclude_numbers"),
        argument("ExcludePunctuation", "exclude_punctuation"),
        argument("ExcludeUppercase", "exclude_uppercase"),
        argument("IncludeSpace", "include_space"),
        argument("RequireEachIncludedType", "require_each_included_type"),
    ],
    template: "SecretStringTemplate",
    key: "GenerateStringKey",
    store: "aws_secretsmanager_secret_version",
    links: &[("secret_id", "id")],
    stored: "secret_string",
    argument: "secret_string_wo",
    version: "secret_string_wo_version",
};

const FACTS: &[Fact] = &[
    Fact::string("name", "Name", ""),
    Fact::key("kmsKey", "KmsKeyId"),
    Fact::long("recoveryWindowInDays", "RecoveryWindowInDays", 30),
    Fact::computed("generated", FactType::Bool, |secret, _| secret.get("GenerateSecretString").is_some().into()),
    Fact::computed("hasLiteralSecretString", FactType::Bool, |secret, _| {
        secret.get("SecretString").is_some_and(|text| is_literal(&text.value)).into()
    }),
    // 0: never.
    Fact::computed("rotatedAfterDays", FactType::Long, |secret, graph| {
        rotation(secret, graph).map_or(FactValue::Long(0), rotation_schedule::days)
    }),
    Fact::computed("forLogin", FactType::Bool, |secret, graph| {
        graph.referring(&secret.id, "Migspec::Login", "Secret").next().is_some().into()
    }),
    Fact::computed("hasResourcePolicy", FactType::Bool, |secret, graph| {
        graph.referring(&secret.id, "AWS::SecretsManager::ResourcePolicy", "SecretId").next().is_some().into()
    }),
    Fact::computed("replicasHaveKeys", FactType::Bool, |secret, _| {
        let replicas = secret.get("ReplicaRegions").and_then(|d| d.value.as_list()).unwrap_or_default();
        replicas.iter().all(|replica| replica.get("KmsKeyId").is_some()).into()
    }),
];

fn rotation<'g>(secret: &'g Resource, graph: &Index<'g>) -> Option<&'g Resource> {
    graph.referring(&secret.id, "AWS::SecretsManager::RotationSchedule", "SecretId").next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fact, resource};

    #[test]
    fn a_secret_is_rotated_by_the_schedule_that_names_it() {
        let secret = || resource("AWS::SecretsManager::Secret", "s", "{}");
        let schedule = |of| {
            let properties = format!(
                r#"{{"SecretId": {{"Ref": "{of}"}}, "RotationRules": {{"ScheduleExpression": "rate(30 days)"}}}}"#
            );
            resource("AWS::SecretsManager::RotationSchedule", "r", &properties)
        };
        assert_eq!(fact(&TYPE, "rotatedAfterDays", [secret(), schedule("s")]), FactValue::Long(30));
        assert_eq!(fact(&TYPE, "rotatedAfterDays", [secret(), schedule("other")]), FactValue::Long(0));
    }

    #[test]
    fn text_in_a_secret_is_found() {
        for (text, literal) in [("hunter2", true), ("{{resolve:ssm-secure:p}}", false)] {
            let secret = resource("AWS::SecretsManager::Secret", "s", &format!(r#"{{"SecretString": "{text}"}}"#));
            assert_eq!(fact(&TYPE, "hasLiteralSecretString", [secret]), FactValue::Bool(literal), "{text}");
        }
    }
}
