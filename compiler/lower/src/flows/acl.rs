//! Network ACLs of subnets that hold data: a second layer, from the same flows as the rules of security groups. ACLs
//! are stateless, so that each flow needs an inbound and an outbound entry at both of its ends.

use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};
use migspec_ir::{Flow, Moment, Origin, Protocol, Request, Resource, Value, map};
use migspec_syntax::value::{NetworkAclId, TierPurpose};
use migspec_syntax::{Setting, ast};

use super::topology::{End, EndKind, TierRef};
use crate::cx::{Cx, path};
use crate::{names, network};

/// Ports that clients and NAT gateways answer on.
const EPHEMERAL: (u16, u16) = (1024, 65535);
/// Room to put an entry of one's own between two derived ones.
const STEP: usize = 10;

/// The entries that flows need, for each tier that holds data or has an ACL.
pub(crate) struct Acls {
    tiers: IndexMap<TierRef, IndexSet<Entry>>,
    /// Why each entry is there, in the same order.
    reasons: IndexMap<(TierRef, Entry), (Arc<str>, Origin)>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Entry {
    outwards: bool,
    protocol: Protocol,
    cidr: String,
    ports: (u16, u16),
}

/// A protocol, by its IANA number.
fn number(protocol: Protocol) -> i64 {
    match protocol {
        Protocol::Tcp => 6,
        Protocol::Udp => 17,
    }
}

impl Acls {
    pub(crate) fn new(cx: &Cx) -> Self {
        let tiers = cx.spec.network.iter().flat_map(guarded_tiers).map(|tier| (tier, IndexSet::new())).collect();
        Self { tiers, reasons: IndexMap::new() }
    }

    pub(crate) fn allow(&mut self, flow: &Flow, from: &End, to: &End) {
        let port = (flow.port, flow.port);
        for (here, there, opens) in [(from, to, true), (to, from, false)] {
            let (out, back) = if opens { (port, EPHEMERAL) } else { (EPHEMERAL, port) };
            for tier in here.ranges.iter().filter_map(|r| r.tier.as_ref()) {
                for cidr in cidrs(tier, there) {
                    let protocol = flow.protocol;
                    self.add(flow, tier, Entry { outwards: true, protocol, cidr: cidr.clone(), ports: out });
                    self.add(flow, tier, Entry { outwards: false, protocol, cidr, ports: back });
                }
            }
        }
    }

    fn add(&mut self, flow: &Flow, tier: &TierRef, entry: Entry) {
        let Some(entries) = self.tiers.get_mut(tier) else {
            return;
        };
        if entries.insert(entry.clone()) {
            self.reasons.insert((tier.clone(), entry), (flow.why.clone(), flow.origin));
        }
    }

    /// Adds the ACLs, their subnets and their entries.
    pub(crate) fn emit(self, cx: &mut Cx) {
        let spec = cx.spec;
        for (tier, entries) in &self.tiers {
            let Some(node) = tier_node(spec, tier) else { continue };
            if node.0.existing.is_some() {
                request(cx, node, entries);
                continue;
            }
            let acl = acl(cx, tier, node);
            for outwards in [false, true] {
                let direction = entries.iter().filter(|e| e.outwards == outwards);
                for (n, entry) in direction.enumerate() {
                    if let Some((why, at)) = self.reasons.get(&(tier.clone(), entry.clone())) {
                        let resource = entry_resource(tier, entry, (n + 1) * STEP, why.clone(), *at);
                        cx.add(resource.set("NetworkAclId", Value::reference(&acl)));
                    }
                }
            }
        }
    }
}

/// The addresses of a flow's other end. A service behind a gateway endpoint has public ones that no ACL can list; the
/// route table, which has no route to the internet, excludes the rest. Data has no way to the internet.
fn cidrs(tier: &TierRef, end: &End) -> Vec<String> {
    match end.kind {
        EndKind::Group(_) | EndKind::Site | EndKind::Public => end.ranges.iter().map(|r| r.cidr.to_string()).collect(),
        EndKind::Gateway(_) => vec!["0.0.0.0/0".to_owned()],
        EndKind::Internet if holds_data(tier.purpose) => Vec::new(),
        EndKind::Internet => vec!["0.0.0.0/0".to_owned()],
    }
}

fn holds_data(purpose: TierPurpose) -> bool {
    matches!(purpose, TierPurpose::Database | TierPurpose::Replication)
}

/// The tiers that hold data, and those of an existing network whose subnets have an ACL of its owner.
fn guarded_tiers(network: &ast::Network) -> impl Iterator<Item = TierRef> {
    let has_acl = |tier: &ast::Tier| network.existing.is_some() && tier.subnet.iter().any(|s| s.acl.is_some());
    let is_guarded = move |tier: &&ast::Tier| holds_data(tier.holds.value) || has_acl(tier);
    network.tier.iter().filter(is_guarded).map(|tier| TierRef {
        network: network.key.as_str().into(),
        tier: tier.key.as_str().into(),
        purpose: tier.holds.value,
    })
}

fn tier_node<'a>(spec: &'a ast::Migration, tier: &TierRef) -> Option<(&'a ast::Network, &'a ast::Tier)> {
    let network = spec.network.iter().find(|n| n.key.as_str() == &*tier.network)?;
    network.tier.iter().find(|t| t.key.as_str() == &*tier.tier).map(|t| (network, t))
}

