//! The engine against a simulation that shares no code with it: on small random
//! networks, packets are walked one by one, from every address to every other.

use std::fmt::Write;

use migspec_diag::{Sources, Span};
use migspec_ir::{Graph, Id, Origin, Resource, Value, list, map};

use super::Reach;
use super::channel::Channels;
use super::model::Direction;
use super::search::Node;

/// Networks that are tried. Each has its number as its seed.
const NETWORKS: u64 = 400;
/// The tested traffic: `(protocol, port)`. Every bound of a rule is among them.
const ASKED: [(u8, u16); 8] =
    [(TCP, 22), (TCP, 443), (TCP, 5432), (TCP, 5433), (TCP, 65535), (UDP, 53), (UDP, 5432), (ICMP, 0)];
/// Where clients take answers.
const CLIENTS: [u16; 5] = [1024, 5432, 40000, 40001, 65535];
const TCP: u8 = 6;
const UDP: u8 = 17;
const ICMP: u8 = 1;
const ANY: u8 = 0;

/// `first` to `first + 2^bits - 1`.
#[derive(Clone, Copy, Debug)]
struct Block {
    first: u32,
    bits: u32,
}

impl Block {
    fn has(self, address: u32) -> bool {
        // Everything has 32 bits.
        address.checked_shr(self.bits) == self.first.checked_shr(self.bits)
    }

    fn text(self) -> String {
        format!("{}/{}", std::net::Ipv4Addr::from(self.first), 32 - self.bits)
    }
}

#[derive(Clone, Copy, Debug)]
struct Traffic {
    protocol: u8,
    ports: (u16, u16),
}

impl Traffic {
    fn has(self, protocol: u8, port: u16) -> bool {
        self.protocol == ANY
            || (self.protocol == protocol && (protocol == ICMP || (self.ports.0 <= port && port <= self.ports.1)))
    }
}

#[derive(Clone, Copy, Debug)]
enum Peer {
    Group(usize),
    Block(Block),
}

#[derive(Clone, Copy, Debug)]
struct Rule {
    direction: Direction,
    peer: Peer,
    traffic: Traffic,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    side: Direction,
    allow: bool,
    block: Block,
    traffic: Traffic,
}

/// Two VPCs with two subnets of four addresses each and one transit. Groups
/// `0..4`, two for each VPC; a bearer in each subnet.
#[derive(Debug)]
struct Net {
    acls: [Option<Vec<Entry>>; 4],
    routes: [Vec<Block>; 4],
    /// For each VPC's attachment: a table of its own, or the default one.
    own_table: [bool; 2],
    default_table: bool,
    default_routes: bool,
    /// By the table's VPC: the destination and the next hop; without one the packet is dropped.
    transit: [Vec<(Block, Option<usize>)>; 2],
    propagated: [[bool; 2]; 2],
    groups_known: bool,
    rules: [Vec<Rule>; 4],
    bearers: [Vec<usize>; 4],
}

