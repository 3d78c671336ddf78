//! The AWS services that act on resources of others in their own name, and the
//! context that they send along. A condition on a key that a service does not
//! send never matches: the statement allows nothing, and AWS reports no error.

use super::document::{Document, Statement, service_principals};
use crate::partition::DOMAINS;

/// A service that uses resources of a type.
#[derive(Debug)]
pub struct Caller {
    /// The principal; `*` stands for the region.
    pub service: &'static str,
    /// The type with the policy.
    pub policy: &'static str,
    /// The condition keys that the service sends.
    pub keys: &'static [&'static str],
    /// The types of the resources for which the service calls.
    pub callers: &'static [&'static str],
}

const SOURCE: &[&str] = &["aws:SourceAccount", "aws:SourceArn"];

/// All callers that policies may name in a condition, sorted. A service that is
/// not here sends nothing that a policy may rely on.
pub const CALLERS: &[Caller] = &[
    // fact: iam-trust-apigateway
    row("apigateway.amazonaws.com", "AWS::IAM::Role", &["aws:SourceAccount"], &["AWS::ApiGateway::Account"]),
    // fact: lambda-permission-sources
    row("apigateway.amazonaws.com", "AWS::Lambda::Permission", SOURCE, &["AWS::ApiGateway::Authorizer"]),
    // fact: kms-alarms-to-topic
    row("cloudwatch.amazonaws.com", "AWS::KMS::Key", SOURCE, ALARMS),
    // fact: sns-alarms-to-topic
    row("cloudwatch.amazonaws.com", "AWS::SNS::TopicPolicy", SOURCE, ALARMS),
    // fact: kms-log-delivery
    row(
        "delivery.logs.amazonaws.com",
        "AWS::KMS::Key",
        &["kms:EncryptionContext:SourceArn"],
        &["AWS::StepFunctions::StateMachine"],
    ),
    // fact: flow-logs-to-bucket
    row(
        "delivery.logs.amazonaws.com",
        "AWS::S3::BucketPolicy",
        &["aws:SourceAccount", "aws:SourceArn", "s3:x-amz-acl"],
        &["AWS::EC2::FlowLog"],
    ),
    // fact: dms-trust-conditions
    row("dms.*.amazonaws.com", "AWS::IAM::Role", &["aws:SourceAccount"], &["AWS::DMS::Endpoint"]),
    row(
        "dms.amazonaws.com",
        "AWS::IAM::Role",
        &["aws:SourceAccount"],
        &["AWS::DMS::ReplicationInstance", "AWS::DMS::ReplicationSubnetGroup"],
    ),
    // fact: events-trust
    row("events.amazonaws.com", "AWS::IAM::Role", SOURCE, &["AWS::Events::Rule"]),
    // fact: kms-events-to-topic
    row("events.amazonaws.com", "AWS::KMS::Key", &[], &["AWS::Events::Rule"]),
    // fact: events-to-topic
    row("events.amazonaws.com", "AWS::SNS::TopicPolicy", &[], &["AWS::Events::Rule"]),
    // fact: iam-trust-lambda
    row("lambda.amazonaws.com", "AWS::IAM::Role", &["aws:SourceAccount"], &["AWS::Lambda::Function"]),
    // fact: elb-log-delivery
    row(
        "logdelivery.elasticloadbalancing.amazonaws.com",
        "AWS::S3::BucketPolicy",
        SOURCE,
        &["AWS::ElasticLoadBalancingV2::LoadBalancer"],
    ),
    // fact: s3-log-delivery
    row("logging.s3.amazonaws.com", "AWS::S3::BucketPolicy", SOURCE, &["AWS::S3::Bucket"]),
    // fact: kms-log-groups
    row("logs.*.amazonaws.com", "AWS::KMS::Key", &["kms:EncryptionContext:aws:logs:arn"], &["AWS::Logs::LogGroup"]),
    // fact: rds-monitoring-trust
    row("monitoring.rds.amazonaws.com", "AWS::IAM::Role", SOURCE, &["AWS::RDS::DBInstance"]),
    // fact: pipes-rights
    row("pipes.amazonaws.com", "AWS::IAM::Role", SOURCE, &["AWS::Pipes::Pipe"]),
    // fact: lambda-permission-sources
    row("secretsmanager.amazonaws.com", "AWS::Lambda::Permission", SOURCE, &["AWS::SecretsManager::RotationSchedule"]),
    // fact: sns-to-encrypted-queue
    row("sns.amazonaws.com", "AWS::KMS::Key", &["aws:SourceArn"], &["AWS::SNS::Subscription"]),
    row("sns.amazonaws.com", "AWS::SQS::QueuePolicy", &["aws:SourceArn"], &["AWS::SNS::Subscription"]),
    // fact: states-trust
    row("states.amazonaws.com", "AWS::IAM::Role", SOURCE, &["AWS::StepFunctions::StateMachine"]),
    // fact: flow-logs-trust
    row("vpc-flow-logs.amazonaws.com", "AWS::IAM::Role", SOURCE, &["AWS::EC2::FlowLog"]),
];

