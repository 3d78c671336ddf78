use migspec_diag::{Sources, Span};
use migspec_ir::{Flow, Graph, Id, Origin, Protocol, Resource, Value, Zone, list, map};

use super::model::Direction;
use super::{Connection, Difference, Hop, Pair, compare};

/// Two networks, a transit and a site: `copier` in the second network reaches
/// `db` in the first on 5432, and the site on 5432.
struct Fixture {
    graph: Graph,
    at: Origin,
}

fn world() -> Fixture {
    let mut sources = Sources::new();
    let at = Origin::derived("test", Span::new(sources.add("test", "test"), 0, 4));
    let mut world = Fixture { graph: migspec_ir::Graph::empty(at.span()), at };
    world.add("AWS::EC2::TransitGateway", "hub", |r, _| {
        r.set("DefaultRouteTableAssociation", "disable")
            .set("DefaultRouteTablePropagation", "disable")
            .set("SecurityGroupReferencingSupport", "enable")
    });
    world.add("AWS::EC2::VPNConnection", "vpn", |r, _| r.set("TransitGatewayId", Value::reference("hub")));
    world.network("app", "db", "10.0.0.0/24");
    world.network("copy", "copier", "10.1.0.0/24");
    world.add("Migspec::Site", "dc", |r, at| {
        r.set("CidrBlocks", list!(at, ["172.16.0.0/16"])).set("VpnConnection", Value::reference("vpn"))
    });
    world.associate("vpn");
    world.rule("db-in", "SecurityGroupIngress", "db", ("SourceSecurityGroupId", group("copier")), 5432);
    world.rule("copier-out", "SecurityGroupEgress", "copier", ("CidrIp", "10.0.0.0/24".into()), 5432);
    world.rule("copier-out-dc", "SecurityGroupEgress", "copier", ("CidrIp", "172.16.0.0/16".into()), 5432);
    for (table, to) in [("copy", "10.0.0.0/24"), ("copy", "172.16.0.0/16"), ("app", "10.1.0.0/24")] {
        world.route(table, to);
    }
    for (table, to, attachment) in [
        ("copy", "10.0.0.0/24", "app-attachment"),
        ("app", "10.1.0.0/24", "copy-attachment"),
        ("copy", "172.16.0.0/16", "vpn"),
        ("vpn", "10.1.0.0/24", "copy-attachment"),
    ] {
        world.transit_route(table, to, attachment);
    }
    world.flow(Zone::Group("copier".into()), Zone::Group("db".into()), 5432);
    world.flow(Zone::Group("copier".into()), Zone::Site("dc".into()), 5432);
    world
}

fn group(name: &str) -> Value {
    Value::attribute(name, "GroupId")
}

impl Fixture {
    fn add(&mut self, type_name: &'static str, id: &str, set: impl FnOnce(Resource, Origin) -> Resource) {
        let resource = set(Resource::new(type_name, id, "test", self.at), self.at);
        self.graph.resources.insert(resource.id.clone(), resource);
    }

    /// A network with one subnet, one group and one bearer of the group.
    fn network(&mut self, name: &str, group: &str, cidr: &str) {
        let id = |part: &str| format!("{name}-{part}");
        let reference = |part: &str| Value::reference(id(part).as_str());
        self.add("AWS::EC2::VPC", &id("vpc"), |r, _| r.set("CidrBlock", cidr));
        self.subnet(name, "", cidr);
        self.add("AWS::EC2::SecurityGroup", group, |r, _| r.set("VpcId", reference("vpc")));
        self.carry(&id("carrier"), group, &id("subnet"));
        self.add("AWS::EC2::TransitGatewayAttachment", &id("attachment"), |r, at| {
            r.set("VpcId", reference("vpc"))
                .set("TransitGatewayId", Value::reference("hub"))
                .set("Options", map!(at, { "SecurityGroupReferencingSupport": "enable" }))
        });
        self.associate(&id("attachment"));
    }

    /// A subnet with a route table of its own: `app-spare-subnet` in `app-vpc`,
    /// which the node `app-spare` made.
    fn subnet(&mut self, network: &str, name: &str, cidr: &str) {
        let stem = if name.is_empty() { network.to_owned() } else { format!("{network}-{name}") };
        let id = |part: &str| format!("{stem}-{part}");
        let vpc = Value::reference(format!("{network}-vpc"));
        self.add("AWS::EC2::Subnet", &id("subnet"), |mut r, _| {
            r.path = stem.as_str().into();
            r.set("VpcId", vpc).set("CidrBlock", cidr)
        });
        self.add("AWS::EC2::RouteTable", &id("table"), |r, _| r);
        self.add("AWS::EC2::SubnetRouteTableAssociation", &id("association"), |r, _| {
            r.set("SubnetId", Value::reference(id("subnet"))).set("RouteTableId", Value::reference(id("table")))
        });
    }

