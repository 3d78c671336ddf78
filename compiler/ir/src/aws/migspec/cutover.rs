use std::collections::BTreeSet;

use crate::aws::cloudwatch::dashboard;
use crate::class::Classes;
use crate::fact::{Fact, FactType, FactValue};
use crate::graph::Resource;
use crate::iam;
use crate::index::Index;
use crate::resource_type::{Concern, ResourceType, Terraform};

/// How payments move from the source to the target.
pub const TYPE: ResourceType = ResourceType {
    name: "Migspec::Cutover",
    concern: Concern::Workflow,
    terraform: Terraform::NotEmitted,
    facts: &[
        Fact::entity("api", "Api", "Migspec::Api"),
        // `compute`, `reads`, `atomic`.
        Fact::string("strategy", "Strategy", ""),
        // The share of the first step in percent; 100: without steps.
        Fact::long("firstShare", "FirstShare", 100),
        Fact::long("fenceSeconds", "FenceSeconds", 0),
        Fact::long("writerRefreshSeconds", "WriterRefreshSeconds", 0),
        Fact::set("approvalRoles", "ApprovalRoles"),
        Fact::computed("approvers", FactType::Long, |cutover, _| match cutover.get("ApprovalRoles") {
            None => FactValue::Long(0),
            Some(datum) => match FactType::StringSet.convert(&datum.value) {
                FactValue::StringSet(roles) => i64::try_from(roles.len()).unwrap_or(i64::MAX).into(),
                _ => FactValue::Unknown,
            },
        }),
        // Approval roles whose tokens somebody else could read.
        Fact::computed("readableApprovals", FactType::StringSet, readable_approvals),
        Fact::long("approvalSeconds", "ApprovalSeconds", 0),
        // Every weekly window in UTC, in summer and in winter: `sat:01:00-sat:05:00`.
        Fact::set("windows", "Windows"),
        Fact::false_by_default("hasWindow", "HasWindow"),
        Fact::long("rollbackSeconds", "RollbackSeconds", 0),
        Fact::false_by_default("hasValidation", "HasValidation"),
        Fact::false_by_default("reverse", "Reverse"),
        // Some dashboard shows lag and validation together.
        Fact::computed("onDashboard", FactType::Bool, |_, graph| {
            let shown = graph.all("AWS::CloudWatch::Dashboard").any(|dashboard| {
                let names = dashboard::metric_names(dashboard, graph);
                matches!(names, FactValue::StringSet(names)
                    if names.contains("CDCLatencyTarget") && names.iter().any(|name| name.starts_with("Validation")))
            });
            shown.into()
        }),
        Fact::long("authorizerCacheSeconds", "AuthorizerCacheSeconds", 0),
    ],
    classes: Classes::NONE,
};

/// Where the tokens of an approval role lie in a bucket: below the cutover's key.
/// The bucket's policy lets only that role read them.
pub fn approvals_folder(cutover: &str, role: &str) -> String {
    let name = role.split_once(":role/").map_or(role, |(_, name)| name);
    format!("{cutover}/approvals/{}", name.replace('/', "-"))
}

fn readable_approvals(cutover: &Resource, graph: &Index<'_>) -> FactValue {
    let Some(roles) = cutover.get("ApprovalRoles") else { return FactValue::StringSet(BTreeSet::new()) };
    let FactValue::StringSet(mut open) = FactType::StringSet.convert(&roles.value) else { return FactValue::Unknown };
    let key = cutover.get("Key").and_then(|d| d.value.as_str()).unwrap_or_default();
    for policy in graph.all("AWS::S3::BucketPolicy") {
        // One that cannot be read guards nothing.
        let Some(document) = policy.get("PolicyDocument") else { continue };
        iam::read(document, |document| open.retain(|role| !keeps_from_others(document, key, role)));
    }
    FactValue::StringSet(open)
}

fn keeps_from_others(document: &iam::Document<'_>, key: &str, role: &str) -> bool {
    let reading = ["s3:GetObject", "s3:GetObjectVersion"];
    let folder = format!("/{}", approvals_folder(key, role));
    let others = |c: &iam::Condition<'_>| c.is("StringNotEquals", "aws:PrincipalArn") && c.values_are(role);
    iam::denies(document, &reading, iam::Parts::Below(&folder), &[&others])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fact, resource};

    #[test]
    fn one_role_named_twice_is_one_approver() {
        for (roles, expected) in [(r#"["a", "b"]"#, 2), (r#"["a", "a"]"#, 1), ("[]", 0)] {
            let cutover = resource("Migspec::Cutover", "c", &format!(r#"{{"ApprovalRoles": {roles}}}"#));
            assert_eq!(fact(&TYPE, "approvers", [cutover]), FactValue::Long(expected), "{roles}");
        }
    }

    #[test]
    fn tokens_are_for_the_role_that_they_are_meant_for() {
        let role = "arn:aws:iam::1:role/team/lead";
        let cutover = || resource("Migspec::Cutover", "c", &format!(r#"{{"Key": "k", "ApprovalRoles": ["{role}"]}}"#));
        let open = |folder: &str, whom: &str| {
            let statement = format!(
                r#"{{"Effect": "Deny", "Principal": "*", "Action": ["s3:GetObject", "s3:GetObjectVersion"],
                    "Resource": "arn:aws:s3:::b/{folder}/*", "Condition": {{"StringNotEquals": {{"aws:PrincipalArn": "{whom}"}}}}}}"#
            );
            let policy = format!(r#"{{"PolicyDocument": {{"Statement": {statement}}}}}"#);
            fact(&TYPE, "readableApprovals", [cutover(), resource("AWS::S3::BucketPolicy", "p", &policy)])
        };
        let readable = FactValue::set([Some(role)]);
        assert_eq!(fact(&TYPE, "readableApprovals", [cutover()]), readable);
        assert_eq!(open("k/approvals/team-lead", role), FactValue::StringSet(BTreeSet::new()));
        assert_eq!(open("k/approvals/other", role), readable);
        assert_eq!(open("k/approvals/team-lead", "arn:aws:iam::1:role/other"), readable);
    }
}
