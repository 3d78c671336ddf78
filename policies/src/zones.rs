//! The ends of flows as entities: the kind of a zone and its members.

use std::collections::BTreeSet;
use std::sync::Arc;

use cedar_policy_core::ast::Entity;
use migspec_ir::{Flow, Graph, Id, Resource, Zone};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::cedar;
use crate::cedar::{Types, entity};
use crate::vocabulary::ZONE;

/// The entity id of a zone.
pub(crate) fn name(zone: &Zone) -> String {
    match zone {
        Zone::Group(id) => format!("group:{id}"),
        Zone::Site(id) => format!("site:{id}"),
        Zone::Service(service) => format!("service:{service}"),
        Zone::Public(range) => format!("internet:{range}"),
        Zone::Internet => "internet".to_owned(),
    }
}

/// Adds an entity for each zone of the flows.
pub(crate) fn entities(
    flows: &[Flow],
    holders: &FxHashMap<&Id, BTreeSet<&'static str>>,
    types: &mut Types,
    entities: &mut Vec<Entity>,
) {
    let zones: BTreeSet<&Zone> = flows.iter().flat_map(|flow| [&flow.from, &flow.to]).collect();
    for zone in zones {
        let holds = match zone {
            Zone::Group(id) => holders.get(id).map(|types| types.iter().copied().collect()).unwrap_or_default(),
            Zone::Site(_) | Zone::Service(_) | Zone::Public(_) | Zone::Internet => Vec::new(),
        };
        let kind = match zone {
            Zone::Group(_) => "group",
            Zone::Site(_) => "site",
            Zone::Service(_) => "service",
            Zone::Public(_) | Zone::Internet => "internet",
        };
        let service = match zone {
            Zone::Service(service) => Arc::clone(service),
            Zone::Group(_) | Zone::Site(_) | Zone::Public(_) | Zone::Internet => "".into(),
        };
        let attributes = vec![
            ("kind".into(), cedar::string(kind)),
            ("service".into(), cedar::string(&service)),
            ("holds".into(), cedar::strings(holds)),
        ];
        entities.push(entity(types.uid(ZONE, &name(zone)), attributes));
    }
}

/// The ports of databases by zone: clusters by their security groups, sources
/// by their site. A database without a known port listens on none.
pub(crate) fn listeners(graph: &Graph) -> FxHashSet<(Zone, u16)> {
    let mut listeners = FxHashSet::default();
    let mut add = |database: &Resource, place: &str, zone: fn(Id) -> Zone| {
        let port = database.get("Port").and_then(|port| port.value.as_integer());
        let Some(port) = port.and_then(|port| u16::try_from(port).ok()) else { return };
        if let Some(place) = database.get(place) {
            place.value.references(&mut |id, _| {
                listeners.insert((zone(id.clone()), port));
            });
        }
    };
    graph.of_type("AWS::RDS::DBCluster").for_each(|cluster| add(cluster, "VpcSecurityGroupIds", Zone::Group));
    graph.of_type("Migspec::Source").for_each(|source| add(source, "Site", Zone::Site));
    listeners
}

/// The resource types that use each security group; a group in a rule of
/// another group does not use it.
pub(crate) fn holders(graph: &Graph) -> FxHashMap<&Id, BTreeSet<&'static str>> {
    let groups: FxHashMap<&Id, ()> = graph.of_type("AWS::EC2::SecurityGroup").map(|r| (&r.id, ())).collect();
    let mut holders: FxHashMap<&Id, BTreeSet<&'static str>> = FxHashMap::default();
    for resource in graph.resources.values().filter(|r| !r.type_name.starts_with("AWS::EC2::SecurityGroup")) {
        for (_, datum) in resource.properties.iter() {
            datum.value.references(&mut |id, _| {
                if let Some((group, ())) = groups.get_key_value(id) {
                    holders.entry(group).or_default().insert(resource.type_name);
                }
            });
        }
    }
    holders
}