/// A small generator of numbers: xorshift.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 11) % bound as u64).expect("it is below a usize")
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    fn some<T>(&mut self, most: usize, mut make: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.below(most + 1)).map(|_| make(self)).collect()
    }

    /// A whole VPC, a subnet, half of one, or everything.
    fn block(&mut self) -> Block {
        let vpc = self.below(2) as u32;
        match self.below(8) {
            0 => Block { first: 0, bits: 32 },
            1..=3 => Block { first: start(vpc, 0), bits: 3 },
            4..=6 => Block { first: start(vpc, self.below(2) as u32), bits: 2 },
            _ => Block { first: start(vpc, self.below(2) as u32) + 2 * self.below(2) as u32, bits: 1 },
        }
    }

    fn traffic(&mut self, ports: &[(u16, u16)]) -> Traffic {
        Traffic { protocol: self.pick(&[TCP, TCP, TCP, UDP, ICMP, ANY]), ports: self.pick(ports) }
    }

    fn net(&mut self) -> Net {
        const PORTS: &[(u16, u16)] = &[(22, 22), (5432, 5432), (443, 5432), (0, 65535), (5433, 65535)];
        const ACL_PORTS: &[(u16, u16)] = &[(0, 65535), (1024, 65535), (1024, 40000), (5432, 5432), (22, 5432)];
        let entry = |n: &mut Self| Entry {
            side: if n.one_in(2) { Direction::Out } else { Direction::In },
            allow: !n.one_in(4),
            block: n.block(),
            traffic: n.traffic(ACL_PORTS),
        };
        let acl = |n: &mut Self| n.one_in(2).then(|| (0..4 + n.below(4)).map(|_| entry(n)).collect());
        let rule = |n: &mut Self| Rule {
            direction: if n.one_in(2) { Direction::In } else { Direction::Out },
            peer: if n.one_in(2) { Peer::Group(n.below(4)) } else { Peer::Block(n.block()) },
            traffic: n.traffic(PORTS),
        };
        let bearer = |n: &mut Self, vpc: usize| match n.below(3) {
            0 => vec![2 * vpc],
            1 => vec![2 * vpc + 1],
            _ => vec![2 * vpc, 2 * vpc + 1],
        };
        // Most tables lead to the other VPC, or hardly anything would cross.
        let transit = |n: &mut Self, vpc: usize| {
            let mut routes = n.some(2, |n| (n.block(), (!n.one_in(6)).then(|| n.below(2))));
            let other = Block { first: start(1 - vpc as u32, 0), bits: 3 };
            routes.extend((!n.one_in(3)).then_some((other, Some(1 - vpc))));
            routes
        };
        let routes = |n: &mut Self, subnet: usize| {
            let mut routes = n.some(2, Self::block);
            routes.extend((!n.one_in(3)).then_some(Block { first: start(1 - (subnet as u32 / 2), 0), bits: 3 }));
            routes
        };
        Net {
            acls: std::array::from_fn(|_| acl(self)),
            routes: std::array::from_fn(|subnet| routes(self, subnet)),
            own_table: std::array::from_fn(|_| !self.one_in(4)),
            default_table: self.one_in(2),
            default_routes: self.one_in(2),
            transit: std::array::from_fn(|vpc| transit(self, vpc)),
            propagated: std::array::from_fn(|_| std::array::from_fn(|_| self.one_in(3))),
            groups_known: self.one_in(2),
            rules: std::array::from_fn(|_| (0..3 + self.below(4)).map(|_| rule(self)).collect()),
            bearers: std::array::from_fn(|subnet| bearer(self, subnet / 2)),
        }
    }
}

/// The first address of a subnet of a VPC: 10.0.0.0, 10.0.0.4, 10.1.0.0, 10.1.0.4.
fn start(vpc: u32, subnet: u32) -> u32 {
    0x0A00_0000 + (vpc << 16) + 4 * subnet
}

fn addresses(subnet: usize) -> impl Iterator<Item = u32> + Clone {
    let first = start(subnet as u32 / 2, subnet as u32 % 2);
    first..first + 4
}

/// Walks packets.
impl Net {
    /// Whether something in one subnet reaches something in another.
    fn reaches(&self, from: usize, to: usize, (protocol, port): (u8, u16)) -> bool {
        addresses(from).any(|a| addresses(to).any(|b| self.connects((from, a), (to, b), (protocol, port))))
    }

    fn connects(&self, (from, a): (usize, u32), (to, b): (usize, u32), (protocol, port): (u8, u16)) -> bool {
        let groups = (&self.bearers[from], &self.bearers[to]);
        let same = from / 2 == to / 2;
        // The way out knows groups of its own VPC only.
        let named = |peers, known: bool| if known { peers } else { &[][..] };
        let out = self.admits(groups.0, Direction::Out, b, named(groups.1, same), (protocol, port));
        let known = same || self.groups_known;
        let within = self.admits(groups.1, Direction::In, a, named(groups.0, known), (protocol, port));
        out && within
            && self.passes((from, a), (to, b), (protocol, port))
            && CLIENTS.iter().any(|client| self.passes((to, b), (from, a), (protocol, *client)))
    }

