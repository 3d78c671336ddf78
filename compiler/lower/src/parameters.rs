//! Parameters that the application and the workflow read at run time.

use migspec_ir::{Datum, Id, Map, Origin, Resource, Value};
use migspec_syntax::ast;

use crate::cx::{Cx, datum, path};
use crate::names;

const BY: &str = "parameters";

pub(crate) fn lower(cx: &mut Cx) {
    topic(cx);
    for api in &cx.spec.api {
        authorizer(cx, api);
    }
    for cutover in &cx.spec.cutover {
        switches(cx, cutover);
        plan(cx, cutover);
    }
}

fn topic(cx: &mut Cx) {
    let origin = Origin::derived(BY, cx.spec.monitor.as_ref().map_or(cx.spec.place.header, |m| m.place.header));
    let value = Datum::new(Value::reference(names::topic()), origin);
    add(cx, "sns/topic-arn", "The topic that tells the operations team", value, "monitor".to_owned(), origin);
}

/// A pointer: the keys themselves stay in the secret.
fn authorizer(cx: &mut Cx, api: &ast::Api) {
    let Some(authorizer) = &api.authorizer else { return };
    let parameter = if cx.spec.api.len() == 1 { "api/secret".to_owned() } else { format!("api/{}/secret", api.key) };
    let origin = Origin::derived(BY, authorizer.place.header);
    let value = datum(&authorizer.secret, |name| Value::from(name.as_str()));
    let path = format!("{} > authorizer", path("api", &api.key));
    add(cx, &parameter, "The name of the secret that holds the keys of the API's callers", value, path, origin);
}

/// What the workflow changes: a deployment writes the first value and then
/// leaves it alone.
fn switches(cx: &mut Cx, cutover: &ast::Cutover) {
    let path = path("cutover", &cutover.key);
    let origin = Origin::derived(BY, cutover.place.header);
    let routing = of_cutover(cx, cutover, "routing/target");
    let writer = writer(cutover);
    let source = || Datum::new("source", origin);
    let id = add(cx, &routing, "Where traffic goes: source or target", source(), path.clone(), origin);
    ignore_value(cx, &id);
    let writer_origin = cutover.writer_switch.as_ref().map_or(origin, |w| Origin::derived(BY, w.place.header));
    let path = format!("{path} > writer-switch");
    let id = add(cx, &writer, "Which database accepts writes: source, none or target", source(), path, writer_origin);
    ignore_value(cx, &id);
}

fn ignore_value(cx: &mut Cx, id: &Id) {
    if let Some(resource) = cx.graph.resources.get_mut(id) {
        resource.lifecycle.ignore = vec!["Value"];
    }
}

/// The ids that AWS assigns and that the workflow therefore cannot know.
fn plan(cx: &mut Cx, cutover: &ast::Cutover) {
    let origin = Origin::derived(BY, cutover.place.header);
    let api = cutover.api.as_str();
    let mut fields = Map::new();
    for (name, id) in [
        ("listenerRuleArn", names::listener_rule(api)),
        ("sourceTargetGroupArn", names::target_group(api, "source")),
        ("targetTargetGroupArn", names::target_group(api, "target")),
        ("restApiId", names::rest_api(api)),
    ] {
        if cx.graph.get(&id).is_some() {
            fields.set(name, Datum::new(Value::reference(id), origin));
        }
    }
    let value = Datum::new(Value::JsonText(Box::new(Datum::new(fields, origin))), origin);
    let parameter = of_cutover(cx, cutover, "plan");
    add(cx, &parameter, "Ids that the workflow reads when it starts", value, path("cutover", &cutover.key), origin);
}

fn add(cx: &mut Cx, parameter: &str, description: &str, value: Datum, path: String, origin: Origin) -> Id {
    let resource = Resource::new("AWS::SSM::Parameter", names::parameter(parameter), path, origin)
        .set("Name", cx.parameter_name(parameter))
        .set("Type", "String")
        .set("Description", description)
        .set("Value", value);
    cx.add(resource)
}

/// The path of a parameter of a cutover below `/migration/{environment}`; it
/// holds the cutover's key where a spec has several.
pub(crate) fn of_cutover(cx: &Cx, cutover: &ast::Cutover, parameter: &str) -> String {
    match cx.spec.cutover.len() {
        1 => parameter.to_owned(),
        _ => format!("{}/{parameter}", cutover.key),
    }
}

/// The path of the writer switch below `/migration/{environment}`.
pub(crate) fn writer(cutover: &ast::Cutover) -> String {
    cutover.writer_switch.as_ref().map_or_else(|| "database/writer".to_owned(), |w| w.parameter.to_string())
}
