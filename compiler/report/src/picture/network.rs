//! The picture of the network.

use std::collections::{BTreeMap, BTreeSet};

use migspec_analyze::reach::{End, EndKind, JoinEnd, Reachability};
use migspec_analyze::scope::Scope;
use migspec_draw::{Edge, Group, GroupId, Line, Look, Node, NodeId, Picture, Shape, Sign};
use migspec_ir::aws::ec2::vpc_ranges;
use migspec_ir::{Flow, Graph, Id, Index, Resource, Value, Zone};

use super::{Links, explain_levels, explain_outlines, folded, kind, look, narrowest, reasons};

/// The networks with their tiers, resources and connections: the connections that
/// the resources allow, compared with those that the spec declares.
pub fn network(graph: &Graph, scope: &Scope, reach: &Reachability, links: Links) -> Picture {
    let title = format!("Network of {} in {}", graph.migration, graph.environment.name);
    let index = Index::new(graph);
    let mut drawing = Drawing {
        graph,
        index: &index,
        scope,
        links,
        picture: Picture::new("network", title, describe(graph, reach)),
        groups: BTreeMap::new(),
        nodes: BTreeMap::new(),
        services: services(graph, &index),
    };
    drawing.networks();
    drawing.callers();
    drawing.draw_unjoined();
    drawing.draw_flows(reach);
    drawing.draw_undeclared(reach);
    drawing.joins(reach);
    drawing.draw_transit();
    drawing.draw_copies();
    let mut picture = drawing.picture.merge_twins();
    explain_levels(&mut picture);
    picture.explain(Sign::Box(Look::Plain), "outside the migration");
    let outlines = [
        (Shape::Store, "a database"),
        (Shape::Round, "a component, or an address outside AWS"),
        (Shape::Box, "endpoints, attachments and gateways"),
    ];
    explain_outlines(&mut picture, &outlines);
    for (line, meaning) in LINES {
        picture.explain(Sign::Arrow(*line), *meaning);
    }
    picture
}

const ATTACHMENT: &str = "AWS::EC2::TransitGatewayAttachment";
const UNDECLARED: Line = Line::Thick;
const UNREACHABLE: Line = Line::Dotted;

const LINES: &[(Line, &str)] = &[
    (Line::Solid, "declared, and allowed by the resources"),
    (Line::Dashed, "the same, to AWS services through endpoints of the network"),
    (UNDECLARED, "allowed by the resources, but not declared"),
    (UNREACHABLE, "declared, but blocked by the resources"),
    (Line::Link, "attached, or copied by the service"),
];

fn describe(graph: &Graph, reach: &Reachability) -> String {
    let reached = reach.reached_flows();
    let flows = graph.flows.iter().enumerate().map(|(index, flow)| {
        let not = if reached.contains(&index) { "" } else { ", which is declared but not reachable" };
        format!("{flow}{not}")
    });
    let open = reach.edges.iter().filter(|edge| !edge.is_declared()).map(|edge| {
        let (from, to) = (&reach.ends[edge.from].name, &reach.ends[edge.to].name);
        let traffic: Vec<String> = edge.traffic.iter().map(ToString::to_string).collect();
        format!("{from} to {to} on {}, which no flow declares", traffic.join(", "))
    });
    let joins = reach.joins.iter().filter(|join| !join.declared).map(|join| {
        let side = |side: JoinEnd| match side {
            JoinEnd::Tier(index) => &reach.tiers[index].path,
            JoinEnd::Site(index) => &reach.ends[index].name,
        };
        format!("{} and {} are joined by routes without a flow", side(join.from), side(join.to))
    });
    let all: Vec<String> = flows.chain(open).chain(joins).collect();
    format!("Networks, tiers and the connections between their resources. {}.", all.join("; "))
}

/// The ends of flows, how they are drawn, and their ports.
type Arrows<'g> = Vec<((&'g Zone, &'g Zone), Line, BTreeSet<String>)>;

