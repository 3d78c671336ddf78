//! Events of DMS and RDS: failures, failovers and changes, some of which have no
//! metric.

use migspec_ir::{Map, Origin, Resource, Value, list, map};

use super::{BY, topic};
use crate::cx::{Cx, path};
use crate::names;

/// Events of a service that notify the topic.
struct Service {
    stem: &'static str,
    source: &'static str,
    kinds: &'static [&'static str],
    description: &'static str,
}

const REPLICATION: Service = Service {
    stem: "replication-events",
    source: "aws.dms",
    kinds: &["DMS Replication Instance State Change", "DMS Replication Task State Change"],
    description: "A replication fails, stops, or is changed",
};

const DATABASE: Service = Service {
    stem: "database-events",
    source: "aws.rds",
    kinds: &["RDS DB Cluster Event", "RDS DB Instance Event", "RDS DB Parameter Group Event"],
    description: "A database fails, fails over, or is changed",
};

/// The event categories of databases, without backups and notices.
const CATEGORIES: &[&str] = &["availability", "configuration change", "deletion", "failover", "failure", "maintenance"];

pub(super) fn lower(cx: &mut Cx) {
    let spec = cx.spec;
    if let Some(relation) = cx.index.relations.first() {
        let node = relation.node;
        let pattern = pattern(&REPLICATION, Origin::derived(BY, node.place.header));
        rule(cx, &REPLICATION, pattern, None, &path("replication", &node.key), Origin::derived(BY, node.place.header));
    }
    for database in spec.database.iter().take(1) {
        let at = Origin::derived(BY, database.place.header);
        rule(cx, &DATABASE, of_databases(at), None, &path("database", &database.key), at);
    }
    // Events stay in their region.
    for (database, replica) in spec.database.iter().filter_map(|d| Some((d, d.replica.as_ref()?))) {
        let at = Origin::derived(BY, replica.place.header);
        let node = format!("{} > replica", path("database", &database.key));
        if replica.region.as_str() != &*cx.graph.environment.region {
            rule(cx, &DATABASE, of_databases(at), Some(replica.region.as_str()), &node, at);
        }
    }
}

fn pattern(service: &Service, at: Origin) -> Map {
    map!(at, { "source": list!(at, [service.source]), "detail-type": service.kinds.to_vec() })
}

fn of_databases(at: Origin) -> Map {
    let mut pattern = pattern(&DATABASE, at);
    let detail = map!(at, { "EventCategories": CATEGORIES.to_vec() });
    pattern.set("detail", migspec_ir::Datum::new(Value::Map(detail), at));
    pattern
}

/// One rule for each region, also for resources that are added later.
fn rule(cx: &mut Cx, service: &Service, pattern: Map, region: Option<&str>, node: &str, at: Origin) {
    let stem = region.map_or_else(|| service.stem.to_owned(), |region| format!("{region}-{}", service.stem));
    let id = format!("{stem}-rule");
    if cx.graph.get(&id.as_str().into()).is_some() {
        return;
    }
    let topic = topic(cx, region, at);
    let resource = Resource::new("AWS::Events::Rule", id, node, at)
        .set("Name", cx.physical(names::RULE, &stem))
        .set("Description", service.description)
        .set("EventPattern", pattern)
        .set("State", "ENABLED")
        .set("Targets", list!(at, [map!(at, { "Id": "topic", "Arn": topic })]));
    cx.add(match region {
        Some(region) => resource.in_region(region),
        None => resource,
    });
}
