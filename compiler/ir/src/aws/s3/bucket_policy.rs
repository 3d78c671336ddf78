use crate::aws::resource_policy;
use crate::class::Classes;
use crate::datum::Value;
use crate::fact::{Fact, FactType};
use crate::graph::Resource;
use crate::iam::{self, Condition, Parts};
use crate::index::Index;
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
        resource_policy::OTHER_ACCOUNTS,
        resource_policy::GRANTS_TO_EVERYONE,
        resource_policy::USES_WILDCARD_ACTIONS,
        Fact::computed("usesNotAction", FactType::Bool, |policy, _| {
            iam::ask(policy, "PolicyDocument", iam::uses_not_action)
        }),
        resource_policy::BINDS_SERVICES,
    ],
    classes: Classes { identity: &["Bucket"], ..Classes::NONE },
};

/// The uses of a bucket, all covered by `s3:*`.
const USES: &[&str] = &["s3:GetObject", "s3:PutObject"];
const KEY: &str = "s3:x-amz-server-side-encryption-aws-kms-key-id";
const ALGORITHM: &str = "s3:x-amz-server-side-encryption";

fn ask(policy: &Resource, question: impl FnOnce(&iam::Document<'_>) -> bool) -> Option<bool> {
    iam::read(policy.get("PolicyDocument")?, question)
}

pub(super) fn denies_insecure_transport(policy: &Resource, _: &Index<'_>) -> Option<bool> {
    ask(policy, |document| iam::denies_insecure_transport(document, USES, Parts::WithContents))
}

pub(super) fn denies_other_accounts(policy: &Resource, graph: &Index<'_>) -> Option<bool> {
    let own = &graph.environment.account;
    ask(policy, |document| iam::denies_other_accounts(document, own, USES, Parts::WithContents))
}

/// Whether somebody is refused who does not come through a named endpoint:
/// everybody, or principals by their ARN.
pub(super) fn denies_other_ways(policy: &Resource, _: &Index<'_>) -> Option<bool> {
    let way = |c: &Condition<'_>| {
        ["aws:SourceVpce", "aws:SourceVpc"].iter().any(|key| c.is("StringNotEquals", key)) && !c.values.is_empty()
    };
    let whom = |c: &Condition<'_>| c.is_key("aws:PrincipalArn") && c.narrows();
    ask(policy, |document| {
        iam::denies(document, USES, Parts::WithContents, &[&way])
            || iam::denies(document, USES, Parts::WithContents, &[&whom, &way])
    })
}

/// Whether anyone who speaks less than TLS 1.2 is denied everything.
pub(super) fn denies_old_tls(policy: &Resource, _: &Index<'_>) -> Option<bool> {
    let is_low = |value: &&Value| {
        let version = value.as_str().and_then(|text| text.parse::<f64>().ok());
        version.or(value.as_integer().map(|n| n as f64)).is_some_and(|version| version >= 1.2)
    };
    let low = |c: &Condition<'_>| c.is("NumericLessThan", "s3:TlsVersion") && c.values.iter().all(is_low);
    ask(policy, |document| iam::denies(document, USES, Parts::WithContents, &[&low]))
}

/// Whether writers cannot pick a key of their own: neither another key, nor an
/// algorithm that has none. Where the key must be named, an algorithm without
/// one is refused as well.
pub(super) fn denies_other_keys(policy: &Resource, _: &Index<'_>) -> Option<bool> {
    let put = ["s3:PutObject"];
    ask(policy, |document| {
        let denies = |asked: iam::Predicate<'_>| iam::denies(document, &put, Parts::Below(""), &[asked]);
        let other_algorithm = |c: &Condition<'_>| {
            ["StringNotEquals", "StringNotEqualsIfExists"].iter().any(|operator| c.is(operator, ALGORITHM))
                && c.values_are("aws:kms")
        };
        denies(&|c| c.is("StringNotEquals", KEY))
            || denies(&|c| c.is("StringNotEqualsIfExists", KEY)) && denies(&other_algorithm)
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
        let deny = |condition: &str| {
            format!(
                r#"{{"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/*",
                    "Condition": {condition}}}"#
            )
        };
        let key = |operator: &str| deny(&format!(r#"{{"{operator}": {{"{KEY}": "arn:key"}}}}"#));
        let algorithm = deny(&format!(r#"{{"StringNotEqualsIfExists": {{"{ALGORITHM}": "aws:kms"}}}}"#));
        for (statements, denies) in [
            (vec![key("StringNotEquals")], true),
            (vec![key("StringNotEqualsIfExists")], false),
            (vec![key("StringNotEqualsIfExists"), algorithm.clone()], true),
            (vec![key("StringEquals"), algorithm], false),
        ] {
            let bucket = resource("AWS::S3::Bucket", "b", "{}");
            let found =
                fact(&bucket::TYPE, "deniesOtherKeys", [bucket, policy(&format!("[{}]", statements.join(", ")))]);
            assert_eq!(found, FactValue::Bool(denies), "{statements:?}");
        }
    }
}
