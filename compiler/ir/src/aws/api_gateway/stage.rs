use crate::class::{Classes, TEXT};
use crate::fact::{Fact, FactType, FactValue};
use crate::resource_type::{
    Column, Concern, Form, MethodPath, Property, ResourceType, Satellite, TAGS, Terraform, argument,
};
use crate::secret::looks_secret;
use crate::{Datum, Index, Resource, Value};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::ApiGateway::Stage",
    concern: Concern::Api,
    terraform: Terraform::Column(Column {
        resource: "aws_api_gateway_stage",
        reference: "stage_name",
        properties: &[
            Property::new(
                "AccessLogSetting",
                Form::Block(
                    "access_log_settings",
                    &[argument("DestinationArn", "destination_arn"), argument("Format", "format")],
                ),
            ),
            argument("CacheClusterEnabled", "cache_cluster_enabled"),
            argument("CacheClusterSize", "cache_cluster_size"),
            Property::new(
                "CanarySetting",
                Form::Block(
                    "canary_settings",
                    &[
                        argument("DeploymentId", "deployment_id"),
                        argument("PercentTraffic", "percent_traffic"),
                        argument("StageVariableOverrides", "stage_variable_overrides"),
                        argument("UseStageCache", "use_stage_cache"),
                    ],
                ),
            ),
            argument("ClientCertificateId", "client_certificate_id"),
            argument("DeploymentId", "deployment_id"),
            argument("Description", "description"),
            argument("DocumentationVersion", "documentation_version"),
            Property::new(
                "MethodSettings",
                Form::Satellites {
                    name_from: "",
                    each: Satellite {
                        resource: "aws_api_gateway_method_settings",
                        links: &[("rest_api_id", "rest_api_id"), ("stage_name", "stage_name")],
                        fixed: &[],
                        form: &Form::Inline(METHOD_SETTING),
                        after: &[],
                    },
                },
            ),
            argument("RestApiId", "rest_api_id"),
            argument("StageName", "stage_name"),
            TAGS,
            argument("TracingEnabled", "xray_tracing_enabled"),
            argument("Variables", "variables"),
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::entity("restApi", "RestApiId", "AWS::ApiGateway::RestApi"),
        Fact::string("stageName", "StageName", ""),
        Fact::false_by_default("tracingEnabled", "TracingEnabled"),
        Fact::false_by_default("cacheClusterEnabled", "CacheClusterEnabled"),
        Fact::computed("hasClientCertificate", FactType::Bool, |stage, _| {
            stage.get("ClientCertificateId").is_some().into()
        }),
        Fact::computed("callsOverInternet", FactType::Bool, calls_over_internet),
        Fact::computed("logsAccess", FactType::Bool, |stage, _| {
            stage.get("AccessLogSetting.DestinationArn").is_some().into()
        }),
        Fact::computed("logsWhoAndWhat", FactType::Bool, logs_who_and_what),
        Fact::computed("hasWebAcl", FactType::Bool, has_web_acl),
        Fact::computed("throttles", FactType::Bool, throttles),
        Fact::computed("loggingLevel", FactType::String, logging_level),
        Fact::computed("tracesData", FactType::Bool, |stage, _| any_setting(stage, "DataTraceEnabled").into()),
        Fact::computed("cachesUnencrypted", FactType::Bool, caches_unencrypted),
        Fact::computed("holdsSecret", FactType::Bool, holds_secret),
    ],
    classes: Classes {
        identity: &["RestApiId", "StageName", "DeploymentId"],
        free: &[("Description", TEXT), ("DocumentationVersion", TEXT)],
        ..Classes::NONE
    },
};

const METHOD_SETTING: &[Property] = &[
    setting("CacheDataEncrypted", &Form::Argument("cache_data_encrypted")),
    setting("CacheTtlInSeconds", &Form::Argument("cache_ttl_in_seconds")),
    setting("CachingEnabled", &Form::Argument("caching_enabled")),
    setting("DataTraceEnabled", &Form::Argument("data_trace_enabled")),
    Property::new("HttpMethod", Form::MethodPath("method_path", MethodPath::Method)),
    setting("LoggingLevel", &Form::Argument("logging_level")),
    setting("MetricsEnabled", &Form::Argument("metrics_enabled")),
    Property::new("ResourcePath", Form::MethodPath("method_path", MethodPath::Resource)),
    setting("ThrottlingBurstLimit", &Form::Argument("throttling_burst_limit")),
    setting("ThrottlingRateLimit", &Form::Argument("throttling_rate_limit")),
];

const fn setting(name: &'static str, form: &'static Form) -> Property {
    Property::new(name, Form::Within("settings", form))
}

fn settings(stage: &Resource) -> &[Datum] {
    stage.get("MethodSettings").and_then(|d| d.value.as_list()).unwrap_or_default()
}

/// Whether a setting is on for any method.
fn any_setting(stage: &Resource, name: &str) -> bool {
    settings(stage).iter().any(|setting| setting.get(name).is_some_and(|d| d.value.as_bool() == Some(true)))
}

/// The setting of all methods.
fn of_all_methods(stage: &Resource) -> Option<&Datum> {
    let is = |setting: &Datum, name, text| setting.get(name).and_then(|d| d.value.as_str()) == Some(text);
    settings(stage).iter().find(|setting| is(setting, "ResourcePath", "/*") && is(setting, "HttpMethod", "*"))
}

/// Whether all methods together have a rate and a burst; -1 is none.
fn throttles(stage: &Resource, _: &Index<'_>) -> FactValue {
    let limited = |setting: &Datum, name| match setting.get(name).map(|d| &d.value) {
        Some(Value::Integer(limit)) => *limit >= 0,
        Some(Value::Number(limit)) => *limit >= 0.0,
        _ => false,
    };
    of_all_methods(stage)
        .is_some_and(|all| limited(all, "ThrottlingRateLimit") && limited(all, "ThrottlingBurstLimit"))
        .into()
}

fn logging_level(stage: &Resource, _: &Index<'_>) -> FactValue {
    match of_all_methods(stage).and_then(|all| all.get("LoggingLevel")) {
        None => "OFF".into(),
        Some(level) => FactType::String.convert(&level.value),
    }
}

/// Whether a method of the API calls a system that has a public address.
fn calls_over_internet(stage: &Resource, graph: &Index<'_>) -> FactValue {
    let Some(api) = graph.follow(stage, "RestApiId") else { return false.into() };
    let text = |method: &Resource, path: &str| method.get(path).and_then(|d| d.value.as_str().map(str::to_owned));
    let mut methods = graph.referring(&api.id, "AWS::ApiGateway::Method", "RestApiId");
    methods
        .any(|method| {
            matches!(text(method, "Integration.Type").as_deref(), Some("HTTP" | "HTTP_PROXY"))
                && text(method, "Integration.ConnectionType").as_deref() != Some("VPC_LINK")
        })
        .into()
}

fn caches_unencrypted(stage: &Resource, _: &Index<'_>) -> FactValue {
    let on = |setting: &Datum, name| setting.get(name).is_some_and(|d| d.value.as_bool() == Some(true));
    settings(stage).iter().any(|setting| on(setting, "CachingEnabled") && !on(setting, "CacheDataEncrypted")).into()
}

/// Whether the access log has the caller, the address, the time, the request and
/// the result.
fn logs_who_and_what(stage: &Resource, _: &Index<'_>) -> FactValue {
    const PARTS: &[&[&str]] = &[
        &["$context.identity.", "$context.authorizer."],
        &["$context.identity.sourceIp"],
        &["$context.requestTime"],
        &["$context.httpMethod"],
        &["$context.resourcePath", "$context.path"],
        &["$context.status"],
        &["$context.requestId", "$context.extendedRequestId"],
    ];
    let Some(format) = stage.get("AccessLogSetting.Format") else { return false.into() };
    let mut text = String::new();
    collect_text(&format.value, &mut text);
    PARTS.iter().all(|names| names.iter().any(|name| text.contains(name))).into()
}

fn collect_text(value: &Value, text: &mut String) {
    match value {
        Value::String(part) => text.push_str(part),
        Value::JsonText(datum) => collect_text(&datum.value, text),
        Value::List(items) => items.iter().for_each(|item| collect_text(&item.value, text)),
        Value::Map(map) => map.iter().for_each(|(_, datum)| collect_text(&datum.value, text)),
        Value::Concat(parts) => parts.iter().for_each(|part| collect_text(part, text)),
        _ => {}
    }
}

/// Whether a web ACL is associated with the stage: the association names it in
/// an ARN, by a reference to the stage or by its API and its name.
fn has_web_acl(stage: &Resource, graph: &Index<'_>) -> FactValue {
    const ASSOCIATION: &str = "AWS::WAFv2::WebACLAssociation";
    if graph.referrers(&stage.id).any(|r| r.type_name == ASSOCIATION) {
        return true.into();
    }
    let (Some(api), Some(name)) =
        (graph.follow(stage, "RestApiId"), stage.get("StageName").and_then(|d| d.value.as_str()))
    else {
        return FactValue::Unknown;
    };
    let ends_in_name = |association: &Resource| {
        let mut text = String::new();
        association.get("ResourceArn").iter().for_each(|d| collect_text(&d.value, &mut text));
        text.strip_suffix(name).is_some_and(|rest| rest.ends_with("/stages/"))
    };
    graph.referrers(&api.id).any(|r| r.type_name == ASSOCIATION && ends_in_name(r)).into()
}

fn holds_secret(stage: &Resource, _: &Index<'_>) -> FactValue {
    let variables = stage.get("Variables").and_then(|d| d.value.as_map());
    variables
        .is_some_and(|map| map.iter().any(|(name, datum)| looks_secret(name, datum.value.as_str().unwrap_or_default())))
        .into()
}
