//! The Terraform state backend, and the outputs of a deployment.

use std::sync::Arc;

use migspec_diag::Span;
use migspec_ir::{Datum, Id, Origin, Output, Resource, StateStore, Value};

use crate::cx::Cx;
use crate::names;

const BY: &str = "deployment";

pub(crate) fn lower(cx: &mut Cx) {
    state(cx);
    databases(cx);
    apis(cx);
    workflows(cx);
    if let Some(monitor) = &cx.spec.monitor {
        let value = Value::reference(names::topic());
        output(
            cx,
            "notifications-topic",
            "Topic of the notifications to the operations team",
            names::topic(),
            value,
            monitor.place.name,
        );
    }
}

fn state(cx: &mut Cx) {
    let Some(state) = &cx.environment.state else { return };
    let region = state.region.as_ref().map_or(cx.environment.region.as_str(), |r| r.as_str());
    cx.graph.state =
        Some(StateStore { bucket: (*state.bucket).clone(), key: state.key.as_str().into(), region: region.into() });
}

fn databases(cx: &mut Cx) {
    let spec = cx.spec;
    for database in &spec.database {
        let (key, id) = (database.key.as_str(), names::cluster(database.key.as_str()));
        let endpoint = Value::attribute(id.clone(), "Endpoint.Address");
        let text = format!("Writer endpoint of the database {key}");
        output(cx, &format!("{key}-endpoint"), &text, id, endpoint, database.place.name);
    }
}

fn apis(cx: &mut Cx) {
    let spec = cx.spec;
    for api in &spec.api {
        let (key, id) = (api.key.as_str(), names::rest_api(api.key.as_str()));
        let text = format!("Id of the API {key}");
        output(cx, &format!("{key}-api"), &text, id.clone(), Value::reference(id), api.place.name);
    }
}

fn workflows(cx: &mut Cx) {
    let spec = cx.spec;
    for cutover in &spec.cutover {
        let (key, id) = (cutover.key.as_str(), names::state_machine(cutover.key.as_str()));
        let text = format!("State machine of the cutover {key}");
        output(cx, &format!("{key}-workflow"), &text, id.clone(), Value::reference(id), cutover.place.name);
    }
}

/// An output of a derived resource; a refused resource has none.
fn output(cx: &mut Cx, name: &str, description: &str, of: Id, value: Value, from: Span) {
    if cx.graph.resources.contains_key(&of) {
        let origin = Origin::derived(BY, from);
        let value = Datum::new(value, origin);
        // The path of the policy entity.
        let path = cx.graph.get(&of).map_or_else(|| Arc::from(""), |resource| Arc::clone(&resource.path));
        let shown = Resource::new("Migspec::Output", names::output(name), path, origin);
        let shown = shown.set("Name", name).set("Value", &value);
        cx.graph.resources.insert(shown.id.clone(), shown);
        cx.graph.outputs.push(Output { name: name.into(), description: description.to_owned(), value });
    }
}
