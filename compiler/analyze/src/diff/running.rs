//! Replication that runs, and the changes that interrupt it.

use std::collections::BTreeSet;

use migspec_ir::update::{Effect, Unknown};
use migspec_ir::{Actor, Graph, Id, Resource};

use super::{Cause, ChangeKind, Diff, Interruption};
use crate::reach::Reachability;

/// Entries of a list that is another resource's. The paths show their effect.
const ENTRIES: &[&str] = &[
    "AWS::EC2::NetworkAclEntry",
    "AWS::EC2::Route",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::TransitGatewayRoute",
];

/// The resources of running replication.
pub(super) struct Running {
    /// Those that replicate: no deployment may change them in flight.
    replicating: BTreeSet<Id>,
    /// Those, all that they refer to, and the network that their traffic passes.
    needed: BTreeSet<Id>,
}

impl Running {
    pub(super) fn of(graph: &Graph, reach: &Reachability) -> Self {
        let mut replicating: BTreeSet<Id> =
            graph.resources.values().filter(|r| r.lifecycle.frozen).map(|r| r.id.clone()).collect();
        let of_cluster = |r: &&Resource| {
            let cluster = r.get("DBClusterIdentifier").and_then(|datum| datum.value.target());
            r.type_name == "AWS::RDS::DBInstance" && cluster.is_some_and(|id| replicating.contains(id))
        };
        let instances: Vec<Id> = graph.resources.values().filter(of_cluster).map(|r| r.id.clone()).collect();
        replicating.extend(instances);
        let mut open: Vec<Id> = replicating.iter().cloned().collect();
        for edge in reach.edges.iter().filter(|edge| edge.is_declared()) {
            let ends = [&reach.ends[edge.from], &reach.ends[edge.to]];
            if ends.iter().any(|end| end.resource.as_ref().is_some_and(|id| replicating.contains(id))) {
                open.extend(edge.path.iter().filter_map(|hop| hop.resource.clone()));
            }
        }
        let mut needed = BTreeSet::new();
        while let Some(id) = open.pop() {
            let Some(resource) = graph.get(&id).filter(|_| !needed.contains(&id)) else { continue };
            for (_, datum) in resource.properties.iter() {
                datum.value.references(&mut |to, _| open.push(to.clone()));
            }
            needed.insert(id);
        }
        needed.retain(|id| graph.get(id).is_some_and(|resource| !ENTRIES.contains(&resource.type_name)));
        Self { replicating, needed }
    }

    /// A resource of replication is closed by default.
    pub(super) fn unknown(&self, id: &Id) -> Unknown {
        if self.needed.contains(id) { Unknown::Interrupts } else { Unknown::InPlace }
    }

    /// The changes that interrupt replication: resources first, then paths and rights.
    pub(super) fn interruptions(&self, diff: &Diff, before: &Graph) -> Vec<Interruption> {
        let mut found = Vec::new();
        for change in diff.resources.iter().filter(|change| self.needed.contains(&change.id)) {
            let worst = match change.kind {
                ChangeKind::Added | ChangeKind::Changed(Effect::InPlace) => continue,
                ChangeKind::Removed => None,
                ChangeKind::Changed(effect) => change.properties.iter().find(|p| p.effect == effect),
            };
            let bad = change.properties.iter().filter(|property| property.effect > Effect::InPlace);
            let mut properties: Vec<String> = bad.map(|property| property.path.clone()).collect();
            properties.dedup();
            let cause = Cause::Resource {
                id: change.id.clone(),
                type_name: change.type_name,
                kind: change.kind,
                properties,
                follows: change.follows.clone(),
            };
            found.push(Interruption { cause, span: worst.map_or(change.span, |property| property.span) });
        }
        for path in diff.paths.iter().filter(|path| !path.opened && !path.why.is_empty()) {
            // A path also closes with its end, which has a finding of its own.
            let remains =
                |id: &Id| !diff.resources.iter().any(|change| change.id == *id && change.kind == ChangeKind::Removed);
            let replicates = path.ends.iter().any(|id| self.replicating.contains(id));
            if let (true, true, Some(resource)) =
                (replicates, path.ends.iter().all(remains), path.ends.first().and_then(|id| before.get(id)))
            {
                found.push(Interruption { cause: Cause::Path(path.clone()), span: resource.origin.span() });
            }
        }
        for rights in diff.rights.iter().filter(|rights| !rights.lost.is_empty()) {
            if matches!(rights.actor, Some(Actor::DmsVpc | Actor::DmsSecret)) {
                let cause = Cause::Rights { role: rights.role.clone(), lost: rights.lost.clone() };
                found.push(Interruption { cause, span: rights.span });
            }
        }
        found
    }
}
