//! Statements of a bucket's policy that let services deliver access logs of this account.

use migspec_ir::Origin;

use crate::cx::Cx;
use crate::policy::Statement;

/// S3 delivers the access logs of the migration's buckets.
pub(crate) fn of_buckets(cx: &Cx, bucket: &str, origin: Origin) -> Statement {
    let buckets = format!("arn:{}:s3:::{}-*", cx.graph.environment.partition, cx.spec.key.as_str());
    Statement::allow("S3AccessLogs", origin)
        .service("logging.s3.amazonaws.com")
        .actions(&["s3:PutObject"])
        .resources(vec![format!("{bucket}/s3/*").into()])
        .when("StringEquals", "aws:SourceAccount", cx.graph.environment.account.clone())
        .when("ArnLike", "aws:SourceArn", buckets)
}

/// Load balancers deliver theirs.
pub(crate) fn of_balancers(cx: &Cx, bucket: &str, origin: Origin) -> Statement {
    let account = cx.graph.environment.account.clone();
    Statement::allow("LoadBalancerLogs", origin)
        .service("logdelivery.elasticloadbalancing.amazonaws.com")
        .actions(&["s3:PutObject"])
        .resources(vec![format!("{bucket}/load-balancer/*/AWSLogs/{account}/*").into()])
        .when("StringEquals", "aws:SourceAccount", account)
        .when("ArnLike", "aws:SourceArn", cx.arn("elasticloadbalancing", "loadbalancer/*"))
}
