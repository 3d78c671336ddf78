use crate::class::Classes;
use crate::fact::{Fact, FactType};
use crate::iam;
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::SecretsManager::ResourcePolicy",
    concern: Concern::Security,
    terraform: Terraform::Column(Column {
        resource: "aws_secretsmanager_secret_policy",
        reference: "secret_arn",
        attributes: &[("Id", "secret_arn")],
        properties: &[
            argument("SecretId", "secret_arn"),
            Property::new("ResourcePolicy", Form::Json("policy")),
            argument("BlockPublicPolicy", "block_public_policy"),
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::entity("secret", "SecretId", "AWS::SecretsManager::Secret"),
        Fact::false_by_default("blockPublicPolicy", "BlockPublicPolicy"),
        // Accounts that are let in beside the own one.
        Fact::computed("otherAccounts", FactType::StringSet, |policy, graph| {
            iam::accounts_let_in(policy, "ResourcePolicy", graph)
        }),
        Fact::computed("grantsToEveryone", FactType::Bool, |policy, graph| {
            let own = &graph.environment.account;
            iam::ask(policy, "ResourcePolicy", |d| iam::grants_to_everyone(d, own))
        }),
        Fact::computed("deniesOtherAccounts", FactType::Bool, |policy, graph| {
            let own = &graph.environment.account;
            let everything = ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"];
            iam::ask(policy, "ResourcePolicy", |d| iam::denies_other_accounts(d, own, &everything, iam::Parts::Itself))
        }),
    ],
    classes: Classes { identity: &["SecretId"], ..Classes::NONE },
};
