use crate::class::{Classes, TEXT};
use crate::fact::{Fact, FactType, FactValue};
use crate::resource_type::{Column, Concern, Form, Links, Property, ResourceType, Satellite, Terraform, argument};
use crate::{Index, Resource, Value};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::ApiGateway::Method",
    concern: Concern::Api,
    terraform: Terraform::Column(Column {
        resource: "aws_api_gateway_method",
        properties: &[
            argument("ApiKeyRequired", "api_key_required"),
            argument("AuthorizationScopes", "authorization_scopes"),
            argument("AuthorizationType", "authorization"),
            argument("AuthorizerId", "authorizer_id"),
            argument("HttpMethod", "http_method"),
            Property::new(
                "Integration",
                Form::Satellite(Satellite {
                    resource: "aws_api_gateway_integration",
                    links: TO_METHOD,
                    fixed: &[],
                    form: &Form::Inline(INTEGRATION),
                    after: &[],
                }),
            ),
            Property::new(
                "MethodResponses",
                Form::Satellites {
                    name_from: "StatusCode",
                    each: Satellite {
                        resource: "aws_api_gateway_method_response",
                        links: TO_METHOD,
                        fixed: &[],
                        form: &Form::Inline(&[
                            argument("ResponseModels", "response_models"),
                            argument("ResponseParameters", "response_parameters"),
                            argument("StatusCode", "status_code"),
                        ]),
                        after: &[],
                    },
                },
            ),
            argument("OperationName", "operation_name"),
            argument("RequestModels", "request_models"),
            argument("RequestParameters", "request_parameters"),
            argument("RequestValidatorId", "request_validator_id"),
            argument("ResourceId", "resource_id"),
            argument("RestApiId", "rest_api_id"),
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::entity("restApi", "RestApiId", "AWS::ApiGateway::RestApi"),
        Fact::string("httpMethod", "HttpMethod", ""),
        Fact::string("authorizationType", "AuthorizationType", "NONE"),
        Fact::false_by_default("apiKeyRequired", "ApiKeyRequired"),
        Fact::entity("authorizer", "AuthorizerId", "AWS::ApiGateway::Authorizer"),
        Fact::computed("hasAuthorizer", FactType::Bool, |method, _| method.get("AuthorizerId").is_some().into()),
        Fact::entity("requestValidator", "RequestValidatorId", "AWS::ApiGateway::RequestValidator"),
        Fact::computed("validatesRequests", FactType::Bool, validates_requests),
        Fact::string("integrationType", "Integration.Type", ""),
        Fact::string("connectionType", "Integration.ConnectionType", "INTERNET"),
        Fact::long("timeoutInMillis", "Integration.TimeoutInMillis", 29_000),
        Fact::computed("integrationUsesTls", FactType::Bool, integration_uses_tls),
        Fact::computed("allowsAnyOrigin", FactType::Bool, allows_any_origin),
    ],
    classes: Classes {
        identity: &["RestApiId", "ResourceId", "HttpMethod"],
        free: &[("OperationName", TEXT)],
        undecided: &[
            "AuthorizationType",
            "Integration.Type",
            "AuthorizerId",
            "RequestValidatorId",
            "Integration.TimeoutInMillis",
        ],
        ..Classes::NONE
    },
};

const TO_METHOD: Links =
    &[("rest_api_id", "rest_api_id"), ("resource_id", "resource_id"), ("http_method", "http_method")];

const INTEGRATION: &[Property] = &[
    argument("CacheKeyParameters", "cache_key_parameters"),
    argument("CacheNamespace", "cache_namespace"),
    argument("ConnectionId", "connection_id"),
    argument("ConnectionType", "connection_type"),
    argument("ContentHandling", "content_handling"),
    argument("Credentials", "credentials"),
    argument("IntegrationHttpMethod", "integration_http_method"),
    Property::new(
        "IntegrationResponses",
        Form::Satellites {
            name_from: "StatusCode",
            each: Satellite {
                resource: "aws_api_gateway_integration_response",
                links: TO_METHOD,
                fixed: &[],
                form: &Form::Inline(&[
                    argument("ContentHandling", "content_handling"),
                    argument("ResponseParameters", "response_parameters"),
                    argument("ResponseTemplates", "response_templates"),
                    argument("SelectionPattern", "selection_pattern"),
                    argument("StatusCode", "status_code"),
                ]),
                after: &["aws_api_gateway_method_response"],
            },
        },
    ),
    argument("IntegrationTarget", "integration_target"),
    argument("PassthroughBehavior", "passthrough_behavior"),
    argument("RequestParameters", "request_parameters"),
    argument("RequestTemplates", "request_templates"),
    argument("ResponseTransferMode", "response_transfer_mode"),
    argument("TimeoutInMillis", "timeout_milliseconds"),
    argument("Type", "type"),
    argument("Uri", "uri"),
];

/// Whether a validator looks at parameters or body before the integration is
/// called.
fn validates_requests(method: &Resource, graph: &Index<'_>) -> FactValue {
    if method.get("RequestValidatorId").is_none() {
        return false.into();
    }
    let Some(validator) = graph.follow(method, "RequestValidatorId") else { return FactValue::Unknown };
    ["ValidateRequestBody", "ValidateRequestParameters"]
        .iter()
        .any(|path| validator.get(path).is_some_and(|d| d.value.as_bool() == Some(true)))
        .into()
}

/// Whether an HTTP integration speaks TLS. Calls to AWS always do.
fn integration_uses_tls(method: &Resource, _: &Index<'_>) -> FactValue {
    let text = |path| method.get(path).and_then(|d| d.value.as_str());
    if !matches!(text("Integration.Type"), Some("HTTP" | "HTTP_PROXY")) {
        return true.into();
    }
    match method.get("Integration.Uri").map(|d| &d.value) {
        None => FactValue::Unknown,
        Some(Value::String(uri)) => uri.starts_with("https://").into(),
        Some(Value::Concat(parts)) => parts
            .first()
            .and_then(Value::as_str)
            .map_or(FactValue::Unknown, |first| first.starts_with("https://").into()),
        Some(_) => FactValue::Unknown,
    }
}

/// Whether its answers allow pages of any origin to read them.
fn allows_any_origin(method: &Resource, _: &Index<'_>) -> FactValue {
    const HEADER: &str = "method.response.header.Access-Control-Allow-Origin";
    let responses = method.get("Integration.IntegrationResponses").and_then(|d| d.value.as_list()).unwrap_or_default();
    responses
        .iter()
        .filter_map(|response| response.get("ResponseParameters")?.value.as_map()?.get(HEADER)?.value.as_str())
        .any(|origin| origin.trim_matches('\'') == "*")
        .into()
}
