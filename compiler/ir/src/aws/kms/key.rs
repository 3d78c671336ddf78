use std::collections::BTreeSet;

use super::users;
use crate::class::{Classes, TEXT};
use crate::fact::{Fact, FactType, FactValue};
use crate::graph::Resource;
use crate::iam;
use crate::id::Id;
use crate::index::Index;
use crate::resource_type::{
    Column, Compare, Concern, Describe, Field, Form, Lookup, Property, ResourceType, Terraform, argument,
};
use crate::workflow::Described;

/// `Origin` has no column: keys with imported material are made by hand.
pub const TYPE: ResourceType = ResourceType {
    name: "AWS::KMS::Key",
    concern: Concern::Security,
    terraform: Terraform::Column(Column {
        resource: "aws_kms_key",
        reference: "key_id",
        attributes: &[("Arn", "arn"), ("KeyId", "key_id")],
        properties: &[
            argument("Description", "description"),
            argument("Enabled", "is_enabled"),
            argument("KeyUsage", "key_usage"),
            argument("KeySpec", "customer_master_key_spec"),
            argument("MultiRegion", "multi_region"),
            argument("EnableKeyRotation", "enable_key_rotation"),
            argument("RotationPeriodInDays", "rotation_period_in_days"),
            argument("PendingWindowInDays", "deletion_window_in_days"),
            Property::new("KeyPolicy", Form::Json("policy")),
            argument("BypassPolicyLockoutSafetyCheck", "bypass_policy_lockout_safety_check"),
            Property::new("Tags", Form::Tags("tags")),
        ],
        lookup: Some(&Lookup {
            data: "aws_kms_key",
            by: "key_id",
            same: &["Arn"],
            compares: &[
                ("Enabled", Compare::Equal("enabled")),
                ("KeySpec", Compare::Equal("key_spec")),
                ("KeyUsage", Compare::Equal("key_usage")),
                ("MultiRegion", Compare::Equal("multi_region")),
            ],
            describe: &[
                Describe {
                    described: Described::Key,
                    of: None,
                    compares: &[
                        ("Enabled", Field::Equal("Enabled")),
                        ("KeySpec", Field::Equal("KeySpec")),
                        ("KeyUsage", Field::Equal("KeyUsage")),
                        ("MultiRegion", Field::Equal("MultiRegion")),
                    ],
                },
                Describe {
                    described: Described::KeyRotation,
                    of: None,
                    compares: &[
                        ("EnableKeyRotation", Field::Equal("KeyRotationEnabled")),
                        ("RotationPeriodInDays", Field::Equal("RotationPeriodInDays")),
                    ],
                },
                Describe {
                    described: Described::KeyPolicy,
                    of: None,
                    compares: &[("KeyPolicy", Field::Policy("Policy"))],
                },
            ],
            ..Lookup::BASE
        }),
        ..Column::BASE
    }),
    facts: FACTS,
    classes: Classes { identity: &["KeyUsage"], free: &[("Description", TEXT)], ..Classes::NONE },
};

const FACTS: &[Fact] = &[
    Fact::true_by_default("enabled", "Enabled"),
    Fact::string("keySpec", "KeySpec", "SYMMETRIC_DEFAULT"),
    Fact::false_by_default("multiRegion", "MultiRegion"),
    Fact::false_by_default("enableKeyRotation", "EnableKeyRotation"),
    Fact::long("rotationPeriodInDays", "RotationPeriodInDays", 365),
    // Of the deletion by this deployment, which never deletes an existing key.
    Fact::computed("pendingWindowInDays", FactType::Long, |key, _| match key.get("PendingWindowInDays") {
        None => 30.into(),
        Some(days) => FactType::Long.convert(&days.value),
    }),
    // Of the creation by this deployment, which creates no existing key.
    Fact::computed("bypassPolicyLockoutSafetyCheck", FactType::Bool, |key, _| {
        match key.get("BypassPolicyLockoutSafetyCheck") {
            None => false.into(),
            Some(bypass) => FactType::Bool.convert(&bypass.value),
        }
    }),
    Fact::computed("retained", FactType::Bool, |key, _| (key.lifecycle.retain || key.is_declared()).into()),
    Fact::computed("hasPolicy", FactType::Bool, |key, _| match key.get("KeyPolicy") {
        None if key.is_declared() => FactValue::Unknown,
        policy => policy.is_some().into(),
    }),
    // Whether its policy leaves somebody who may change it.
    Fact::computed("isAdministered", FactType::Bool, |key, _| match key.get("KeyPolicy") {
        None if !key.is_declared() => true.into(),
        _ => ask(key, |d| d.allowing().any(|s| s.covers_action("kms:PutKeyPolicy")).into()),
    }),
    Fact::computed("grantsToEveryone", FactType::Bool, |key, graph| {
        ask(key, |d| iam::grants_to_everyone(d, &graph.environment.account).into())
    }),
    Fact::computed("bindsServices", FactType::Bool, |key, graph| {
        ask(key, |d| iam::unbound_services(d, key.type_name, &graph.environment.account).is_empty().into())
    }),
    Fact::computed("mixesAdministrationAndUse", FactType::Bool, |key, _| {
        ask(key, |d| iam::mixes_administration_and_use(d).into())
    }),
    // Other accounts than the environment's and the owner's.
    Fact::computed("foreignAccounts", FactType::StringSet, |key, graph| {
        let own = &graph.environment.account;
        let owner = key.existing.as_ref().and_then(|existing| existing.owner.as_deref());
        ask(key, |d| {
            let others = iam::other_accounts(d, own).into_iter().filter(|account| Some(account.as_str()) != owner);
            FactValue::set(others.map(Some))
        })
    }),
    Fact::computed("refusedServices", FactType::StringSet, users::refused_services),
    Fact::computed("mixesDataClasses", FactType::Bool, |key, graph| (data_classes(key, graph).len() > 1).into()),
];

