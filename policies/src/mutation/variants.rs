//! Mutations of a graph: one unsafe change each.

use migspec_ir::workflow::Workflow;
use migspec_ir::{Datum, Flow, Grant, Graph, Id, Resource, Value, Zone, iam};

use super::documents::{self, Change};
use super::{Flip, network};
use crate::zones;

/// A graph with one change, created on demand.
pub struct Variant<'g> {
    graph: &'g Graph,
    pub resource: Id,
    pub type_name: &'static str,
    /// The name of the change.
    pub fact: &'static str,
    /// The value before the change.
    pub value: String,
    change: Box<dyn Fn(&mut Graph) + 'g>,
}

impl std::fmt::Debug for Variant<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}: {} ({})", self.type_name, self.resource, self.fact, self.value)
    }
}

impl Variant<'_> {
    /// The changed graph.
    pub fn make(&self) -> Graph {
        let mut graph = self.graph.clone();
        (self.change)(&mut graph);
        graph
    }

    pub(super) fn flip(self, noticed_by: std::collections::BTreeSet<std::sync::Arc<str>>) -> Flip {
        let Self { resource, type_name, fact, value, .. } = self;
        Flip { resource, type_name, fact, value, noticed_by, excluded: None }
    }
}

/// All changes of a graph, in its order.
pub fn variants(graph: &Graph) -> Vec<Variant<'_>> {
    let mut list = List { graph, variants: Vec::new() };
    for resource in graph.resources.values() {
        list.documents(resource);
        list.rules(resource);
    }
    list.propagations();
    graph.grants.iter().enumerate().for_each(|(index, grant)| list.grant(index, grant));
    (0..graph.flows.len()).for_each(|index| list.flow(index));
    graph.workflows.iter().for_each(|(machine, workflow)| list.steps(machine, workflow));
    list.variants
}

struct List<'g> {
    graph: &'g Graph,
    variants: Vec<Variant<'g>>,
}

/// A port without a flow in any migration.
const SSH: u16 = 22;
const TELNET: u16 = 23;

/// Network resources without references to them, so that a graph is valid
/// without them.
const RULES: &[&str] = &[
    "AWS::EC2::NetworkAclEntry",
    "AWS::EC2::Route",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::SubnetNetworkAclAssociation",
    "AWS::EC2::SubnetRouteTableAssociation",
    "AWS::EC2::TransitGatewayRoute",
    "AWS::EC2::TransitGatewayRouteTableAssociation",
    "AWS::EC2::TransitGatewayRouteTablePropagation",
];

