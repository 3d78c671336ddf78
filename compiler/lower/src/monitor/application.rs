//! Alarms on functions, APIs and workflows, and the metrics of validation.

use migspec_ir::{Actor, Datum, Id, Origin, Resource, Value, list, map};
use migspec_syntax::ast;

use super::alarm::{Alarm, Metric, Rings, Silence, home};
use super::{BY, thresholds};
use crate::cx::{Cx, path};
use crate::{demand, functions, names};

pub(super) fn lower(cx: &mut Cx) {
    let needed = demand::functions(cx);
    for function in &needed {
        errors(cx, function);
    }
    if let Some(validator) = needed.iter().find(|f| f.name == "data-validator") {
        validation(cx, Origin::derived(BY, validator.from));
    }
    if let Some(first) = needed.first() {
        dead_letters(cx, Origin::derived(BY, first.from));
    }
    for api in &cx.spec.api {
        requests(cx, api);
    }
    for cutover in &cx.spec.cutover {
        executions(cx, cutover);
    }
}

fn errors(cx: &mut Cx, function: &demand::FunctionDemand) {
    let origin = Origin::derived(BY, function.from);
    let authorizer = function.name == Actor::Authorizer.name() || function.name == "api-authorizer";
    let threshold = if authorizer { thresholds::AUTHORIZER_ERRORS.value(cx, origin) } else { Datum::new(0, origin) };
    for (failure, name) in [("errors", "Errors"), ("throttles", "Throttles")] {
        let alarm = Alarm {
            stem: format!("{}-{failure}", function.name),
            description: format!("The function {} has {failure}", function.name),
            metric: Metric {
                namespace: "AWS/Lambda",
                name,
                dimensions: vec![("FunctionName", functions::name(cx, function.name).into())],
                statistic: "Sum",
            },
            rings: Rings::above(threshold.clone(), 60, 1),
            silence: Silence::IsFine,
            path: format!("function \"{}\"", function.name),
            origin,
        };
        alarm.add(cx, &home());
    }
}

/// Metric filters on the results in the validator's log.
fn validation(cx: &mut Cx, origin: Origin) {
    for (stem, field, name) in [
        ("validation-matches", "matched", "ValidationMatches"),
        ("validation-mismatches", "mismatched", "ValidationMismatches"),
        ("validation-errors", "errors", "ValidationErrors"),
    ] {
        let transformation = map!(origin, {
            "MetricNamespace": functions::namespace(cx),
            "MetricName": name,
            "MetricValue": format!("$.{field}"),
            "Unit": "Count",
        });
        let filter = Resource::new("AWS::Logs::MetricFilter", format!("{stem}-filter"), "validation", origin)
            .set("FilterName", cx.physical(names::METRIC_FILTER, stem))
            .set("LogGroupName", Value::reference(names::log_group("data-validator")))
            .set("FilterPattern", format!("{{ $.event = \"validation\" && $.{field} >= 0 }}"))
            .set("MetricTransformations", list!(origin, [transformation]));
        cx.add(filter);
    }
    for (stem, name, text) in [
        ("validation-mismatch", "ValidationMismatches", "Source and target differ"),
        ("validation-error", "ValidationErrors", "Source and target could not be compared"),
    ] {
        let namespace = functions::namespace(cx);
        let alarm = Alarm {
            stem: stem.to_owned(),
            description: text.to_owned(),
            metric: Metric { namespace: &namespace, name, dimensions: Vec::new(), statistic: "Sum" },
            rings: Rings::above(thresholds::VALIDATION_MISMATCH.value(cx, origin), 300, 1),
            silence: Silence::IsFine,
            path: "validation".to_owned(),
            origin,
        };
        alarm.add(cx, &home());
    }
}

fn dead_letters(cx: &mut Cx, origin: Origin) {
    let alarm = Alarm {
        stem: "functions-dead-letters".to_owned(),
        description: "A call of a function failed after its retries".to_owned(),
        metric: Metric {
            namespace: "AWS/SQS",
            name: "ApproximateNumberOfMessagesVisible",
            dimensions: vec![("QueueName", functions::queue_name(cx).into())],
            statistic: "Maximum",
        },
        rings: Rings::above(thresholds::DEAD_LETTERS.value(cx, origin), 300, 1),
        silence: Silence::IsFine,
        path: "functions".to_owned(),
        origin,
    };
    alarm.add(cx, &home());
}

/// The name and stage of an API as its metrics know it.
fn dimensions(cx: &Cx, api: &ast::Api) -> Option<Vec<(&'static str, Value)>> {
    let id = names::rest_api(api.key.as_str());
    let text = |datum: Option<&Datum>| datum.and_then(|d| d.value.as_str().map(Value::from));
    let name = text(cx.graph.get(&id)?.get("Name"))?;
    let stage = cx.graph.get(&names::api_stage(api.key.as_str()))?;
    Some(vec![("ApiName", name), ("Stage", text(stage.get("StageName"))?)])
}

fn requests(cx: &mut Cx, api: &ast::Api) {
    let Some(dimensions) = dimensions(cx, api) else { return };
    let origin = Origin::derived(BY, api.place.header);
    let key = api.key.as_str();
    let errors = thresholds::API_ERRORS.value(cx, origin);
    let latency = thresholds::API_LATENCY.value(cx, origin);
    for (stem, name, statistic, threshold, text) in [
        (api_errors(key), "5XXError", "Sum", errors, "answers with server errors"),
        (api_latency(key), "Latency", "p99", latency, "is slow"),
    ] {
        let alarm = Alarm {
            stem,
            description: format!("The API {key} {text}"),
            metric: Metric { namespace: "AWS/ApiGateway", name, dimensions: dimensions.clone(), statistic },
            rings: Rings::above(threshold, 60, 3),
            silence: Silence::IsFine,
            path: path("api", &api.key),
            origin,
        };
        alarm.add(cx, &home());
    }
}

/// The stem of the alarm on server errors of an API.
pub(super) fn api_errors(api: &str) -> String {
    format!("{api}-api-errors")
}

/// The stem of the alarm on the latency of an API.
pub(super) fn api_latency(api: &str) -> String {
    format!("{api}-api-latency")
}

fn executions(cx: &mut Cx, cutover: &ast::Cutover) {
    let key = cutover.key.as_str();
    let machine: Id = names::state_machine(key);
    if cx.graph.get(&machine).is_none() {
        return;
    }
    let origin = Origin::derived(BY, cutover.place.header);
    for (what, name) in
        [("aborted", "ExecutionsAborted"), ("failed", "ExecutionsFailed"), ("timed-out", "ExecutionsTimedOut")]
    {
        let alarm = Alarm {
            stem: format!("{key}-workflow-{what}"),
            description: format!("The workflow of {key} has {}", what.replace('-', " ")),
            metric: Metric {
                namespace: "AWS/States",
                name,
                dimensions: vec![("StateMachineArn", Value::reference(machine.clone()))],
                statistic: "Sum",
            },
            rings: Rings::above(Datum::new(0, origin), 60, 1),
            silence: Silence::IsFine,
            path: path("cutover", &cutover.key),
            origin,
        };
        alarm.add(cx, &home());
    }
}
