//! Analyses of the precision of a policy: whether its actions, resources and
//! conditions exist, match each other, and are specific.

use std::collections::BTreeSet;

use super::action::{Action, action, actions};
use super::document::{Condition, Document, Statement};
use super::text::{as_pattern, text};

/// Allowed actions that IAM could limit to resources and that are allowed on
/// every resource.
pub fn unlimited_actions(document: &Document<'_>) -> BTreeSet<&'static str> {
    everywhere(document).map(|(_, action)| action.name).collect()
}

/// Those among them that change something and that no condition limits.
pub fn unlimited_changes(document: &Document<'_>) -> BTreeSet<&'static str> {
    let unlimited =
        everywhere(document).filter(|(s, action)| action.changes() && !s.conditions.iter().any(Condition::narrows));
    unlimited.map(|(_, action)| action.name).collect()
}

fn everywhere<'s>(document: &'s Document<'_>) -> impl Iterator<Item = (&'s Statement<'s>, Action)> {
    let broad = document.allowing().filter(|s| s.covers_every_resource() || s.not_resource);
    broad.flat_map(|s| permitted_actions(s).filter(|action| action.can_name_resources()).map(move |action| (s, action)))
}

/// The table's actions that a statement allows.
fn permitted_actions<'s>(statement: &'s Statement<'_>) -> impl Iterator<Item = Action> + use<'s> {
    let named = (!statement.not_action).then(|| statement.actions.iter().flat_map(|pattern| actions(pattern)));
    let others = statement.not_action.then(|| actions("*").filter(|action| statement.covers_action(action.name)));
    named.into_iter().flatten().chain(others.into_iter().flatten())
}

/// Actions and patterns that match no entry of IAM's table.
pub fn unknown_actions<'d>(document: &Document<'d>) -> BTreeSet<&'d str> {
    let patterns = document.statements.iter().flat_map(|s| s.actions.iter().copied());
    patterns.filter(|pattern| !is_of_other_service(pattern) && actions(pattern).next().is_none()).collect()
}

/// Services whose actions are named to be denied, and of which the table has
/// no actions.
const OTHER_SERVICES: &[&str] = &["cloudtrail:", "organizations:"];

fn is_of_other_service(pattern: &str) -> bool {
    OTHER_SERVICES.iter().any(|service| pattern.starts_with(service))
}

/// Resources whose name is nothing but a wildcard, or whose account, region or
/// type is one: all that there are of a kind.
pub fn wide_resources(document: &Document<'_>) -> BTreeSet<String> {
    let resources = document.allowing().flat_map(|s| s.resources.iter().copied());
    resources.map(text).filter(|text| text != "*").filter(|text| is_wide(text)).collect()
}

/// Resources that AWS names at run time, so that only their kind is known.
const NAMED_BY_AWS: &[&str] = &["network-interface/*"];

fn is_wide(arn: &str) -> bool {
    if !arn.starts_with("arn:") {
        return arn.contains('*');
    }
    let mut parts = arn.splitn(6, ':').skip(1);
    let (_, service, region, account) = (parts.next(), parts.next(), parts.next(), parts.next());
    let Some(resource) = parts.next() else { return true };
    let whole = |part: Option<&str>| part.is_none_or(|part| part.contains('*'));
    if whole(service) || whole(region) || whole(account) {
        return true;
    }
    !NAMED_BY_AWS.contains(&resource) && name(service.unwrap_or_default(), resource).starts_with('*')
}

/// The part of an ARN that names the single resource, after its type.
fn name<'a>(service: &str, resource: &'a str) -> &'a str {
    // The ARNs of buckets, topics and queues have no type.
    if matches!(service, "s3" | "sns" | "sqs" | "execute-api") {
        return resource;
    }
    match resource.split_once([':', '/']) {
        Some((_, name)) => name.trim_start_matches('/'),
        None => resource,
    }
}

