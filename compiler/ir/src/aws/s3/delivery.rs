//! Access logs that services deliver to a bucket, and whether they may.

use crate::datum::Datum;
use crate::fact::FactValue;
use crate::graph::Resource;
use crate::iam::{self, as_pattern, covers};
use crate::index::Index;

/// A service that writes objects whose keys begin with `prefix`.
struct Delivery {
    kind: Kind,
    service: &'static str,
    prefix: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Access,
    Flow,
}

/// Whether buckets or load balancers write their access logs to the bucket.
pub(super) fn receives_access_logs(bucket: &Resource, graph: &Index<'_>) -> bool {
    deliveries(bucket, graph).iter().any(|delivery| delivery.kind == Kind::Access)
}

/// Whether the bucket receives access logs or flow logs.
pub(super) fn receives_logs(bucket: &Resource, graph: &Index<'_>) -> bool {
    !deliveries(bucket, graph).is_empty()
}

/// The service that delivers flow logs, and the access logs of network load balancers.
const FLOW_LOGS: &str = "delivery.logs.amazonaws.com";

/// Services that deliver to the bucket and that no policy of it lets write there.
pub(super) fn refused_deliveries(bucket: &Resource, graph: &Index<'_>) -> FactValue {
    let policies = graph.referring(&bucket.id, "AWS::S3::BucketPolicy", "Bucket");
    let mut refused = deliveries(bucket, graph);
    for policy in policies {
        let open = policy.get("PolicyDocument").and_then(|document| {
            iam::read(document, |d| refused.iter().map(|delivery| !allows(d, delivery)).collect::<Vec<_>>())
        });
        let Some(open) = open else { return FactValue::Unknown };
        let mut open = open.into_iter();
        refused.retain(|_| open.next().unwrap_or(true));
    }
    FactValue::set(refused.into_iter().map(|delivery| Some(delivery.service)))
}

fn allows(document: &iam::Document<'_>, delivery: &Delivery) -> bool {
    let object = format!("{}object", delivery.prefix);
    iam::allowing_service(document, delivery.service, "s3:PutObject").any(|s| {
        s.resources.iter().any(|resource| {
            let text = iam::text(resource);
            // The key after the bucket name.
            let key = text.split_once('/').map_or(&*text, |(_, key)| key);
            as_pattern(key).is_some_and(|pattern| covers(&pattern, &object))
        })
    })
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html>,
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html>,
/// <https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html>
fn deliveries(bucket: &Resource, graph: &Index<'_>) -> Vec<Delivery> {
    let prefix = |datum: Option<&Datum>| datum.and_then(|d| d.value.as_str()).unwrap_or_default().to_owned();
    let destination = "LoggingConfiguration.DestinationBucketName";
    let buckets = graph.referring(&bucket.id, "AWS::S3::Bucket", destination).map(|from| Delivery {
        kind: Kind::Access,
        service: "logging.s3.amazonaws.com",
        prefix: prefix(from.get("LoggingConfiguration.LogFilePrefix")),
    });
    let balancers = graph.referrers(&bucket.id).filter_map(|from| {
        let attributes = from.get("LoadBalancerAttributes")?.value.as_list()?;
        let find = |key: &str| {
            let found = attributes.iter().find(|a| a.get("Key").and_then(|d| d.value.as_str()) == Some(key));
            found.and_then(|a| a.get("Value"))
        };
        (find("access_logs.s3.bucket")?.value.target() == Some(&bucket.id)).then(|| {
            let below = prefix(find("access_logs.s3.prefix"));
            let slash = if below.is_empty() { "" } else { "/" };
            let network = from.get("Type").and_then(|d| d.value.as_str()) == Some("network");
            let service = if network { FLOW_LOGS } else { "logdelivery.elasticloadbalancing.amazonaws.com" };
            Delivery {
                kind: Kind::Access,
                service,
                prefix: format!("{below}{slash}AWSLogs/{}/", graph.environment.account),
            }
        })
    });
    let flows = graph.referring(&bucket.id, "AWS::EC2::FlowLog", "LogDestination");
    let flows = flows.map(|_| Delivery {
        kind: Kind::Flow,
        service: FLOW_LOGS,
        prefix: format!("AWSLogs/{}/", graph.environment.account),
    });
    buckets.chain(balancers).chain(flows).collect()
}

#[cfg(test)]
mod tests {
    use super::super::bucket;
    use super::*;
    use crate::testing::{fact, resource};

    fn policy(service: &str, below: &str) -> Resource {
        let statement = format!(
            r#"{{"Effect": "Allow", "Principal": {{"Service": "{service}"}}, "Action": "s3:PutObject",
                "Resource": "arn:aws:s3:::b/{below}"}}"#
        );
        let properties = format!(r#"{{"Bucket": {{"Ref": "b"}}, "PolicyDocument": {{"Statement": {statement}}}}}"#);
        resource("AWS::S3::BucketPolicy", "p", &properties)
    }

    #[test]
    fn a_delivery_is_let_in_below_its_prefix() {
        let balancer = r#"{"LoadBalancerAttributes": [{"Key": "access_logs.s3.bucket", "Value": {"Ref": "b"}},
                           {"Key": "access_logs.s3.prefix", "Value": "lb/api"}]}"#;
        let other = r#"{"LoggingConfiguration": {"DestinationBucketName": {"Ref": "b"}, "LogFilePrefix": "s3/x/"}}"#;
        let refused = |from: (&'static str, &str), service: &str, below: &str| {
            let resources = [resource("AWS::S3::Bucket", "b", "{}"), resource(from.0, "from", from.1)];
            fact(&bucket::TYPE, "refusedDeliveries", resources.into_iter().chain([policy(service, below)]))
        };
        let balancer = ("AWS::ElasticLoadBalancingV2::LoadBalancer", balancer);
        let elb = "logdelivery.elasticloadbalancing.amazonaws.com";
        let none = FactValue::StringSet(Default::default());
        assert_eq!(refused(balancer, elb, "lb/*/AWSLogs/*"), none);
        assert_eq!(refused(balancer, elb, "lbs/*/AWSLogs/*"), FactValue::set([Some(elb)]));
        assert_eq!(refused(balancer, "logging.s3.amazonaws.com", "*"), FactValue::set([Some(elb)]));
        let other = ("AWS::S3::Bucket", other);
        assert_eq!(refused(other, "logging.s3.amazonaws.com", "s3/*"), none);
        assert_eq!(
            refused(other, "logging.s3.amazonaws.com", "x/*"),
            FactValue::set([Some("logging.s3.amazonaws.com")])
        );
    }
}
