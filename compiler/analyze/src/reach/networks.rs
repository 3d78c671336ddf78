//! The complete result, for pictures and reports.

use std::collections::BTreeSet;
use std::sync::Arc;

use migspec_ir::{Graph, Id};

use super::Reach;
use super::channel::Channels;
use super::model::Model;
use super::search::{Node, Passage};
use super::tiers::{Side, Tiers};
use super::trace::Hop;
use super::traffic::{self, Traffic};

/// All connections that the resources of one graph allow.
#[derive(Clone, Debug)]
pub struct Reachability {
    /// In a fixed order; edges name them by index.
    pub ends: Vec<End>,
    /// By their ends. The declared and the undeclared part of a connection are two edges.
    pub edges: Vec<Edge>,
    /// The tiers of all networks.
    pub tiers: Vec<Tier>,
    /// Connections between networks that routes and ACLs allow, without regard to groups.
    pub joins: Vec<Join>,
}

/// One end of connections.
#[derive(Clone, Debug)]
pub struct End {
    pub kind: EndKind,
    /// The resource's id; `internet`.
    pub name: Arc<str>,
    /// None for the internet.
    pub resource: Option<Id>,
    /// The node of the spec that it comes from: `database "ledger"`. Empty for
    /// the internet.
    pub path: Arc<str>,
    /// The tiers that it has addresses in, by index; none outside of networks.
    pub tiers: Vec<usize>,
    /// Its security groups.
    pub groups: Vec<Id>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum EndKind {
    Internet,
    /// Outside AWS: a `Migspec::Site`.
    Site,
    /// An `AWS::Lambda::Function`.
    Function,
    /// An `AWS::RDS::DBCluster`.
    Database,
    /// An `AWS::DMS::ReplicationInstance`.
    Replication,
    /// An AWS service behind an endpoint of a network: `secretsmanager`.
    Service(Arc<str>),
    /// A group that the application's own deployment carries: anywhere in its
    /// network.
    Application,
    /// Anything else, by its type: `AWS::ElasticLoadBalancingV2::LoadBalancer`.
    Other(&'static str),
}

/// The traffic from one end to another.
#[derive(Clone, Debug)]
pub struct Edge {
    pub from: usize,
    pub to: usize,
    /// In order.
    pub traffic: Vec<Traffic>,
    /// The flows of the graph that declare it, by index. Empty: no flow does. A declared service also declares the
    /// other endpoints of its endpoint's group: their policies distinguish them.
    pub flows: Vec<usize>,
    /// The path of the first of the traffic, and of its answer.
    pub path: Vec<Hop>,
}

impl Edge {
    pub fn is_declared(&self) -> bool {
        !self.flows.is_empty()
    }
}

/// The subnets that one node of the spec makes in a network.
#[derive(Clone, Debug)]
pub struct Tier {
    /// The `AWS::EC2::VPC`.
    pub network: Id,
    /// `network "production" > tier "data"`; `network "production"` for the
    /// subnets of a transit's attachment.
    pub path: Arc<str>,
    pub subnets: Vec<Id>,
}

/// Two sides that routes join across networks.
#[derive(Clone, Debug)]
pub struct Join {
    pub from: JoinEnd,
    pub to: JoinEnd,
    pub traffic: Vec<Traffic>,
    /// A flow crosses here.
    pub declared: bool,
    pub path: Vec<Hop>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum JoinEnd {
    /// By its index in [`Reachability::tiers`].
    Tier(usize),
    /// By its index in [`Reachability::ends`].
    Site(usize),
}

impl Reachability {
    /// Computes all connections and their paths. Never fails: an unknown value is taken as the widest possible one.
    pub fn of(graph: &Graph) -> Self {
        let model = super::read_model(graph);
        let channels = Channels::new(&model);
        let reach = Reach::new(graph, &channels);
        let tiers = Tiers::of(graph, &model);
        let nodes = nodes(&reach);
        let index = |node: Node| nodes.binary_search(&node).unwrap_or_default();
        let ends = nodes.iter().map(|node| end(&reach, &tiers, *node)).collect();
        let mut edges = Vec::new();
        for ((from, to), found) in &reach.found {
            edges.extend(of_found(&reach, found).into_iter().map(|edge| Edge {
                from: index(*from),
                to: index(*to),
                ..edge
            }));
        }
        let joins = joins(graph, &reach, &tiers, |site| index(Node::Site(site)));
        let tiers = tiers.all.iter().map(tier).collect();
        Self { ends, edges, tiers, joins }
    }
}

impl Reachability {
    /// The flows of the graph that the resources allow, by index.
    pub fn reached_flows(&self) -> BTreeSet<usize> {
        self.edges.iter().flat_map(|edge| edge.flows.iter().copied()).collect()
    }
}

/// All ends in order, including unreachable ones.
fn nodes(reach: &Reach<'_, '_, '_>) -> Vec<Node> {
    let model = reach.channels.model;
    let parts = (0..reach.declared.parts.len()).map(Node::Part);
    let sites = (0..model.sites.len()).map(Node::Site);
    let bearers = (0..model.bearers.len()).map(Node::Bearer);
    let gateways = model.endpoints.iter().enumerate().filter(|(_, e)| e.gateway).map(|(n, _)| Node::Endpoint(n));
    std::iter::once(Node::Internet).chain(parts).chain(sites).chain(bearers).chain(gateways).collect()
}

fn tier(tier: &super::tiers::Members<'_>) -> Tier {
    let subnets = tier.subnets.iter().map(|id| (*id).clone()).collect();
    Tier { network: tier.vpc.clone(), path: Arc::clone(tier.path), subnets }
}

fn end(reach: &Reach<'_, '_, '_>, tiers: &Tiers<'_>, node: Node) -> End {
    let model = reach.channels.model;
    let (resource, held, groups) = match node {
        Node::Internet | Node::Part(_) => (None, Vec::new(), Vec::new()),
        Node::Site(index) => (Some(model.sites[index].resource), Vec::new(), Vec::new()),
        Node::Endpoint(index) => (Some(model.endpoints[index].resource), Vec::new(), Vec::new()),
        Node::Bearer(index) => {
            let bearer = &model.bearers[index];
            let groups = bearer.groups.iter().map(|id| (*id).clone()).collect();
            (Some(bearer.resource), tiers.holding(bearer).into_iter().collect(), groups)
        }
    };
    End {
        kind: kind(model, node),
        name: reach.name(node).into(),
        resource: resource.map(|r| r.id.clone()),
        path: resource.map_or_else(|| "".into(), |r| Arc::clone(&r.path)),
        tiers: held,
        groups,
    }
}

fn kind(model: &Model<'_>, node: Node) -> EndKind {
    match node {
        Node::Internet | Node::Part(_) => EndKind::Internet,
        Node::Site(_) => EndKind::Site,
        Node::Endpoint(index) => EndKind::Service(model.endpoints[index].service.into()),
        Node::Bearer(index) => match model.bearers[index].resource.type_name {
            "AWS::Lambda::Function" => EndKind::Function,
            "AWS::RDS::DBCluster" => EndKind::Database,
            "AWS::DMS::ReplicationInstance" => EndKind::Replication,
            "AWS::EC2::SecurityGroup" => EndKind::Application,
            "AWS::EC2::VPCEndpoint" => {
                let id = &model.bearers[index].resource.id;
                let endpoint = model.endpoints.iter().find(|e| e.resource.id == *id);
                EndKind::Service(endpoint.map_or_else(|| "".into(), |e| e.service.into()))
            }
            other => EndKind::Other(other),
        },
    }
}

/// The declared and the undeclared part of a connection.
fn of_found<'g>(reach: &Reach<'_, '_, 'g>, found: &Passage<'g>) -> Vec<Edge> {
    let declared = reach.declared_traffic(found);
    let parts = [found.traffic.meet(&declared), found.traffic.without(&declared)];
    let flows = [declaring(reach, found), Vec::new()];
    let edges = parts.into_iter().zip(flows).filter_map(|(traffic, flows)| {
        let path = reach.hops(found, traffic.first()?);
        Some(Edge { from: 0, to: 0, traffic: traffic::describe(&traffic), flows, path })
    });
    edges.collect()
}

/// The flows that declare a part of the traffic.
fn declaring(reach: &Reach<'_, '_, '_>, found: &Passage<'_>) -> Vec<usize> {
    found.flows.iter().copied().filter(|flow| found.traffic.has(reach.declared.point(*flow))).collect()
}

fn joins<'g>(
    graph: &'g Graph,
    reach: &Reach<'_, '_, 'g>,
    tiers: &Tiers<'g>,
    site: impl Fn(usize) -> usize,
) -> Vec<Join> {
    let end = |side: Side| match side {
        Side::Tier(index) => JoinEnd::Tier(index),
        Side::Site(index) => JoinEnd::Site(site(index)),
    };
    let joins = tiers.joins(graph, reach.channels);
    joins
        .iter()
        .map(|join| Join {
            from: end(join.from),
            to: end(join.to),
            traffic: traffic::describe(&join.witness.traffic),
            declared: join.declared,
            path: join.witness.traffic.first().map(|p| reach.path(&join.witness, p)).unwrap_or_default(),
        })
        .collect()
}
