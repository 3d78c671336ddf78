//! The reference spec builds the reference stack. `parity` compares the output
//! with the graph; this test checks the graph.

use migspec_ir::{Graph, Resource};
use migspec_tests::runs;

/// A required type, its minimum number, and a property of each resource (path
/// and value as text) or nothing.
struct Row(&'static str, usize, &'static str, &'static str);

fn graph(environment: &str) -> Graph {
    migspec_lower::lower(&runs::view(&runs::text("specs/payments.migspec.kdl"), environment)).value
}

fn text(resource: &Resource, path: &str) -> String {
    match resource.get(path).map(|d| &d.value) {
        Some(migspec_ir::Value::String(s)) => s.to_string(),
        Some(migspec_ir::Value::Bool(b)) => b.to_string(),
        Some(migspec_ir::Value::Integer(n)) => n.to_string(),
        Some(migspec_ir::Value::Ref(_) | migspec_ir::Value::Attribute(..)) => "reference".to_owned(),
        Some(_) => "set".to_owned(),
        None => "absent".to_owned(),
    }
}

#[track_caller]
fn holds(environment: &str, rows: &[Row]) {
    let graph = graph(environment);
    let missing: Vec<String> = rows
        .iter()
        .filter_map(|Row(name, least, path, value)| {
            let value = value.replace("{env}", environment);
            let found = graph.of_type(name).filter(|r| path.is_empty() || text(r, path) == value).count();
            (found < *least).then(|| format!("{found} of {least} {name} with {path} = {value}"))
        })
        .collect();
    assert!(missing.is_empty(), "{environment}: {missing:#?}");
}

const NETWORK: &[Row] = &[
    Row("AWS::EC2::VPC", 1, "CidrBlock", "10.0.0.0/16"),
    Row("AWS::EC2::VPC", 1, "CidrBlock", "10.1.0.0/16"),
    Row("AWS::EC2::VPC", 2, "EnableDnsSupport", "true"),
    Row("AWS::EC2::VPC", 2, "EnableDnsHostnames", "true"),
    Row("AWS::EC2::Subnet", 21, "MapPublicIpOnLaunch", "false"),
    Row("AWS::EC2::InternetGateway", 2, "", ""),
    Row("AWS::EC2::NatGateway", 4, "AllocationId", "reference"),
    Row("AWS::EC2::EIP", 4, "Domain", "vpc"),
    Row("AWS::EC2::TransitGateway", 1, "DefaultRouteTableAssociation", "disable"),
    Row("AWS::EC2::TransitGateway", 1, "DefaultRouteTablePropagation", "disable"),
    Row("AWS::EC2::TransitGatewayAttachment", 2, "TransitGatewayId", "reference"),
    Row("AWS::EC2::TransitGatewayRouteTable", 3, "", ""),
    Row("AWS::EC2::VPNConnection", 1, "TransitGatewayId", "reference"),
    Row("AWS::EC2::CustomerGateway", 1, "IpAddress", "203.0.113.10"),
    Row("AWS::EC2::VPCEndpoint", 1, "VpcEndpointType", "Gateway"),
    Row("AWS::EC2::VPCEndpoint", 5, "VpcEndpointType", "Interface"),
    Row("AWS::EC2::VPCEndpoint", 5, "PrivateDnsEnabled", "true"),
    Row("AWS::EC2::FlowLog", 2, "TrafficType", "ALL"),
    Row("AWS::EC2::NetworkAcl", 2, "", ""),
    Row("AWS::EC2::SecurityGroupIngress", 10, "", ""),
    Row("AWS::EC2::SecurityGroupEgress", 2, "IpProtocol", "udp"),
    Row("AWS::Route53Resolver::ResolverEndpoint", 1, "Direction", "OUTBOUND"),
    Row("AWS::Route53Resolver::ResolverRule", 1, "DomainName", "example.com"),
    Row("AWS::Route53Resolver::ResolverRule", 1, "RuleType", "FORWARD"),
    Row("AWS::Route53Resolver::ResolverRuleAssociation", 1, "VPCId", "reference"),
];

const DATABASE: &[Row] = &[
    Row("AWS::RDS::DBCluster", 1, "DBClusterIdentifier", "payments-ledger-aurora-cluster-{env}"),
    Row("AWS::RDS::DBCluster", 1, "StorageEncrypted", "true"),
    Row("AWS::RDS::DBCluster", 1, "KmsKeyId", "reference"),
    Row("AWS::RDS::DBCluster", 1, "BackupRetentionPeriod", "35"),
    Row("AWS::RDS::DBCluster", 1, "CopyTagsToSnapshot", "true"),
    Row("AWS::RDS::DBCluster", 1, "EnableIAMDatabaseAuthentication", "true"),
    Row("AWS::RDS::DBCluster", 1, "EnableCloudwatchLogsExports", "set"),
    Row("AWS::RDS::DBInstance", 1, "DBInstanceClass", "db.r6g.large"),
    Row("AWS::RDS::DBInstance", 1, "PubliclyAccessible", "false"),
    Row("AWS::RDS::DBInstance", 1, "PerformanceInsightsKMSKeyId", "reference"),
    Row("AWS::RDS::DBInstance", 1, "MonitoringInterval", "60"),
    Row("AWS::KMS::Key", 7, "EnableKeyRotation", "true"),
];

const REPLICATION: &[Row] = &[
    Row("AWS::DMS::ReplicationInstance", 1, "PubliclyAccessible", "false"),
    Row("AWS::DMS::ReplicationInstance", 1, "KmsKeyId", "reference"),
    Row("AWS::DMS::ReplicationSubnetGroup", 1, "", ""),
    Row("AWS::DMS::Endpoint", 4, "SslMode", "verify-full"),
    Row("AWS::DMS::Endpoint", 4, "PostgreSqlSettings.SecretsManagerAccessRoleArn", "reference"),
    Row("AWS::DMS::ReplicationTask", 1, "MigrationType", "full-load-and-cdc"),
    Row("AWS::DMS::ReplicationTask", 1, "MigrationType", "cdc"),
    Row("AWS::DMS::ReplicationTask", 1, "ReplicationTaskIdentifier", "payments-ledger-forward-{env}"),
    Row("AWS::IAM::Role", 1, "RoleName", "dms-vpc-role"),
    Row("AWS::IAM::Role", 1, "RoleName", "dms-cloudwatch-logs-role"),
];

const FUNCTIONS: &[Row] = &[
    Row("AWS::Lambda::Function", 1, "FunctionName", "payments-data-validator-{env}"),
    Row("AWS::Lambda::Function", 1, "FunctionName", "payments-api-authorizer-{env}"),
    Row("AWS::Lambda::Function", 1, "FunctionName", "payments-rollback-handler-{env}"),
    Row("AWS::Lambda::Function", 1, "FunctionName", "payments-preflight-{env}"),
    Row("AWS::Lambda::Function", 1, "FunctionName", "payments-fence-{env}"),
    Row("AWS::Lambda::Function", 1, "FunctionName", "payments-sequences-{env}"),
    Row("AWS::Lambda::Function", 1, "FunctionName", "payments-reverse-slot-{env}"),
    Row("AWS::Lambda::Function", 1, "FunctionName", "payments-secret-rotation-{env}"),
    Row("AWS::Lambda::Function", 8, "Runtime", "provided.al2023"),
    Row("AWS::Lambda::Function", 8, "KmsKeyArn", "reference"),
    Row("AWS::Lambda::Function", 8, "TracingConfig.Mode", "Active"),
    Row("AWS::Lambda::Function", 8, "DeadLetterConfig.TargetArn", "reference"),
    Row("AWS::StepFunctions::StateMachine", 1, "StateMachineName", "payments-migration-orchestration-{env}"),
    Row("AWS::StepFunctions::StateMachine", 1, "TracingConfiguration.Enabled", "true"),
    Row("AWS::StepFunctions::StateMachine", 1, "LoggingConfiguration.IncludeExecutionData", "false"),
];

const REST: &[Row] = &[
    Row("AWS::S3::Bucket", 3, "VersioningConfiguration.Status", "Enabled"),
    Row("AWS::S3::Bucket", 3, "PublicAccessBlockConfiguration.BlockPublicPolicy", "true"),
    Row("AWS::S3::Bucket", 1, "ObjectLockEnabled", "true"),
    Row("AWS::S3::BucketPolicy", 3, "", ""),
    Row("AWS::CloudWatch::Dashboard", 1, "", ""),
    Row("AWS::CloudWatch::Alarm", 1, "MetricName", "CDCLatencySource"),
    Row("AWS::CloudWatch::Alarm", 2, "MetricName", "CDCLatencyTarget"),
    Row("AWS::CloudWatch::Alarm", 1, "AlarmName", "payments-validation-mismatch-{env}"),
    Row("AWS::CloudWatch::Alarm", 1, "MetricName", "ExecutionsTimedOut"),
    Row("AWS::CloudWatch::CompositeAlarm", 1, "", ""),
    Row("AWS::Logs::MetricFilter", 3, "", ""),
    Row("AWS::Logs::LogGroup", 10, "KmsKeyId", "reference"),
    Row("AWS::SNS::Topic", 1, "KmsMasterKeyId", "reference"),
    Row("AWS::SNS::Subscription", 1, "Protocol", "email"),
    Row("AWS::ApiGateway::Method", 1, "HttpMethod", "POST"),
    Row("AWS::ApiGateway::Method", 1, "AuthorizationType", "CUSTOM"),
    Row("AWS::ApiGateway::Method", 1, "Integration.Type", "HTTP_PROXY"),
    Row("AWS::ApiGateway::Method", 1, "Integration.ConnectionType", "VPC_LINK"),
    Row("AWS::ApiGateway::Resource", 1, "PathPart", "payment"),
    Row("AWS::ApiGateway::RequestValidator", 1, "ValidateRequestParameters", "true"),
    Row("AWS::ApiGateway::Stage", 1, "AccessLogSetting.DestinationArn", "reference"),
    Row("AWS::ApiGateway::UsagePlan", 1, "", ""),
    Row("AWS::ElasticLoadBalancingV2::LoadBalancer", 1, "Scheme", "internal"),
    Row("AWS::ElasticLoadBalancingV2::TargetGroup", 2, "Protocol", "HTTPS"),
    Row("AWS::SecretsManager::Secret", 3, "KmsKeyId", "reference"),
    Row("AWS::SecretsManager::RotationSchedule", 3, "", ""),
    Row("AWS::SSM::Parameter", 1, "Name", "/migration/payments/{env}/routing/target"),
    Row("AWS::SSM::Parameter", 1, "Name", "/migration/payments/{env}/database/writer"),
    Row("AWS::SSM::Parameter", 1, "Name", "/migration/payments/{env}/api/secret"),
    Row("AWS::SSM::Parameter", 1, "Name", "/migration/payments/{env}/sns/topic-arn"),
    Row("AWS::IAM::ManagedPolicy", 1, "", ""),
];

/// Resources of production only: the copy in another region, the firewall.
/// Outside production nothing is protected against deletion, and the spec asks for no standby.
const DEVELOPMENT: &[Row] = &[
    Row("AWS::RDS::DBCluster", 1, "DeletionProtection", "false"),
    Row("AWS::DMS::ReplicationInstance", 1, "MultiAZ", "false"),
];

const PRODUCTION: &[Row] = &[
    Row("AWS::RDS::DBCluster", 2, "StorageEncrypted", "true"),
    Row("AWS::RDS::DBCluster", 2, "DeletionProtection", "true"),
    Row("AWS::DMS::ReplicationInstance", 1, "MultiAZ", "true"),
    Row("AWS::RDS::DBInstance", 3, "DBInstanceClass", "db.r6g.large"),
    Row("AWS::RDS::GlobalCluster", 1, "StorageEncrypted", "true"),
    Row("AWS::WAFv2::WebACL", 1, "Scope", "REGIONAL"),
    Row("AWS::WAFv2::WebACLAssociation", 1, "WebACLArn", "reference"),
];

#[test]
fn both_environments_hold_the_stack() {
    for environment in ["dev", "prod"] {
        for rows in [NETWORK, DATABASE, REPLICATION, FUNCTIONS, REST] {
            holds(environment, rows);
        }
    }
    holds("dev", DEVELOPMENT);
    holds("prod", PRODUCTION);
}

#[test]
fn the_cluster_insists_on_tls_and_can_replicate_from_the_first_day() {
    for environment in ["dev", "prod"] {
        let graph = graph(environment);
        let group = graph.of_type("AWS::RDS::DBClusterParameterGroup").next().expect("a parameter group");
        let parameters = group.get("Parameters").and_then(|d| d.value.as_map()).expect("parameters");
        for name in ["rds.force_ssl", "rds.logical_replication"] {
            assert_eq!(parameters.get(name).and_then(|d| d.value.as_str()), Some("1"), "{environment}: {name}");
        }
    }
}

/// One role for each actor: no two functions share a role.
#[test]
fn no_two_functions_share_a_role() {
    let graph = graph("prod");
    let mut roles: Vec<String> =
        graph.of_type("AWS::Lambda::Function").map(|f| format!("{:?}", f.get("Role").map(|d| &d.value))).collect();
    let functions = roles.len();
    roles.sort();
    roles.dedup();
    assert_eq!(roles.len(), functions);
}

/// Environments of one spec never collide: every physical name contains the
/// environment, except role names that AWS fixes.
#[test]
fn physical_names_end_in_the_environment() {
    const NAMES: [&str; 14] = [
        "FunctionName",
        "RoleName",
        "StateMachineName",
        "DBClusterIdentifier",
        "DBInstanceIdentifier",
        "AlarmName",
        "TopicName",
        "QueueName",
        "ReplicationInstanceIdentifier",
        "EndpointIdentifier",
        "ReplicationTaskIdentifier",
        "CertificateIdentifier",
        "GlobalClusterIdentifier",
        "DashboardName",
    ];
    let graph = graph("prod");
    let mut seen = 0;
    for resource in graph.resources.values() {
        for name in NAMES.iter().filter_map(|n| resource.properties.get(n)).filter_map(|d| d.value.as_str()) {
            seen += 1;
            let fixed = matches!(name, "dms-vpc-role" | "dms-cloudwatch-logs-role");
            assert!(fixed || name.ends_with("-prod"), "{}: {name}", resource.id);
        }
    }
    assert!(seen > 50, "{seen} names");
}

#[test]
fn every_resource_that_can_be_tagged_is() {
    let graph = graph("prod");
    let required = ["Environment", "Owner", "CostCenter", "DataClass", "PciScope", "Migration"];
    let tagged: Vec<&Resource> = graph.resources.values().filter(|r| r.properties.get("Tags").is_some()).collect();
    assert!(tagged.len() > 150, "{} tagged resources", tagged.len());
    for resource in tagged {
        let text = format!("{:?}", resource.properties.get("Tags"));
        for tag in required {
            assert!(text.contains(&format!("\"{tag}\"")), "{} lacks the tag {tag}", resource.id);
        }
    }
}
