use super::address::{everywhere, in_site};
use super::security_group;
use super::security_group_ingress::is_group;
use crate::class::{Classes, REACHABILITY, TEXT};
use crate::fact::{Fact, FactType};
use crate::resource_type::{Column, Concern, ResourceType, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::EC2::SecurityGroupEgress",
    concern: Concern::Network,
    terraform: Terraform::Column(Column {
        resource: "aws_vpc_security_group_egress_rule",
        attributes: &[("Id", "id")],
        properties: &[
            argument("CidrIp", "cidr_ipv4"),
            argument("CidrIpv6", "cidr_ipv6"),
            argument("Description", "description"),
            argument("DestinationPrefixListId", "prefix_list_id"),
            argument("DestinationSecurityGroupId", "referenced_security_group_id"),
            argument("FromPort", "from_port"),
            argument("GroupId", "security_group_id"),
            argument("IpProtocol", "ip_protocol"),
            argument("ToPort", "to_port"),
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::entity("group", "GroupId", "AWS::EC2::SecurityGroup"),
        Fact::entity("destinationGroup", "DestinationSecurityGroupId", "AWS::EC2::SecurityGroup"),
        Fact::string("cidrIp", "CidrIp", ""),
        Fact::string("cidrIpv6", "CidrIpv6", ""),
        Fact::string("description", "Description", ""),
        Fact::string("protocol", "IpProtocol", ""),
        // Absent with all protocols: every port.
        Fact::long("fromPort", "FromPort", 0),
        Fact::long("toPort", "ToPort", 65535),
        Fact::computed("toSite", FactType::Bool, |rule, graph| in_site(rule, "CidrIp", graph)),
        Fact::computed("openToInternet", FactType::Bool, |rule, _| everywhere(rule, &["CidrIp", "CidrIpv6"])),
        Fact::computed("toGroup", FactType::Bool, |rule, _| rule.get("DestinationSecurityGroupId").is_some().into()),
        Fact::computed("fromDatabase", FactType::Bool, |rule, graph| {
            is_group(rule, graph, "GroupId", security_group::holds_database)
        }),
        Fact::computed("fromReplication", FactType::Bool, |rule, graph| {
            is_group(rule, graph, "GroupId", security_group::holds_replication)
        }),
    ],
    classes: Classes {
        identity: &["GroupId"],
        judged: &[
            ("DestinationSecurityGroupId", REACHABILITY),
            ("IpProtocol", REACHABILITY),
            ("FromPort", REACHABILITY),
            ("ToPort", REACHABILITY),
        ],
        free: &[("Description", TEXT)],
        // The analysis of paths sees no address outside the networks and sites of the spec.
        undecided: &["CidrIp", "CidrIpv6"],
    },
};