    /// Whether groups admit traffic with an address, or with peers that their rules can name.
    fn admits(
        &self,
        of: &[usize],
        direction: Direction,
        address: u32,
        peers: &[usize],
        (protocol, port): (u8, u16),
    ) -> bool {
        let rules = of.iter().flat_map(|group| &self.rules[*group]);
        rules.filter(|r| r.direction == direction && r.traffic.has(protocol, port)).any(|rule| match rule.peer {
            Peer::Group(group) => peers.contains(&group),
            Peer::Block(block) => block.has(address),
        })
    }

    /// One packet, one way.
    fn passes(&self, (from, a): (usize, u32), (to, b): (usize, u32), (protocol, port): (u8, u16)) -> bool {
        from == to
            || self.filters(from, Direction::Out, b, protocol, port)
                && self.leads(from, to, b)
                && self.filters(to, Direction::In, a, protocol, port)
    }

    fn filters(&self, subnet: usize, side: Direction, address: u32, protocol: u8, port: u16) -> bool {
        let Some(entries) = &self.acls[subnet] else { return true };
        let mut fitting = entries.iter().filter(|e| e.side == side && e.block.has(address));
        fitting.find(|e| e.traffic.has(protocol, port)).is_some_and(|e| e.allow)
    }

    fn leads(&self, from: usize, to: usize, address: u32) -> bool {
        let (near, far) = (from / 2, to / 2);
        if near == far {
            return true;
        }
        if !self.routes[from].iter().any(|block| block.has(address)) {
            return false;
        }
        // Set routes before propagated ones of the same length, then the first.
        let mut table: Vec<(u32, bool, Option<usize>)> = Vec::new();
        let mut propagate = |vpc: usize| {
            let block = Block { first: start(vpc as u32, 0), bits: 3 };
            table.extend(block.has(address).then_some((block.bits, true, Some(vpc))));
        };
        if self.own_table[near] {
            (0..2).filter(|vpc| self.propagated[near][*vpc]).for_each(&mut propagate);
            let set = self.transit[near].iter().filter(|(block, _)| block.has(address));
            table.extend(set.map(|(block, next)| (block.bits, false, *next)));
        } else if self.default_table && self.default_routes {
            (0..2).for_each(&mut propagate);
        }
        let best = table.iter().min_by_key(|(bits, propagated, _)| (*bits, *propagated));
        best.is_some_and(|(.., next)| *next == Some(far))
    }
}

/// The same network as resources.
impl Net {
    fn graph(&self) -> Graph {
        let mut sources = Sources::new();
        let at = Origin::derived("test", Span::new(sources.add("test", "test"), 0, 4));
        let mut writer = Writer { graph: migspec_ir::Graph::empty(at.span()), at };
        writer.transit(self);
        (0..2).for_each(|vpc| writer.vpc(self, vpc));
        (0..4).for_each(|subnet| writer.subnet(self, subnet));
        (0..4).for_each(|group| writer.group(self, group));
        writer.graph
    }
}

struct Writer {
    graph: Graph,
    at: Origin,
}

/// The words of EC2 for a feature that is off or on.
const SWITCH: [&str; 2] = ["disable", "enable"];

impl Writer {
    fn add(&mut self, type_name: &'static str, id: String, set: impl FnOnce(Resource, Origin) -> Resource) {
        let resource = set(Resource::new(type_name, id.as_str(), "test", self.at), self.at);
        self.graph.resources.insert(resource.id.clone(), resource);
    }

    fn transit(&mut self, net: &Net) {
        self.add("AWS::EC2::TransitGateway", "hub".into(), |r, _| {
            r.set("DefaultRouteTableAssociation", SWITCH[usize::from(net.default_table)])
                .set("DefaultRouteTablePropagation", SWITCH[usize::from(net.default_routes)])
                .set("SecurityGroupReferencingSupport", SWITCH[usize::from(net.groups_known)])
        });
    }

