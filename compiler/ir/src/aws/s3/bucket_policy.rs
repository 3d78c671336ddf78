use crate::fact::{Fact, FactType};
use crate::graph::Resource;
use crate::iam;
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::S3::BucketPolicy",
    concern: Concern::Storage,
    terraform: Terraform::Column(Column {
        resource: "aws_s3_bucket_policy",
        reference: "bucket",
        properties: &[argument("Bucket", "bucket"), Property::new("PolicyDocument", Form::Json("policy"))],
        ..Column::BASE
    }),
    facts: &[
        Fact::entity("bucket", "Bucket", "AWS::S3::Bucket"),
        // Accounts that are let in beside the own one.
        Fact::computed("otherAccounts", FactType::StringSet, |policy, graph| {
            iam::accounts_let_in(policy, "PolicyDocument", graph)
        }),
        Fact::computed("grantsToEveryone", FactType::Bool, |policy, _| {
            iam::ask(policy, "PolicyDocument", iam::grants_to_everyone)
        }),
        Fact::computed("usesWildcardActions", FactType::Bool, |policy, _| {
            iam::ask(policy, "PolicyDocument", |d| !iam::wildcard_actions(d).is_empty())
        }),
        Fact::computed("usesNotAction", FactType::Bool, |policy, _| {
            iam::ask(policy, "PolicyDocument", iam::uses_not_action)
        }),
        Fact::computed("bindsServices", FactType::Bool, |policy, _| {
            iam::ask(policy, "PolicyDocument", |d| iam::unbound_services(d).is_empty())
        }),
    ],
};

pub(super) fn denies_insecure_transport(policy: &Resource) -> Option<bool> {
    iam::read(policy.get("PolicyDocument")?, |document| {
        iam::denies_insecure_transport(document, &["s3:GetObject", "s3:PutObject"], iam::Parts::WithContents)
    })
}

/// Whether somebody is refused who does not come through a named endpoint.
pub(super) fn denies_other_ways(policy: &Resource) -> Option<bool> {
    iam::read(policy.get("PolicyDocument")?, |document| {
        document.denying().any(|s| {
            let ways = ["aws:SourceVpce", "aws:SourceVpc"];
            s.covers_action("s3:GetObject")
                && s.covers_action("s3:PutObject")
                && s.conditions.iter().any(|c| c.operator.contains("NotEquals") && ways.iter().any(|key| c.is_key(key)))
        })
    })
}

/// Whether anyone who speaks less than TLS 1.2 is denied everything.
pub(super) fn denies_old_tls(policy: &Resource) -> Option<bool> {
    let is_low = |value: &&crate::Value| {
        let version = value.as_str().and_then(|text| text.parse::<f64>().ok());
        version.or(value.as_integer().map(|n| n as f64)).is_some_and(|version| version >= 1.2)
    };
    iam::read(policy.get("PolicyDocument")?, |document| {
        document.denying().any(|s| {
            s.is_for_everyone()
                && ["s3:GetObject", "s3:PutObject"].iter().all(|action| s.covers_action(action))
                && s.conditions.len() == 1
                && s.conditions.iter().all(|c| {
                    c.is_key("s3:TlsVersion") && c.operator == "NumericLessThan" && c.values.iter().all(is_low)
                })
        })
    })
}

/// Whether writers cannot pick a key of their own.
pub(super) fn denies_other_keys(policy: &Resource) -> Option<bool> {
    iam::read(policy.get("PolicyDocument")?, |document| {
        document.denying().any(|s| {
            s.is_for_everyone()
                && s.covers_action("s3:PutObject")
                && s.conditions.iter().any(|c| {
                    c.is_key("s3:x-amz-server-side-encryption-aws-kms-key-id") && c.operator.contains("NotEquals")
                })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::bucket;
    use super::*;
    use crate::fact::FactValue;
    use crate::testing::{fact, resource};

    fn policy(statement: &str) -> Resource {
        let properties = format!(r#"{{"Bucket": {{"Ref": "b"}}, "PolicyDocument": {{"Statement": {statement}}}}}"#);
        resource("AWS::S3::BucketPolicy", "p", &properties)
    }

    #[test]
    fn a_bucket_without_policy_denies_nothing() {
        let bucket = || resource("AWS::S3::Bucket", "b", "{}");
        let denial = r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:*",
            "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"], "Condition": {"Bool": {"aws:SecureTransport": false}}}"#;
        assert_eq!(fact(&bucket::TYPE, "deniesInsecureTransport", [bucket()]), FactValue::Bool(false));
        let resources = [bucket(), policy(denial)];
        assert_eq!(fact(&bucket::TYPE, "deniesInsecureTransport", resources), FactValue::Bool(true));
    }

    #[test]
    fn a_key_is_prescribed_by_denying_the_others() {
        let statement = |operator| {
            format!(
                r#"{{"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/*",
                    "Condition": {{"{operator}": {{"s3:x-amz-server-side-encryption-aws-kms-key-id": "arn:key"}}}}}}"#
            )
        };
        for (operator, denies) in [("StringNotEqualsIfExists", true), ("StringEquals", false)] {
            let policy = policy(&statement(operator));
            assert_eq!(denies_other_keys(&policy), Some(denies), "{operator}");
        }
    }
}