/// Flows with the same ends are one arrow. Services of one network are one end.
fn arrows<'g>(graph: &'g Graph, reached: &BTreeSet<usize>) -> Arrows<'g> {
    let mut joined: Arrows<'_> = Vec::new();
    let mut known: BTreeMap<(&Zone, Option<&Zone>, Line), usize> = BTreeMap::new();
    for (index, flow) in graph.flows.iter().enumerate() {
        let service = matches!(flow.to, Zone::Service(_));
        let line = match (reached.contains(&index), service) {
            (false, _) => UNREACHABLE,
            (true, true) => Line::Dashed,
            (true, false) => Line::Solid,
        };
        let to = (!service).then_some(&flow.to);
        let at = *known.entry((&flow.from, to, line)).or_insert_with(|| {
            joined.push(((&flow.from, &flow.to), line, BTreeSet::new()));
            joined.len() - 1
        });
        joined[at].2.insert(port(flow));
    }
    joined
}

fn port(flow: &Flow) -> String {
    format!("{} {}", flow.protocol.name(), flow.port)
}

/// The services with an endpoint in each network.
fn services(graph: &Graph, index: &Index<'_>) -> BTreeMap<Id, BTreeSet<String>> {
    let mut services: BTreeMap<Id, BTreeSet<String>> = BTreeMap::new();
    for endpoint in index.all("AWS::EC2::VPCEndpoint") {
        let vpc = endpoint.get("VpcId").and_then(|d| d.value.target());
        let name = endpoint.get("ServiceName").and_then(|d| d.value.as_str()).and_then(|name| name.rsplit('.').next());
        if let (Some(vpc), Some(name)) = (vpc.filter(|vpc| graph.get(vpc).is_some()), name) {
            services.entry(vpc.clone()).or_default().insert(name.to_owned());
        }
    }
    services
}

struct Drawing<'a, 'g> {
    graph: &'g Graph,
    index: &'a Index<'g>,
    scope: &'a Scope,
    links: Links<'a>,
    picture: Picture,
    /// By the path of a tier or the id of a network.
    groups: BTreeMap<String, GroupId>,
    nodes: BTreeMap<String, NodeId>,
    services: BTreeMap<Id, BTreeSet<String>>,
}

