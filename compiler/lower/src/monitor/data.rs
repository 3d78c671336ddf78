//! Alarms on replication and databases.

use migspec_ir::{Datum, Origin};
use migspec_syntax::ast;

use super::alarm::{Alarm, Metric, Rings, Silence, home};
use super::{BY, thresholds, topic};
use crate::cx::{Cx, datum, path};
use crate::index::Relation;
use crate::{database, replication};

/// Bytes of log that a slot may hold back on the writer.
const SLOT_LAG: i64 = 10 * 1024 * 1024 * 1024;

pub(super) fn lower(cx: &mut Cx) {
    for relation in cx.index.relations.clone() {
        lag(cx, &relation);
        instance(cx, &relation);
        validation(cx, &relation);
        if relation.reversed() {
            reverse_lag(cx, &relation);
            slot(cx, &relation);
        }
    }
    for node in &cx.spec.database {
        cluster(cx, node);
        if let Some(replica) = &node.replica {
            copy(cx, node, replica);
        }
    }
}

fn task<'s>(cx: &Cx, relation: &Relation, task: String, name: &'s str) -> Metric<'s> {
    Metric {
        namespace: "AWS/DMS",
        name,
        dimensions: vec![
            ("ReplicationInstanceIdentifier", replication::instance_name(cx, relation.key()).into()),
            ("ReplicationTaskIdentifier", task.into()),
        ],
        statistic: "Maximum",
    }
}

/// A task without changes to capture has no lag yet, and one that has stopped has none any more. The composite alarms of a
/// cutover notify of it, because they are quiet while no task is under way.
fn add_lag(cx: &mut Cx, relation: &Relation, alarm: Alarm) {
    if relation.cutover.is_some() {
        let resource = alarm.part(cx);
        cx.add(resource);
    } else {
        alarm.add(cx, &home());
    }
}

/// A stopped task sends no metrics, so missing data is breaching.
fn lag(cx: &mut Cx, relation: &Relation) {
    let node = relation.node;
    let threshold = match &node.lag {
        Some(lag) => datum(&lag.alarm, |d| d.secs() as i64),
        None => Datum::new(5, Origin::Default { of: "lag", node: node.place.header }),
    };
    let origin = Origin::derived(BY, node.lag.as_ref().map_or(node.place.header, |lag| lag.place.header));
    for (side, metric) in [("source", "CDCLatencySource"), ("target", "CDCLatencyTarget")] {
        let resource = replication::task_resource(cx, relation.key());
        let alarm = Alarm {
            stem: format!("{}-{side}-lag", relation.key()),
            description: format!("Replication {} lags on the {side}", relation.key()),
            metric: task(cx, relation, resource, metric),
            rings: Rings::above(threshold.clone(), 60, 3),
            silence: Silence::Rings,
            path: format!("{} > lag", path("replication", &node.key)),
            origin,
        };
        add_lag(cx, relation, alarm);
    }
}

/// The lag of the reverse task, which is the loss of a rollback. The task starts
/// with the cutover; until then the alarm is in ALARM for want of data.
fn reverse_lag(cx: &mut Cx, relation: &Relation) {
    let node = relation.node;
    let written = node.reverse.as_ref().and_then(|reverse| reverse.lag.as_ref());
    let threshold = match written {
        Some(lag) => datum(&lag.alarm, |d| d.secs() as i64),
        None => Datum::new(5, Origin::Default { of: "lag", node: node.place.header }),
    };
    let origin = Origin::derived(BY, written.map_or(node.place.header, |lag| lag.place.header));
    for (side, metric) in [("source", "CDCLatencySource"), ("target", "CDCLatencyTarget")] {
        let resource = replication::reverse_task_resource(cx, relation.key());
        let alarm = Alarm {
            stem: format!("{}-reverse-{side}-lag", relation.key()),
            description: format!(
                "The reverse task of {} lags, so that a rollback would lose writes or is not possible yet",
                relation.key()
            ),
            metric: task(cx, relation, resource, metric),
            rings: Rings::above(threshold.clone(), 60, 3),
            silence: Silence::Rings,
            path: format!("{} > reverse > lag", path("replication", &node.key)),
            origin,
        };
        add_lag(cx, relation, alarm);
    }
}

fn instance(cx: &mut Cx, relation: &Relation) {
    let key = relation.key();
    let node = relation.node;
    let origin = Origin::derived(BY, node.place.header);
    let gib = node.instance.as_ref().map_or(200, |i| i.storage.gib() as i64);
    let fifth = gib * 1024 * 1024 * 1024 / 5;
    for (what, name, bytes) in [("storage", "FreeStorageSpace", fifth), ("memory", "FreeableMemory", 512 * 1024 * 1024)]
    {
        let metric = Metric {
            namespace: "AWS/DMS",
            name,
            dimensions: vec![("ReplicationInstanceIdentifier", replication::instance_name(cx, key).into())],
            statistic: "Minimum",
        };
        let alarm = Alarm {
            stem: format!("{key}-replication-{what}"),
            description: format!("The replication instance of {key} runs out of {what}"),
            metric,
            rings: Rings::below(Datum::new(bytes, origin), 300, 3),
            silence: Silence::Rings,
            path: format!("{} > instance", path("replication", &node.key)),
            origin,
        };
        alarm.add(cx, &home());
    }
}

