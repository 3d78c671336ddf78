//! The composite alarms of a cutover: one gates each step of the traffic shift, one covers the target in the rollback
//! window. The workflow reads these two. Two others notify operators of the lag: that of the forward task, and that of the
//! reverse task, because a rollback without a healthy reverse task loses writes.
//!
//! A task that is not under way has no lag, and its alarm is in ALARM for want of data. The composite alarms are quiet
//! then: before the load, behind a stop by the workflow, and before the start of the reverse task.

use migspec_ir::{Id, Origin, Resource, Value, list};
use migspec_syntax::ast;

use super::BY;
use super::alarm::Alarm;
use super::application::{api_errors, api_latency};
use super::tasks::{Direction, idle_stem, tables_stem};
use crate::cx::{Cx, path};
use crate::index::Relation;
use crate::names;

/// Seconds in which the alarm on an idle task follows the task: a call of the monitor, and its metric.
const SUPPRESSOR_FOLLOWS: u32 = 180;
/// Seconds in which a task that starts has its first lag.
const LAG_BEGINS: u32 = 600;

/// A composite alarm of a cutover.
struct Composite<'s> {
    id: Id,
    name: String,
    description: String,
    /// Stems of alarms. Those that do not exist are left out.
    parts: &'s [String],
    /// The alarm in whose ALARM it notifies nobody.
    quiet: Option<Id>,
}

pub(super) fn lower(cx: &mut Cx) {
    for cutover in &cx.spec.cutover {
        add_all(cx, cutover);
    }
}

fn add_all(cx: &mut Cx, cutover: &ast::Cutover) {
    let key = cutover.key.as_str();
    let api = cutover.api.as_str();
    let both = [api_errors(api), api_latency(api), "api-authorizer-errors".to_owned()];
    let moved: Vec<Relation> = cx.index.moved_relations(cutover).collect();
    let of = |stems: &[&str]| -> Vec<String> {
        moved.iter().flat_map(|relation| stems.iter().map(move |stem| format!("{}-{stem}", relation.key()))).collect()
    };
    let tables = |direction: Direction| moved.iter().map(move |relation| tables_stem(relation, direction));
    let forward_quiet = at_rest(cx, cutover, &moved, Direction::Forward);
    let lag = of(&["source-lag", "target-lag"]);
    add(
        cx,
        cutover,
        Composite {
            id: names::lag_alarm(key),
            name: cx.physical(names::COMPOSITE_ALARM, &format!("{key}-lag")),
            description: format!("The replication of {key} lags"),
            parts: &lag,
            quiet: forward_quiet.clone(),
        },
    );
    let mut gate = of(&["source-lag", "target-lag", "rows-differ"]);
    gate.extend(tables(Direction::Forward));
    gate.extend(["validation-mismatch".to_owned(), "validation-error".to_owned()]);
    gate.extend(both.clone());
    add(
        cx,
        cutover,
        Composite {
            id: names::gate_alarm(key),
            name: gate_name(cx, key),
            description: format!("An alarm that gates the traffic shift of {key} is in ALARM"),
            parts: &gate,
            quiet: forward_quiet,
        },
    );
    let mut watch: Vec<String> = both.to_vec();
    for relation in &moved {
        let stems = ["cpu", "connections"].map(|stem| format!("{}-{stem}", relation.database.key));
        watch.extend(stems.into_iter().filter(|stem| !watch.contains(stem)).collect::<Vec<_>>());
    }
    let (id, name) = (names::watch_alarm(key), watch_name(cx, key));
    let description = format!("The target of {key} is unhealthy");
    add(cx, cutover, Composite { id, name, description, parts: &watch, quiet: None });
    let mut reverse = of(&["reverse-source-lag", "reverse-target-lag", "slot-lag"]);
    reverse.extend(tables(Direction::Reverse));
    let quiet = at_rest(cx, cutover, &moved, Direction::Reverse);
    add(
        cx,
        cutover,
        Composite {
            id: names::reverse_alarm(key),
            name: reverse_name(cx, key),
            description: format!(
                "The reverse task of {key} lags: until it recovers, a rollback takes longer or loses writes"
            ),
            parts: &reverse,
            quiet,
        },
    );
}

