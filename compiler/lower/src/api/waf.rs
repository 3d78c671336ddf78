//! The web application firewall before an API, unless the author leaves it out.

use migspec_diag::Diagnostic;
use migspec_ir::{Datum, Map, Origin, Resource, Value, list, map};
use migspec_syntax::ast;
use migspec_syntax::value::WafMode;

use super::{BY, STAGE};
use crate::cx::{Cx, path};
use crate::{logs, names};

/// AWS's managed rule groups, in the order in which they are asked.
const MANAGED: &[&str] =
    &["AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet", "AWSManagedRulesSQLiRuleSet"];

/// AWS counts requests of an address over this time (fact: wafv2-rate-window).
const WINDOW_SECONDS: u32 = 300;

/// The request limit of one address in the window, without a `throttle`.
const DEFAULT_LIMIT: u32 = 100_000;

pub(super) fn lower(cx: &mut Cx, api: &ast::Api) {
    if api.waf.as_ref().is_some_and(|waf| !*waf.enabled) {
        return;
    }
    let at = Origin::derived(BY, api.waf.as_ref().map_or(api.place.header, |waf| waf.place.header));
    let key = api.key.as_str();
    let node = path("api", &api.key);
    let name = cx.physical(names::WEB_ACL, &format!("{key}-web-acl"));
    let mode = mode(api);
    check(cx, api, mode);
    let rules: Vec<Map> = std::iter::once(rate_rule(api, mode, at))
        .chain((1..).zip(MANAGED).map(|(priority, group)| managed_rule(priority, group, mode, at)))
        .collect();
    cx.add(
        Resource::new("AWS::WAFv2::WebACL", names::web_acl(key), node.as_str(), at)
            .set("Name", name.as_str())
            .set("Description", format!("Guards api {key}"))
            .set("Scope", "REGIONAL")
            .set("DefaultAction", map!(at, { "Allow": Map::new() }))
            .set("VisibilityConfig", visibility(&name, at))
            .set("Rules", rules),
    );
    association(cx, api, &node, at);
    logging(cx, api, &node, at);
}

/// A firewall that the spec does not describe blocks.
fn mode(api: &ast::Api) -> WafMode {
    api.waf.as_ref().map_or(WafMode::Block, |waf| *waf.mode)
}

/// A firewall that counts has a first day, and one that blocks has none.
fn check(cx: &mut Cx, api: &ast::Api, mode: WafMode) {
    let Some(waf) = &api.waf else { return };
    let (message, help) = match (&waf.since, mode) {
        (None, WafMode::Count) => {
            ("the first day of counting is unknown", "add the day of the first deployment: since=\"2027-01-15\"")
        }
        (Some(_), WafMode::Block) => ("`since=` has no effect without `mode=\"count\"`", "remove `since=`"),
        _ => return,
    };
    cx.report(Diagnostic::error("waf-mode", message).at(waf.place.header, "this firewall").help(help));
}

/// Limits each address, so that one caller cannot use the whole throttle.
fn rate_rule(api: &ast::Api, mode: WafMode, at: Origin) -> Map {
    let limit = api.throttle.as_ref().map_or(DEFAULT_LIMIT, |t| t.rate.0.saturating_mul(WINDOW_SECONDS));
    let limit = limit.clamp(10, 2_000_000_000);
    map!(at, {
        "Name": "rate",
        "Priority": 0,
        "Action": effect(if mode == WafMode::Count { "Count" } else { "Block" }, at),
        "Statement": map!(at, {
            "RateBasedStatement": map!(at, {
                "AggregateKeyType": "IP",
                "EvaluationWindowSec": WINDOW_SECONDS,
                "Limit": limit,
            }),
        }),
        "VisibilityConfig": visibility("rate", at),
    })
}

/// The effect of a rule, by its name.
fn effect(name: &str, at: Origin) -> Map {
    let mut effect = Map::new();
    effect.set(name, Datum::new(Map::new(), at));
    effect
}

fn managed_rule(priority: i64, group: &str, mode: WafMode, at: Origin) -> Map {
    map!(at, {
        "Name": group,
        "Priority": priority,
        "OverrideAction": effect(if mode == WafMode::Count { "Count" } else { "None" }, at),
        "Statement": map!(at, { "ManagedRuleGroupStatement": map!(at, { "VendorName": "AWS", "Name": group }) }),
        "VisibilityConfig": visibility(group, at),
    })
}

/// Metrics, but no samples: a sampled request would show its headers.
fn visibility(metric: &str, at: Origin) -> Map {
    map!(at, { "CloudWatchMetricsEnabled": true, "SampledRequestsEnabled": false, "MetricName": metric })
}

fn association(cx: &mut Cx, api: &ast::Api, node: &str, at: Origin) {
    let key = api.key.as_str();
    let e = &cx.graph.environment;
    let prefix = format!("arn:{}:apigateway:{}::/restapis/", e.partition, e.region);
    let stage =
        Value::Concat(vec![prefix.into(), Value::reference(names::rest_api(key)), format!("/stages/{STAGE}").into()]);
    cx.add(
        Resource::new("AWS::WAFv2::WebACLAssociation", names::web_acl_association(key), node, at)
            .set("ResourceArn", stage)
            .set("WebACLArn", Value::attribute(names::web_acl(key), "Arn"))
            .after(names::api_stage(key)),
    );
}

/// AWS WAF writes to log groups with this prefix only. Tokens stay out
/// (fact: wafv2-log-destinations).
fn logging(cx: &mut Cx, api: &ast::Api, node: &str, at: Origin) {
    let key = api.key.as_str();
    let name = format!("aws-waf-logs-migration/{}/{}/{key}", cx.spec.key, cx.env());
    let group = logs::group(cx, names::log_group(&format!("{key}-web-acl")), &name, node, at);
    // AWS WAF takes the ARN of the group itself, without `:*`.
    let destination = cx.arn("logs", &format!("log-group:{name}"));
    let redacted = map!(at, { "SingleHeader": map!(at, { "Name": "authorization" }) });
    cx.add(
        Resource::new("AWS::WAFv2::LoggingConfiguration", names::web_acl_logging(key), node, at)
            .set("ResourceArn", Value::attribute(names::web_acl(key), "Arn"))
            .set("LogDestinationConfigs", list!(at, [destination]))
            .set("RedactedFields", list!(at, [redacted]))
            .after(group),
    );
}
