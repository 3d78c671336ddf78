//! The deployment, the stage that serves it, its logs and its limits.

use std::collections::BTreeSet;
use std::fmt::Write;

use migspec_ir::{Datum, Id, Map, Origin, Resource, Value, list, map};
use migspec_syntax::ast;

use super::{BY, STAGE, responses};
use crate::cx::{Cx, datum, path};
use crate::{logs, names};

/// One line of JSON for each request: caller, address, method, path and result.
/// Without headers and bodies, the log contains no tokens and no account data
/// (PCI DSS 3.3.1, 10.2.2).
const LOG_FIELDS: &[(&str, &str)] = &[
    ("requestId", "$context.requestId"),
    ("time", "$context.requestTime"),
    ("ip", "$context.identity.sourceIp"),
    ("principal", "$context.authorizer.principalId"),
    ("method", "$context.httpMethod"),
    ("path", "$context.resourcePath"),
    ("status", "$context.status"),
    ("latency", "$context.responseLatency"),
    ("length", "$context.responseLength"),
    ("integrationStatus", "$context.integration.status"),
    ("integrationLatency", "$context.integration.latency"),
    ("authorizerError", "$context.authorizer.error"),
    ("error", "$context.error.responseType"),
    ("wafStatus", "$context.waf.status"),
    ("traceId", "$context.xrayTraceId"),
];

pub(super) fn lower(cx: &mut Cx, api: &ast::Api) {
    let responses = responses::lower(cx, api);
    let deployment = deployment(cx, api, responses);
    let stage = stage(cx, api, deployment);
    usage_plan(cx, api, stage);
}

/// An immutable snapshot of the API. A change of the API changes the version, so
/// that a new deployment replaces the old one before its deletion.
fn deployment(cx: &mut Cx, api: &ast::Api, responses: Vec<Id>) -> Id {
    let at = Origin::derived(BY, api.place.header);
    let rest_api = names::rest_api(api.key.as_str());
    let shown: Vec<Id> = snapshot(cx, &rest_api, &responses);
    let behind = behind(cx, &shown);
    let version = version(cx, shown.iter().chain(&behind));
    // Ids that a replacement outside this spec changes, too (fact: apigateway-deployment-snapshot).
    let mut triggers = map!(at, { "version": version });
    for id in &behind {
        triggers.set(id.as_str(), Datum::new(Value::reference(id.clone()), at));
    }
    let mut deployment = Resource::new(
        "AWS::ApiGateway::Deployment",
        names::api_deployment(api.key.as_str()),
        path("api", &api.key),
        at,
    )
    .set("RestApiId", Value::reference(rest_api))
    .set("Triggers", triggers);
    deployment.lifecycle.create_before_destroy = true;
    deployment.depends_on = shown;
    cx.add(deployment)
}

/// The resources in a deployment's snapshot.
fn snapshot(cx: &Cx, rest_api: &Id, responses: &[Id]) -> Vec<Id> {
    const KINDS: &[&str] = &["AWS::ApiGateway::Authorizer", "AWS::ApiGateway::Method", "AWS::ApiGateway::Resource"];
    let of_api = |r: &&Resource| r.get("RestApiId").is_some_and(|d| d.value == Value::reference(rest_api));
    let parts = cx.graph.resources.values().filter(|r| KINDS.contains(&r.type_name)).filter(of_api);
    parts.map(|r| r.id.clone()).chain(responses.iter().cloned()).collect()
}

/// The link and the balancer that the integrations name: their ids are in the
/// snapshot, and another of their properties can mean another id.
fn behind(cx: &Cx, shown: &[Id]) -> Vec<Id> {
    const KINDS: &[&str] = &["AWS::ApiGatewayV2::VpcLink", "AWS::ElasticLoadBalancingV2::LoadBalancer"];
    let mut behind = BTreeSet::new();
    for (_, datum) in shown.iter().filter_map(|id| cx.graph.get(id)).flat_map(|r| r.properties.iter()) {
        datum.value.references(&mut |id, _| {
            if cx.graph.get(id).is_some_and(|r| KINDS.contains(&r.type_name)) {
                behind.insert(id.clone());
            }
        });
    }
    behind.into_iter().collect()
}

/// A hash over all that is shown: the same text gives the same version on
/// every machine.
fn version<'s>(cx: &Cx, shown: impl Iterator<Item = &'s Id>) -> String {
    let mut text = String::new();
    for resource in shown.filter_map(|id| cx.graph.get(id)) {
        write_resource(&mut text, resource);
    }
    format!("{:016x}", fnv(text.as_bytes()))
}

fn write_resource(text: &mut String, resource: &Resource) {
    let mut line = |name: &str, value: &Value| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{} {name} {}", resource.id, canonical(value));
    };
    for (name, datum) in resource.properties.iter() {
        line(name, &datum.value);
    }
}

