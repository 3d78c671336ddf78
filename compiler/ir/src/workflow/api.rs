//! The calls that a workflow makes: one row for each, from which the
//! integration's name, the rights of the role and the retries follow.

mod described;

pub use described::{DescribeCall, Described, Ids, Readers};

/// An AWS API call as Step Functions integrates it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Api {
    InvokeFunction,
    Publish,
    GetParameter,
    PutParameter,
    GetObject,
    PutObject,
    StartReplicationTask,
    StopReplicationTask,
    ReloadTables,
    DescribeReplicationTasks,
    GetMetricData,
    DescribeAlarms,
    ModifyRule,
    DescribeTargetHealth,
    ListExecutions,
    /// Existing resources, for a comparison with their declared facts.
    Describe(Described),
}

/// The properties of an API call.
#[derive(Debug)]
pub struct ApiInfo {
    /// The suffix after `arn:{partition}:states:::` in the state's `Resource`.
    pub resource: &'static str,
    /// The IAM action that the call needs.
    pub action: &'static str,
    /// Errors that the same call may well not meet again. Names follow the
    /// AWS SDK for Java 2; an error that the API does not model arrives as
    /// `<Prefix>.<Prefix>Exception`.
    pub retriable: &'static [&'static str],
    /// Seconds that an answer may take.
    pub timeout: u64,
    /// Why making the call again does no harm: a redrive does that.
    pub repeat: Repeat,
}

/// Why a call can be repeated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Repeat {
    /// It changes nothing.
    Reads,
    /// It sets the same value again.
    Sets,
    /// A repeated call fails with an error that the state treats as success.
    Already,
    /// The function guarantees idempotency: each action detects its earlier effect.
    Promised,
    /// A repeated call sends a second message.
    Tells,
}

impl Repeat {
    pub const ALL: &'static [Repeat] = &[Repeat::Reads, Repeat::Sets, Repeat::Already, Repeat::Promised, Repeat::Tells];

    /// As comments write it.
    pub fn name(self) -> &'static str {
        match self {
            Repeat::Reads => "reads",
            Repeat::Sets => "sets",
            Repeat::Already => "already",
            Repeat::Promised => "promised",
            Repeat::Tells => "tells",
        }
    }
}

impl Api {
    pub const ALL: &'static [Api] = &[
        Api::InvokeFunction,
        Api::Publish,
        Api::GetParameter,
        Api::PutParameter,
        Api::GetObject,
        Api::PutObject,
        Api::StartReplicationTask,
        Api::StopReplicationTask,
        Api::ReloadTables,
        Api::DescribeReplicationTasks,
        Api::GetMetricData,
        Api::DescribeAlarms,
        Api::ModifyRule,
        Api::DescribeTargetHealth,
        Api::ListExecutions,
        Api::Describe(Described::Vpcs),
        Api::Describe(Described::DnsSupport),
        Api::Describe(Described::DnsHostnames),
        Api::Describe(Described::Subnets),
        Api::Describe(Described::RouteTables),
        Api::Describe(Described::NetworkAcls),
        Api::Describe(Described::SecurityGroups),
        Api::Describe(Described::FlowLogs),
        Api::Describe(Described::TransitGateways),
        Api::Describe(Described::PrefixLists),
        Api::Describe(Described::TargetGroups),
        Api::Describe(Described::TargetGroupAttributes),
        Api::Describe(Described::Trails),
        Api::Describe(Described::Key),
        Api::Describe(Described::KeyRotation),
        Api::Describe(Described::KeyPolicy),
        Api::Describe(Described::Topic),
        Api::Describe(Described::TopicPolicy),
    ];

    pub fn info(self) -> &'static ApiInfo {
        match self {
            Api::InvokeFunction => &INVOKE_FUNCTION,
            Api::Publish => &PUBLISH,
            Api::GetParameter => &GET_PARAMETER,
            Api::PutParameter => &PUT_PARAMETER,
            Api::GetObject => &GET_OBJECT,
            Api::PutObject => &PUT_OBJECT,
            Api::StartReplicationTask => &START_REPLICATION_TASK,
            Api::StopReplicationTask => &STOP_REPLICATION_TASK,
            Api::ReloadTables => &RELOAD_TABLES,
            Api::DescribeReplicationTasks => &DESCRIBE_REPLICATION_TASKS,
            Api::GetMetricData => &GET_METRIC_DATA,
            Api::DescribeAlarms => &DESCRIBE_ALARMS,
            Api::ModifyRule => &MODIFY_RULE,
            Api::DescribeTargetHealth => &DESCRIBE_TARGET_HEALTH,
            Api::ListExecutions => &LIST_EXECUTIONS,
            Api::Describe(described) => &described.call().info,
        }
    }
}

// The timeout of a call is that of the function, which its states set.
const INVOKE_FUNCTION: ApiInfo = ApiInfo {
    resource: "lambda:invoke",
    action: "lambda:InvokeFunction",
    retriable: &[
        "Lambda.ServiceException",
        "Lambda.AWSLambdaException",
        "Lambda.SdkClientException",
        "Lambda.TooManyRequestsException",
        // A process that ended without an answer, and one that Lambda ended: the
        // next call completes the work. fact: states-lambda-errors
        "Lambda.Unknown",
        "Sandbox.Timedout",
        "Lambda.ClientExecutionTimeoutException",
    ],
    timeout: 910,
    repeat: Repeat::Promised,
};

