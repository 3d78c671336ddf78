use super::address::cover_internet;
use crate::class::{Classes, TEXT};
use crate::fact::{Fact, FactType, FactValue};
use crate::resource_type::{
    Column, Compare, Concern, Describe, Field, Form, Lookup, Property, ResourceType, Satellite, TAGS, Terraform,
    argument,
};
use crate::workflow::Described;
use crate::{Datum, Index, Resource, Zone};

/// Why a rule's groups are not named.
pub(super) const BY_ID: &str = "groups in a VPC are named by their id: `GroupId` and `SourceSecurityGroupId`";

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::EC2::SecurityGroup",
    concern: Concern::Network,
    terraform: Terraform::Column(Column {
        resource: "aws_security_group",
        attributes: &[("GroupId", "id"), ("Id", "id"), ("VpcId", "vpc_id")],
        properties: &[
            argument("GroupDescription", "description"),
            argument("GroupName", "name"),
            Property::new(
                "SecurityGroupEgress",
                Form::CloudFormationDefault {
                    default: r#"[{"CidrIp":"127.0.0.1/32","Description":"no way out but by the rules beside","IpProtocol":"-1"}]"#,
                    form: &Form::Satellites {
                        name_from: "",
                        each: Satellite {
                            resource: "aws_vpc_security_group_egress_rule",
                            links: &[("security_group_id", "id")],
                            fixed: &[],
                            form: &Form::Inline(&[
                                argument("CidrIp", "cidr_ipv4"),
                                argument("CidrIpv6", "cidr_ipv6"),
                                argument("Description", "description"),
                                argument("DestinationPrefixListId", "prefix_list_id"),
                                argument("DestinationSecurityGroupId", "referenced_security_group_id"),
                                argument("FromPort", "from_port"),
                                argument("IpProtocol", "ip_protocol"),
                                argument("ToPort", "to_port"),
                            ]),
                            after: &[],
                        },
                    },
                    why: "AWS adds a rule that allows all ways out to a group without any; Terraform's provider takes it \
                          away again, CloudFormation only where the group itself has another one: it gets one to the \
                          loopback address",
                },
            ),
            Property::new(
                "SecurityGroupIngress",
                Form::Satellites {
                    name_from: "",
                    each: Satellite {
                        resource: "aws_vpc_security_group_ingress_rule",
                        links: &[("security_group_id", "id")],
                        fixed: &[],
                        form: &Form::Inline(&[
                            argument("CidrIp", "cidr_ipv4"),
                            argument("CidrIpv6", "cidr_ipv6"),
                            argument("Description", "description"),
                            argument("FromPort", "from_port"),
                            argument("IpProtocol", "ip_protocol"),
                            argument("SourcePrefixListId", "prefix_list_id"),
                            argument("SourceSecurityGroupId", "referenced_security_group_id"),
                            Property::new("SourceSecurityGroupName", Form::Absent(BY_ID)),
                            Property::new("SourceSecurityGroupOwnerId", Form::Absent(BY_ID)),
                            argument("ToPort", "to_port"),
                        ]),
                        after: &[],
                    },
                },
            ),
            TAGS,
            argument("VpcId", "vpc_id"),
        ],
        timeouts: &[("delete", "45m")],
        lookup: Some(&Lookup {
            data: "aws_security_group",
            by: "id",
            same: &["GroupId", "Id"],
            compares: &[("VpcId", Compare::Equal("vpc_id"))],
            describe: &[Describe {
                described: Described::SecurityGroups,
                of: None,
                compares: &[("VpcId", Field::Equal("VpcId"))],
            }],
            ..Lookup::BASE
        }),
        ..Column::BASE
    }),
    facts: &[
        Fact::string("groupDescription", "GroupDescription", ""),
        Fact::entity("vpc", "VpcId", "AWS::EC2::VPC"),
        Fact::computed("openToInternet", FactType::Bool, open_to_internet),
        Fact::computed("allowsAllProtocols", FactType::Bool, allows_all_protocols),
        Fact::computed("opensToEverywhere", FactType::Bool, opens_to_everywhere),
        // Every rule of its own for the way out is on the port of a flow to the internet.
        Fact::computed("declaredOutwards", FactType::Bool, declared_outwards),
        Fact::computed("attached", FactType::Bool, is_attached),
        Fact::computed("inUse", FactType::Bool, is_in_use),
        Fact::computed("holdsDatabase", FactType::Bool, |group, graph| holds_database(group, graph).into()),
        Fact::computed("holdsReplication", FactType::Bool, |group, graph| holds_replication(group, graph).into()),
        Fact::computed("holdsWorkload", FactType::Bool, holds_workload),
        Fact::computed("holdsFunction", FactType::Bool, |group, graph| {
            graph.referring(&group.id, "AWS::Lambda::Function", "VpcConfig.SecurityGroupIds").next().is_some().into()
        }),
        Fact::computed("holdsEndpoint", FactType::Bool, |group, graph| {
            graph.referring(&group.id, "AWS::EC2::VPCEndpoint", "SecurityGroupIds").next().is_some().into()
        }),
    ],
    classes: Classes { identity: &["GroupName", "VpcId"], free: &[("GroupDescription", TEXT)], ..Classes::NONE },
};

