//! The schedule of the task monitor: a rule for each replication, which sends the ARNs of its tasks every minute.

use migspec_ir::{Datum, Origin, Resource, Value, list, map};

use super::{BY, rights};
use crate::cx::{Cx, path};
use crate::names;

pub(super) const FUNCTION: &str = "task-monitor";
/// The shortest rate of a rule (fact: events-schedule).
const RATE: &str = "rate(1 minute)";

pub(super) fn lower(cx: &mut Cx) {
    for relation in cx.index.relations.clone() {
        let origin = Origin::derived(BY, relation.node.place.header);
        let node = path("replication", &relation.node.key);
        let stem = format!("{}-tasks", relation.key());
        let input = map!(origin, { "tasks": rights::tasks(cx, &relation, origin) });
        let target = map!(origin, {
            "Id": "monitor",
            "Arn": Value::attribute(names::function(FUNCTION), "Arn"),
            "Input": Value::JsonText(Box::new(Datum::new(input, origin))),
        });
        let rule = Resource::new("AWS::Events::Rule", names::schedule(relation.key()), node.as_str(), origin)
            .set("Name", cx.physical(names::RULE, &stem))
            .set("Description", format!("The tables of the tasks of {}, every minute", relation.key()))
            .set("ScheduleExpression", RATE)
            .set("State", "ENABLED")
            .set("Targets", list!(origin, [target]))
            .after(names::task(relation.key()));
        cx.add(match relation.reversed() {
            true => rule.after(names::reverse_task(relation.key())),
            false => rule,
        });
        let permission =
            Resource::new("AWS::Lambda::Permission", names::schedule_permission(relation.key()), node, origin)
                .set("FunctionName", Value::reference(names::function(FUNCTION)))
                .set("Action", "lambda:InvokeFunction")
                .set("Principal", "events.amazonaws.com")
                .set("SourceAccount", cx.graph.environment.account.clone())
                .set("SourceArn", Value::attribute(names::schedule(relation.key()), "Arn"));
        cx.add(permission);
    }
}
