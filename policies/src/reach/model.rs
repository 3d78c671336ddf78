//! The network as the resources describe it.

use migspec_ir::{Datum, Graph, Id, Resource};
use rustc_hash::FxHashMap;

use super::address::Range;

pub(super) type Ports = (u16, u16);

#[derive(Default)]
pub(super) struct Model<'g> {
    pub(super) subnets: FxHashMap<&'g Id, Subnet<'g>>,
    pub(super) groups: FxHashMap<&'g Id, Group<'g>>,
    pub(super) sites: FxHashMap<&'g Id, Site<'g>>,
    /// By route table.
    pub(super) routes: FxHashMap<&'g Id, Vec<Route<'g>>>,
    /// By transit route table: where a range leads.
    pub(super) transit_routes: FxHashMap<&'g Id, Vec<(Range, &'g Id)>>,
    /// The transit route table of each attachment.
    pub(super) associations: FxHashMap<&'g Id, &'g Id>,
    /// The attachment of each VPC, with its transit.
    pub(super) attachments: FxHashMap<&'g Id, (&'g Id, &'g Id)>,
    /// By network ACL, in the order in which EC2 asks.
    pub(super) acls: FxHashMap<&'g Id, Vec<Entry>>,
    pub(super) endpoints: Vec<Endpoint<'g>>,
    /// Subnets by their first address.
    pub(super) order: Vec<&'g Id>,
    /// Groups by subnet.
    pub(super) residents: FxHashMap<&'g Id, Vec<&'g Id>>,
}

pub(super) struct Subnet<'g> {
    pub(super) id: &'g Id,
    pub(super) vpc: &'g Id,
    pub(super) range: Range,
    pub(super) table: Option<&'g Id>,
    pub(super) acl: Option<&'g Id>,
    /// What starts in it gets a public address.
    pub(super) public: bool,
}

pub(super) struct Group<'g> {
    pub(super) id: &'g Id,
    pub(super) vpc: Option<&'g Id>,
    pub(super) subnets: Vec<&'g Id>,
    /// Something carries it. Else it may be carried anywhere in its VPC.
    pub(super) carried: bool,
    /// Something that carries it has a public address.
    pub(super) public: bool,
    pub(super) ingress: Vec<Rule<'g>>,
    pub(super) egress: Vec<Rule<'g>>,
}

#[derive(Clone, Copy)]
pub(super) struct Rule<'g> {
    pub(super) peer: Peer<'g>,
    pub(super) ports: Ports,
    pub(super) resource: &'g Resource,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Peer<'g> {
    Group(&'g Id),
    Range(Range),
    /// A managed prefix list: a service behind a gateway endpoint.
    List,
}

pub(super) struct Site<'g> {
    pub(super) ranges: Vec<Range>,
    pub(super) connection: Option<&'g Id>,
}

pub(super) struct Route<'g> {
    pub(super) to: Range,
    pub(super) target: Target<'g>,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Target<'g> {
    Transit(&'g Id),
    Internet,
    Other,
}

/// An entry of a network ACL.
pub(super) struct Entry {
    pub(super) number: i64,
    pub(super) outwards: bool,
    pub(super) allow: bool,
    pub(super) range: Range,
    pub(super) ports: Ports,
}

pub(super) struct Endpoint<'g> {
    pub(super) vpc: &'g Id,
    /// The last part of its service's name: `secretsmanager`.
    pub(super) service: &'g str,
    pub(super) gateway: bool,
    pub(super) groups: Vec<&'g Id>,
    pub(super) tables: Vec<&'g Id>,
}

impl<'g> Model<'g> {
    pub(super) fn of(graph: &'g Graph) -> Self {
        let mut model = Self::default();
        for resource in graph.resources.values() {
            model.add(resource);
        }
        for resource in graph.resources.values() {
            model.connect(resource);
        }
        model.place(graph);
        for entries in model.acls.values_mut() {
            entries.sort_by_key(|e| e.number);
        }
        model
    }

    /// What others refer to.
    fn add(&mut self, resource: &'g Resource) {
        let id = &resource.id;
        match resource.type_name {
            "AWS::EC2::Subnet" => {
                let Some(vpc) = target(resource, "VpcId") else { return };
                let public = flag(resource, "MapPublicIpOnLaunch");
                let range = Range::parse(text(resource, "CidrBlock"));
                self.subnets.insert(id, Subnet { id, vpc, range, table: None, acl: None, public });
            }
            "AWS::EC2::SecurityGroup" => {
                let group = Group {
                    id,
                    vpc: target(resource, "VpcId"),
                    subnets: Vec::new(),
                    carried: false,
                    public: false,
                    ingress: inline(resource, "SecurityGroupIngress"),
                    egress: inline(resource, "SecurityGroupEgress"),
                };
                self.groups.insert(id, group);
            }
            "AWS::EC2::NetworkAcl" => {
                self.acls.entry(id).or_default();
            }
            "Migspec::Site" => {
                let ranges = items(resource, "CidrBlocks").iter().map(|d| Range::parse(d.value.as_str())).collect();
                self.sites.insert(id, Site { ranges, connection: target(resource, "VpnConnection") });
            }
            _ => {}
        }
    }