fn acl(cx: &mut Cx, tier: &TierRef, (network, node): (&ast::Network, &ast::Tier)) -> migspec_ir::Id {
    let at = Origin::derived("network", node.place.header);
    let path = format!("{} > {}", path("network", &network.key), path("tier", &node.key));
    let acl = cx.add(
        Resource::new("AWS::EC2::NetworkAcl", names::network_acl(&tier.network, &tier.tier), path.as_str(), at)
            .set("VpcId", Value::reference(names::vpc(&tier.network))),
    );
    for seat in network::seats(network, &tier.tier) {
        let id = names::network_acl_association(&tier.network, &tier.tier, &seat.letter);
        cx.add(
            Resource::new("AWS::EC2::SubnetNetworkAclAssociation", id, path.as_str(), at)
                .set("SubnetId", Value::reference(seat.subnet))
                .set("NetworkAclId", Value::reference(&acl)),
        );
    }
    acl
}

/// Rule numbers of requested entries: above those that people choose.
const REQUESTED: usize = 20_000;

/// Asks the owner of each declared ACL for the entries. AWS replaces an entry of
/// the same number, so that the compiler adds none to an ACL of another team.
fn request(cx: &mut Cx, (network, tier): (&ast::Network, &ast::Tier), entries: &IndexSet<Entry>) {
    let mut acls: Vec<&Setting<NetworkAclId>> = Vec::new();
    for acl in tier.subnet.iter().filter_map(|subnet| subnet.acl.as_ref()) {
        if !acls.iter().any(|known| known.value == acl.value) {
            acls.push(acl);
        }
    }
    let region = cx.graph.environment.region.clone();
    for acl in acls {
        // Several tiers may share an ACL, and a number belongs to one entry.
        let of_acl = cx.graph.requests.iter().filter(|request| &*request.subject == acl.as_str());
        let taken: usize = of_acl.map(|request| request.commands.len()).sum();
        let number = |n: usize| REQUESTED + (taken + n) * STEP;
        let commands = entries.iter().enumerate().map(|(n, entry)| command((&region, acl.as_str()), entry, number(n)));
        let why = format!(
            "The subnets of the tier `{}` of the network `{}` use this network ACL. It must allow the connections of the \
             migration; an entry that the ACL already has is not needed, and a rule number may be changed.",
            tier.key, network.key
        );
        let owner = network::shared::owner(cx, network).unwrap_or_else(|| cx.graph.environment.account.clone());
        let origin = Origin::derived("network", acl.span());
        cx.graph.requests.push(Request {
            owner,
            subject: acl.as_str().into(),
            when: Moment::Before,
            why,
            commands: commands.collect(),
            origin,
        });
    }
}

fn command((region, acl): (&str, &str), entry: &Entry, number: usize) -> String {
    let direction = if entry.outwards { "--egress" } else { "--ingress" };
    format!(
        "aws ec2 create-network-acl-entry --region {region} --network-acl-id {acl} {direction} --rule-number {number} \
         --protocol {} --rule-action allow --cidr-block {} --port-range From={},To={}",
        self::number(entry.protocol),
        entry.cidr,
        entry.ports.0,
        entry.ports.1
    )
}

fn entry_resource(tier: &TierRef, entry: &Entry, number: usize, why: Arc<str>, at: Origin) -> Resource {
    let direction = if entry.outwards { "out" } else { "in" };
    let id = names::network_acl_entry(&tier.network, &tier.tier, direction, &number.to_string());
    Resource::new("AWS::EC2::NetworkAclEntry", id, why, at)
        .set("RuleNumber", number as i64)
        .set("Protocol", self::number(entry.protocol))
        .set("RuleAction", "allow")
        .set("Egress", entry.outwards)
        .set("CidrBlock", entry.cidr.as_str())
        .set("PortRange", map!(at, { "From": entry.ports.0, "To": entry.ports.1 }))
}
