//! The metrics that alarms and dashboards may speak of. An alarm on a metric
//! or a dimension that AWS does not know never rings, and nothing says so:
//! what is emitted is tested against this table.

/// A metric of CloudWatch.
#[derive(Debug)]
pub struct Metric {
    pub namespace: &'static str,
    pub name: &'static str,
    /// Each set of dimensions with which it is published.
    pub dimensions: &'static [&'static [&'static str]],
    /// Where AWS says so.
    pub source: &'static str,
}

/// The metric with this name.
pub fn find(namespace: &str, name: &str) -> Option<&'static Metric> {
    METRICS.iter().find(|metric| metric.namespace == namespace && metric.name == name)
}

/// Whether somebody writes the metric with these dimensions, in any order.
/// Of namespaces that are not in the table nothing is known: false.
pub(crate) fn is_written(namespace: &str, name: &str, dimensions: &[&str]) -> bool {
    if namespace.starts_with(OWN_NAMESPACE) {
        return true;
    }
    let fits = |known: &&[&str]| known.len() == dimensions.len() && known.iter().all(|name| dimensions.contains(name));
    find(namespace, name).is_some_and(|metric| metric.dimensions.iter().any(fits))
}

/// What stands at the start of the namespaces of our own metrics; they have
/// no dimensions.
pub const OWN_NAMESPACE: &str = "Migspec/";

const DMS: &str = "https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Monitoring.html";
const AURORA: &str =
    "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html";
const LAMBDA: &str = "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html";
const STATES: &str = "https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html";
const API: &str =
    "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html";
const SQS: &str =
    "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html";
const VPN: &str = "https://docs.aws.amazon.com/vpn/latest/s2svpn/monitoring-cloudwatch-vpn.html";

const TASK: &[&[&str]] = &[&["ReplicationInstanceIdentifier", "ReplicationTaskIdentifier"]];
const INSTANCE: &[&[&str]] = &[&["ReplicationInstanceIdentifier"]];
const CLUSTER: &[&[&str]] = &[&["DBClusterIdentifier", "Role"], &["DBClusterIdentifier"], &["DBInstanceIdentifier"]];
const FUNCTION: &[&[&str]] = &[&["FunctionName"]];
const STATE_MACHINE: &[&[&str]] = &[&["StateMachineArn"]];
const STAGE: &[&[&str]] = &[&["ApiName", "Stage"], &["ApiName"]];
const QUEUE: &[&[&str]] = &[&["QueueName"]];
const CONNECTION: &[&[&str]] = &[&["VpnId"]];

const fn metric(
    namespace: &'static str,
    name: &'static str,
    dimensions: &'static [&'static [&'static str]],
    source: &'static str,
) -> Metric {
    Metric { namespace, name, dimensions, source }
}

/// All metrics that are emitted, sorted.
pub const METRICS: &[Metric] = &[
    metric("AWS/ApiGateway", "4XXError", STAGE, API),
    metric("AWS/ApiGateway", "5XXError", STAGE, API),
    metric("AWS/ApiGateway", "Count", STAGE, API),
    metric("AWS/ApiGateway", "Latency", STAGE, API),
    metric("AWS/DMS", "CDCIncomingChanges", TASK, DMS),
    metric("AWS/DMS", "CDCLatencySource", TASK, DMS),
    metric("AWS/DMS", "CDCLatencyTarget", TASK, DMS),
    metric("AWS/DMS", "FreeStorageSpace", INSTANCE, DMS),
    metric("AWS/DMS", "FreeableMemory", INSTANCE, DMS),
    metric("AWS/DMS", "ValidationFailedOverallCount", TASK, DMS),
    metric("AWS/DMS", "ValidationSuspendedOverallCount", TASK, DMS),
    metric("AWS/Lambda", "Errors", FUNCTION, LAMBDA),
    metric("AWS/Lambda", "Throttles", FUNCTION, LAMBDA),
    metric("AWS/RDS", "AuroraGlobalDBReplicationLag", CLUSTER, AURORA),
    metric("AWS/RDS", "CPUUtilization", CLUSTER, AURORA),
    metric("AWS/RDS", "DatabaseConnections", CLUSTER, AURORA),
    metric("AWS/RDS", "FreeLocalStorage", CLUSTER, AURORA),
    metric("AWS/RDS", "FreeableMemory", CLUSTER, AURORA),
    metric("AWS/RDS", "OldestReplicationSlotLag", CLUSTER, AURORA),
    metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", QUEUE, SQS),
    metric("AWS/States", "ExecutionsAborted", STATE_MACHINE, STATES),
    metric("AWS/States", "ExecutionsFailed", STATE_MACHINE, STATES),
    metric("AWS/States", "ExecutionsTimedOut", STATE_MACHINE, STATES),
    metric("AWS/VPN", "TunnelState", CONNECTION, VPN),
];

#[cfg(test)]
mod tests {
    use super::METRICS;

    #[test]
    fn metrics_are_sorted_and_unique() {
        assert!(METRICS.windows(2).all(|pair| (pair[0].namespace, pair[0].name) < (pair[1].namespace, pair[1].name)));
    }
}