/// DMS compares every row while it replicates.
fn validation(cx: &mut Cx, relation: &Relation) {
    let origin = Origin::derived(BY, relation.node.place.header);
    let resource = replication::task_resource(cx, relation.key());
    let alarm = Alarm {
        stem: format!("{}-rows-differ", relation.key()),
        description: format!("DMS found rows of {} that differ", relation.key()),
        metric: task(cx, relation, resource, "ValidationFailedOverallCount"),
        rings: Rings::above(thresholds::VALIDATION_MISMATCH.value(cx, origin), 300, 1),
        silence: Silence::Rings,
        path: path("replication", &relation.node.key),
        origin,
    };
    alarm.add(cx, &home());
}

fn writer<'s>(cluster: String, name: &'s str, statistic: &'static str) -> Metric<'s> {
    let dimensions = vec![("DBClusterIdentifier", cluster.into()), ("Role", "WRITER".into())];
    Metric { namespace: "AWS/RDS", name, dimensions, statistic }
}

/// The slot of the reverse task keeps the writer's log until the task reads it
/// (fact: postgresql-slot-keeps-log).
fn slot(cx: &mut Cx, relation: &Relation) {
    if !relation.database.engine.is_postgresql() {
        return;
    }
    let origin = Origin::derived(BY, relation.node.place.header);
    // fact: aurora-slot-keeps-transaction-logs
    let alarm = Alarm {
        stem: format!("{}-slot-lag", relation.key()),
        description: format!("A replication slot of {} retains too much log", relation.database.key),
        metric: writer(database::cluster_name(cx, relation.database), "TransactionLogsDiskUsage", "Maximum"),
        rings: Rings::above(Datum::new(SLOT_LAG, origin), 300, 2),
        silence: Silence::IsFine,
        path: format!("{} > reverse", path("replication", &relation.node.key)),
        origin,
    };
    alarm.add(cx, &home());
}

fn cluster(cx: &mut Cx, node: &ast::Database) {
    let origin = Origin::derived(BY, node.place.header);
    let key = node.key.as_str();
    let name = database::cluster_name(cx, node);
    let above = |cx: &Cx, threshold: &thresholds::Threshold| Rings::above(threshold.value(cx, origin), 60, 5);
    let local = Rings::below(Datum::new(5_i64 * 1024 * 1024 * 1024, origin), 300, 2);
    let alarms = [
        ("cpu", "is busy", "CPUUtilization", "Average", above(cx, &thresholds::DATABASE_CPU)),
        (
            "connections",
            "has many connections",
            "DatabaseConnections",
            "Maximum",
            above(cx, &thresholds::DATABASE_CONNECTIONS),
        ),
        ("local-storage", "runs out of local storage", "FreeLocalStorage", "Minimum", local),
    ];
    for (stem, text, metric, statistic, rings) in alarms {
        let alarm = Alarm {
            stem: format!("{key}-{stem}"),
            description: format!("The database {key} {text}"),
            metric: writer(name.clone(), metric, statistic),
            rings,
            silence: Silence::Rings,
            path: path("database", &node.key),
            origin,
        };
        alarm.add(cx, &home());
    }
}

/// The alarm is in the region of the copy.
fn copy(cx: &mut Cx, node: &ast::Database, replica: &ast::Replica) {
    let region = replica.region.as_str();
    if region == &*cx.graph.environment.region {
        return;
    }
    let origin = Origin::derived(BY, replica.place.header);
    let topic = topic(cx, Some(region), origin);
    let cluster = database::replica_name(cx, node);
    let metric = Metric {
        namespace: "AWS/RDS",
        name: "AuroraGlobalDBReplicationLag",
        // fact: aurora-global-lag-dimensions
        dimensions: vec![
            ("DBClusterIdentifier", cluster.into()),
            ("SourceRegion", cx.graph.environment.region.to_string().into()),
        ],
        statistic: "Maximum",
    };
    let alarm = Alarm {
        stem: format!("{}-replica-lag", node.key),
        description: format!("The copy of {} in {region} lags", node.key),
        metric,
        rings: Rings::above(thresholds::REPLICA_LAG.value(cx, origin), 60, 5),
        silence: Silence::Rings,
        path: format!("{} > replica", path("database", &node.key)),
        origin,
    };
    let resource = alarm.resource(cx, &topic).in_region(region);
    cx.add(resource);
}
