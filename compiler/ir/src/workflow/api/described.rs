//! The calls that describe existing resources, whose answers a workflow compares with the declared facts.

use super::{ApiInfo, Repeat};

/// A kind of existing resource, by the call that describes it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Described {
    Vpcs,
    DnsSupport,
    DnsHostnames,
    Subnets,
    RouteTables,
    NetworkAcls,
    SecurityGroups,
    FlowLogs,
    TransitGateways,
    PrefixLists,
    TargetGroups,
    TargetGroupAttributes,
    Trails,
    Key,
    KeyRotation,
    KeyPolicy,
    Topic,
    TopicPolicy,
}

/// The properties of a describing call.
#[derive(Debug)]
pub struct DescribeCall {
    pub info: ApiInfo,
    pub ids: Ids,
    /// Arguments with the same value in every call.
    pub fixed: &'static [(&'static str, &'static str)],
    /// The member of the answer with the resources. None: the answer is the resource.
    pub answer: Option<&'static str>,
    /// The field of a resource with its id. None: the argument alone names the resource.
    pub id: Option<&'static str>,
    pub readers: Readers,
    /// The start of the name of its states: `CompareSubnets`.
    pub state: &'static str,
    /// The resources, in a sentence: `subnets`.
    pub what: &'static str,
}

/// The argument of a call with the ids of resources.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ids {
    List(&'static str),
    /// One id: a call describes one resource.
    One(&'static str),
    /// One id, and the action knows no rights on a resource.
    Unbound(&'static str),
    /// The one id of a resource of EC2, whose ARN ends in the text and the id.
    Ec2(&'static str, &'static str),
}

/// The accounts that can describe a resource (fact: vpc-sharing).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Readers {
    Owner,
    /// Also those with which its owner shares it.
    Shared,
}

impl Ids {
    /// The argument.
    pub fn name(self) -> &'static str {
        match self {
            Ids::List(name) | Ids::One(name) | Ids::Unbound(name) | Ids::Ec2(name, _) => name,
        }
    }
}

impl Described {
    /// In the order of their states.
    pub const ALL: &'static [Described] = &[
        Described::Vpcs,
        Described::DnsSupport,
        Described::DnsHostnames,
        Described::Subnets,
        Described::RouteTables,
        Described::NetworkAcls,
        Described::SecurityGroups,
        Described::FlowLogs,
        Described::TransitGateways,
        Described::PrefixLists,
        Described::TargetGroups,
        Described::TargetGroupAttributes,
        Described::Trails,
        Described::Key,
        Described::KeyRotation,
        Described::KeyPolicy,
        Described::Topic,
        Described::TopicPolicy,
    ];

    pub fn call(self) -> &'static DescribeCall {
        match self {
            Described::Vpcs => &VPCS,
            Described::DnsSupport => &DNS_SUPPORT,
            Described::DnsHostnames => &DNS_HOSTNAMES,
            Described::Subnets => &SUBNETS,
            Described::RouteTables => &ROUTE_TABLES,
            Described::NetworkAcls => &NETWORK_ACLS,
            Described::SecurityGroups => &SECURITY_GROUPS,
            Described::FlowLogs => &FLOW_LOGS,
            Described::TransitGateways => &TRANSIT_GATEWAYS,
            Described::PrefixLists => &PREFIX_LISTS,
            Described::TargetGroups => &TARGET_GROUPS,
            Described::TargetGroupAttributes => &TARGET_GROUP_ATTRIBUTES,
            Described::Trails => &TRAILS,
            Described::Key => &KEY,
            Described::KeyRotation => &KEY_ROTATION,
            Described::KeyPolicy => &KEY_POLICY,
            Described::Topic => &TOPIC,
            Described::TopicPolicy => &TOPIC_POLICY,
        }
    }

    /// The service, in a command of the AWS CLI.
    pub fn cli_service(self) -> &'static str {
        match self {
            Described::TargetGroups | Described::TargetGroupAttributes => "elbv2",
            // `aws-sdk:ec2:describeVpcs`
            _ => self.call().info.resource.split(':').nth(1).unwrap_or_default(),
        }
    }

    /// The member of the answer with the resources, as the AWS CLI names it. Step Functions capitalises each member.
    pub fn cli_answer(self) -> Option<&'static str> {
        match self {
            Described::Trails => Some("trailList"),
            _ => self.call().answer,
        }
    }
}

