//! The composite alarms of a cutover: one gates each step of the traffic shift, one covers the target in the rollback
//! window. The workflow reads these two. The third covers the reverse task and notifies operators by itself, because a
//! rollback without a healthy reverse task loses writes.

use migspec_ir::{Id, Origin, Resource, Value, list};
use migspec_syntax::ast;

use super::BY;
use super::alarm::Alarm;
use super::application::{api_errors, api_latency};
use crate::cx::{Cx, path};
use crate::index::Relation;
use crate::names;

pub(super) fn lower(cx: &mut Cx) {
    for cutover in &cx.spec.cutover {
        let key = cutover.key.as_str();
        let api = cutover.api.as_str();
        let both = [api_errors(api), api_latency(api), "api-authorizer-errors".to_owned()];
        let moved: Vec<Relation> = cx.index.moved_relations(cutover).collect();
        let of = |stems: [&'static str; 3]| {
            moved.iter().flat_map(move |relation| stems.map(|stem| format!("{}-{stem}", relation.key())))
        };
        let mut gate: Vec<String> = of(["source-lag", "target-lag", "rows-differ"]).collect();
        gate.extend(["validation-mismatch".to_owned(), "validation-error".to_owned()]);
        gate.extend(both.clone());
        let name = gate_name(cx, key);
        let text = format!("An alarm that gates the traffic shift of {key} is in ALARM");
        add(cx, cutover, names::gate_alarm(key), name, &gate, &text);
        let mut watch: Vec<String> = both.to_vec();
        for relation in &moved {
            let stems = ["cpu", "connections"].map(|stem| format!("{}-{stem}", relation.database.key));
            watch.extend(stems.into_iter().filter(|stem| !watch.contains(stem)).collect::<Vec<_>>());
        }
        let name = watch_name(cx, key);
        add(cx, cutover, names::watch_alarm(key), name, &watch, &format!("The target of {key} is unhealthy"));
        let reverse: Vec<String> = of(["reverse-source-lag", "reverse-target-lag", "slot-lag"]).collect();
        let name = reverse_name(cx, key);
        let text =
            format!("The reverse task of {key} lags: until it recovers, a rollback takes longer or loses writes");
        add(cx, cutover, names::reverse_alarm(key), name, &reverse, &text);
    }
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

/// Adds a composite alarm over the alarms with these stems; stems without an alarm are left out.
fn add(cx: &mut Cx, cutover: &ast::Cutover, id: Id, name: String, stems: &[String], text: &str) {
    let origin = Origin::derived(BY, cutover.place.header);
    let children: Vec<&String> = stems.iter().filter(|s| cx.graph.get(&names::alarm(s)).is_some()).collect();
    if children.is_empty() {
        return;
    }
    let rule: Vec<String> = children.iter().map(|stem| format!("ALARM(\"{}\")", Alarm::name(cx, stem))).collect();
    let topic = || list!(origin, [Value::reference(names::topic())]);
    let resource = Resource::new("AWS::CloudWatch::CompositeAlarm", id, path("cutover", &cutover.key), origin)
        .set("AlarmName", name)
        .set("AlarmDescription", text)
        .set("AlarmRule", rule.join(" OR "))
        .set("ActionsEnabled", true)
        .set("AlarmActions", topic())
        .set("OKActions", topic());
    let resource = children.iter().fold(resource, |resource, stem| resource.after(names::alarm(stem)));
    cx.add(resource);
}