/// The physical name of the alarm of the reverse task.
pub(crate) fn reverse_name(cx: &Cx, cutover: &str) -> String {
    cx.physical(names::COMPOSITE_ALARM, &format!("{cutover}-reverse"))
}

/// The physical name of the alarm that gates each step of a shift. The workflow
/// calls it by name.
pub(crate) fn gate_name(cx: &Cx, cutover: &str) -> String {
    cx.physical(names::COMPOSITE_ALARM, &format!("{cutover}-gate"))
}

/// The physical name of the alarm that is watched while rollback is possible.
pub(crate) fn watch_name(cx: &Cx, cutover: &str) -> String {
    cx.physical(names::COMPOSITE_ALARM, &format!("{cutover}-watch"))
}

/// The alarm that is in ALARM while none of the tasks is under way. A composite alarm has one suppressor.
fn at_rest(cx: &mut Cx, cutover: &ast::Cutover, moved: &[Relation], direction: Direction) -> Option<Id> {
    let stems: Vec<String> = moved.iter().map(|relation| idle_stem(relation, direction)).collect();
    let stems: Vec<String> = stems.into_iter().filter(|stem| cx.graph.get(&names::alarm(stem)).is_some()).collect();
    if let [stem] = stems.as_slice() {
        return Some(names::alarm(stem));
    }
    let key = cutover.key.as_str();
    let text = direction.name();
    let rule: Vec<String> = stems.iter().map(|stem| in_state("ALARM", &Alarm::name(cx, stem))).collect();
    if rule.is_empty() {
        return None;
    }
    let origin = Origin::derived(BY, cutover.place.header);
    let id = names::alarm(&format!("{key}-{text}-at-rest"));
    let resource = Resource::new("AWS::CloudWatch::CompositeAlarm", id.clone(), path("cutover", &cutover.key), origin)
        .set("AlarmName", cx.physical(names::COMPOSITE_ALARM, &format!("{key}-{text}-at-rest")))
        .set("AlarmDescription", format!("No {text} task of {key} is under way"))
        .set("AlarmRule", rule.join(" AND "))
        .set("ActionsEnabled", true);
    cx.add(after(resource, &stems));
    Some(id)
}

fn in_state(state: &str, alarm: &str) -> String {
    format!("{state}(\"{alarm}\")")
}

fn after(resource: Resource, stems: &[String]) -> Resource {
    stems.iter().fold(resource, |resource, stem| resource.after(names::alarm(stem)))
}

/// The rule under which a part rings. An alarm whose state is unknown for want of data rings too.
fn rings(cx: &Cx, stem: &str) -> Vec<String> {
    let name = Alarm::name(cx, stem);
    let missing = cx.graph.get(&names::alarm(stem)).and_then(|alarm| alarm.get("TreatMissingData"));
    let unknown = missing.and_then(|datum| datum.value.as_str()) == Some("missing");
    let states = std::iter::once("ALARM").chain(unknown.then_some("INSUFFICIENT_DATA"));
    states.map(|state| in_state(state, &name)).collect()
}

fn add(cx: &mut Cx, cutover: &ast::Cutover, composite: Composite<'_>) {
    let origin = Origin::derived(BY, cutover.place.header);
    let parts: Vec<String> =
        composite.parts.iter().filter(|stem| cx.graph.get(&names::alarm(stem)).is_some()).cloned().collect();
    if parts.is_empty() {
        return;
    }
    let rule: Vec<String> = parts.iter().flat_map(|stem| rings(cx, stem)).collect();
    let topic = || list!(origin, [Value::reference(names::topic())]);
    let resource =
        Resource::new("AWS::CloudWatch::CompositeAlarm", composite.id, path("cutover", &cutover.key), origin)
            .set("AlarmName", composite.name)
            .set("AlarmDescription", composite.description)
            .set("AlarmRule", rule.join(" OR "))
            .set("ActionsEnabled", true)
            .set("AlarmActions", topic())
            .set("OKActions", topic());
    let resource = after(resource, &parts);
    cx.add(match composite.quiet {
        // fact: cloudwatch-suppressor
        Some(idle) => resource
            .set("ActionsSuppressor", Value::attribute(idle, "Arn"))
            .set("ActionsSuppressorWaitPeriod", SUPPRESSOR_FOLLOWS)
            .set("ActionsSuppressorExtensionPeriod", LAG_BEGINS),
        None => resource,
    });
}