const INGRESS: &str = "SecurityGroupIngress";
const EGRESS: &str = "SecurityGroupEgress";

/// Properties of existing groups alone: whether a rule that the spec does not list opens the group.
pub const ADMITS_INTERNET: &str = "AdmitsInternet";
pub const REACHES_INTERNET: &str = "ReachesInternet";
pub const ALL_PROTOCOLS: &str = "AllProtocols";

/// Whether the unlisted rules of a group open it. Those of a new group are none; those of an existing group are what the
/// spec declares, or unknown.
fn fact_of_unlisted(group: &Resource, declared: &str) -> FactValue {
    match (group.is_declared(), group.get(declared).and_then(|datum| datum.value.as_bool())) {
        (false, _) => false.into(),
        (true, Some(declared)) => declared.into(),
        (true, None) => FactValue::Unknown,
    }
}

fn allows_all_protocols(group: &Resource, _: &Index<'_>) -> FactValue {
    match has_rule(group, INGRESS, all_protocols) {
        true => true.into(),
        false => fact_of_unlisted(group, ALL_PROTOCOLS),
    }
}

/// Whether a rule, of its own or beside it, lets everybody in. A range that is
/// only known at deployment may be everybody's.
fn open_to_internet(group: &Resource, graph: &Index<'_>) -> FactValue {
    let inline = match group.get(INGRESS).map(|d| d.value.as_list()) {
        None => &[],
        Some(Some(rules)) => rules,
        Some(None) => return FactValue::Unknown,
    };
    let beside = graph.referring(&group.id, "AWS::EC2::SecurityGroupIngress", "GroupId");
    let beside = beside.flat_map(|rule| CIDRS.iter().filter_map(|path| rule.get(path)));
    let ranges: Vec<&Datum> =
        inline.iter().flat_map(|rule| CIDRS.iter().filter_map(|path| rule.get(path))).chain(beside).collect();
    if cover_internet(ranges.iter().filter_map(|range| range.value.as_str())) {
        return true.into();
    }
    // A prefix list is known to its owner only.
    let beside = graph.referring(&group.id, "AWS::EC2::SecurityGroupIngress", "GroupId");
    let listed = inline.iter().any(|rule| rule.get(PREFIX_LIST).is_some())
        || beside.into_iter().any(|rule| rule.get(PREFIX_LIST).is_some());
    match !listed && ranges.iter().all(|range| range.value.as_str().is_some()) {
        true => fact_of_unlisted(group, ADMITS_INTERNET),
        false => FactValue::Unknown,
    }
}

const PREFIX_LIST: &str = "SourcePrefixListId";

const CIDRS: &[&str] = &["CidrIp", "CidrIpv6"];

fn has_rule(group: &Resource, list: &str, matches: fn(&Datum) -> bool) -> bool {
    group.get(list).and_then(|d| d.value.as_list()).is_some_and(|rules| rules.iter().any(matches))
}