impl<'g> Drawing<'_, 'g> {
    /// Frames of all networks and of their tiers, in the spec's order.
    fn networks(&mut self) {
        let graph = self.graph;
        self.groups.insert("outside".to_owned(), self.picture.add_group(Group::new("outside AWS")));
        let services = Group::new("AWS services, outside the networks");
        self.groups.insert("services".to_owned(), self.picture.add_group(services));
        for vpc in graph.of_type("AWS::EC2::VPC") {
            let ipv6 = vpc.get(vpc_ranges::IPV6_CIDR_BLOCKS).and_then(|d| d.value.as_list()).unwrap_or_default();
            let ranges: Vec<&str> = vpc_ranges::ranges(vpc).chain(ipv6).filter_map(|d| d.value.as_str()).collect();
            let cidr = ranges.join(", ");
            let region = vpc.region.as_deref().unwrap_or(&graph.environment.region);
            let exists =
                vpc.existing.as_ref().map_or_else(String::new, |known| format!(", exists: {}", known.identity));
            let group = self.picture.add_group(Group::new(format!("{} {cidr}, {region}{exists}", vpc.path)));
            self.groups.insert(vpc.id.to_string(), group);
            for subnet in self.index.referring(&vpc.id, "AWS::EC2::Subnet", "VpcId").collect::<Vec<_>>() {
                if !self.groups.contains_key(&tier(subnet)) {
                    let label = format!("{}, {}", tier_name(subnet, vpc), self.way_out(subnet));
                    let inner = self.picture.add_group(Group::new(label).within(group));
                    self.groups.insert(tier(subnet), inner);
                }
            }
        }
    }

    /// The route of a subnet to the internet, in words.
    fn way_out(&self, subnet: &Resource) -> &'static str {
        let association = "AWS::EC2::SubnetRouteTableAssociation";
        let tables = self.index.referring(&subnet.id, association, "SubnetId");
        let tables: Vec<&Id> = tables.filter_map(|a| a.get("RouteTableId")?.value.target()).collect();
        let routes = tables.iter().flat_map(|table| self.index.referring(table, "AWS::EC2::Route", "RouteTableId"));
        let mut nat = false;
        for route in routes {
            if route.get("GatewayId").is_some() {
                return "open to the internet";
            }
            nat |= route.get("NatGatewayId").is_some();
        }
        if nat { "to the internet through NAT" } else { "no route to the internet" }
    }

    /// The callers of the API, and the path of their requests into the network.
    fn callers(&mut self) {
        let graph = self.graph;
        for api in graph.of_type("AWS::ApiGateway::RestApi") {
            let callers =
                self.place("callers", "outside", |_| Node::new("callers").line("internet").shape(Shape::Round));
            let node = self.node(&api.id, "services", Shape::Round);
            self.edge(callers, node, BTreeSet::from(["tcp 443".to_owned()]), Line::Solid);
            let links = self.index.referring(&api.id, "AWS::ApiGateway::Method", "RestApiId");
            let mut hops = BTreeSet::new();
            for method in links {
                if let Some(datum) = method.get("Integration") {
                    datum.value.references(&mut |id, _| {
                        hops.insert(id.clone());
                    });
                }
            }
            let link = hops.iter().filter_map(|id| graph.get(id)).find(|r| r.type_name == "AWS::ApiGatewayV2::VpcLink");
            let mut groups = Vec::new();
            if let Some(datum) = link.and_then(|link| link.get("SecurityGroupIds")) {
                datum.value.references(&mut |id, _| groups.push(id.clone()));
            }
            for group in groups {
                let to = self.zone(&Zone::Group(group), &Zone::Internet);
                self.edge(node, to, BTreeSet::from(["private integration".to_owned()]), Line::Solid);
            }
        }
    }

    /// The flows, allowed or blocked by the resources.
    fn draw_flows(&mut self, reach: &Reachability) {
        for ((from, to), line, ports) in arrows(self.graph, &reach.reached_flows()) {
            let (from, to) = (self.zone(from, to), self.zone(to, from));
            self.edge(from, to, ports, line);
        }
    }

    /// The connections that the resources allow beyond the flows. Ends in one box are
    /// one end.
    fn draw_undeclared(&mut self, reach: &Reachability) {
        let mut open: BTreeMap<(NodeId, NodeId), BTreeSet<String>> = BTreeMap::new();
        for edge in reach.edges.iter().filter(|edge| !edge.is_declared()) {
            let ends = (self.end(&reach.ends[edge.from]), self.end(&reach.ends[edge.to]));
            open.entry(ends).or_default().extend(edge.traffic.iter().map(ToString::to_string));
        }
        for ((from, to), traffic) in open {
            self.edge(from, to, traffic, UNDECLARED);
        }
    }

    /// Networks with a route between them but no flow. Only security groups separate
    /// their resources.
    fn joins(&mut self, reach: &Reachability) {
        for join in reach.joins.iter().filter(|join| !join.declared) {
            let (from, to) = (self.side(reach, join.from), self.side(reach, join.to));
            let edge = Edge::new(from, to).line(UNDECLARED).label("joined by routes");
            self.picture.add_edge(edge);
        }
    }

    fn side(&mut self, reach: &Reachability, side: JoinEnd) -> NodeId {
        match side {
            JoinEnd::Site(index) => self.end(&reach.ends[index]),
            JoinEnd::Tier(index) => {
                let subnet = reach.tiers[index].subnets.iter().find_map(|id| self.graph.get(id));
                let tier = subnet.map(tier).unwrap_or_default();
                self.place(&format!("any address of {tier}"), &tier, |_| Node::new("any address of the tier"))
            }
        }
    }

    /// The box for an end of a computed connection.
    fn end(&mut self, end: &End) -> NodeId {
        match (&end.kind, end.groups.first(), &end.resource) {
            (EndKind::Internet, ..) => self.zone(&Zone::Internet, &Zone::Internet),
            (EndKind::Service(service), _, Some(endpoint)) => {
                let vpc = self.graph.get(endpoint).and_then(|r| r.get("VpcId")?.value.target()).cloned();
                self.endpoints_of(service, vpc.as_ref())
            }
            (EndKind::Site, _, Some(id)) => self.node(id, "outside", Shape::Round),
            (_, Some(group), _) => self.group(group),
            (_, None, Some(id)) => self.node(id, "", Shape::Round),
            (_, None, None) => self.zone(&Zone::Internet, &Zone::Internet),
        }
    }

    /// The gateways between networks and sites, with what is attached to them.
    fn draw_transit(&mut self) {
        let graph = self.graph;
        for gateway in graph.of_type("AWS::EC2::TransitGateway") {
            let hub = self.node(&gateway.id, "services", Shape::Box);
            let attachments = self.index.referring(&gateway.id, ATTACHMENT, "TransitGatewayId").collect::<Vec<_>>();
            for attachment in attachments {
                let Some(vpc) = attachment.get("VpcId").and_then(|d| d.value.target()) else { continue };
                let place = self.tier_of(attachment).unwrap_or_else(|| vpc.to_string());
                let end = self.node(&attachment.id, &place, Shape::Box);
                self.picture.add_edge(Edge::new(end, hub).line(Line::Link));
            }
            let mut connections = BTreeSet::new();
            for site in graph.of_type("Migspec::Site") {
                let Some(id) = site.get("VpnConnection").and_then(|d| d.value.target()) else { continue };
                let joined = graph.get(id).and_then(|r| r.get("TransitGatewayId")?.value.target());
                if joined == Some(&gateway.id) {
                    let connection = self.node(id, "services", Shape::Box);
                    let site = self.node(&site.id, "outside", Shape::Round);
                    if connections.insert(id) {
                        self.picture.add_edge(Edge::new(hub, connection).line(Line::Link));
                    }
                    self.picture.add_edge(Edge::new(connection, site).line(Line::Link));
                }
            }
        }
    }

    /// The clusters of a global cluster, which AWS copies from the first.
    fn draw_copies(&mut self) {
        let graph = self.graph;
        let name = |cluster: &Resource| cluster.get("GlobalClusterIdentifier").map(|d| d.value.clone());
        for global in graph.of_type("AWS::RDS::GlobalCluster") {
            let is_member = |cluster: &&Resource| {
                let written = cluster.get("GlobalClusterIdentifier").map(|d| &d.value);
                written.and_then(Value::target) == Some(&global.id) || written == name(global).as_ref()
            };
            let members: Vec<&Resource> = graph.of_type("AWS::RDS::DBCluster").filter(is_member).collect();
            let Some(writer) = members.iter().find(|cluster| cluster.region.is_none()) else { continue };
            let from = self.cluster(writer);
            for copy in members.iter().filter(|cluster| cluster.id != writer.id) {
                let to = self.cluster(copy);
                self.picture.add_edge(Edge::new(from, to).label("Aurora global database").line(Line::Link));
            }
        }
    }

    /// The box of a cluster: that of its security group.
    fn cluster(&mut self, cluster: &Resource) -> NodeId {
        let mut groups = Vec::new();
        if let Some(datum) = cluster.get("VpcSecurityGroupIds") {
            datum.value.references(&mut |id, _| groups.push(id.clone()));
        }
        match groups.first() {
            Some(group) => self.group(group),
            None => self.node(&cluster.id, "", Shape::Store),
        }
    }

    /// The resources of a network without flows.
    fn draw_unjoined(&mut self) {
        let graph = self.graph;
        for group in graph.of_type("AWS::EC2::SecurityGroup") {
            if !self.carriers(&group.id).is_empty() {
                self.group(&group.id);
            }
        }
    }

    /// The resources with a security group, without endpoints.
    fn carriers(&self, group: &Id) -> Vec<&'g Resource> {
        let not = |r: &&'g Resource| ["AWS::EC2::", "AWS::IAM::"].iter().all(|other| !r.type_name.starts_with(other));
        let carriers = self.index.referrers(group).filter(not);
        carriers.filter(|r| self.tier_of(r).is_some()).collect()
    }

    fn edge(&mut self, from: NodeId, to: NodeId, ports: BTreeSet<String>, line: Line) {
        let edge = folded(&ports, 2).into_iter().fold(Edge::new(from, to).line(line), Edge::label);
        self.picture.add_edge(edge);
    }

    fn place(&mut self, key: &str, group: &str, make: impl FnOnce(&mut Self) -> Node) -> NodeId {
        if let Some(known) = self.nodes.get(key) {
            return *known;
        }
        let mut node = make(self);
        if let Some(group) = self.groups.get(group) {
            node = node.within(*group);
        }
        let node = self.picture.add_node(node);
        self.nodes.insert(key.to_owned(), node);
        node
    }

    /// The box of one end of a flow; `other` is the other end.
    fn zone(&mut self, zone: &Zone, other: &Zone) -> NodeId {
        match zone {
            Zone::Group(id) => self.group(id),
            Zone::Site(id) => self.node(id, "outside", Shape::Round),
            Zone::Service(service) => self.endpoints(service, other),
            Zone::Public(_) | Zone::Internet => {
                self.place("internet", "outside", |_| Node::new("internet").shape(Shape::Round))
            }
        }
    }

    fn endpoints(&mut self, service: &str, other: &Zone) -> NodeId {
        let vpc = match other {
            Zone::Group(id) => self.graph.get(id).and_then(|r| r.get("VpcId")?.value.target()),
            _ => None,
        };
        self.endpoints_of(service, vpc)
    }

    fn endpoints_of(&mut self, service: &str, vpc: Option<&Id>) -> NodeId {
        let key = vpc.map_or_else(|| service.to_owned(), |vpc| format!("endpoints of {vpc}"));
        let group = vpc.map_or("", Id::as_str).to_owned();
        let names = vpc.and_then(|vpc| self.services.get(vpc)).cloned().unwrap_or_default();
        let of_vpc = |r: &&Resource| r.get("VpcId").and_then(|d| d.value.target()) == vpc;
        let endpoints = self.index.all("AWS::EC2::VPCEndpoint").filter(of_vpc);
        let level = narrowest(self.scope, endpoints.map(|r| &r.id));
        self.place(&key, &group, |_| {
            let node = Node::new("endpoints of AWS services").look(look(level));
            folded(&names, 3).into_iter().fold(node, Node::line)
        })
    }

    /// The resource with a security group, or the group itself if the application
    /// uses it.
    fn group(&mut self, id: &Id) -> NodeId {
        let carriers = self.carriers(id);
        let tier = carriers.iter().find_map(|r| self.tier_of(r));
        let vpc = self.graph.get(id).and_then(|r| r.get("VpcId")?.value.target());
        let place = tier.or_else(|| vpc.map(|vpc| vpc.to_string())).unwrap_or_default();
        let ids: Vec<&Id> = if carriers.is_empty() { vec![id] } else { carriers.iter().map(|r| &r.id).collect() };
        let level = narrowest(self.scope, ids.iter().copied());
        let main = ids.iter().find(|id| self.scope.level(id) == level).copied().unwrap_or(id);
        let more = ids.len() - 1;
        let stores = self.graph.get(main).is_some_and(|r| r.type_name.starts_with("AWS::RDS::"));
        let (main, carried) = (main.clone(), !carriers.is_empty());
        self.place(&format!("group {id}"), &place, |drawing| {
            let what = if carried { kind(drawing.graph, &main) } else { "carried by the application".to_owned() };
            let mut node = Node::new(main.to_string()).line(what).look(look(level)).note(reasons(drawing.scope, &main));
            if let Some(existing) = drawing.graph.get(&main).and_then(|resource| resource.existing.as_ref()) {
                node = node.line(format!("exists: {}", existing.identity));
            }
            if more > 0 {
                node = node.line(format!("and {more} more"));
            }
            if let Some(link) = (drawing.links)(&main) {
                node = node.link(link);
            }
            node.shape(if stores { Shape::Store } else { Shape::Round })
        })
    }

    /// The tier of a resource's subnets.
    fn tier_of(&self, resource: &Resource) -> Option<String> {
        let mut found = None;
        for (_, datum) in resource.properties.iter() {
            datum.value.references(&mut |id, _| found = found.take().or_else(|| self.subnet(id)));
        }
        found
    }

    /// The tier of a subnet, or of the first one of a subnet group.
    fn subnet(&self, id: &Id) -> Option<String> {
        let resource = self.graph.get(id)?;
        if resource.type_name == "AWS::EC2::Subnet" {
            return Some(tier(resource));
        }
        let members = resource.type_name.ends_with("SubnetGroup").then(|| resource.get("SubnetIds")).flatten()?;
        members.value.as_list()?.iter().find_map(|d| self.subnet(d.value.target()?))
    }

    fn node(&mut self, id: &Id, group: &str, shape: Shape) -> NodeId {
        self.place(&format!("resource {id}"), group, |drawing| {
            let resource = drawing.graph.get(id);
            let addresses =
                resource.and_then(|r| r.get("CidrBlocks")).and_then(|d| d.value.as_list()).unwrap_or_default();
            let addresses: BTreeSet<String> =
                addresses.iter().filter_map(|d| d.value.as_str().map(str::to_owned)).collect();
            let mut node = Node::new(id.to_string()).line(kind(drawing.graph, id)).shape(shape);
            node = folded(&addresses, 2).into_iter().fold(node, Node::line);
            if let Some(link) = (drawing.links)(id) {
                node = node.link(link);
            }
            // The scope of a site includes that of its sources.
            let sources: Vec<&Resource> = drawing.index.referring(id, "Migspec::Source", "Site").collect();
            let node = sources
                .iter()
                .fold(node, |node, source| node.line(format!("{} {}", kind(drawing.graph, &source.id), source.id)));
            let level = narrowest(drawing.scope, sources.iter().map(|r| &r.id).chain([id]));
            node.look(look(level)).note(reasons(drawing.scope, id))
        })
    }
}

/// The identity of a tier: its network and its node in the spec.
fn tier(subnet: &Resource) -> String {
    let vpc = subnet.get("VpcId").and_then(|d| d.value.target()).map_or("", Id::as_str);
    let kind = if subnet.path.contains(" > tier ") { "" } else { subnet.id.as_str() };
    // Subnets without a tier are identified by their name without the zone.
    format!("{vpc} {} {}", subnet.path, zoneless(kind))
}

/// `production-transit-a-subnet` as `production-transit`.
fn zoneless(id: &str) -> &str {
    id.strip_suffix("-subnet").and_then(|id| id.rsplit_once('-')).map_or(id, |(stem, _)| stem)
}

fn tier_name(subnet: &Resource, vpc: &Resource) -> String {
    match subnet.path.strip_prefix(&*vpc.path).and_then(|rest| rest.strip_prefix(" > ")) {
        Some(tier) => tier.to_owned(),
        None => zoneless(subnet.id.as_str()).to_owned(),
    }
}