    fn carry(&mut self, id: &str, group: &str, subnet: &str) {
        let group = Value::attribute(group, "GroupId");
        self.add("AWS::Lambda::Function", id, |r, at| {
            let config = map!(at, {
                "SecurityGroupIds": list!(at, [group]),
                "SubnetIds": list!(at, [Value::reference(subnet)]),
            });
            r.set("VpcConfig", config)
        });
    }

    /// A transit route table of its own: `copy-attachment` has `copy-transit`.
    fn associate(&mut self, attachment: &str) {
        let name = attachment.trim_end_matches("-attachment");
        self.add("AWS::EC2::TransitGatewayRouteTableAssociation", &format!("{name}-transit-association"), |r, _| {
            r.set("TransitGatewayAttachmentId", Value::reference(attachment))
                .set("TransitGatewayRouteTableId", Value::reference(format!("{name}-transit")))
        });
    }

    fn rule(&mut self, id: &str, kind: &str, group: &str, (property, peer): (&str, Value), port: u16) {
        let type_name =
            if kind.ends_with("Ingress") { "AWS::EC2::SecurityGroupIngress" } else { "AWS::EC2::SecurityGroupEgress" };
        self.add(type_name, id, |r, _| {
            r.set("GroupId", Value::attribute(group, "GroupId"))
                .set("IpProtocol", "tcp")
                .set("FromPort", port)
                .set("ToPort", port)
                .set(property, peer)
        });
    }

    fn route(&mut self, network: &str, to: &str) {
        self.add("AWS::EC2::Route", &format!("{network}-to-{to}"), |r, _| {
            r.set("RouteTableId", Value::reference(format!("{network}-table")))
                .set("DestinationCidrBlock", to)
                .set("TransitGatewayId", Value::reference("hub"))
        });
    }

    fn transit_route(&mut self, member: &str, to: &str, attachment: &str) {
        self.add("AWS::EC2::TransitGatewayRoute", &format!("{member}-transit-to-{to}"), |r, _| {
            r.set("TransitGatewayRouteTableId", Value::reference(format!("{member}-transit")))
                .set("DestinationCidrBlock", to)
                .set("TransitGatewayAttachmentId", Value::reference(attachment))
        });
    }

    fn flow(&mut self, from: Zone, to: Zone, port: u16) {
        let flow = Flow {
            from,
            to,
            protocol: Protocol::Tcp,
            port,
            reason: None,
            why: "replication \"x\"".into(),
            origin: self.at,
        };
        self.graph.flows.push(flow);
    }

    fn set(&mut self, id: &str, property: &str, value: impl Into<Value>) {
        let at = self.at;
        let resource = self.graph.resources.get_mut(&Id::from(id)).expect("the resource is there");
        resource.properties.set(property, migspec_ir::Datum::new(value, at));
    }

    fn remove(&mut self, id: &str) {
        self.graph.resources.shift_remove(&Id::from(id)).expect("the resource was there");
    }

    fn findings(&self) -> Vec<Summary> {
        compare(&self.graph).into_iter().map(Summary::of).collect()
    }

    fn messages(&self) -> Vec<String> {
        self.findings().into_iter().map(|summary| summary.message).collect()
    }
}

/// A difference as text.
#[derive(Debug)]
struct Summary {
    message: String,
    notes: Vec<String>,
}

impl Summary {
    fn of(difference: Difference) -> Self {
        let (message, hops) = match difference {
            Difference::Open(open) => {
                let Connection { from, to, traffic } = open.first;
                let traffic: Vec<String> = traffic.iter().map(ToString::to_string).collect();
                (format!("`{from}` can reach `{to}` on {}", traffic.join(", ")), open.hops)
            }
            Difference::Unreachable(unreachable) => {
                let Flow { from, to, protocol, port, .. } = unreachable.flow;
                (format!("`{from}` cannot reach `{to}` on {} {port}", protocol.name()), unreachable.hops)
            }
            Difference::Joined(joined) => {
                let Pair { from, to } = joined.first;
                (format!("routes join `{from}` and `{to}`"), joined.hops)
            }
        };
        let note = |(index, hop): (usize, &Hop)| {
            let back = if hop.back { "way back: " } else { "" };
            format!("{}. {back}{}", index + 1, hop.text)
        };
        Self { message, notes: hops.iter().enumerate().map(note).collect() }
    }
}