/// Without a policy of its own a key has AWS's: the account and nobody else.
fn ask(key: &Resource, question: impl FnOnce(&iam::Document<'_>) -> FactValue) -> FactValue {
    match key.get("KeyPolicy") {
        Some(policy) => iam::read(policy, question).unwrap_or(FactValue::Unknown),
        None if key.is_declared() => FactValue::Unknown,
        None => question(&iam::Document { statements: Vec::new() }),
    }
}

/// The classes of data that are stored under the key.
fn data_classes(key: &Resource, graph: &Index<'_>) -> BTreeSet<&'static str> {
    // An existing key can have several uses, each with an entry of its own.
    let identity = |resource: &Resource| resource.existing.as_ref().map(|existing| existing.identity.clone());
    let same = |other: &&Resource| other.id == key.id || identity(key).is_some() && identity(other) == identity(key);
    let entries = graph.all("AWS::KMS::Key").filter(same);
    entries.flat_map(|entry| graph.referrers(&entry.id).flat_map(|resource| classes(resource, &entry.id))).collect()
}

fn classes<'r>(resource: &'r Resource, key: &'r Id) -> impl Iterator<Item = &'static str> + use<'r> {
    let refers = move |value: &crate::Value| {
        let mut found = false;
        value.references(&mut |id, _| found |= id == key);
        found
    };
    let properties = resource.properties.iter().filter(move |(_, datum)| refers(&datum.value));
    properties.filter_map(|(property, _)| class(resource.type_name, property))
}

fn class(type_name: &str, property: &str) -> Option<&'static str> {
    match type_name {
        "AWS::RDS::DBCluster" if property == "MasterUserSecret" => Some("secrets"),
        "AWS::RDS::DBCluster" | "AWS::RDS::DBInstance" | "AWS::DMS::ReplicationInstance" => Some("database"),
        "AWS::S3::Bucket" => Some("checkpoints"),
        "AWS::Logs::LogGroup" => Some("logs"),
        "AWS::SecretsManager::Secret" => Some("secrets"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fact, resource};

    fn key() -> Resource {
        resource("AWS::KMS::Key", "k", "{}")
    }

    #[test]
    fn a_key_serves_one_class_of_data() {
        let cluster = || {
            let properties =
                r#"{"KmsKeyId": {"Fn::GetAtt": ["k", "Arn"]}, "MasterUserSecret": {"KmsKeyId": {"Ref": "other"}}}"#;
            resource("AWS::RDS::DBCluster", "c", properties)
        };
        let other = |id, type_name| resource(type_name, id, r#"{"KmsKeyId": {"Ref": "k"}}"#);
        let instance = || other("i", "AWS::DMS::ReplicationInstance");
        let logs = || other("l", "AWS::Logs::LogGroup");
        assert_eq!(fact(&TYPE, "mixesDataClasses", [key(), cluster(), instance()]), FactValue::Bool(false));
        assert_eq!(fact(&TYPE, "mixesDataClasses", [key(), cluster(), logs()]), FactValue::Bool(true));
    }

    #[test]
    fn the_secret_of_a_cluster_is_a_secret() {
        let secret = r#"{"MasterUserSecret": {"KmsKeyId": {"Ref": "k"}}}"#;
        let cluster = resource("AWS::RDS::DBCluster", "c", secret);
        let logs = resource("AWS::Logs::LogGroup", "l", r#"{"KmsKeyId": {"Ref": "k"}}"#);
        assert_eq!(fact(&TYPE, "mixesDataClasses", [key(), cluster.clone()]), FactValue::Bool(false));
        assert_eq!(fact(&TYPE, "mixesDataClasses", [key(), cluster, logs]), FactValue::Bool(true));
    }

    #[test]
    fn a_policy_that_cannot_be_read_is_undecided() {
        let key = resource("AWS::KMS::Key", "k", r#"{"KeyPolicy": "no json"}"#);
        assert_eq!(fact(&TYPE, "grantsToEveryone", [key]), FactValue::Unknown);
    }

    #[test]
    fn services_are_bound_by_their_source() {
        let policy = |condition| {
            let statement = format!(
                r#"{{"Effect": "Allow", "Principal": {{"Service": "logs.us-east-1.amazonaws.com"}},
                    "Action": "kms:Decrypt", "Resource": "*", "Condition": {condition}}}"#
            );
            resource("AWS::KMS::Key", "k", &format!(r#"{{"KeyPolicy": {{"Statement": {statement}}}}}"#))
        };
        let bound = r#"{"ArnLike": {"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:us-east-1:1:log-group:*"}}"#;
        for (condition, expected) in [("{}", false), (bound, true)] {
            assert_eq!(fact(&TYPE, "bindsServices", [policy(condition)]), FactValue::Bool(expected), "{condition}");
        }
    }
}