const PUBLISH: ApiInfo = ApiInfo {
    resource: "sns:publish",
    action: "sns:Publish",
    retriable: &["SNS.InternalErrorException", "SNS.ThrottledException", "SNS.SdkClientException"],
    timeout: 30,
    repeat: Repeat::Tells,
};

const GET_PARAMETER: ApiInfo = ApiInfo {
    resource: "aws-sdk:ssm:getParameter",
    action: "ssm:GetParameter",
    retriable: &["Ssm.InternalServerErrorException", "Ssm.SsmException", "Ssm.SdkClientException"],
    timeout: 30,
    repeat: Repeat::Reads,
};

const PUT_PARAMETER: ApiInfo = ApiInfo {
    resource: "aws-sdk:ssm:putParameter",
    action: "ssm:PutParameter",
    retriable: &[
        "Ssm.TooManyUpdatesException",
        "Ssm.InternalServerErrorException",
        "Ssm.SsmException",
        "Ssm.SdkClientException",
    ],
    timeout: 30,
    repeat: Repeat::Sets,
};

/// The error of S3 for a condition that does not hold, and for every other error that the SDK does not model.
pub const S3_REFUSED: &str = "S3.S3Exception";

const GET_OBJECT: ApiInfo = ApiInfo {
    resource: "aws-sdk:s3:getObject",
    action: "s3:GetObject",
    retriable: &[S3_REFUSED, "S3.SdkClientException"],
    timeout: 30,
    repeat: Repeat::Reads,
};

const PUT_OBJECT: ApiInfo = ApiInfo {
    resource: "aws-sdk:s3:putObject",
    action: "s3:PutObject",
    retriable: &[S3_REFUSED, "S3.SdkClientException"],
    timeout: 30,
    repeat: Repeat::Sets,
};

const START_REPLICATION_TASK: ApiInfo = ApiInfo {
    resource: "aws-sdk:databasemigration:startReplicationTask",
    action: "dms:StartReplicationTask",
    retriable: &["DatabaseMigration.DatabaseMigrationException", "DatabaseMigration.SdkClientException"],
    timeout: 60,
    repeat: Repeat::Already,
};

const STOP_REPLICATION_TASK: ApiInfo = ApiInfo {
    resource: "aws-sdk:databasemigration:stopReplicationTask",
    action: "dms:StopReplicationTask",
    retriable: &["DatabaseMigration.DatabaseMigrationException", "DatabaseMigration.SdkClientException"],
    timeout: 60,
    repeat: Repeat::Already,
};

// A call without an answer is not repeated: a second reload would find the rows of the first (fact: dms-reload-tables).
const RELOAD_TABLES: ApiInfo = ApiInfo {
    resource: "aws-sdk:databasemigration:reloadTables",
    action: "dms:ReloadTables",
    retriable: &["DatabaseMigration.DatabaseMigrationException"],
    timeout: 60,
    repeat: Repeat::Sets,
};

const DESCRIBE_REPLICATION_TASKS: ApiInfo = ApiInfo {
    resource: "aws-sdk:databasemigration:describeReplicationTasks",
    action: "dms:DescribeReplicationTasks",
    retriable: &["DatabaseMigration.DatabaseMigrationException", "DatabaseMigration.SdkClientException"],
    timeout: 60,
    repeat: Repeat::Reads,
};

const GET_METRIC_DATA: ApiInfo = ApiInfo {
    resource: "aws-sdk:cloudwatch:getMetricData",
    action: "cloudwatch:GetMetricData",
    retriable: &["CloudWatch.CloudWatchException", "CloudWatch.SdkClientException"],
    timeout: 30,
    repeat: Repeat::Reads,
};

const DESCRIBE_ALARMS: ApiInfo = ApiInfo {
    resource: "aws-sdk:cloudwatch:describeAlarms",
    action: "cloudwatch:DescribeAlarms",
    retriable: &["CloudWatch.CloudWatchException", "CloudWatch.SdkClientException"],
    timeout: 30,
    repeat: Repeat::Reads,
};

const MODIFY_RULE: ApiInfo = ApiInfo {
    resource: "aws-sdk:elasticloadbalancingv2:modifyRule",
    action: "elasticloadbalancing:ModifyRule",
    retriable: &["ElasticLoadBalancingV2.ElasticLoadBalancingV2Exception", "ElasticLoadBalancingV2.SdkClientException"],
    timeout: 30,
    repeat: Repeat::Sets,
};

const DESCRIBE_TARGET_HEALTH: ApiInfo = ApiInfo {
    resource: "aws-sdk:elasticloadbalancingv2:describeTargetHealth",
    action: "elasticloadbalancing:DescribeTargetHealth",
    retriable: &["ElasticLoadBalancingV2.ElasticLoadBalancingV2Exception", "ElasticLoadBalancingV2.SdkClientException"],
    timeout: 30,
    repeat: Repeat::Reads,
};

const LIST_EXECUTIONS: ApiInfo = ApiInfo {
    resource: "aws-sdk:sfn:listExecutions",
    action: "states:ListExecutions",
    retriable: &["Sfn.SfnException", "Sfn.SdkClientException"],
    timeout: 30,
    repeat: Repeat::Reads,
};
