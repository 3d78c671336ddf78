//! Alarms on the metrics of the task monitor.

use migspec_ir::{Datum, Origin};

use super::BY;
use super::alarm::{Alarm, Metric, Rings, Silence, home};
use crate::cx::{Cx, path};
use crate::index::Relation;
use crate::{functions, replication};

/// The direction of a replication task.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Forward,
    Reverse,
}

impl Direction {
    pub(super) fn name(self) -> &'static str {
        match self {
            Direction::Forward => "forward",
            Direction::Reverse => "reverse",
        }
    }

    fn task(self, cx: &Cx, relation: &Relation) -> String {
        match self {
            Direction::Forward => replication::task_resource(cx, relation.key()),
            Direction::Reverse => replication::reverse_task_resource(cx, relation.key()),
        }
    }
}

pub(super) fn lower(cx: &mut Cx) {
    for relation in cx.index.relations.clone() {
        let reverse = relation.reversed().then_some(Direction::Reverse);
        for direction in std::iter::once(Direction::Forward).chain(reverse) {
            tables(cx, &relation, direction);
            if relation.cutover.is_some() {
                idle(cx, &relation, direction);
            }
        }
    }
}

/// The stem of the alarm on tables in error.
pub(super) fn tables_stem(relation: &Relation, direction: Direction) -> String {
    format!("{}-{}-tables", relation.key(), direction.name())
}

/// The stem of the alarm that is in ALARM while the task is not under way.
pub(super) fn idle_stem(relation: &Relation, direction: Direction) -> String {
    format!("{}-{}-idle", relation.key(), direction.name())
}

/// A task runs on while DMS has suspended one of its tables. Without the monitor the alarm has no data, which the gates take
/// for a failure.
fn tables(cx: &mut Cx, relation: &Relation, direction: Direction) {
    let description =
        format!("The {} task of {} does not replicate one of its tables", direction.name(), relation.key());
    let namespace = functions::namespace(cx);
    let at = Origin::derived(BY, relation.node.place.header);
    let alarm = Alarm {
        stem: tables_stem(relation, direction),
        description,
        metric: metric(cx, relation, direction, &namespace, "TablesInError"),
        rings: Rings::above(Datum::new(0, at), 60, 1),
        silence: Silence::IsUnknown,
        path: path("replication", &relation.node.key),
        origin: at,
    };
    alarm.add(cx, &home());
}

/// Composite alarms notify nobody while this alarm is in ALARM.
fn idle(cx: &mut Cx, relation: &Relation, direction: Direction) {
    let namespace = functions::namespace(cx);
    let at = Origin::derived(BY, relation.node.place.header);
    let alarm = Alarm {
        stem: idle_stem(relation, direction),
        description: format!("The {} task of {} is not under way", direction.name(), relation.key()),
        metric: metric(cx, relation, direction, &namespace, "TasksUnderWay"),
        rings: Rings::below(Datum::new(1, at), 60, 1),
        silence: Silence::IsFine,
        path: path("replication", &relation.node.key),
        origin: at,
    };
    let resource = alarm.part(cx);
    cx.add(resource);
}

fn metric<'s>(cx: &Cx, relation: &Relation, direction: Direction, namespace: &'s str, name: &'s str) -> Metric<'s> {
    let dimensions = vec![("Task", direction.task(cx, relation).into())];
    Metric { namespace, name, dimensions, statistic: "Maximum" }
}
