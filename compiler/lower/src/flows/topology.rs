//! The places of the ends of flows: network, tiers and attachment.

use std::sync::Arc;

use migspec_diag::Diagnostic;
use migspec_ir::{Flow, Id, Resource, Value, Zone};
use migspec_syntax::ast;
use migspec_syntax::value::{Cidr, TierPurpose};
use rustc_hash::FxHashMap;

use super::endpoints;
use crate::cx::Cx;
use crate::network::{self, plan};
use crate::{names, region_data};

/// One side of a flow.
#[derive(Clone, Debug)]
pub(crate) struct End {
    /// The network or site it is in, as it is attached to a transit.
    pub(crate) member: Option<Arc<str>>,
    pub(crate) kind: EndKind,
    /// The ranges it has addresses in.
    pub(crate) ranges: Vec<Range>,
}

#[derive(Clone, Debug)]
pub(crate) enum EndKind {
    Group(Id),
    Site,
    /// A service behind a gateway endpoint, by its managed prefix list.
    Gateway(Arc<str>),
    /// Public addresses.
    Public,
    Internet,
}

/// Addresses of one end.
#[derive(Clone, Debug)]
pub(crate) struct Range {
    pub(crate) cidr: Cidr,
    /// The tier, where it is one.
    pub(crate) tier: Option<TierRef>,
    /// Its name in the names of routes.
    pub(crate) name: Arc<str>,
}

/// A tier of a network.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct TierRef {
    pub(crate) network: Arc<str>,
    pub(crate) tier: Arc<str>,
    pub(crate) purpose: TierPurpose,
}

impl End {
    pub(crate) fn internet() -> Self {
        Self { member: None, kind: EndKind::Internet, ranges: Vec::new() }
    }

    /// A part of the internet.
    pub(crate) fn public(range: &str) -> Self {
        let name = range.replace(['.', '/'], "-").into();
        let range = parse(range).map(|cidr| Range { cidr, tier: None, name });
        Self { member: None, kind: EndKind::Public, ranges: range.into_iter().collect() }
    }
}

/// The groups and sites of the graph after all concepts are lowered.
pub(crate) struct Topology {
    groups: FxHashMap<Id, End>,
    sites: FxHashMap<Id, End>,
    region: Arc<str>,
}

impl Topology {
    pub(crate) fn of(cx: &Cx) -> Self {
        Self { groups: groups(cx), sites: sites(cx), region: cx.graph.environment.region.clone() }
    }

    pub(crate) fn group(&self, id: &Id) -> Option<End> {
        self.groups.get(id).cloned()
    }

    pub(crate) fn site(&self, id: &Id) -> Option<End> {
        self.sites.get(id).cloned()
    }

    /// A service is reached through the endpoint of the network that the flow
    /// starts in.
    pub(crate) fn service(&self, cx: &mut Cx, flow: &Flow, name: &str) -> Option<End> {
        let Zone::Group(from) = &flow.from else {
            return None;
        };
        let member = self.groups.get(from)?.member.clone();
        if !endpoints::is_gateway(name) {
            return self.group(&names::endpoints_group(member.as_deref()?));
        }
        let Some(list) = region_data::prefix_list(cx, &self.region) else {
            report_no_prefix_list(cx, flow, &self.region);
            return None;
        };
        Some(End { member: None, kind: EndKind::Gateway(list), ranges: Vec::new() })
    }
}

fn report_no_prefix_list(cx: &mut Cx, flow: &Flow, region: &str) {
    if cx.diagnostics.iter().any(|d| d.code == "unknown-prefix-list") {
        return;
    }
    cx.report(
        Diagnostic::error("unknown-prefix-list", format!("the prefix list of Amazon S3 in `{region}` is unknown"))
            .at(cx.graph.environment.span, "this environment's region")
            .with(flow.origin.span(), "needs Amazon S3")
            .help(format!(
                "write the id that `aws ec2 describe-managed-prefix-lists --region {region} --filters \
                 Name=prefix-list-name,Values='*com.amazonaws.{region}.s3'` shows into the environment: \
                 region-data s3-prefix-list=\"pl-…\""
            )),
    );
}

/// The addresses of a group are those of the subnets of its bearers.
fn groups(cx: &Cx) -> FxHashMap<Id, End> {
    let tiers = tiers(cx);
    let subnet_groups = subnet_groups(cx);
    let mut ends: FxHashMap<Id, End> =
        cx.graph.of_type("AWS::EC2::SecurityGroup").map(|group| (group.id.clone(), empty_group(cx, group))).collect();
    for resource in cx.graph.resources.values().filter(|r| carries_groups(r)) {
        let (groups, subnets) = bearers(resource, &ends, &subnet_groups);
        for group in groups {
            let Some(end) = ends.get_mut(&group) else { continue };
            for range in subnets.iter().filter_map(|s| tiers.get(s)) {
                if !end.ranges.iter().any(|r| r.cidr == range.cidr) {
                    end.ranges.push(range.clone());
                }
            }
        }
    }
    place_unattached(cx, &mut ends);
    ends
}

/// The range of the tier of each subnet.
fn tiers(cx: &Cx) -> FxHashMap<Id, Range> {
    let mut ranges = FxHashMap::default();
    for network in &cx.spec.network {
        for (range, subnets) in tier_ranges(cx, network) {
            ranges.extend(subnets.into_iter().map(|subnet| (subnet, range.clone())));
        }
    }
    ranges
}