/// Actions that none of their statement's resources is of the kind for, so
/// that they allow nothing: `s3:ListBucket` on objects, a description that
/// knows no resources on an ARN.
pub fn misplaced_actions<'d>(document: &Document<'d>) -> BTreeSet<&'d str> {
    let mut misplaced = BTreeSet::new();
    for statement in document.statements.iter().filter(|s| !s.not_action && !s.not_resource && !s.resources.is_empty())
    {
        let resources: Vec<Option<String>> = statement.resources.iter().map(|value| as_pattern(&text(value))).collect();
        let fits = |action: Action| {
            resources.iter().any(|resource| match resource.as_deref() {
                Some("*") => true,
                Some(arn) if arn.starts_with("arn:") => action.acts_on(arn),
                // A reference, whose target is not visible here.
                _ => action.can_name_resources(),
            })
        };
        misplaced.extend(statement.actions.iter().filter(|name| action(name).is_some_and(|action| !fits(action))));
    }
    misplaced
}

/// Conditions that can never be met or never fail: a key that no request for
/// the action carries, a wildcard where texts are compared as they are, a test
/// of all values that holds for none.
pub fn idle_conditions(document: &Document<'_>) -> BTreeSet<String> {
    let mut idle = BTreeSet::new();
    for statement in &document.statements {
        for condition in &statement.conditions {
            if is_idle(condition, statement) {
                idle.insert(format!("{} {}", condition.operator, condition.key));
            }
        }
    }
    idle
}

fn is_idle(condition: &Condition<'_>, statement: &Statement<'_>) -> bool {
    let operator = condition.operator.to_ascii_lowercase();
    let literal = operator.contains("stringequals") || operator.contains("stringnotequals");
    let wildcard = condition.values.iter().any(|value| text(value).contains('*'));
    let guarded =
        statement.conditions.iter().any(|c| c.operator.eq_ignore_ascii_case("Null") && c.is_key(condition.key));
    literal && wildcard || operator.starts_with("forallvalues") && !guarded || !is_carried(condition.key, statement)
}

/// Global condition keys that only a service sends, for the resource it acts
/// for. Requests of roles never have them.
const OF_SERVICES: &[&str] = &["aws:SourceAccount", "aws:SourceArn", "aws:SourceOrgID", "aws:SourceOrgPaths"];

/// Keys of a service that every request of its code carries.
const OF_CALLERS: &[&str] = &["ec2:SourceInstanceARN", "lambda:SourceFunctionArn"];

