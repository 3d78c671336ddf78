use super::address::everywhere;
use crate::fact::{Fact, FactType};
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::EC2::NetworkAclEntry",
    concern: Concern::Network,
    terraform: Terraform::Column(Column {
        resource: "aws_network_acl_rule",
        attributes: &[("Id", "id")],
        properties: &[
            argument("CidrBlock", "cidr_block"),
            argument("Egress", "egress"),
            Property::new("Icmp", Form::Inline(&[argument("Code", "icmp_code"), argument("Type", "icmp_type")])),
            argument("Ipv6CidrBlock", "ipv6_cidr_block"),
            argument("NetworkAclId", "network_acl_id"),
            Property::new("PortRange", Form::Inline(&[argument("From", "from_port"), argument("To", "to_port")])),
            Property::new("Protocol", Form::Text("protocol")),
            argument("RuleAction", "rule_action"),
            argument("RuleNumber", "rule_number"),
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::entity("networkAcl", "NetworkAclId", "AWS::EC2::NetworkAcl"),
        Fact::bool("egress", "Egress", false),
        Fact::string("ruleAction", "RuleAction", ""),
        Fact::long("ruleNumber", "RuleNumber", 0),
        Fact::long("protocol", "Protocol", -1),
        // Absent: every port.
        Fact::long("fromPort", "PortRange.From", 0),
        Fact::long("toPort", "PortRange.To", 65535),
        Fact::computed("openToInternet", FactType::Bool, |entry, _| everywhere(entry, &["CidrBlock", "Ipv6CidrBlock"])),
    ],
};