    fn vpc(&mut self, net: &Net, vpc: usize) {
        let cidr = Block { first: start(vpc as u32, 0), bits: 3 }.text();
        let (table, attachment) = (Value::reference(format!("table-{vpc}")), format!("attachment-{vpc}"));
        self.add("AWS::EC2::VPC", format!("vpc-{vpc}"), |r, _| r.set("CidrBlock", cidr));
        self.add("AWS::EC2::TransitGatewayAttachment", attachment.clone(), |r, at| {
            r.set("VpcId", Value::reference(format!("vpc-{vpc}")))
                .set("TransitGatewayId", Value::reference("hub"))
                .set("Options", map!(at, { "SecurityGroupReferencingSupport": "enable" }))
        });
        if net.own_table[vpc] {
            self.add("AWS::EC2::TransitGatewayRouteTableAssociation", format!("association-{vpc}"), |r, _| {
                r.set("TransitGatewayAttachmentId", Value::reference(attachment))
                    .set("TransitGatewayRouteTableId", table.clone())
            });
        }
        for (n, (block, next)) in net.transit[vpc].iter().enumerate() {
            self.add("AWS::EC2::TransitGatewayRoute", format!("transit-{vpc}-{n}"), |r, _| {
                let r = r.set("TransitGatewayRouteTableId", table.clone()).set("DestinationCidrBlock", block.text());
                match next {
                    Some(next) => r.set("TransitGatewayAttachmentId", Value::reference(format!("attachment-{next}"))),
                    None => r.set("Blackhole", true),
                }
            });
        }
        for other in (0..2).filter(|other| net.propagated[vpc][*other]) {
            self.add("AWS::EC2::TransitGatewayRouteTablePropagation", format!("propagation-{vpc}-{other}"), |r, _| {
                r.set("TransitGatewayRouteTableId", table.clone())
                    .set("TransitGatewayAttachmentId", Value::reference(format!("attachment-{other}")))
            });
        }
    }

    fn subnet(&mut self, net: &Net, subnet: usize) {
        let cidr = Block { first: start(subnet as u32 / 2, subnet as u32 % 2), bits: 2 }.text();
        let (id, table) = (Value::reference(format!("subnet-{subnet}")), Value::reference(format!("routes-{subnet}")));
        self.add("AWS::EC2::Subnet", format!("subnet-{subnet}"), |r, _| {
            r.set("VpcId", Value::reference(format!("vpc-{}", subnet / 2))).set("CidrBlock", cidr)
        });
        self.add("AWS::EC2::RouteTable", format!("routes-{subnet}"), |r, _| r);
        self.add("AWS::EC2::SubnetRouteTableAssociation", format!("subnet-routes-{subnet}"), |r, _| {
            r.set("SubnetId", id.clone()).set("RouteTableId", table.clone())
        });
        for (n, block) in net.routes[subnet].iter().enumerate() {
            self.add("AWS::EC2::Route", format!("route-{subnet}-{n}"), |r, _| {
                r.set("RouteTableId", table.clone())
                    .set("DestinationCidrBlock", block.text())
                    .set("TransitGatewayId", Value::reference("hub"))
            });
        }
        self.acl(net, subnet);
        let groups: Vec<Value> =
            net.bearers[subnet].iter().map(|g| Value::attribute(format!("group-{g}"), "GroupId")).collect();
        self.add("AWS::Lambda::Function", format!("bearer-{subnet}"), |r, at| {
            r.set("VpcConfig", map!(at, { "SecurityGroupIds": groups, "SubnetIds": list!(at, [id.clone()]) }))
        });
    }

    fn acl(&mut self, net: &Net, subnet: usize) {
        let Some(entries) = &net.acls[subnet] else { return };
        let acl = Value::reference(format!("acl-{subnet}"));
        self.add("AWS::EC2::NetworkAcl", format!("acl-{subnet}"), |r, _| r);
        self.add("AWS::EC2::SubnetNetworkAclAssociation", format!("subnet-acl-{subnet}"), |r, _| {
            r.set("SubnetId", Value::reference(format!("subnet-{subnet}"))).set("NetworkAclId", acl.clone())
        });
        for (n, entry) in entries.iter().enumerate() {
            self.add("AWS::EC2::NetworkAclEntry", format!("entry-{subnet}-{n}"), |r, at| {
                let protocol = if entry.traffic.protocol == ANY { -1 } else { i64::from(entry.traffic.protocol) };
                let ports = entry.traffic.ports;
                r.set("NetworkAclId", acl.clone())
                    .set("RuleNumber", n as i64 + 1)
                    .set("RuleAction", if entry.allow { "allow" } else { "deny" })
                    .set("Egress", entry.side == Direction::Out)
                    .set("CidrBlock", entry.block.text())
                    .set("Protocol", protocol)
                    .set("PortRange", map!(at, { "From": ports.0, "To": ports.1 }))
            });
        }
    }

