//! The metrics for alarms and dashboards. An alarm on an unknown metric or
//! dimension never fires, without an error. So a test checks every emitted metric
//! against this table.

/// A metric of CloudWatch.
#[derive(Debug)]
pub struct Metric {
    pub namespace: &'static str,
    pub name: &'static str,
    /// The engines of databases that publish it; empty if it concerns no database.
    pub engines: &'static [&'static str],
    /// Each set of dimensions with which it is published.
    pub dimensions: &'static [&'static [&'static str]],
    /// The AWS documentation.
    pub source: &'static str,
    /// Whether the metric has values as long as its resource exists, so that missing
    /// data is a failure.
    pub steady: bool,
    /// The thresholds between which an alarm on it still comes in time, in the
    /// metric's own unit. Beyond them it never rings, or only once all is lost.
    pub useful: (i64, i64),
}

impl Metric {
    const fn steady(self) -> Self {
        Self { steady: true, ..self }
    }

    const fn of(self, engines: &'static [&'static str]) -> Self {
        Self { engines, ..self }
    }

    const fn within(self, least: i64, most: i64) -> Self {
        Self { useful: (least, most), ..self }
    }
}

/// Thresholds of which nothing is known.
pub(crate) const ANY: (i64, i64) = (i64::MIN, i64::MAX);
/// A threshold for metrics that count failures.
const FEW: i64 = 100;
const MIB: i64 = 1 << 20;
const GIB: i64 = 1 << 30;

/// The metric with this name.
pub fn find(namespace: &str, name: &str) -> Option<&'static Metric> {
    METRICS.iter().find(|metric| metric.namespace == namespace && metric.name == name)
}

/// Whether a service publishes the metric with these dimensions, in any order, for
/// a database of this engine. False for a namespace that is not in the table.
pub(crate) fn is_written(namespace: &str, name: &str, dimensions: &[&str], engine: Option<&str>) -> bool {
    if namespace.starts_with(OWN_NAMESPACE) {
        return OWN.iter().any(|(own, by)| *own == name && *by == dimensions);
    }
    let of_engine = |metric: &Metric| engine.is_none_or(|engine| metric.engines.contains(&engine));
    let fits = |known: &&[&str]| known.len() == dimensions.len() && known.iter().all(|name| dimensions.contains(name));
    find(namespace, name).is_some_and(|metric| of_engine(metric) && metric.dimensions.iter().any(fits))
}

/// The thresholds between which an alarm comes in time. Our own metrics count
/// rows that differ, and errors.
pub(crate) fn useful(namespace: &str, name: &str) -> (i64, i64) {
    match find(namespace, name) {
        Some(metric) => metric.useful,
        // One row that differs is one payment that differs.
        None if namespace.starts_with(OWN_NAMESPACE) && name.ends_with("Mismatches") => (0, 0),
        // One table that is not replicated is one too many.
        None if namespace.starts_with(OWN_NAMESPACE) && name == "TablesInError" => (0, 0),
        None if namespace.starts_with(OWN_NAMESPACE) && name == "TasksUnderWay" => (1, 1),
        None if namespace.starts_with(OWN_NAMESPACE) => (0, FEW),
        None => ANY,
    }
}

/// The namespace prefix of our own metrics.
pub const OWN_NAMESPACE: &str = "Migspec/";

/// Our own metrics for alarms, with their dimensions, sorted: of the functions, and of filters on their logs.
pub const OWN: &[(&str, &[&str])] = &[
    ("TablesInError", &["Task"]),
    ("TasksUnderWay", &["Task"]),
    ("ValidationErrors", &[]),
    ("ValidationMatches", &[]),
    ("ValidationMismatches", &[]),
];

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

const ELB: &str =
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html";

/// fact: metrics-elb
const TARGET_GROUP: &[&[&str]] = &[&["LoadBalancer", "TargetGroup"], &["LoadBalancer"]];
/// fact: dms-task-metrics
const TASK: &[&[&str]] = &[&["ReplicationInstanceIdentifier", "ReplicationTaskIdentifier"]];
const INSTANCE: &[&[&str]] = &[&["ReplicationInstanceIdentifier"]];
/// Metrics of instances, which CloudWatch also aggregates by cluster and role.
const CLUSTER: &[&[&str]] = &[&["DBClusterIdentifier", "Role"], &["DBClusterIdentifier"], &["DBInstanceIdentifier"]];
/// The lag of a copy in another region, by the region of the writer
/// (fact: aurora-global-lag-dimensions).
const COPY: &[&[&str]] = &[&["DBClusterIdentifier", "SourceRegion"]];
/// fact: aurora-metrics-by-engine
const AURORA_ENGINES: &[&str] = &["aurora-mysql", "aurora-postgresql"];
const AURORA_POSTGRESQL: &[&str] = &["aurora-postgresql"];
/// fact: metrics-lambda
const FUNCTION: &[&[&str]] = &[&["FunctionName"]];
/// fact: metrics-states
const STATE_MACHINE: &[&[&str]] = &[&["StateMachineArn"]];
/// fact: metrics-apigateway
const STAGE: &[&[&str]] = &[&["ApiName", "Stage"], &["ApiName"]];
/// fact: metrics-sqs
const QUEUE: &[&[&str]] = &[&["QueueName"]];
/// fact: metrics-vpn
const CONNECTION: &[&[&str]] = &[&["VpnId"]];