fn is_carried(key: &str, statement: &Statement<'_>) -> bool {
    let is = |known: &&str| known.eq_ignore_ascii_case(key);
    if statement.principals.is_empty() && OF_SERVICES.iter().any(&is) {
        return false;
    }
    if OF_CALLERS.iter().any(is) {
        return true;
    }
    match key.split_once(':') {
        Some((prefix, _)) if prefix.eq_ignore_ascii_case("aws") => true,
        _ => statement.actions.iter().all(|name| action(name).is_none_or(|action| action.knows(key))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::read;
    use crate::testing::resource;

    fn ask<T>(statement: &str, question: impl FnOnce(&Document<'_>) -> T) -> T {
        let holder = resource("AWS::IAM::RolePolicy", "p", &format!(r#"{{"P": {{"Statement": {statement}}}}}"#));
        read(holder.get("P").expect("it is set"), question).expect("a policy")
    }

    fn allow(action: &str, resource: &str, condition: &str) -> String {
        format!(r#"{{"Effect": "Allow", "Action": "{action}", "Resource": "{resource}", "Condition": {condition}}}"#)
    }

    #[test]
    fn what_can_be_limited_is_limited() {
        for (action, resource, expected) in [
            ("dms:StopReplicationTask", "*", vec!["dms:StopReplicationTask"]),
            ("dms:StopReplicationTask", "arn:aws:dms:us-east-1:1:task:a", vec![]),
            ("dms:DescribeReplicationTasks", "*", vec![]),
            ("sqs:SendMess*", "*", vec!["sqs:SendMessage"]),
        ] {
            let statement = allow(action, resource, "{}");
            let found = ask(&statement, |d| unlimited_actions(d).into_iter().collect::<Vec<_>>());
            assert_eq!(found, expected, "{action} on {resource}");
        }
        let bound = allow("dms:StopReplicationTask", "*", r#"{"StringEquals": {"dms:task-tag/run": "a"}}"#);
        assert!(ask(&bound, |d| unlimited_changes(d).is_empty()));
        assert!(ask(&allow("dms:StopReplicationTask", "*", "{}"), |d| unlimited_changes(d).len() == 1));
        let rest = r#"{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}"#;
        assert!(ask(rest, |d| unlimited_actions(d).contains("dms:StopReplicationTask")));
    }

    #[test]
    fn words_that_iam_does_not_know_are_found() {
        for (action, unknown) in [
            ("dms:StartTask", true),
            ("dms:StartReplicationTask", false),
            ("dms:Begin*", true),
            ("dynamodb:GetItem", true),
            ("organizations:*", false),
        ] {
            assert_eq!(ask(&allow(action, "*", "{}"), |d| !unknown_actions(d).is_empty()), unknown, "{action}");
        }
    }

    #[test]
    fn a_name_that_is_a_wildcard_is_wide() {
        for (arn, wide) in [
            ("arn:aws:secretsmanager:us-east-1:1:secret:*", true),
            ("arn:aws:secretsmanager:us-east-1:1:secret:ledger-??????", false),
            ("arn:aws:ssm:us-east-1:1:parameter/*", true),
            ("arn:aws:ssm:us-east-1:1:parameter/migration/prod/*", false),
            ("arn:aws:lambda:*:1:function:a", true),
            ("arn:aws:lambda:us-east-1:*:function:a", true),
            ("arn:aws:s3:::*", true),
            ("arn:aws:s3:::checkpoints/ledger/*", false),
            ("arn:aws:ec2:us-east-1:1:network-interface/*", false),
            ("arn:aws:logs:us-east-1:1:log-group:/aws/lambda/a:log-stream:*", false),
            ("*", false),
        ] {
            assert_eq!(ask(&allow("a:B", arn, "{}"), |d| !wide_resources(d).is_empty()), wide, "{arn}");
        }
    }

    #[test]
    fn an_action_on_the_wrong_kind_allows_nothing() {
        for (action, arn, misplaced) in [
            ("s3:ListBucket", "arn:aws:s3:::ledger/*", true),
            ("s3:ListBucket", "arn:aws:s3:::ledger", false),
            ("s3:ListBucket", "arn:aws:sqs:us-east-1:1:ledger", true),
            ("s3:GetObject", "arn:aws:s3:::ledger", true),
            ("s3:GetObject", "arn:aws:s3:::ledger/a", false),
            ("dms:DescribeReplicationTasks", "arn:aws:dms:us-east-1:1:task:a", true),
            ("dms:DescribeReplicationTasks", "*", false),
        ] {
            assert_eq!(
                ask(&allow(action, arn, "{}"), |d| !misplaced_actions(d).is_empty()),
                misplaced,
                "{action} on {arn}"
            );
        }
    }

    #[test]
    fn a_condition_that_never_matters_is_idle() {
        let key = "arn:aws:kms:us-east-1:1:key/a";
        for (action, condition, idle) in [
            ("kms:Decrypt", r#"{"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}"#, false),
            ("kms:Decrypt", r#"{"StringEquals": {"kms:ViaService": "s3.*.amazonaws.com"}}"#, true),
            ("kms:Decrypt", r#"{"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}}"#, false),
            ("kms:Decrypt", r#"{"StringEquals": {"s3:prefix": "a"}}"#, true),
            ("kms:Decrypt", r#"{"StringEquals": {"aws:SourceAccount": "1"}}"#, true),
            ("kms:Decrypt", r#"{"ForAllValues:StringEquals": {"aws:TagKeys": "a"}}"#, true),
            (
                "kms:Decrypt",
                r#"{"ForAllValues:StringEquals": {"aws:TagKeys": "a"}, "Null": {"aws:TagKeys": "false"}}"#,
                false,
            ),
        ] {
            assert_eq!(ask(&allow(action, key, condition), |d| !idle_conditions(d).is_empty()), idle, "{condition}");
        }
    }
}