    fn group(&mut self, net: &Net, group: usize) {
        self.add("AWS::EC2::SecurityGroup", format!("group-{group}"), |r, _| {
            r.set("VpcId", Value::reference(format!("vpc-{}", group / 2)))
        });
        for (n, rule) in net.rules[group].iter().enumerate() {
            let (type_name, side) = match rule.direction {
                Direction::In => ("AWS::EC2::SecurityGroupIngress", "SourceSecurityGroupId"),
                Direction::Out => ("AWS::EC2::SecurityGroupEgress", "DestinationSecurityGroupId"),
            };
            let protocol = match rule.traffic.protocol {
                TCP => "tcp",
                UDP => "udp",
                ICMP => "icmp",
                _ => "-1",
            };
            self.add(type_name, format!("rule-{group}-{n}"), |r, _| {
                let r = r
                    .set("GroupId", Value::attribute(format!("group-{group}"), "GroupId"))
                    .set("IpProtocol", protocol)
                    .set("FromPort", rule.traffic.ports.0)
                    .set("ToPort", rule.traffic.ports.1);
                match rule.peer {
                    Peer::Group(peer) => r.set(side, Value::attribute(format!("group-{peer}"), "GroupId")),
                    Peer::Block(block) => r.set("CidrIp", block.text()),
                }
            });
        }
    }
}

fn point((protocol, port): (u8, u16)) -> u32 {
    match protocol {
        TCP => super::traffic::point(migspec_ir::Protocol::Tcp, port),
        UDP => super::traffic::point(migspec_ir::Protocol::Udp, port),
        _ => 2 << 16,
    }
}

#[test]
fn the_engine_s_answer_is_that_of_walking_every_packet() {
    let (mut reached, mut across, mut wrong) = (0, 0, String::new());
    for seed in 1..=NETWORKS {
        let net = Numbers(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15)).net();
        let graph = net.graph();
        let model = super::read_model(&graph);
        let channels = Channels::new(&model);
        let reach = Reach::new(&graph, &channels);
        let bearer = |subnet: usize| {
            let id = Id::from(format!("bearer-{subnet}"));
            let position = model.bearers.iter().position(|b| b.resource.id == id);
            Node::Bearer(position.expect("the bearer is in the model"))
        };
        for (from, to) in (0..4).flat_map(|from| (0..4).map(move |to| (from, to))) {
            let found = reach.found.get(&(bearer(from), bearer(to)));
            for asked in ASKED {
                let walked = net.reaches(from, to, asked);
                reached += usize::from(walked);
                across += usize::from(walked && from / 2 != to / 2);
                if walked != found.is_some_and(|found| found.traffic.has(point(asked))) {
                    writeln!(wrong, "network {seed}: {from} to {to} on {asked:?}, walked: {walked}").expect("a string");
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    // Most networks would let nothing through if they were drawn badly.
    assert!(reached > 1500 && across > 100, "{reached} connections, {across} across networks");
}

#[test]
fn every_hop_of_a_path_is_one_that_a_packet_takes() {
    for seed in 1..=NETWORKS / 4 {
        let net = Numbers(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15)).net();
        let graph = net.graph();
        let all = super::Reachability::of(&graph);
        for edge in &all.edges {
            assert!(edge.path.len() >= 3, "network {seed}: {edge:#?}");
            assert!(edge.path.iter().any(|hop| hop.back), "network {seed}: no answer in {edge:#?}");
        }
    }
}