/// A call of EC2. EC2 models no errors.
const fn of_ec2(resource: &'static str, action: &'static str) -> ApiInfo {
    let retriable = &["Ec2.Ec2Exception", "Ec2.SdkClientException"];
    ApiInfo { resource, action, retriable, timeout: 30, repeat: Repeat::Reads }
}

const VPCS: DescribeCall = DescribeCall {
    info: of_ec2("aws-sdk:ec2:describeVpcs", "ec2:DescribeVpcs"),
    ids: Ids::List("VpcIds"),
    fixed: &[],
    answer: Some("Vpcs"),
    id: Some("VpcId"),
    readers: Readers::Shared,
    state: "CompareNetworks",
    what: "networks",
};

/// A call returns one attribute (fact: vpc-attributes).
const DNS_SUPPORT: DescribeCall = DescribeCall {
    fixed: &[("Attribute", "enableDnsSupport")],
    state: "CompareNames",
    what: "resolution of names in networks",
    ..DNS_HOSTNAMES
};

const DNS_HOSTNAMES: DescribeCall = DescribeCall {
    info: of_ec2("aws-sdk:ec2:describeVpcAttribute", "ec2:DescribeVpcAttribute"),
    ids: Ids::Ec2("VpcId", "vpc/"),
    fixed: &[("Attribute", "enableDnsHostnames")],
    answer: None,
    id: Some("VpcId"),
    readers: Readers::Shared,
    state: "CompareHostNames",
    what: "host names in networks",
};

const SUBNETS: DescribeCall = DescribeCall {
    info: of_ec2("aws-sdk:ec2:describeSubnets", "ec2:DescribeSubnets"),
    ids: Ids::List("SubnetIds"),
    fixed: &[],
    answer: Some("Subnets"),
    id: Some("SubnetId"),
    readers: Readers::Shared,
    state: "CompareSubnets",
    what: "subnets",
};

const ROUTE_TABLES: DescribeCall = DescribeCall {
    info: of_ec2("aws-sdk:ec2:describeRouteTables", "ec2:DescribeRouteTables"),
    ids: Ids::List("RouteTableIds"),
    fixed: &[],
    answer: Some("RouteTables"),
    id: Some("RouteTableId"),
    readers: Readers::Shared,
    state: "CompareRouteTables",
    what: "route tables",
};

const NETWORK_ACLS: DescribeCall = DescribeCall {
    info: of_ec2("aws-sdk:ec2:describeNetworkAcls", "ec2:DescribeNetworkAcls"),
    ids: Ids::List("NetworkAclIds"),
    fixed: &[],
    answer: Some("NetworkAcls"),
    id: Some("NetworkAclId"),
    readers: Readers::Shared,
    state: "CompareNetworkAcls",
    what: "network ACLs",
};

const SECURITY_GROUPS: DescribeCall = DescribeCall {
    info: of_ec2("aws-sdk:ec2:describeSecurityGroups", "ec2:DescribeSecurityGroups"),
    ids: Ids::List("GroupIds"),
    fixed: &[],
    answer: Some("SecurityGroups"),
    id: Some("GroupId"),
    readers: Readers::Owner,
    state: "CompareSecurityGroups",
    what: "security groups",
};

const FLOW_LOGS: DescribeCall = DescribeCall {
    info: of_ec2("aws-sdk:ec2:describeFlowLogs", "ec2:DescribeFlowLogs"),
    ids: Ids::List("FlowLogIds"),
    fixed: &[],
    answer: Some("FlowLogs"),
    id: Some("FlowLogId"),
    readers: Readers::Owner,
    state: "CompareFlowLogs",
    what: "flow logs",
};

const TRANSIT_GATEWAYS: DescribeCall = DescribeCall {
    info: of_ec2("aws-sdk:ec2:describeTransitGateways", "ec2:DescribeTransitGateways"),
    ids: Ids::List("TransitGatewayIds"),
    fixed: &[],
    answer: Some("TransitGateways"),
    id: Some("TransitGatewayId"),
    readers: Readers::Shared,
    state: "CompareTransit",
    what: "Transit Gateway",
};

/// Lists of AWS are visible in every account.
const PREFIX_LISTS: DescribeCall = DescribeCall {
    info: of_ec2("aws-sdk:ec2:describeManagedPrefixLists", "ec2:DescribeManagedPrefixLists"),
    ids: Ids::List("PrefixListIds"),
    fixed: &[],
    answer: Some("PrefixLists"),
    id: Some("PrefixListId"),
    readers: Readers::Shared,
    state: "ComparePrefixList",
    what: "prefix list",
};

