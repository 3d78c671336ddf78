//! Resources that are connected to systems with account data, or can change their security.

use std::collections::{BTreeMap, BTreeSet};

use migspec_diag::Span;
use migspec_ir::{Flow, Graph, Id, Index, Resource, Zone};

use super::names::Names;
use super::{Because, Classified, Level};

/// Guards: a change of one changes the security of the systems behind it.
const GUARDS: &[&str] = &[
    "AWS::EC2::NetworkAcl",
    "AWS::EC2::RouteTable",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::Subnet",
    "AWS::EC2::TransitGateway",
    "AWS::EC2::TransitGatewayAttachment",
    "AWS::EC2::TransitGatewayRouteTable",
    "AWS::EC2::VPC",
    "AWS::EC2::VPNConnection",
    "AWS::IAM::Role",
    "AWS::KMS::Key",
    "AWS::SecretsManager::Secret",
];

pub(super) fn add(graph: &Graph, index: &Index<'_>, entries: &mut BTreeMap<Id, Classified>) {
    let inside: Vec<Id> = entries.keys().cloned().collect();
    let mut connect = Connect { graph, index, entries };
    connect.add_foundations(&inside);
    connect.neighbours(&inside);
    connect.rights();
    connect.referring(&inside);
    connect.watching(&inside);
}

struct Connect<'a, 'g> {
    graph: &'g Graph,
    index: &'a Index<'g>,
    entries: &'a mut BTreeMap<Id, Classified>,
}

impl Connect<'_, '_> {
    /// Whether it is new.
    fn add(&mut self, id: &Id, text: String, from: &Id, span: Span) -> bool {
        if self.entries.contains_key(id) || !self.graph.resources.contains_key(id) {
            return false;
        }
        self.entries.insert(
            id.clone(),
            Classified {
                level: Level::Connected,
                handling: BTreeSet::new(),
                classes: BTreeSet::new(),
                because: Some(Because { text, from: Some(from.clone()), span }),
            },
        );
        true
    }

    /// The resources on which systems with account data rely: keys, secrets, roles, subnets, groups.
    fn add_foundations(&mut self, inside: &[Id]) {
        let mut open: Vec<Id> = inside.to_vec();
        while let Some(id) = open.pop() {
            let Some(resource) = self.graph.get(&id) else { continue };
            for (to, property, span) in references(resource) {
                if self.add(&to, format!("is relied on (`{property}`)"), &id, span) {
                    open.push(to);
                }
            }
        }
    }

    /// Those at the other end of a connection.
    fn neighbours(&mut self, inside: &[Id]) {
        let inside: BTreeSet<&Id> = inside.iter().collect();
        let graph = self.graph;
        for flow in &graph.flows {
            for (near, far, word) in [(&flow.from, &flow.to, "is reached"), (&flow.to, &flow.from, "reaches it")] {
                let holder = self.carriers(near, flow).into_iter().find(|id| inside.contains(id));
                let Some(holder) = holder else { continue };
                for id in self.carriers(far, flow) {
                    let text = format!("{word} on {} {} for {}", flow.protocol.name(), flow.port, flow.why);
                    self.add(&id, text, &holder, flow.origin.span());
                }
            }
        }
    }

    /// The resource at an end of a flow.
    fn carriers(&self, zone: &Zone, flow: &Flow) -> Vec<Id> {
        match zone {
            Zone::Group(group) => {
                let carriers =
                    self.index.referrers(group).filter(|r| !r.type_name.starts_with("AWS::EC2::SecurityGroup"));
                let carriers: Vec<Id> = carriers.map(|r| r.id.clone()).collect();
                // The bearer of the group may be a resource outside the spec.
                if carriers.is_empty() { vec![group.clone()] } else { carriers }
            }
            Zone::Site(site) => {
                let sources = self.index.referring(site, "Migspec::Source", "Site");
                std::iter::once(site.clone()).chain(sources.map(|r| r.id.clone())).collect()
            }
            Zone::Service(service) => self.endpoints(service, flow),
            Zone::Public(_) | Zone::Internet => Vec::new(),
        }
    }

    /// The endpoints of a service in the network of the other end.
    fn endpoints(&self, service: &str, flow: &Flow) -> Vec<Id> {
        let ((Zone::Group(group), _) | (_, Zone::Group(group))) = (&flow.from, &flow.to) else { return Vec::new() };
        let network = |r: &Resource| r.get("VpcId").and_then(|d| d.value.target()).cloned();
        let vpc = self.graph.get(group).and_then(network);
        let endpoints = self.index.all("AWS::EC2::VPCEndpoint").filter(|endpoint| network(endpoint) == vpc);
        let named = |r: &&Resource| {
            let name = r.get("ServiceName").and_then(|d| d.value.as_str()).unwrap_or_default();
            name.rsplit('.').next() == Some(service)
        };
        endpoints.filter(named).map(|r| r.id.clone()).collect()
    }

    /// Roles with a grant on a system with account data, and their actors.
    fn rights(&mut self) {
        let names = Names::new(self.graph);
        let graph = self.graph;
        for grant in &graph.grants {
            for on in &grant.resources {
                let Some(on) = names.of(&on.value) else { continue };
                if self.entries.get(on).map(|e| e.level) != Some(Level::AccountData) {
                    continue;
                }
                let text = format!("holds `{}` on it for {}", grant.actions.join("`, `"), grant.why);
                self.add(&grant.role, text, on, grant.origin.span());
                let span = grant.origin.span();
                let actors: Vec<Id> = self.index.referrers(&grant.role).map(|r| r.id.clone()).collect();
                for actor in actors {
                    self.add(&actor, "acts as it".to_owned(), &grant.role, span);
                }
            }
        }
    }

    /// Resources that configure a system with account data or guard one.
    fn referring(&mut self, inside: &[Id]) {
        let guard = |id: &&Id| self.graph.get(id).is_some_and(|r| GUARDS.contains(&r.type_name));
        let guards: Vec<Id> = self.entries.keys().filter(guard).cloned().collect();
        for id in inside.iter().chain(&guards) {
            for resource in self.index.referrers(id).collect::<Vec<_>>() {
                let property = references(resource).into_iter().find(|(to, ..)| to == id);
                let Some((_, property, span)) = property else { continue };
                self.add(&resource.id, format!("refers to it (`{property}`)"), id, span);
            }
        }
    }

    /// Alarms on systems with account data.
    fn watching(&mut self, inside: &[Id]) {
        const NAMES: &[&str] = &[
            "DBClusterIdentifier",
            "DBInstanceIdentifier",
            "FunctionName",
            "Name",
            "QueueName",
            "ReplicationInstanceIdentifier",
            "ReplicationTaskIdentifier",
            "ResourceIdentifier",
        ];
        for id in inside {
            let Some(resource) = self.graph.get(id) else { continue };
            let names = NAMES.iter().filter_map(|property| resource.get(property)?.value.as_str());
            let alarms = names.chain([id.as_str()]).flat_map(|name| self.index.alarms_on(name));
            for alarm in alarms.collect::<Vec<_>>() {
                self.add(&alarm.id, "watches it".to_owned(), id, alarm.origin.span());
            }
        }
    }
}

/// The resources that a resource refers to, each with the property and its place.
fn references(resource: &Resource) -> Vec<(Id, String, Span)> {
    let mut found: Vec<(Id, String, Span)> = Vec::new();
    for (name, datum) in resource.properties.iter() {
        datum.value.references(&mut |id, _| {
            if found.iter().all(|(known, ..)| known != id) {
                found.push((id.clone(), name.to_owned(), datum.origin.span()));
            }
        });
    }
    found
}
