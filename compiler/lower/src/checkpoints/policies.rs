//! Bucket policies: current TLS only, the right key only, nobody outside the account.

use migspec_ir::{Id, Origin, Resource, Value};

use super::name;
use crate::cx::Cx;
use crate::policy::{self, Statement};
use crate::{keys, log_delivery, logs};

/// The policy of a bucket with our own data.
pub(super) fn data(cx: &mut Cx, bucket: &Id, kind: &str, origin: Origin) {
    let objects = objects(cx, kind);
    let other_key = Statement::deny("OtherKeys", origin)
        .anyone()
        .actions(&["s3:PutObject"])
        .resources(vec![objects.clone()])
        // Absent means the bucket's default, which is the right key.
        .when("StringNotEqualsIfExists", "s3:x-amz-server-side-encryption-aws-kms-key-id", keys::arn("checkpoints"));
    let other_algorithm = Statement::deny("OtherEncryption", origin)
        .anyone()
        .actions(&["s3:PutObject"])
        .resources(vec![objects])
        .when("StringNotEqualsIfExists", "s3:x-amz-server-side-encryption", "aws:kms");
    let [tls, old] = tls_only(cx, kind, origin);
    let mut statements = vec![tls, old, own_account(cx, kind, origin), other_key, other_algorithm];
    if kind == "checkpoints" {
        statements.extend(tokens(cx, kind));
    }
    add(cx, bucket, statements, origin);
}

/// Only the role of an approver can read its approval token, even if a role
/// policy allows others.
fn tokens(cx: &Cx, kind: &str) -> Vec<Statement> {
    let approvals = cx.spec.cutover.iter().filter_map(|c| Some((c, c.approval.as_ref()?)));
    let roles = approvals.flat_map(|(cutover, approval)| approval.by.roles.iter().map(move |role| (cutover, role)));
    roles
        .enumerate()
        .map(|(i, (cutover, role))| {
            let origin = crate::cx::origin(role);
            Statement::deny(&format!("TokensOfRole{}", i + 1), origin)
                .anyone()
                .actions(&["s3:GetObject", "s3:GetObjectVersion"])
                .resources(vec![below(
                    cx,
                    kind,
                    &format!("{}/*", crate::cutover::approvals_folder(cutover, role.as_str())),
                )])
                .when("StringNotEquals", "aws:PrincipalArn", role.as_str().to_owned())
        })
        .collect()
}

/// S3 and load balancers of this account deliver their access logs, as far as no archive receives them.
pub(super) fn access_logs(cx: &mut Cx, bucket: &Id, origin: Origin) {
    let arn = format!("arn:{}:s3:::{}", cx.graph.environment.partition, name(cx, "access-logs"));
    let [tls, old] = tls_only(cx, "access-logs", origin);
    let mut statements = vec![tls, old, log_delivery::of_buckets(cx, &arn, origin)];
    if logs::buckets::of_balancers(cx) == *bucket {
        statements.push(log_delivery::of_balancers(cx, &arn, origin));
    }
    add(cx, bucket, statements, origin);
}

fn add(cx: &mut Cx, bucket: &Id, statements: Vec<Statement>, origin: Origin) {
    let resource = Resource::new("AWS::S3::BucketPolicy", format!("{bucket}-policy"), "checkpoints", origin)
        .set("Bucket", Value::reference(bucket.clone()))
        .set("PolicyDocument", policy::document(statements, origin));
    cx.add(resource);
}

/// No call without TLS, and none with less than TLS 1.2.
fn tls_only(cx: &Cx, kind: &str, origin: Origin) -> [Statement; 2] {
    let deny = |sid| {
        Statement::deny(sid, origin).anyone().actions(&["s3:*"]).resources(vec![arn(cx, kind), objects(cx, kind)])
    };
    [
        deny("TlsOnly").when("Bool", "aws:SecureTransport", "false"),
        deny("CurrentTlsOnly").when("NumericLessThan", "s3:TlsVersion", "1.2"),
    ]
}

fn own_account(cx: &Cx, kind: &str, origin: Origin) -> Statement {
    let account = cx.graph.environment.account.clone();
    Statement::deny("OtherAccounts", origin)
        .anyone()
        .actions(&["s3:*"])
        .resources(vec![arn(cx, kind), objects(cx, kind)])
        .when("StringNotEquals", "aws:PrincipalAccount", account)
}

fn arn(cx: &Cx, kind: &str) -> Value {
    format!("arn:{}:s3:::{}", cx.graph.environment.partition, name(cx, kind)).into()
}

fn objects(cx: &Cx, kind: &str) -> Value {
    below(cx, kind, "*")
}

fn below(cx: &Cx, kind: &str, path: &str) -> Value {
    format!("arn:{}:s3:::{}/{path}", cx.graph.environment.partition, name(cx, kind)).into()
}
