use super::address::{Block, sites_outside};
use super::subnet;
use super::vpc_ranges::{CIDR_BLOCKS, IPV6_CIDR_BLOCKS, IPV6_RANGES, ranges};
use crate::class::Classes;
use crate::fact::{Fact, FactType, FactValue};
use crate::resource_type::{
    Column, Compare, Concern, Describe, Field, Form, Lookup, Own, Property, ResourceType, TAGS, Terraform, argument,
};
use crate::workflow::Described;
use crate::{Index, Resource};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::EC2::VPC",
    concern: Concern::Network,
    terraform: Terraform::Column(Column {
        resource: "aws_vpc",
        attributes: &[
            ("CidrBlock", "cidr_block"),
            ("DefaultNetworkAcl", "default_network_acl_id"),
            ("DefaultSecurityGroup", "default_security_group_id"),
            ("VpcId", "id"),
        ],
        properties: &[
            argument("CidrBlock", "cidr_block"),
            argument("EnableDnsHostnames", "enable_dns_hostnames"),
            argument("EnableDnsSupport", "enable_dns_support"),
            argument("InstanceTenancy", "instance_tenancy"),
            argument("Ipv4IpamPoolId", "ipv4_ipam_pool_id"),
            argument("Ipv4NetmaskLength", "ipv4_netmask_length"),
            Property::new(
                "VpcEncryptionControl",
                Form::Absent("aws_vpc_encryption_control, which is not emitted: leave it out"),
            ),
            TAGS,
        ],
        own: &[Own {
            resource: "aws_default_security_group",
            links: &[("vpc_id", "id")],
            fixed: &[],
            instead: "CloudFormation cannot take the rules out of a VPC's default security group: nothing is placed in it, \
                      preflight fails while it has rules, and the AWS Config rule \
                      vpc-default-security-group-closed watches it",
        }],
        lookup: Some(&Lookup {
            data: "aws_vpc",
            by: "id",
            same: &["VpcId"],
            // The data source returns the first IPv6 range only (fact: vpc-lookup).
            compares: &[
                ("CidrBlock", Compare::Equal("cidr_block")),
                (CIDR_BLOCKS, Compare::Same("cidr_block_associations[*].cidr_block")),
                (IPV6_CIDR_BLOCKS, Compare::OneOf("ipv6_cidr_block")),
                ("EnableDnsHostnames", Compare::Equal("enable_dns_hostnames")),
                ("EnableDnsSupport", Compare::Equal("enable_dns_support")),
            ],
            describe: &[
                Describe {
                    described: Described::Vpcs,
                    of: None,
                    compares: &[
                        ("CidrBlock", Field::Equal("CidrBlock")),
                        (
                            CIDR_BLOCKS,
                            Field::Associated {
                                set: "CidrBlockAssociationSet",
                                member: "CidrBlock",
                                state: "CidrBlockState",
                            },
                        ),
                        (IPV6_CIDR_BLOCKS, IPV6_RANGES),
                    ],
                },
                Describe {
                    described: Described::DnsSupport,
                    of: None,
                    compares: &[("EnableDnsSupport", Field::Equal("EnableDnsSupport.Value"))],
                },
                Describe {
                    described: Described::DnsHostnames,
                    of: None,
                    compares: &[("EnableDnsHostnames", Field::Equal("EnableDnsHostnames.Value"))],
                },
            ],
            ..Lookup::BASE
        }),
        ..Column::BASE
    }),
    facts: &[
        Fact::string("cidrBlock", "CidrBlock", ""),
        Fact::true_by_default("enableDnsSupport", "EnableDnsSupport"),
        Fact::false_by_default("enableDnsHostnames", "EnableDnsHostnames"),
        Fact::string("instanceTenancy", "InstanceTenancy", "default"),
        Fact::computed("hasFlowLog", FactType::Bool, |vpc, graph| has_flow_log(vpc, graph).into()),
        Fact::computed("hasInternetGateway", FactType::Bool, has_internet_gateway),
        Fact::computed("holdsDatabase", FactType::Bool, |vpc, graph| holds(vpc, graph, subnet::holds_database)),
        Fact::computed("holdsReplication", FactType::Bool, |vpc, graph| holds(vpc, graph, subnet::holds_replication)),
        Fact::computed("overlaps", FactType::Bool, overlaps),
        Fact::computed("missingEndpoints", FactType::StringSet, super::services::missing_endpoints),
    ],
    classes: Classes { identity: &["CidrBlock"], undecided: &["InstanceTenancy"], ..Classes::NONE },
};

/// Whether a flow log watches the whole network.
fn has_flow_log(vpc: &Resource, graph: &Index<'_>) -> bool {
    graph.referring(&vpc.id, "AWS::EC2::FlowLog", "ResourceId").next().is_some()
}

fn has_internet_gateway(vpc: &Resource, graph: &Index<'_>) -> FactValue {
    graph
        .referring(&vpc.id, "AWS::EC2::VPCGatewayAttachment", "VpcId")
        .any(|attachment| attachment.get("InternetGatewayId").is_some())
        .into()
}

fn holds(vpc: &Resource, graph: &Index<'_>, what: fn(&Resource, &Index<'_>) -> bool) -> FactValue {
    graph.referring(&vpc.id, "AWS::EC2::Subnet", "VpcId").any(|subnet| what(subnet, graph)).into()
}

/// Whether another network, or a site outside AWS, has some of its addresses.
fn overlaps(vpc: &Resource, graph: &Index<'_>) -> FactValue {
    let blocks = |vpc| match ranges(vpc).map(|range| Block::parse(range.value.as_str()?)).collect::<Vec<_>>() {
        // The range of a pool is known after the deployment.
        none if none.is_empty() => vec![None],
        blocks => blocks,
    };
    let others = graph.all("AWS::EC2::VPC").filter(|other| other.id != vpc.id).flat_map(blocks);
    let Some(others) = others.chain(sites_outside(graph)).collect::<Option<Vec<_>>>() else {
        return FactValue::Unknown;
    };
    let Some(own) = blocks(vpc).into_iter().collect::<Option<Vec<_>>>() else { return FactValue::Unknown };
    own.iter().any(|block| others.iter().any(|other| block.overlaps(*other))).into()
}