/// Whether its own rules for the way out cover the internet together.
fn opens_to_everywhere(group: &Resource, _: &Index<'_>) -> FactValue {
    let rules = group.get(EGRESS).and_then(|d| d.value.as_list()).unwrap_or_default();
    let ranges = rules.iter().flat_map(|rule| CIDRS.iter().filter_map(|path| rule.get(path)));
    match cover_internet(ranges.filter_map(|range| range.value.as_str())) {
        true => true.into(),
        false => fact_of_unlisted(group, REACHES_INTERNET),
    }
}

fn declared_outwards(group: &Resource, graph: &Index<'_>) -> FactValue {
    let rules = group.get(EGRESS).and_then(|d| d.value.as_list()).unwrap_or_default();
    let starts_here = |zone: &Zone| matches!(zone, Zone::Group(id) if *id == group.id);
    let declared = |rule: &Datum| {
        let number = |name: &str| rule.get(name).and_then(|d| d.value.as_integer());
        let protocol = rule.get("IpProtocol").and_then(|d| d.value.as_str());
        let mut flows = graph.flows.iter().filter(|flow| flow.to == Zone::Internet && starts_here(&flow.from));
        flows.any(|flow| {
            let port = Some(i64::from(flow.port));
            protocol == Some(flow.protocol.name()) && number("FromPort") == port && number("ToPort") == port
        })
    };
    match !rules.is_empty() && rules.iter().all(declared) {
        true => match fact_of_unlisted(group, REACHES_INTERNET) {
            FactValue::Bool(reaches) => (!reaches).into(),
            unknown => unknown,
        },
        false => false.into(),
    }
}

fn all_protocols(rule: &Datum) -> bool {
    rule.get("IpProtocol").and_then(|d| d.value.as_str()) == Some("-1")
}

const RULES: &[&str] = &["AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"];

/// Whether anything but a rule refers to it.
fn is_attached(group: &Resource, graph: &Index<'_>) -> FactValue {
    graph.referrers(&group.id).any(|resource| !RULES.contains(&resource.type_name)).into()
}

/// Whether a resource uses the group, or a relation names it for the deployment
/// of the application.
fn is_in_use(group: &Resource, graph: &Index<'_>) -> FactValue {
    if is_attached(group, graph) == FactValue::Bool(true) {
        return true.into();
    }
    let is_it = |zone: &Zone| matches!(zone, Zone::Group(id) if *id == group.id);
    graph.flows.iter().any(|flow| is_it(&flow.from) || is_it(&flow.to)).into()
}

/// Whether something that is no database carries it.
fn holds_workload(group: &Resource, graph: &Index<'_>) -> FactValue {
    const DATABASES: &[&str] = &["AWS::RDS::DBCluster", "AWS::RDS::DBInstance"];
    let others = graph.referrers(&group.id).filter(|r| !RULES.contains(&r.type_name));
    others.into_iter().any(|r| !DATABASES.contains(&r.type_name)).into()
}

/// Whether a rule for the way in names addresses instead of a group.
pub(in crate::aws) fn admits_addresses(group: &Resource, graph: &Index<'_>) -> bool {
    let named = |rule: &dyn Fn(&str) -> bool| CIDRS.iter().any(|path| rule(path));
    let inline = group.get(INGRESS).and_then(|d| d.value.as_list()).unwrap_or_default();
    inline.iter().any(|rule| named(&|path| rule.get(path).is_some()))
        || graph
            .referring(&group.id, "AWS::EC2::SecurityGroupIngress", "GroupId")
            .any(|rule| named(&|path| rule.get(path).is_some()))
}

/// Whether a database is in it.
pub(super) fn holds_database(group: &Resource, graph: &Index<'_>) -> bool {
    graph.referring(&group.id, "AWS::RDS::DBCluster", "VpcSecurityGroupIds").next().is_some()
}

/// Whether a replication instance is in it.
pub(super) fn holds_replication(group: &Resource, graph: &Index<'_>) -> bool {
    graph.referring(&group.id, "AWS::DMS::ReplicationInstance", "VpcSecurityGroupIds").next().is_some()
}