/// The ranges of all tiers, each with its subnets: one for a planned tier, and
/// that of each subnet in an existing network.
fn tier_ranges(cx: &Cx, network: &ast::Network) -> Vec<(Range, Vec<Id>)> {
    let of_tier = |tier: &ast::Tier| TierRef {
        network: network.key.as_str().into(),
        tier: tier.key.as_str().into(),
        purpose: tier.holds.value,
    };
    let range = |tier: &ast::Tier, cidr, name: String| Range { cidr, tier: Some(of_tier(tier)), name: name.into() };
    if network.existing.is_some() {
        let of_subnet = |tier: &ast::Tier, subnet: &ast::ExistingSubnet, seat: network::Seat| {
            let name = format!("{}-{}-{}", network.key, tier.key, seat.letter);
            (range(tier, subnet.cidr.value, name), vec![seat.subnet])
        };
        let subnets = |tier: &ast::Tier| {
            let seats = network::seats(network, tier.key.as_str());
            tier.subnet.iter().zip(seats).map(|(subnet, seat)| of_subnet(tier, subnet, seat)).collect::<Vec<_>>()
        };
        return network.tier.iter().flat_map(subnets).collect();
    }
    let (plan, _) = plan::plan(cx.spec, network);
    let planned = plan.tiers.iter().map(|tier| {
        let name = format!("{}-{}", network.key, tier.node.key);
        (range(tier.node, tier.block.cidr, name), network::tier_subnets(network, tier.node.key.as_str()))
    });
    planned.collect()
}

/// The subnets of each DB subnet group and replication subnet group.
fn subnet_groups(cx: &Cx) -> FxHashMap<Id, Vec<Id>> {
    let lists = cx.graph.resources.values().filter(|r| r.type_name.ends_with("SubnetGroup"));
    lists.map(|r| (r.id.clone(), r.get("SubnetIds").map(|d| references(&d.value)).unwrap_or_default())).collect()
}

fn references(value: &Value) -> Vec<Id> {
    let mut ids = Vec::new();
    value.references(&mut |id, _| ids.push(id.clone()));
    ids
}

fn empty_group(cx: &Cx, group: &Resource) -> End {
    let vpc = group.get("VpcId").map(|d| references(&d.value)).unwrap_or_default();
    let named = cx.spec.network.iter().map(|n| n.key.as_str()).find(|key| vpc.contains(&names::vpc(key)));
    // Networks that no node names, such as a replica's, are known by their VPC.
    let member = named.map(Arc::from).or_else(|| vpc.first().map(|id| Arc::from(id.as_str())));
    End { member, kind: EndKind::Group(group.id.clone()), ranges: Vec::new() }
}

/// Rules name groups too, but do not place them. Nor does a policy, which names one in the text of an ARN.
fn carries_groups(resource: &Resource) -> bool {
    !resource.type_name.starts_with("AWS::EC2::SecurityGroup")
}

fn bearers(
    resource: &Resource,
    groups: &FxHashMap<Id, End>,
    subnet_groups: &FxHashMap<Id, Vec<Id>>,
) -> (Vec<Id>, Vec<Id>) {
    let mut carried = Vec::new();
    let mut subnets = Vec::new();
    for (_, property) in resource.properties.iter() {
        property.value.direct_references(&mut |id| {
            if groups.contains_key(id) {
                carried.push(id.clone());
            } else if let Some(members) = subnet_groups.get(id) {
                subnets.extend(members.iter().cloned());
            } else {
                subnets.push(id.clone());
            }
        });
    }
    (carried, subnets)
}

/// Groups that the application's own deployment carries are in the compute
/// tiers of their network.
fn place_unattached(cx: &Cx, ends: &mut FxHashMap<Id, End>) {
    let compute: FxHashMap<Arc<str>, Vec<Range>> = cx
        .spec
        .network
        .iter()
        .map(|n| {
            let ranges = tier_ranges(cx, n).into_iter().map(|(range, _)| range);
            let compute = |r: &Range| r.tier.as_ref().is_some_and(|t| t.purpose == TierPurpose::Compute);
            (n.key.as_str().into(), ranges.filter(compute).collect())
        })
        .collect();
    for end in ends.values_mut().filter(|e| e.ranges.is_empty()) {
        if let Some(ranges) = end.member.as_ref().and_then(|m| compute.get(m)) {
            end.ranges = ranges.clone();
        }
    }
}

/// The addresses of sites, from their entities. An entity for single hosts
/// names its site.
fn sites(cx: &Cx) -> FxHashMap<Id, End> {
    cx.graph.of_type("Migspec::Site").map(|site| (site.id.clone(), site_end(site))).collect()
}

fn site_end(site: &Resource) -> End {
    let text = |name: &str| site.get(name).and_then(|d| d.value.as_str()).unwrap_or_default();
    let name: Arc<str> = text("Name").into();
    let within = text("Within");
    let member: Arc<str> = if within.is_empty() { name.clone() } else { within.into() };
    let cidrs: Vec<Cidr> = site
        .get("CidrBlocks")
        .and_then(|d| d.value.as_list())
        .unwrap_or_default()
        .iter()
        .filter_map(|d| parse(d.value.as_str()?))
        .collect();
    let ranges = cidrs.iter().enumerate().map(|(n, cidr)| {
        let name = if cidrs.len() == 1 { name.clone() } else { format!("{name}-{}", n + 1).into() };
        Range { cidr: *cidr, tier: None, name }
    });
    End { member: Some(member), kind: EndKind::Site, ranges: ranges.collect() }
}

pub(super) fn parse(text: &str) -> Option<Cidr> {
    let (address, prefix) = text.split_once('/')?;
    let address: std::net::Ipv4Addr = address.parse().ok()?;
    Some(Cidr::new(u32::from(address), prefix.parse().ok()?))
}
