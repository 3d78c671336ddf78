//! The ends of flows as entities: the kind of a zone and its members.

use std::collections::BTreeSet;
use std::sync::Arc;

use cedar_policy_core::ast::Entity;
use migspec_ir::{Flow, Graph, Id, Zone};
use rustc_hash::FxHashMap;

use crate::cedar;
use crate::entities::{Types, entity};
use crate::vocabulary::ZONE;

/// The entity id of a zone.
pub(crate) fn name(zone: &Zone) -> String {
    match zone {
        Zone::Group(id) => format!("group:{id}"),
        Zone::Site(id) => format!("site:{id}"),
        Zone::Service(service) => format!("service:{service}"),
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
            Zone::Site(_) | Zone::Service(_) | Zone::Internet => Vec::new(),
        };
        let kind = match zone {
            Zone::Group(_) => "group",
            Zone::Site(_) => "site",
            Zone::Service(_) => "service",
            Zone::Internet => "internet",
        };
        let service = match zone {
            Zone::Service(service) => Arc::clone(service),
            Zone::Group(_) | Zone::Site(_) | Zone::Internet => "".into(),
        };
        let attributes = vec![
            ("kind".into(), cedar::string(kind)),
            ("service".into(), cedar::string(&service)),
            ("holds".into(), cedar::strings(holds)),
        ];
        entities.push(entity(types.uid(ZONE, &name(zone)), attributes));
    }
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