#[test]
fn what_is_declared_and_nothing_else_is_reachable() {
    assert_eq!(world().messages(), Vec::<String>::new());
}

#[test]
fn each_part_of_a_path_is_needed() {
    for part in [
        "db-in",
        "copier-out",
        "copy-to-10.0.0.0/24",
        "app-to-10.1.0.0/24",
        "copy-transit-to-10.0.0.0/24",
        "app-transit-to-10.1.0.0/24",
        "copy-attachment",
        "app-transit-association",
    ] {
        let mut world = world();
        world.remove(part);
        let messages = world.messages();
        let expected = "`copier` cannot reach `db` on tcp 5432";
        assert!(messages.iter().any(|m| m == expected), "without {part}: {messages:?}");
    }
}

#[test]
fn the_way_back_from_a_site_is_needed() {
    let mut world = world();
    world.remove("vpn-transit-to-10.1.0.0/24");
    let findings = world.findings();
    assert_eq!(findings.len(), 1);
    assert!(
        findings[0].notes.iter().any(|n| n.contains(". way back: ") && n.contains("`vpn-transit`")),
        "{findings:#?}"
    );
}

#[test]
fn a_rule_for_a_whole_network_opens_it_to_neighbours() {
    let mut world = world();
    world.add("AWS::EC2::SecurityGroup", "other", |r, _| r.set("VpcId", Value::reference("copy-vpc")));
    world.carry("other-carrier", "other", "copy-subnet");
    world.rule("other-out", "SecurityGroupEgress", "other", ("CidrIp", "10.0.0.0/8".into()), 5432);
    // The neighbour may leave, but the database admits the copier alone.
    assert_eq!(world.messages(), Vec::<String>::new());
    world.rule("db-in", "SecurityGroupIngress", "db", ("CidrIp", "10.1.0.0/16".into()), 5432);
    let findings = world.findings();
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].message, "`other-carrier` can reach `app-carrier` on tcp 5432");
    assert!(findings[0].notes.iter().any(|n| n.contains("transit route table `copy-transit`")), "{findings:#?}");
}

#[test]
fn a_range_of_ports_opens_those_that_no_flow_names() {
    let mut world = world();
    world.set("db-in", "ToPort", 5500i64);
    assert_eq!(world.messages(), Vec::<String>::new());
    world.set("copier-out", "ToPort", 5500i64);
    assert_eq!(world.messages(), ["`copy-carrier` can reach `app-carrier` on tcp 5433"]);
}

#[test]
fn a_wider_range_of_a_site_is_not_what_a_flow_to_one_host_declares() {
    let mut world = world();
    world.add("Migspec::Site", "host", |r, at| {
        r.set("CidrBlocks", list!(at, ["172.16.20.10/32"])).set("VpnConnection", Value::reference("vpn"))
    });
    assert_eq!(world.messages(), Vec::<String>::new());
    world.graph.flows[1].to = Zone::Site("host".into());
    assert_eq!(world.messages(), ["`copy-carrier` can reach `dc` on tcp 5432"]);
}

#[test]
fn the_internet_needs_a_route_and_a_rule() {
    let mut world = world();
    world.rule("out", "SecurityGroupEgress", "copier", ("CidrIp", "0.0.0.0/0".into()), 443);
    // Port 443 of the site is open now, and of the other network.
    assert!(world.messages().iter().all(|m| !m.contains("internet")), "{:?}", world.messages());
    world.add("AWS::EC2::Route", "way-out", |r, _| {
        r.set("RouteTableId", Value::reference("copy-table"))
            .set("DestinationCidrBlock", "0.0.0.0/0")
            .set("NatGatewayId", Value::reference("nat"))
    });
    world.set("out", "CidrIp", "203.0.113.0/24");
    assert_eq!(world.messages(), ["`copy-carrier` can reach `internet` on tcp 443"]);
    world.flow(Zone::Group("copier".into()), Zone::Public("203.0.113.0/24".into()), 443);
    assert_eq!(world.messages(), Vec::<String>::new());
    // The flow declares no other range, and needs all of its own.
    world.rule("wider", "SecurityGroupEgress", "copier", ("CidrIp", "198.51.100.0/24".into()), 443);
    assert_eq!(world.messages(), ["`copy-carrier` can reach `internet` on tcp 443"]);
    world.remove("wider");
    world.set("out", "CidrIp", "203.0.113.0/25");
    assert_eq!(world.messages(), ["`copier` cannot reach `203.0.113.0/24 of the internet` on tcp 443"]);
}