/// A call of Elastic Load Balancing.
const fn of_balancing(resource: &'static str, action: &'static str) -> ApiInfo {
    let retriable =
        &["ElasticLoadBalancingV2.ElasticLoadBalancingV2Exception", "ElasticLoadBalancingV2.SdkClientException"];
    ApiInfo { resource, action, retriable, timeout: 30, repeat: Repeat::Reads }
}

const TARGET_GROUPS: DescribeCall = DescribeCall {
    info: of_balancing(
        "aws-sdk:elasticloadbalancingv2:describeTargetGroups",
        "elasticloadbalancing:DescribeTargetGroups",
    ),
    ids: Ids::List("TargetGroupArns"),
    fixed: &[],
    answer: Some("TargetGroups"),
    id: Some("TargetGroupArn"),
    readers: Readers::Owner,
    state: "CompareTargetGroups",
    what: "target groups",
};

/// The answer does not repeat the ARN.
const TARGET_GROUP_ATTRIBUTES: DescribeCall = DescribeCall {
    info: of_balancing(
        "aws-sdk:elasticloadbalancingv2:describeTargetGroupAttributes",
        "elasticloadbalancing:DescribeTargetGroupAttributes",
    ),
    ids: Ids::Unbound("TargetGroupArn"),
    answer: None,
    id: None,
    state: "CompareStickiness",
    what: "stickiness of target groups",
    ..TARGET_GROUPS
};

/// A trail of the organisation is visible in its accounts (fact: organisation-trails).
const TRAILS: DescribeCall = DescribeCall {
    info: ApiInfo {
        resource: "aws-sdk:cloudtrail:describeTrails",
        action: "cloudtrail:DescribeTrails",
        retriable: &["CloudTrail.CloudTrailException", "CloudTrail.SdkClientException"],
        timeout: 30,
        repeat: Repeat::Reads,
    },
    ids: Ids::List("TrailNameList"),
    fixed: &[],
    answer: Some("TrailList"),
    id: Some("TrailARN"),
    readers: Readers::Shared,
    state: "CompareTrail",
    what: "trail",
};

/// A call of KMS.
const fn of_kms(resource: &'static str, action: &'static str) -> ApiInfo {
    let retriable =
        &["Kms.KmsInternalException", "Kms.DependencyTimeoutException", "Kms.KmsException", "Kms.SdkClientException"];
    ApiInfo { resource, action, retriable, timeout: 30, repeat: Repeat::Reads }
}

const KEY: DescribeCall = DescribeCall {
    info: of_kms("aws-sdk:kms:describeKey", "kms:DescribeKey"),
    ids: Ids::One("KeyId"),
    fixed: &[],
    answer: Some("KeyMetadata"),
    id: Some("Arn"),
    readers: Readers::Shared,
    state: "CompareKey",
    what: "key",
};

/// The form of the key's id in the answer is not documented (fact: key-rotation-status).
const KEY_ROTATION: DescribeCall = DescribeCall {
    info: of_kms("aws-sdk:kms:getKeyRotationStatus", "kms:GetKeyRotationStatus"),
    answer: None,
    id: None,
    state: "CompareRotation",
    what: "rotation of keys",
    ..KEY
};

/// Only the key's own account reads its policy (fact: key-policy-of-own-account).
const KEY_POLICY: DescribeCall = DescribeCall {
    info: of_kms("aws-sdk:kms:getKeyPolicy", "kms:GetKeyPolicy"),
    fixed: &[("PolicyName", "default")],
    answer: None,
    id: None,
    readers: Readers::Owner,
    state: "CompareKeyPolicy",
    what: "policy of keys",
    ..KEY
};

const TOPIC_POLICY: DescribeCall = DescribeCall { state: "CompareTopicPolicy", what: "policy of topics", ..TOPIC };

/// All attributes of a topic are texts (fact: sns-topic-attributes). Its policy may allow other accounts to read them
/// (fact: sns-topic-elsewhere).
const TOPIC: DescribeCall = DescribeCall {
    info: ApiInfo {
        resource: "aws-sdk:sns:getTopicAttributes",
        action: "sns:GetTopicAttributes",
        retriable: &["Sns.InternalErrorException", "Sns.SnsException", "Sns.SdkClientException"],
        timeout: 30,
        repeat: Repeat::Reads,
    },
    ids: Ids::One("TopicArn"),
    fixed: &[],
    answer: Some("Attributes"),
    id: Some("TopicArn"),
    readers: Readers::Shared,
    state: "CompareTopic",
    what: "topic",
};
