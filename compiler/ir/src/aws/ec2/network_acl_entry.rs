use super::address::{Block, everywhere};
use crate::class::Classes;
use crate::fact::{Fact, FactType};
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Terraform, argument};
use crate::{Index, Resource};

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
        Fact::false_by_default("egress", "Egress"),
        Fact::string("ruleAction", "RuleAction", ""),
        Fact::long("ruleNumber", "RuleNumber", 0),
        Fact::long("protocol", "Protocol", -1),
        // Absent: every port.
        Fact::long("fromPort", "PortRange.From", 0),
        Fact::long("toPort", "PortRange.To", 65535),
        Fact::computed("shadowed", FactType::Bool, |entry, graph| is_shadowed(entry, graph).into()),
        Fact::computed("openToInternet", FactType::Bool, |entry, _| everywhere(entry, &["CidrBlock", "Ipv6CidrBlock"])),
    ],
    classes: Classes {
        identity: &["NetworkAclId"],
        // A wider entry opens no path that a security group closes. The analysis of paths sees no replies.
        undecided: &["Egress", "PortRange.From", "PortRange.To", "Protocol", "RuleAction", "RuleNumber"],
        ..Classes::NONE
    },
};

/// Whether it denies something that an earlier entry allows.
fn is_shadowed(entry: &Resource, graph: &Index<'_>) -> bool {
    let word = |entry: &Resource| entry.get("RuleAction").and_then(|d| d.value.as_str()).map(str::to_owned);
    let Some(acl) = graph.follow(entry, "NetworkAclId").filter(|_| word(entry).as_deref() == Some("deny")) else {
        return false;
    };
    let number = |entry: &Resource| integer(entry, "RuleNumber").unwrap_or(0);
    graph
        .referring(&acl.id, "AWS::EC2::NetworkAclEntry", "NetworkAclId")
        .filter(|other| word(other).as_deref() == Some("allow") && number(other) < number(entry))
        .any(|other| meet(other, entry))
}

/// Whether a packet fits both entries. A bound that is not known could be any.
fn meet(a: &Resource, b: &Resource) -> bool {
    let direction = |entry: &Resource| entry.get("Egress").and_then(|d| d.value.as_bool()).unwrap_or(false);
    let protocol = |entry: &Resource| integer(entry, "Protocol").unwrap_or(-1);
    let ports = |entry: &Resource| {
        (integer(entry, "PortRange.From").unwrap_or(0), integer(entry, "PortRange.To").unwrap_or(65535))
    };
    let (p, q) = (protocol(a), protocol(b));
    let ((first, last), (from, to)) = (ports(a), ports(b));
    let addresses = match (Block::of(a, "CidrBlock"), Block::of(b, "CidrBlock")) {
        (Some(a), Some(b)) => a.overlaps(b),
        _ => true,
    };
    direction(a) == direction(b) && (p == q || p == -1 || q == -1) && first <= to && from <= last && addresses
}

fn integer(entry: &Resource, path: &str) -> Option<i64> {
    entry.get(path)?.value.as_integer()
}