#[test]
fn addresses_beside_the_declared_subnets_are_in_the_network() {
    let mut world = world();
    world.rule("out", "SecurityGroupEgress", "copier", ("CidrIp", "10.1.9.0/24".into()), 443);
    world.add("Migspec::Site", "printers", |r, at| {
        r.set("CidrBlocks", list!(at, ["10.1.9.0/24"])).set("Vpc", Value::reference("copy-vpc"))
    });
    assert_eq!(world.messages(), ["`copy-carrier` can reach `printers` on tcp 443"]);
    world.flow(Zone::Group("copier".into()), Zone::Site("printers".into()), 443);
    assert_eq!(world.messages(), Vec::<String>::new());
    world.set("printers", "Vpc", Value::reference("app-vpc"));
    assert_eq!(world.messages().len(), 1);
}

#[test]
fn the_internet_comes_in_where_something_is_public() {
    let mut world = world();
    world.rule("db-open", "SecurityGroupIngress", "db", ("CidrIp", "203.0.113.0/24".into()), 5432);
    world.add("AWS::EC2::Route", "way-out", |r, _| {
        r.set("RouteTableId", Value::reference("app-table"))
            .set("DestinationCidrBlock", "0.0.0.0/0")
            .set("GatewayId", Value::reference("igw"))
    });
    world.add("AWS::EC2::VPCGatewayAttachment", "igw-attachment", |r, _| {
        r.set("VpcId", Value::reference("app-vpc")).set("InternetGatewayId", Value::reference("igw"))
    });
    assert_eq!(world.messages(), Vec::<String>::new());
    world.set("app-carrier", "PubliclyAccessible", true);
    assert_eq!(world.messages(), ["`internet` can reach `app-carrier` on tcp 5432"]);
}

#[test]
fn an_acl_lets_through_what_it_names_and_answers_too() {
    let mut world = world();
    world.add("AWS::EC2::NetworkAcl", "acl", |r, _| r);
    world.add("AWS::EC2::SubnetNetworkAclAssociation", "acl-association", |r, _| {
        r.set("SubnetId", Value::reference("app-subnet")).set("NetworkAclId", Value::reference("acl"))
    });
    assert_eq!(world.messages().len(), 1);
    world.entry("in", Direction::In, 5432, 5432);
    let findings = world.findings();
    assert!(
        findings[0]
            .notes
            .iter()
            .any(|n| n.ends_with("way back: no entry of network ACL `acl` lets tcp 1024 out of `app-subnet`")),
        "{findings:#?}"
    );
    world.entry("out", Direction::Out, 1024, 65535);
    assert_eq!(world.messages(), Vec::<String>::new());
}

impl Fixture {
    fn entry(&mut self, id: &str, side: Direction, first: i64, last: i64) {
        self.add("AWS::EC2::NetworkAclEntry", id, |r, at| {
            r.set("NetworkAclId", Value::reference("acl"))
                .set("RuleNumber", 10)
                .set("RuleAction", "allow")
                .set("Egress", side == Direction::Out)
                .set("CidrBlock", "10.1.0.0/24")
                .set("PortRange", map!(at, { "From": first, "To": last }))
        });
    }
}

#[test]
fn a_service_is_reached_through_an_endpoint_of_the_own_network() {
    let mut world = world();
    world.flow(Zone::Group("copier".into()), Zone::Service("ssm".into()), 443);
    assert_eq!(world.messages().len(), 1);
    world.add("AWS::EC2::SecurityGroup", "endpoints", |r, _| r.set("VpcId", Value::reference("copy-vpc")));
    world.add("AWS::EC2::VPCEndpoint", "ssm", |r, at| {
        r.set("VpcId", Value::reference("copy-vpc"))
            .set("ServiceName", "com.amazonaws.us-east-1.ssm")
            .set("VpcEndpointType", "Interface")
            .set("SubnetIds", list!(at, [Value::reference("copy-subnet")]))
            .set("SecurityGroupIds", list!(at, [Value::attribute("endpoints", "GroupId")]))
    });
    world.rule("to-ssm", "SecurityGroupEgress", "copier", ("DestinationSecurityGroupId", group("endpoints")), 443);
    world.rule("ssm-in", "SecurityGroupIngress", "endpoints", ("SourceSecurityGroupId", group("copier")), 443);
    assert_eq!(world.messages(), Vec::<String>::new());
}