impl<'g> List<'g> {
    fn add(
        &mut self,
        (type_name, resource): (&'static str, &Id),
        fact: &'static str,
        value: String,
        change: impl Fn(&mut Graph) + 'g,
    ) {
        let (graph, resource) = (self.graph, resource.clone());
        self.variants.push(Variant { graph, resource, type_name, fact, value, change: Box::new(change) });
    }

    /// Statements of policy documents.
    fn documents(&mut self, resource: &'g Resource) {
        for change in documents::changes(resource) {
            let id = &resource.id;
            let Change { fact, text, document, edit } = change;
            self.add((resource.type_name, id), fact, text, move |graph| {
                let datum = graph.resources.get_mut(id).and_then(|r| r.properties.get_mut(document));
                datum.into_iter().for_each(|datum| documents::apply(datum, &edit));
            });
        }
    }

    /// Rules and routes, removed or wider.
    fn rules(&mut self, resource: &'g Resource) {
        if !RULES.contains(&resource.type_name) {
            return;
        }
        let (of, id) = ((resource.type_name, &resource.id), &resource.id);
        self.add(of, "rule gone", describe(resource), move |graph| drop(graph.resources.shift_remove(id)));
        for (fact, settings) in network::wider(resource, self.graph) {
            self.add(of, fact, describe(resource), move |graph| {
                if let Some(rule) = graph.resources.get_mut(id) {
                    settings.iter().for_each(|(path, value)| network::put(rule, path, value.clone()));
                }
            });
        }
    }

    /// Propagations into route tables of a transit gateway that lack the
    /// attachment.
    fn propagations(&mut self) {
        for (table, link) in network::unknown_links(self.graph) {
            let of = ("AWS::EC2::TransitGatewayRouteTablePropagation", &table.id);
            self.add(of, "propagation added", format!("of `{}`", link.id), move |graph| {
                let added = network::propagation(table, link);
                graph.resources.insert(added.id.clone(), added);
            });
        }
    }

    /// Grants: undeclared, on every resource, without their condition.
    fn grant(&mut self, index: usize, grant: &'g Grant) {
        let of = ("AWS::IAM::Role", &grant.role);
        let text = || format!("{} for {}", grant.actions.join(", "), grant.why);
        // The removal of a duplicate grant has no effect.
        if !self.is_granted_otherwise(index, grant) {
            self.add(of, "grant gone", text(), move |graph| drop(graph.grants.remove(index)));
        }
        let everything = |grant: &Grant| grant.resources.iter().any(|on| on.value.as_str() == Some("*"));
        if !everything(grant) {
            self.add(of, "grant on everything", text(), move |graph| {
                if let Some(grant) = graph.grants.get_mut(index) {
                    grant.resources = vec![Datum::new("*", grant.origin)];
                }
            });
        }
        if !grant.conditions.is_empty() {
            self.add(of, "grant without its condition", text(), move |graph| {
                if let Some(grant) = graph.grants.get_mut(index) {
                    grant.conditions.clear();
                }
            });
        }
    }

    /// Whether other grants of the role contain all actions of this one.
    fn is_granted_otherwise(&self, index: usize, grant: &Grant) -> bool {
        let others = self.graph.grants.iter().enumerate().filter(|(other, _)| *other != index);
        let others: Vec<&Grant> = others.map(|(_, other)| other).filter(|other| other.role == grant.role).collect();
        let contains = |action: &str, on: &Datum| {
            let same = |other: &&Grant| conditions(other) == conditions(grant) && other.actions.contains(&action);
            others.iter().filter(|other| same(other)).any(|other| other.resources.iter().any(|o| o.value == on.value))
        };
        grant.actions.iter().all(|action| grant.resources.iter().all(|on| contains(action, on)))
    }

    /// Flows: undeclared, with the internet at one end, on another port.
    fn flow(&mut self, index: usize) {
        let Some(flow) = self.graph.flows.get(index) else { return };
        let nowhere = Id::from("");
        let of = ("Migspec::Zone", &nowhere);
        let text = || format!("{} to {} on {}", zones::name(&flow.from), zones::name(&flow.to), flow.port);
        self.add(of, "flow gone", text(), move |graph| drop(graph.flows.remove(index)));
        let mut other = |fact, change: fn(&mut Flow)| {
            self.add(of, fact, text(), move |graph| graph.flows.get_mut(index).into_iter().for_each(change));
        };
        if flow.from != Zone::Internet {
            other("flow from the internet", |flow| flow.from = Zone::Internet);
        }
        if flow.to != Zone::Internet {
            other("flow to the internet", |flow| flow.to = Zone::Internet);
        }
        other("flow on another port", |flow| flow.port = if flow.port == SSH { TELNET } else { SSH });
    }

    /// Workflow steps: a missing effect, an error without a route.
    fn steps(&mut self, machine: &'g Id, workflow: &'g Workflow) {
        let of = ("AWS::StepFunctions::StateMachine", machine);
        for (name, state) in &workflow.states {
            for (index, effect) in state.effects.iter().enumerate() {
                let text = format!("`{effect}` of the state `{name}`");
                self.add(of, "step without its effect", text, move |graph| {
                    let state = graph.workflows.get_mut(machine).and_then(|w| w.states.get_mut(name));
                    if let Some(state) = state {
                        state.effects.remove(index);
                    }
                });
            }
            if !state.catch.is_empty() && !state.effects.is_empty() {
                self.add(of, "step whose errors lead nowhere", format!("the state `{name}`"), move |graph| {
                    let state = graph.workflows.get_mut(machine).and_then(|w| w.states.get_mut(name));
                    state.into_iter().for_each(|state| state.catch.clear());
                });
            }
        }
    }
}

/// The traffic of a rule or a route, in a few words.
fn describe(resource: &Resource) -> String {
    const SAYS: &[&str] = &[
        "RuleAction",
        "CidrIp",
        "CidrBlock",
        "DestinationCidrBlock",
        "IpProtocol",
        "FromPort",
        "ToPort",
        "PortRange.From",
        "PortRange.To",
    ];
    let texts = SAYS.iter().filter_map(|path| Some(iam::text(&resource.get(path)?.value)));
    texts.collect::<Vec<_>>().join(" ")
}

/// The conditions of a grant, without their origins.
fn conditions(grant: &Grant) -> Vec<(&str, &str, Vec<&Value>)> {
    grant.conditions.iter().map(|c| (c.operator, &*c.key, c.values.iter().map(|d| &d.value).collect())).collect()
}