    /// What refers to others.
    fn connect(&mut self, resource: &'g Resource) {
        match resource.type_name {
            "AWS::EC2::SubnetRouteTableAssociation" => {
                let table = target(resource, "RouteTableId");
                self.with_subnet(resource, |subnet| subnet.table = table);
            }
            "AWS::EC2::SubnetNetworkAclAssociation" => {
                let acl = target(resource, "NetworkAclId");
                self.with_subnet(resource, |subnet| subnet.acl = acl);
            }
            "AWS::EC2::Route" => {
                if let Some(table) = target(resource, "RouteTableId") {
                    self.routes.entry(table).or_default().push(route(resource));
                }
            }
            "AWS::EC2::TransitGatewayAttachment" => {
                if let Some(vpc) = target(resource, "VpcId")
                    && let Some(transit) = target(resource, "TransitGatewayId")
                {
                    self.attachments.insert(vpc, (&resource.id, transit));
                }
            }
            "AWS::EC2::TransitGatewayRouteTableAssociation" => {
                if let Some(attachment) = target(resource, "TransitGatewayAttachmentId")
                    && let Some(table) = target(resource, "TransitGatewayRouteTableId")
                {
                    self.associations.insert(attachment, table);
                }
            }
            "AWS::EC2::TransitGatewayRoute" => self.connect_transit(resource),
            "AWS::EC2::NetworkAclEntry" => {
                if let Some(acl) = target(resource, "NetworkAclId") {
                    self.acls.entry(acl).or_default().push(entry(resource));
                }
            }
            "AWS::EC2::SecurityGroupIngress" => {
                self.with_group(resource, |group| group.ingress.extend(rules(resource, |name| resource.get(name))));
            }
            "AWS::EC2::SecurityGroupEgress" => {
                self.with_group(resource, |group| group.egress.extend(rules(resource, |name| resource.get(name))));
            }
            "AWS::EC2::VPCEndpoint" => self.endpoints.extend(endpoint(resource)),
            _ => {}
        }
    }

    fn with_subnet(&mut self, resource: &'g Resource, change: impl FnOnce(&mut Subnet<'g>)) {
        if let Some(subnet) = target(resource, "SubnetId").and_then(|id| self.subnets.get_mut(id)) {
            change(subnet);
        }
    }

    fn with_group(&mut self, resource: &'g Resource, change: impl FnOnce(&mut Group<'g>)) {
        if let Some(group) = target(resource, "GroupId").and_then(|id| self.groups.get_mut(id)) {
            change(group);
        }
    }

    fn connect_transit(&mut self, resource: &'g Resource) {
        if flag(resource, "Blackhole") {
            return;
        }
        if let Some(table) = target(resource, "TransitGatewayRouteTableId")
            && let Some(attachment) = target(resource, "TransitGatewayAttachmentId")
        {
            let to = Range::parse(text(resource, "DestinationCidrBlock"));
            self.transit_routes.entry(table).or_default().push((to, attachment));
        }
    }

    /// Puts groups into the subnets of the things that carry them.
    fn place(&mut self, graph: &'g Graph) {
        let subnet_groups = subnet_groups(graph);
        for resource in graph.resources.values().filter(|r| !r.type_name.starts_with("AWS::EC2::SecurityGroup")) {
            let (groups, subnets) = self.carried(graph, resource, &subnet_groups);
            let public = flag(resource, "PubliclyAccessible") || text(resource, "Scheme") == Some("internet-facing");
            for id in groups {
                if let Some(group) = self.groups.get_mut(id) {
                    group.carried = true;
                    group.public |= public;
                    group.subnets.extend(&subnets);
                }
            }
        }
        self.place_uncarried();
        for group in self.groups.values_mut() {
            group.subnets.sort_unstable();
            group.subnets.dedup();
        }
        let mut residents: FxHashMap<&Id, Vec<&Id>> = FxHashMap::default();
        for group in self.groups.values() {
            for subnet in &group.subnets {
                residents.entry(subnet).or_default().push(group.id);
            }
        }
        residents.values_mut().for_each(|groups| groups.sort_unstable());
        self.residents = residents;
        self.order = self.subnets.keys().copied().collect();
        let subnets = &self.subnets;
        self.order.sort_unstable_by_key(|id| (subnets[*id].range.first, *id));
    }

    fn carried(
        &self,
        graph: &'g Graph,
        resource: &'g Resource,
        subnet_groups: &FxHashMap<&'g Id, Vec<&'g Id>>,
    ) -> (Vec<&'g Id>, Vec<&'g Id>) {
        let (mut groups, mut subnets) = (Vec::new(), Vec::new());
        for (_, datum) in resource.properties.iter() {
            datum.value.references(&mut |id, _| {
                let Some((id, _)) = graph.resources.get_key_value(id) else { return };
                if self.groups.contains_key(id) {
                    groups.push(id);
                } else if self.subnets.contains_key(id) {
                    subnets.push(id);
                } else if let Some(members) = subnet_groups.get(id) {
                    subnets.extend(members);
                }
            });
        }
        (groups, subnets)
    }

    /// What carries the group is not in the graph: it may be in any subnet.
    fn place_uncarried(&mut self) {
        let mut by_vpc: FxHashMap<&Id, Vec<&Id>> = FxHashMap::default();
        for subnet in self.subnets.values() {
            by_vpc.entry(subnet.vpc).or_default().push(subnet.id);
        }
        for group in self.groups.values_mut().filter(|g| g.subnets.is_empty()) {
            group.carried = false;
            group.subnets = group.vpc.and_then(|vpc| by_vpc.get(vpc)).cloned().unwrap_or_default();
        }
    }
}