const fn metric(
    namespace: &'static str,
    name: &'static str,
    dimensions: &'static [&'static [&'static str]],
    source: &'static str,
) -> Metric {
    Metric { namespace, name, engines: &[], dimensions, source, steady: false, useful: ANY }
}

/// All metrics that are emitted, sorted.
pub const METRICS: &[Metric] = &[
    metric("AWS/ApiGateway", "4XXError", STAGE, API).within(0, FEW),
    metric("AWS/ApiGateway", "5XXError", STAGE, API).within(0, FEW),
    metric("AWS/ApiGateway", "Count", STAGE, API),
    // Milliseconds; API Gateway itself gives up after 29 seconds
    // (fact: apigateway-integration-timeout).
    metric("AWS/ApiGateway", "Latency", STAGE, API).within(1, 29_000),
    metric("AWS/ApplicationELB", "RequestCount", TARGET_GROUP, ELB),
    metric("AWS/DMS", "CDCIncomingChanges", TASK, DMS),
    // Seconds.
    metric("AWS/DMS", "CDCLatencySource", TASK, DMS).steady().within(0, 3_600),
    metric("AWS/DMS", "CDCLatencyTarget", TASK, DMS).steady().within(0, 3_600),
    // Bytes that are left.
    metric("AWS/DMS", "FreeStorageSpace", INSTANCE, DMS).steady().within(GIB, i64::MAX),
    metric("AWS/DMS", "FreeableMemory", INSTANCE, DMS).steady().within(64 * MIB, i64::MAX),
    metric("AWS/DMS", "ValidationFailedOverallCount", TASK, DMS).steady().within(0, 0),
    metric("AWS/DMS", "ValidationSuspendedOverallCount", TASK, DMS).steady().within(0, FEW),
    metric("AWS/Lambda", "Errors", FUNCTION, LAMBDA).within(0, FEW),
    metric("AWS/Lambda", "Throttles", FUNCTION, LAMBDA).within(0, FEW),
    // Milliseconds.
    metric("AWS/RDS", "AuroraGlobalDBReplicationLag", COPY, AURORA).of(AURORA_ENGINES).steady().within(0, 3_600_000),
    metric("AWS/RDS", "CPUUtilization", CLUSTER, AURORA).of(AURORA_ENGINES).steady().within(1, 99),
    // Aurora takes 16,000 connections at most.
    metric("AWS/RDS", "DatabaseConnections", CLUSTER, AURORA).of(AURORA_ENGINES).steady().within(1, 16_000),
    metric("AWS/RDS", "FreeLocalStorage", CLUSTER, AURORA).of(AURORA_ENGINES).steady().within(256 * MIB, i64::MAX),
    metric("AWS/RDS", "FreeableMemory", CLUSTER, AURORA).of(AURORA_ENGINES).steady().within(64 * MIB, i64::MAX),
    // Bytes of the log that slots keep; -1 without logical replication
    // (fact: aurora-slot-keeps-transaction-logs).
    metric("AWS/RDS", "TransactionLogsDiskUsage", CLUSTER, AURORA).of(AURORA_POSTGRESQL).within(0, 1_024 * GIB),
    // An event that a function lost: one is too many.
    metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", QUEUE, SQS).within(0, 0),
    metric("AWS/States", "ExecutionsAborted", STATE_MACHINE, STATES).within(0, FEW),
    metric("AWS/States", "ExecutionsFailed", STATE_MACHINE, STATES).within(0, FEW),
    metric("AWS/States", "ExecutionsTimedOut", STATE_MACHINE, STATES).within(0, FEW),
    // 1 while both tunnels are up, less where one is down.
    metric("AWS/VPN", "TunnelState", CONNECTION, VPN).steady().within(1, 1),
];

#[cfg(test)]
mod tests {
    use super::METRICS;

    #[test]
    fn metrics_are_sorted_and_unique() {
        assert!(METRICS.windows(2).all(|pair| (pair[0].namespace, pair[0].name) < (pair[1].namespace, pair[1].name)));
    }
}
