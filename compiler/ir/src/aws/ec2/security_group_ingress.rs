use super::address::in_site;
use super::security_group;
use crate::class::{Classes, REACHABILITY, TEXT};
use crate::fact::{Fact, FactType, FactValue};
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Terraform, argument};
use crate::{Index, Resource, Zone};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::EC2::SecurityGroupIngress",
    concern: Concern::Network,
    terraform: Terraform::Column(Column {
        resource: "aws_vpc_security_group_ingress_rule",
        attributes: &[("Id", "id")],
        properties: &[
            argument("CidrIp", "cidr_ipv4"),
            argument("CidrIpv6", "cidr_ipv6"),
            argument("Description", "description"),
            argument("FromPort", "from_port"),
            argument("GroupId", "security_group_id"),
            Property::new("GroupName", Form::Absent(security_group::BY_ID)),
            argument("IpProtocol", "ip_protocol"),
            argument("SourcePrefixListId", "prefix_list_id"),
            argument("SourceSecurityGroupId", "referenced_security_group_id"),
            Property::new("SourceSecurityGroupName", Form::Absent(security_group::BY_ID)),
            Property::new("SourceSecurityGroupOwnerId", Form::Absent(security_group::BY_ID)),
            argument("ToPort", "to_port"),
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::entity("group", "GroupId", "AWS::EC2::SecurityGroup"),
        Fact::entity("sourceGroup", "SourceSecurityGroupId", "AWS::EC2::SecurityGroup"),
        Fact::string("cidrIp", "CidrIp", ""),
        Fact::string("cidrIpv6", "CidrIpv6", ""),
        Fact::string("description", "Description", ""),
        Fact::string("protocol", "IpProtocol", ""),
        // Absent with all protocols: every port.
        Fact::long("fromPort", "FromPort", 0),
        Fact::long("toPort", "ToPort", 65535),
        Fact::computed("fromSite", FactType::Bool, |rule, graph| in_site(rule, "CidrIp", graph)),
        // The addresses of a site that the spec declares, on their port.
        Fact::computed("declaredRange", FactType::Bool, declared_range),
        Fact::computed("fromGroup", FactType::Bool, |rule, _| rule.get("SourceSecurityGroupId").is_some().into()),
        Fact::computed("intoDatabase", FactType::Bool, |rule, graph| {
            is_group(rule, graph, "GroupId", security_group::holds_database)
        }),
        Fact::computed("intoReplication", FactType::Bool, |rule, graph| {
            is_group(rule, graph, "GroupId", security_group::holds_replication)
        }),
    ],
    classes: Classes {
        identity: &["GroupId"],
        judged: &[
            ("SourceSecurityGroupId", REACHABILITY),
            ("IpProtocol", REACHABILITY),
            ("FromPort", REACHABILITY),
            ("ToPort", REACHABILITY),
        ],
        free: &[("Description", TEXT)],
        // The analysis of paths sees no address outside the networks and sites of the spec.
        undecided: &["CidrIp", "CidrIpv6"],
    },
};

/// Whether the spec declares a flow from a site with this range to the rule's group, on the rule's port alone.
fn declared_range(rule: &Resource, graph: &Index<'_>) -> FactValue {
    let group = rule.get("GroupId").and_then(|d| d.value.target());
    let number = |name: &str| rule.get(name).and_then(|d| d.value.as_integer());
    let Some(range) = rule.get("CidrIp") else { return false.into() };
    let has_range = |site: &Resource| {
        let ranges = site.get("CidrBlocks").and_then(|d| d.value.as_list()).unwrap_or_default();
        ranges.iter().any(|known| known.value == range.value)
    };
    let mut flows = graph.flows.iter();
    flows
        .any(|flow| {
            let port = Some(i64::from(flow.port));
            let (Zone::Site(from), Zone::Group(to)) = (&flow.from, &flow.to) else { return false };
            Some(to) == group
                && number("FromPort") == port
                && number("ToPort") == port
                && graph.get(from).is_some_and(has_range)
        })
        .into()
}

/// Whether the group at `path` is of the kind; unknown where it is none of ours.
pub(super) fn is_group(
    rule: &Resource,
    graph: &Index<'_>,
    path: &str,
    kind: fn(&Resource, &Index<'_>) -> bool,
) -> FactValue {
    graph.follow(rule, path).map_or(FactValue::Unknown, |group| kind(group, graph).into())
}