const ALARMS: &[&str] = &["AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"];

const fn row(
    service: &'static str,
    policy: &'static str,
    keys: &'static [&'static str],
    callers: &'static [&'static str],
) -> Caller {
    Caller { service, policy, keys, callers }
}

impl Caller {
    /// Whether the principal is this service, in any region.
    pub fn is(&self, principal: &str) -> bool {
        match self.service.split_once('*') {
            None => self.service == principal,
            Some((before, _)) => principal
                .strip_prefix(before)
                .and_then(|rest| rest.split_once('.'))
                .is_some_and(|(region, domain)| !region.is_empty() && DOMAINS.contains(&domain)),
        }
    }
}

/// The row of a principal in policies of a type.
pub fn caller(principal: &str, policy: &str) -> Option<&'static Caller> {
    CALLERS.iter().find(|row| row.policy == policy && row.is(principal))
}

/// Conditions that a service never meets: `aws:SourceArn for events.amazonaws.com`.
pub fn unmet_conditions(document: &Document<'_>, policy: &str) -> Vec<String> {
    let mut unmet: Vec<String> = document
        .allowing()
        .flat_map(|statement| service_principals(statement).map(move |service| (statement, service)))
        .flat_map(|(statement, service)| of_statement(statement, service, policy))
        .collect();
    unmet.sort();
    unmet.dedup();
    unmet
}

fn of_statement(statement: &Statement<'_>, service: &str, policy: &str) -> Vec<String> {
    let sent = caller(service, policy).map_or(&[][..], |row| row.keys);
    let is_sent = |key: &str| sent.iter().any(|known| known.eq_ignore_ascii_case(key));
    // An operator with this ending also matches a request without the key.
    let needs_key = |operator: &str| !operator.ends_with("IfExists");
    let unmet = statement.conditions.iter().filter(|c| needs_key(c.operator) && !is_sent(c.key));
    unmet.map(|condition| format!("{} for {service}", condition.key)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::read;
    use crate::testing::resource;

    #[test]
    fn rows_are_sorted_and_unique() {
        assert!(
            CALLERS.windows(2).all(|pair| (pair[0].service, pair[0].policy) < (pair[1].service, pair[1].policy)),
            "{CALLERS:#?}"
        );
        for row in CALLERS {
            for name in row.callers.iter().chain([&row.policy]) {
                assert!(crate::resource_type::find(name).is_some(), "{name}");
            }
        }
    }

    #[test]
    fn a_condition_needs_a_key_that_the_service_sends() {
        for (service, policy, condition, unmet) in [
            ("events.amazonaws.com", "AWS::SNS::TopicPolicy", r#"{"ArnLike": {"aws:SourceArn": "a"}}"#, true),
            ("events.amazonaws.com", "AWS::SNS::TopicPolicy", r#"{"ArnLikeIfExists": {"aws:SourceArn": "a"}}"#, false),
            ("cloudwatch.amazonaws.com", "AWS::SNS::TopicPolicy", r#"{"ArnLike": {"AWS:SourceArn": "a"}}"#, false),
            ("logs.us-east-1.amazonaws.com", "AWS::KMS::Key", r#"{"StringEquals": {"aws:SourceAccount": "1"}}"#, true),
            (
                "logs.us-east-1.amazonaws.com",
                "AWS::KMS::Key",
                r#"{"ArnLike": {"kms:EncryptionContext:aws:logs:arn": "a"}}"#,
                false,
            ),
            (
                "logs.a.b.amazonaws.com",
                "AWS::KMS::Key",
                r#"{"ArnLike": {"kms:EncryptionContext:aws:logs:arn": "a"}}"#,
                true,
            ),
            ("other.amazonaws.com", "AWS::KMS::Key", r#"{"StringEquals": {"aws:SourceAccount": "1"}}"#, true),
            ("other.amazonaws.com", "AWS::KMS::Key", "{}", false),
        ] {
            let text = format!(
                r#"{{"P": {{"Statement": [{{"Effect": "Allow", "Principal": {{"Service": "{service}"}}, "Action": "a:B",
                     "Condition": {condition}}}]}}}}"#
            );
            let holder = resource("AWS::KMS::Key", "k", &text);
            let found = read(holder.get("P").expect("it is set"), |d| unmet_conditions(d, policy)).expect("a policy");
            assert_eq!(!found.is_empty(), unmet, "{service} {policy} {condition}: {found:?}");
        }
    }
}