/// The subnets of each DB subnet group and replication subnet group.
fn subnet_groups(graph: &Graph) -> FxHashMap<&Id, Vec<&Id>> {
    let groups = graph.resources.values().filter(|r| r.type_name.ends_with("SubnetGroup"));
    groups.map(|r| (&r.id, items(r, "SubnetIds").iter().filter_map(|d| d.value.target()).collect())).collect()
}

fn target<'g>(resource: &'g Resource, path: &str) -> Option<&'g Id> {
    resource.get(path)?.value.target()
}

fn text<'g>(resource: &'g Resource, path: &str) -> Option<&'g str> {
    resource.get(path)?.value.as_str()
}

fn flag(resource: &Resource, path: &str) -> bool {
    resource.get(path).and_then(|d| d.value.as_bool()) == Some(true)
}

fn items<'g>(resource: &'g Resource, path: &str) -> &'g [Datum] {
    resource.get(path).and_then(|d| d.value.as_list()).unwrap_or_default()
}

/// Rules that stand in the group itself.
fn inline<'g>(resource: &'g Resource, list: &str) -> Vec<Rule<'g>> {
    items(resource, list).iter().flat_map(|item| rules(resource, |name| item.get(name))).collect()
}

/// A rule that names several peers is one for each of them; one that names
/// none could be for anyone.
fn rules<'g>(resource: &'g Resource, get: impl Fn(&str) -> Option<&'g Datum>) -> Vec<Rule<'g>> {
    let mut peers = Vec::new();
    for name in ["SourceSecurityGroupId", "DestinationSecurityGroupId"] {
        peers.extend(get(name).and_then(|d| d.value.target()).map(Peer::Group));
    }
    for name in ["SourcePrefixListId", "DestinationPrefixListId"] {
        peers.extend(get(name).map(|_| Peer::List));
    }
    peers.extend(get("CidrIp").map(|d| Peer::Range(Range::parse(d.value.as_str()))));
    if peers.is_empty() && get("CidrIpv6").is_none() {
        peers.push(Peer::Range(Range::ALL));
    }
    let all = get("IpProtocol").and_then(|d| d.value.as_str()) == Some("-1");
    let ports = if all { (0, u16::MAX) } else { ports(get("FromPort"), get("ToPort")) };
    peers.into_iter().map(|peer| Rule { peer, ports, resource }).collect()
}

/// Absent or unknown bounds are the widest.
fn ports(from: Option<&Datum>, to: Option<&Datum>) -> Ports {
    let bound = |datum: Option<&Datum>, widest: u16| {
        datum.and_then(|d| d.value.as_integer()).and_then(|n| u16::try_from(n).ok()).unwrap_or(widest)
    };
    (bound(from, 0), bound(to, u16::MAX))
}

fn route(resource: &Resource) -> Route<'_> {
    let to = match resource.get("DestinationCidrBlock") {
        Some(datum) => Range::parse(datum.value.as_str()),
        None => Range::ALL,
    };
    let target = match target(resource, "TransitGatewayId") {
        Some(transit) => Target::Transit(transit),
        None if ["GatewayId", "NatGatewayId"].iter().any(|p| resource.get(p).is_some()) => Target::Internet,
        None => Target::Other,
    };
    Route { to, target }
}

fn entry(resource: &Resource) -> Entry {
    Entry {
        number: resource.get("RuleNumber").and_then(|d| d.value.as_integer()).unwrap_or(0),
        outwards: flag(resource, "Egress"),
        allow: text(resource, "RuleAction") == Some("allow"),
        range: Range::parse(text(resource, "CidrBlock")),
        ports: ports(resource.get("PortRange.From"), resource.get("PortRange.To")),
    }
}

fn endpoint(resource: &Resource) -> Option<Endpoint<'_>> {
    Some(Endpoint {
        vpc: target(resource, "VpcId")?,
        service: text(resource, "ServiceName")?.rsplit('.').next()?,
        gateway: text(resource, "VpcEndpointType") != Some("Interface"),
        groups: items(resource, "SecurityGroupIds").iter().filter_map(|d| d.value.target()).collect(),
        tables: items(resource, "RouteTableIds").iter().filter_map(|d| d.value.target()).collect(),
    })
}
