//! Analyses of the permissions in role policies.

use std::collections::BTreeSet;

use super::document::{Condition, Document, Statement};
use super::text::text;

/// Whether every action is allowed on every resource.
pub fn allows_everything(document: &Document<'_>) -> bool {
    document.allowing().any(|s| s.actions.contains(&"*") && !s.not_action && s.covers_every_resource())
}

/// The allowed action patterns that match a whole service or all: `dms:*`, `*`.
pub fn wildcard_actions<'d>(document: &Document<'d>) -> BTreeSet<&'d str> {
    allowed_actions(document).filter(|action| *action == "*" || action.ends_with(":*")).collect()
}

pub fn uses_not_action(document: &Document<'_>) -> bool {
    document.allowing().any(|s| s.not_action)
}

pub fn uses_not_resource(document: &Document<'_>) -> bool {
    document.allowing().any(|s| s.not_resource)
}

/// Reads that move data out, allowed on every resource.
pub fn broad_reads(document: &Document<'_>) -> BTreeSet<&'static str> {
    let broad: Vec<_> = document.allowing().filter(|s| s.covers_every_resource() || s.not_resource).collect();
    READS.iter().copied().filter(|read| broad.iter().any(|s| s.covers_action(read))).collect()
}

const READS: &[&str] = &[
    "s3:GetObject",
    "s3:GetObjectVersion",
    "secretsmanager:GetSecretValue",
    "secretsmanager:BatchGetSecretValue",
    "ssm:GetParameter",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
    "ssm:GetParameterHistory",
    "kms:Decrypt",
];

/// The allowed actions that change permissions.
pub fn permission_actions(document: &Document<'_>) -> BTreeSet<&'static str> {
    PERMISSIONS.iter().copied().filter(|action| document.allowing().any(|s| s.covers_action(action))).collect()
}

/// Actions by which a runtime role could extend its permissions.
const PERMISSIONS: &[&str] = &[
    "iam:AttachRolePolicy",
    "iam:CreateAccessKey",
    "iam:CreatePolicyVersion",
    "iam:CreateRole",
    "iam:DeleteRolePermissionsBoundary",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:SetDefaultPolicyVersion",
    "iam:UpdateAssumeRolePolicy",
    "kms:CreateGrant",
    "kms:PutKeyPolicy",
    "lambda:AddPermission",
    "logs:PutResourcePolicy",
    "s3:PutBucketAcl",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutObjectAcl",
    "secretsmanager:PutResourcePolicy",
    "sns:AddPermission",
    "sqs:AddPermission",
];

/// Actions that no role of a migration may have, and that the document does not
/// deny unconditionally on all resources.
pub fn left_open(document: &Document<'_>) -> BTreeSet<&'static str> {
    let closing = |s: &&Statement<'_>| s.conditions.is_empty() && s.covers_every_resource();
    let closed = |action: &str| document.denying().filter(closing).any(|s| s.covers_action(action));
    NEVER.iter().copied().filter(|action| !closed(action)).collect()
}

/// Actions that remove the evidence, the keys or the boundary itself.
const NEVER: &[&str] = &[
    "cloudtrail:DeleteTrail",
    "cloudtrail:StopLogging",
    "iam:AttachRolePolicy",
    "iam:CreateAccessKey",
    "iam:CreatePolicyVersion",
    "iam:CreateUser",
    "iam:DeleteRolePermissionsBoundary",
    "iam:PassRole",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:UpdateAssumeRolePolicy",
    "kms:PutKeyPolicy",
    "kms:ScheduleKeyDeletion",
    "logs:DeleteLogGroup",
    "organizations:LeaveOrganization",
    "s3:DeleteBucket",
    "s3:PutBucketPolicy",
];

/// Whether roles may be handed to services at all.
pub fn passes_roles(document: &Document<'_>) -> bool {
    pass_role_statements(document).next().is_some()
}

/// Whether roles may be handed to any service: no condition names one.
pub fn pass_role_without_service(document: &Document<'_>) -> bool {
    let literal = |c: &Condition<'_>| c.values.iter().all(|value| !text(value).contains(['*', '?']));
    let names_service =
        |s: &Statement<'_>| s.conditions.iter().any(|c| c.is_key("iam:PassedToService") && c.narrows() && literal(c));
    pass_role_statements(document).any(|s| !names_service(s))
}

/// Whether roles may be handed on that nobody named.
pub fn passes_unnamed_roles(document: &Document<'_>) -> bool {
    let named = |s: &Statement<'_>| !s.not_resource && s.resources.iter().all(|role| !text(role).contains('*'));
    pass_role_statements(document).any(|s| !named(s))
}

/// Actions that give out credentials of others, as far as the document allows
/// them.
pub fn credential_actions(document: &Document<'_>) -> BTreeSet<&'static str> {
    CREDENTIALS.iter().copied().filter(|action| document.allowing().any(|s| s.covers_action(action))).collect()
}

/// The list of cloudsplaining, as far as it is about services of a migration.
const CREDENTIALS: &[&str] = &[
    "cognito-identity:GetCredentialsForIdentity",
    "ec2:GetPasswordData",
    "ecr:GetAuthorizationToken",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreateServiceSpecificCredential",
    "iam:ResetServiceSpecificCredential",
    "iam:UpdateAccessKey",
    "rds-db:connect",
    "redshift:GetClusterCredentials",
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:GetFederationToken",
    "sts:GetSessionToken",
];

/// Actions that copy stored account data to another place in one call, as far
/// as the document allows them.
pub fn export_actions(document: &Document<'_>) -> BTreeSet<&'static str> {
    EXPORTS.iter().copied().filter(|action| document.allowing().any(|s| s.covers_action(action))).collect()
}

const EXPORTS: &[&str] = &[
    "logs:CreateExportTask",
    "rds:CopyDBClusterSnapshot",
    "rds:CopyDBSnapshot",
    "rds:ModifyDBClusterSnapshotAttribute",
    "rds:ModifyDBSnapshotAttribute",
    "rds:RestoreDBClusterFromSnapshot",
    "rds:StartExportTask",
    "s3:PutReplicationConfiguration",
];

fn pass_role_statements<'s, 'd>(document: &'s Document<'d>) -> impl Iterator<Item = &'s Statement<'d>> {
    document.allowing().filter(|s| s.covers_action("iam:PassRole"))
}

fn allowed_actions<'s, 'd>(document: &'s Document<'d>) -> impl Iterator<Item = &'d str> + use<'s, 'd> {
    document.allowing().filter(|s| !s.not_action).flat_map(|s| s.actions.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::read;
    use crate::testing::resource;

    fn ask<T>(statement: &str, question: impl FnOnce(&Document<'_>) -> T) -> T {
        let holder = resource("AWS::IAM::Policy", "p", &format!(r#"{{"P": {{"Statement": {statement}}}}}"#));
        read(holder.get("P").expect("it is set"), question).expect("a policy")
    }

    #[test]
    fn everything_is_all_actions_on_all_resources() {
        for (action, resource, everything) in [("*", "*", true), ("*", "arn:aws:s3:::b", false), ("s3:*", "*", false)] {
            let statement = format!(r#"{{"Effect": "Allow", "Action": "{action}", "Resource": "{resource}"}}"#);
            assert_eq!(ask(&statement, allows_everything), everything, "{action} on {resource}");
        }
    }

    #[test]
    fn whole_services_are_named_and_prefixes_are_not() {
        let statement = r#"{"Effect": "Allow", "Action": ["dms:*", "rds:Describe*", "s3:GetObject"], "Resource": "*"}"#;
        assert_eq!(
            ask(statement, |d| wildcard_actions(d).into_iter().map(String::from).collect::<Vec<_>>()),
            ["dms:*"]
        );
    }

    #[test]
    fn broad_reads_are_found_behind_wildcards() {
        for (action, resource, expected) in [
            ("secretsmanager:Get*", "*", vec!["secretsmanager:GetSecretValue"]),
            ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:1:secret:a", vec![]),
            ("secretsmanager:DescribeSecret", "*", vec![]),
        ] {
            let statement = format!(r#"{{"Effect": "Allow", "Action": "{action}", "Resource": "{resource}"}}"#);
            assert_eq!(ask(&statement, |d| broad_reads(d).into_iter().collect::<Vec<_>>()), expected, "{action}");
        }
    }

    #[test]
    fn not_action_allows_the_rest() {
        let statement = r#"{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}"#;
        assert!(ask(statement, uses_not_action));
        assert!(ask(statement, passes_roles));
        assert!(ask(statement, |d| permission_actions(d).contains("kms:PutKeyPolicy")));
        assert!(!ask(statement, |d| permission_actions(d).contains("s3:PutBucketPolicy")));
    }

    #[test]
    fn a_passed_role_needs_its_service() {
        let pass = |condition| {
            format!(r#"{{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {condition}}}"#)
        };
        for (condition, open) in [
            ("{}", true),
            (r#"{"StringEquals": {"iam:PassedToService": "dms.amazonaws.com"}}"#, false),
            (r#"{"StringLike": {"iam:PassedToService": "*"}}"#, true),
            (r#"{"StringLike": {"iam:PassedToService": "*.amazonaws.com"}}"#, true),
        ] {
            assert_eq!(ask(&pass(condition), pass_role_without_service), open, "{condition}");
        }
    }
}