#[test]
fn a_rule_that_names_a_range_beside_a_group_opens_both() {
    let mut world = world();
    world.add("AWS::EC2::SecurityGroup", "other", |r, _| r.set("VpcId", Value::reference("copy-vpc")));
    world.carry("other-carrier", "other", "copy-subnet");
    world.rule("other-out", "SecurityGroupEgress", "other", ("CidrIp", "10.0.0.0/8".into()), 5432);
    world.set("db-in", "CidrIp", "10.0.0.0/8");
    assert_eq!(world.messages(), ["`other-carrier` can reach `app-carrier` on tcp 5432"]);
}

#[test]
fn protocols_are_told_apart() {
    let mut world = world();
    world.set("db-in", "IpProtocol", "udp");
    let needs = "`copier` cannot reach `db` on tcp 5432";
    assert_eq!(world.messages(), [needs]);
    world.set("copier-out", "IpProtocol", "udp");
    let opens = "`copy-carrier` can reach `app-carrier` on udp 5432";
    assert_eq!(world.messages(), [needs, opens]);
}

#[test]
fn groups_of_other_networks_are_known_where_the_transit_carries_them() {
    let mut world = world();
    let at = world.at;
    world.set("app-attachment", "Options", map!(at, { "SecurityGroupReferencingSupport": "disable" }));
    assert_eq!(world.messages().len(), 1);
    assert!(world.findings()[0].notes.iter().any(|n| n == "1. no rule of `db` lets it in"), "{:#?}", world.findings());
}

#[test]
fn routes_that_no_flow_crosses_join_networks() {
    let mut world = world();
    world.subnet("app", "spare", "10.0.1.0/24");
    world.route("app-spare", "10.1.0.0/24");
    // The transit does not lead back to it yet.
    assert_eq!(world.messages(), Vec::<String>::new());
    world.set("copy-transit-to-10.0.0.0/24", "DestinationCidrBlock", "10.0.0.0/16");
    assert_eq!(world.messages(), Vec::<String>::new());
    world.set("copy-to-10.0.0.0/24", "DestinationCidrBlock", "10.0.0.0/16");
    assert_eq!(world.messages(), ["routes join `app-spare` and `copy`"], "{:#?}", world.findings());
}

#[test]
fn a_default_table_joins_what_has_no_table_of_its_own() {
    let mut world = world();
    for part in ["app-transit-association", "copy-transit-association", "vpn-transit-association"] {
        world.remove(part);
    }
    assert_eq!(world.messages().len(), 2);
    // By default, AWS joins all attachments of a transit.
    world.set("hub", "DefaultRouteTableAssociation", "enable");
    assert_eq!(world.messages().len(), 2);
    world.set("hub", "DefaultRouteTablePropagation", "enable");
    assert_eq!(world.messages(), Vec::<String>::new());
}

#[test]
fn the_answer_names_ends_traffic_flows_and_hops() {
    let mut world = world();
    world.rule("db-also", "SecurityGroupIngress", "db", ("CidrIp", "172.16.0.0/16".into()), 22);
    let all = super::Reachability::of(&world.graph);
    let end = |name: &str| all.ends.iter().position(|end| &*end.name == name).expect("the end is there");
    let (copier, db) = (end("copy-carrier"), end("app-carrier"));
    let edge = all.edges.iter().find(|e| e.from == copier && e.to == db).expect("it is reached");
    assert!(edge.is_declared());
    assert_eq!(edge.traffic.iter().map(ToString::to_string).collect::<Vec<_>>(), ["tcp 5432"]);
    assert_eq!(edge.flows, [0]);
    let decided: Vec<&str> = edge.path.iter().filter_map(|hop| hop.resource.as_ref()).map(Id::as_str).collect();
    assert_eq!(
        decided,
        [
            "copier-out",
            "copy-to-10.0.0.0/24",
            "copy-transit-to-10.0.0.0/24",
            "db-in",
            "app-to-10.1.0.0/24",
            "app-transit-to-10.1.0.0/24"
        ]
    );
    assert_eq!(edge.path.iter().filter(|hop| hop.back).count(), 2);
    // The site has no path to the database: no rule opens one.
    assert!(!all.edges.iter().any(|e| e.to == db && e.from != copier));
    assert_eq!(all.tiers.len(), 2);
    assert!(all.joins.iter().all(|join| join.declared), "{:#?}", all.joins);
}