/// A value without the places that it came from, so that an edit elsewhere in
/// the spec changes nothing.
fn canonical(value: &Value) -> String {
    match value {
        Value::List(items) => items.iter().map(|d| canonical(&d.value)).collect::<Vec<_>>().join(","),
        Value::Map(map) => {
            map.iter().map(|(k, d)| format!("{k}={}", canonical(&d.value))).collect::<Vec<_>>().join(";")
        }
        Value::Concat(parts) => parts.iter().map(canonical).collect(),
        Value::JsonText(datum) => canonical(&datum.value),
        other => format!("{other:?}"),
    }
}

/// FNV-1a, 64 bits: distinguishes versions; no secret depends on it.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

fn stage(cx: &mut Cx, api: &ast::Api, deployment: Id) -> Id {
    let at = Origin::derived(BY, api.place.header);
    let node = path("api", &api.key);
    let key = api.key.as_str();
    let name = cx.path_name(&format!("api/{key}"));
    let access = logs::masked(cx, names::log_group(&format!("{key}-api-access")), &name, node.as_str(), at);
    let execution = execution_log(cx, api, &node, at);
    let mut stage = Resource::new("AWS::ApiGateway::Stage", names::api_stage(key), node, at)
        .because("hasWebAcl", api.waf.as_ref().map(|waf| crate::cx::origin(&waf.enabled)))
        .set("RestApiId", Value::reference(names::rest_api(key)))
        .set("StageName", STAGE)
        .set("DeploymentId", Value::attribute(deployment, "DeploymentId"))
        .set("TracingEnabled", true)
        .set(
            "AccessLogSetting",
            map!(at, { "DestinationArn": Value::attribute(access, "Arn"), "Format": log_format() }),
        )
        .set("MethodSettings", list!(at, [method_settings(api, at)]))
        .after(execution);
    // API Gateway refuses log settings while the account has no role for them.
    if cx.graph.get(&names::api_account()).is_some() {
        stage = stage.after(names::api_account());
    }
    cx.add(stage)
}

/// API Gateway would make this group by itself, without key and retention.
fn execution_log(cx: &mut Cx, api: &ast::Api, node: &str, at: Origin) -> Id {
    let key = api.key.as_str();
    let name =
        vec!["API-Gateway-Execution-Logs_".into(), Value::reference(names::rest_api(key)), format!("/{STAGE}").into()];
    let logs_key = Value::attribute(names::key("logs"), "Arn");
    let id = names::log_group(&format!("{key}-api-execution"));
    let masking = logs::masking(cx, at);
    let group = logs::resource(cx, id, ("", logs_key), node, at).set("DataProtectionPolicy", masking);
    cx.add(group.set("LogGroupName", Value::Concat(name)))
}

fn log_format() -> String {
    let fields: Vec<String> = LOG_FIELDS.iter().map(|(name, value)| format!("\"{name}\":\"{value}\"")).collect();
    format!("{{{}}}", fields.join(","))
}

/// Errors are logged, bodies never are.
fn method_settings(api: &ast::Api, at: Origin) -> Map {
    let settings = map!(at, {
        "HttpMethod": "*",
        "ResourcePath": "/*",
        "LoggingLevel": "ERROR",
        "DataTraceEnabled": false,
        "MetricsEnabled": true,
        "CachingEnabled": false,
    });
    limits(api).into_iter().fold(settings, |mut settings, (limit, datum)| {
        settings.set(format!("Throttling{limit}"), datum);
        settings
    })
}

/// `RateLimit` and `BurstLimit`, where the author limits requests.
fn limits(api: &ast::Api) -> Vec<(&'static str, Datum)> {
    api.throttle
        .iter()
        .flat_map(|t| [("RateLimit", datum(&t.rate, |r| r.0)), ("BurstLimit", datum(&t.burst, |b| b.0))])
        .collect()
}

fn usage_plan(cx: &mut Cx, api: &ast::Api, stage: Id) {
    let Some(node) = &api.throttle else {
        return;
    };
    let at = Origin::derived(BY, node.place.header);
    let key = api.key.as_str();
    let mut throttle = Map::new();
    for (limit, datum) in limits(api) {
        throttle.set(limit, datum);
    }
    let name = cx.physical(names::USAGE_PLAN, &format!("{key}-usage-plan"));
    let stages =
        list!(at, [map!(at, { "ApiId": Value::reference(names::rest_api(key)), "Stage": Value::reference(stage) })]);
    cx.add(
        Resource::new(
            "AWS::ApiGateway::UsagePlan",
            names::usage_plan(key),
            format!("{} > throttle", path("api", &api.key)),
            at,
        )
        .set("UsagePlanName", name)
        .set("Description", "Limits for all callers together")
        .set("ApiStages", stages)
        .set("Throttle", throttle),
    );
}
