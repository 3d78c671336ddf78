//! The rules of services for names.

/// Type, property, how many characters the service accepts.
const LIMITS: &[(&str, &str, usize)] = &[
    ("AWS::ApiGateway::Authorizer", "Name", 128),
    ("AWS::ApiGateway::RestApi", "Name", 128),
    ("AWS::ApiGateway::UsagePlan", "UsagePlanName", 128),
    ("AWS::ApiGatewayV2::VpcLink", "Name", 128),
    ("AWS::CloudWatch::Alarm", "AlarmName", 255),
    ("AWS::CloudWatch::CompositeAlarm", "AlarmName", 255),
    ("AWS::CloudWatch::Dashboard", "DashboardName", 255),
    ("AWS::DMS::Certificate", "CertificateIdentifier", 255),
    ("AWS::DMS::Endpoint", "EndpointIdentifier", 255),
    ("AWS::DMS::Endpoint", "ResourceIdentifier", 31),
    ("AWS::DMS::ReplicationInstance", "ReplicationInstanceIdentifier", 63),
    ("AWS::DMS::ReplicationInstance", "ResourceIdentifier", 31),
    ("AWS::DMS::ReplicationSubnetGroup", "ReplicationSubnetGroupIdentifier", 255),
    ("AWS::DMS::ReplicationTask", "ReplicationTaskIdentifier", 255),
    ("AWS::DMS::ReplicationTask", "ResourceIdentifier", 31),
    ("AWS::EC2::SecurityGroup", "GroupName", 255),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "Name", 32),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "Name", 32),
    ("AWS::Events::Rule", "Name", 64),
    ("AWS::IAM::ManagedPolicy", "ManagedPolicyName", 128),
    ("AWS::IAM::Role", "RoleName", 64),
    ("AWS::IAM::RolePolicy", "PolicyName", 128),
    ("AWS::KMS::Alias", "AliasName", 250),
    ("AWS::Lambda::Function", "FunctionName", 64),
    ("AWS::Logs::LogGroup", "LogGroupName", 512),
    ("AWS::Logs::MetricFilter", "FilterName", 512),
    ("AWS::RDS::DBCluster", "DBClusterIdentifier", 63),
    ("AWS::RDS::DBClusterParameterGroup", "DBClusterParameterGroupName", 255),
    ("AWS::RDS::DBInstance", "DBInstanceIdentifier", 63),
    ("AWS::RDS::DBSubnetGroup", "DBSubnetGroupName", 255),
    ("AWS::RDS::GlobalCluster", "GlobalClusterIdentifier", 63),
    ("AWS::S3::Bucket", "BucketName", 63),
    ("AWS::SNS::Topic", "TopicName", 256),
    ("AWS::SQS::Queue", "QueueName", 80),
    ("AWS::SSM::Parameter", "Name", 1011),
    ("AWS::SecretsManager::Secret", "Name", 512),
    ("AWS::StepFunctions::StateMachine", "StateMachineName", 80),
    ("AWS::WAFv2::WebACL", "Name", 128),
];

/// The properties with a name, and its longest form.
pub fn of_type(type_name: &str) -> impl Iterator<Item = (&'static str, usize)> {
    LIMITS.iter().filter(move |(known, ..)| *known == type_name).map(|(_, property, longest)| (*property, *longest))
}

/// How many characters a name may have; for a property without a limit, all.
pub fn longest(type_name: &str, property: &str) -> usize {
    of_type(type_name).find(|(known, _)| *known == property).map_or(usize::MAX, |(_, longest)| longest)
}
