//! The REST API: a resource for each part of a path, a method for each route,
//! the authorizer and the validator.

use migspec_ir::{Id, Map, Origin, Resource, Value, list, map};
use migspec_syntax::ast;

use super::{BY, Sides, domain};
use crate::cx::{Cx, datum, path};
use crate::names;

/// The longest that API Gateway waits for an answer unless a quota is raised
/// (fact: apigateway-integration-timeout).
const TIMEOUT_MILLIS: u32 = 29_000;

pub(super) fn lower(cx: &mut Cx, api: &ast::Api, sides: &Option<Sides>) {
    let at = Origin::derived(BY, api.place.header);
    let node = path("api", &api.key);
    let key = api.key.as_str();
    let name = cx.physical(names::REST_API, &format!("{key}-api"));
    cx.add(
        Resource::new("AWS::ApiGateway::RestApi", names::rest_api(key), node.as_str(), at)
            .set("Name", name)
            .set("Description", format!("The public API of {key} during its migration"))
            .set("EndpointConfiguration", map!(at, { "Types": list!(at, ["REGIONAL"]) }))
            .set("DisableExecuteApiEndpoint", domain::closes_default_name(api, at)),
    );
    cx.add(
        Resource::new("AWS::ApiGateway::RequestValidator", names::api_validator(key), node.as_str(), at)
            .set("RestApiId", Value::reference(names::rest_api(key)))
            .set("Name", "Params")
            .set("ValidateRequestParameters", true)
            .set("ValidateRequestBody", false),
    );
    authorizer(cx, api);
    for route in &api.route {
        let resource = resource(cx, api, route);
        if let Some(sides) = sides {
            method(cx, api, route, sides, resource);
        }
    }
}

/// The path of a route's node: `api "payments" > route "POST" "/payment"`.
pub(super) fn route_path(api: &ast::Api, route: &ast::Route) -> String {
    format!("{} > route \"{}\" \"{}\"", path("api", &api.key), route.method.word(), route.path.value)
}

/// A path as part of an id: `/payment/{id}` becomes `payment-by-id`.
pub(super) fn slug(path: &str) -> String {
    let parts = path.split('/').filter(|p| !p.is_empty()).map(|part| match part.strip_prefix('{') {
        Some(variable) => format!("by-{}", variable.trim_end_matches(['}', '+'])),
        None => part.to_owned(),
    });
    let joined = parts.collect::<Vec<_>>().join("-").to_lowercase();
    let plain: String = joined.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    if plain.is_empty() { "root".to_owned() } else { plain }
}

fn authorizer(cx: &mut Cx, api: &ast::Api) {
    let Some(node) = &api.authorizer else {
        return;
    };
    let at = Origin::derived(BY, node.place.header);
    let path = format!("{} > authorizer", path("api", &api.key));
    let key = api.key.as_str();
    let function = Value::attribute(names::function("api-authorizer"), "Arn");
    let invoke = invocation(cx, function.clone());
    let name = cx.physical(names::AUTHORIZER, &format!("{key}-authorizer"));
    let rest_api = || Value::reference(names::rest_api(key));
    let authorizer = cx.add(
        Resource::new("AWS::ApiGateway::Authorizer", names::api_authorizer(key), path.as_str(), at)
            .set("RestApiId", rest_api())
            .set("Name", name)
            .set("Type", "TOKEN")
            .set("AuthorizerUri", invoke)
            .set("IdentitySource", "method.request.header.Authorization")
            // API Gateway rejects malformed tokens before it invokes the function
            // (fact: apigateway-token-validation).
            .set("IdentityValidationExpression", "^[A-Za-z0-9-]{1,16} [\\x21-\\x7E]{1,4096}$")
            // fact: apigateway-authorizer-cache
            .set("AuthorizerResultTtlInSeconds", datum(&node.cache, |cache| cache.secs() as i64)),
    );
    let prefix = cx.arn("execute-api", "");
    let source =
        Value::Concat(vec![prefix, rest_api(), "/authorizers/".into(), Value::attribute(authorizer, "AuthorizerId")]);
    let account = cx.graph.environment.account.clone();
    cx.add(
        Resource::new("AWS::Lambda::Permission", names::api_authorizer_permission(key), path, at)
            .set("FunctionName", function)
            .set("Action", "lambda:InvokeFunction")
            .set("Principal", "apigateway.amazonaws.com")
            .set("SourceAccount", account)
            .set("SourceArn", source),
    );
}

/// The URI by which API Gateway invokes a function.
fn invocation(cx: &Cx, function: Value) -> Value {
    let e = &cx.graph.environment;
    let prefix = format!("arn:{}:apigateway:{}:lambda:path/2015-03-31/functions/", e.partition, e.region);
    Value::Concat(vec![prefix.into(), function, "/invocations".into()])
}

/// The resource of a route's path; its parents are made on the way.
fn resource(cx: &mut Cx, api: &ast::Api, route: &ast::Route) -> Value {
    let key = api.key.as_str();
    let at = Origin::derived(BY, route.path.span());
    let mut parent = Value::attribute(names::rest_api(key), "RootResourceId");
    let mut before = String::new();
    for part in route.path.split('/').filter(|p| !p.is_empty()) {
        before = format!("{before}/{part}");
        let id = names::api_resource(key, &slug(&before));
        let node = route_path(api, route);
        if !is_resource(cx, &id, &parent, part) {
            cx.add(
                Resource::new("AWS::ApiGateway::Resource", id.clone(), node, at)
                    .set("RestApiId", Value::reference(names::rest_api(key)))
                    .set("ParentId", parent)
                    .set("PathPart", part),
            );
        }
        parent = Value::attribute(id, "ResourceId");
    }
    parent
}

/// An earlier route has the same part of a path.
fn is_resource(cx: &Cx, id: &Id, parent: &Value, part: &str) -> bool {
    cx.graph.get(id).is_some_and(|resource| {
        resource.get("ParentId").is_some_and(|d| d.value == *parent)
            && resource.get("PathPart").is_some_and(|d| d.value.as_str() == Some(part))
    })
}

fn method(cx: &mut Cx, api: &ast::Api, route: &ast::Route, sides: &Sides, resource: Value) {
    let at = Origin::derived(BY, route.place.header);
    let key = api.key.as_str();
    let id = names::api_method(key, &route.method.word().to_lowercase(), &slug(&route.path));
    let method = Resource::new("AWS::ApiGateway::Method", id, route_path(api, route), at)
        .set("RestApiId", Value::reference(names::rest_api(key)))
        .set("ResourceId", resource)
        .set("HttpMethod", datum(&route.method, |m| m.word()))
        .set("ApiKeyRequired", false)
        .set("RequestValidatorId", Value::attribute(names::api_validator(key), "RequestValidatorId"))
        .set("RequestParameters", parameters(route, at))
        .set("Integration", integration(key, route, sides, at));
    cx.add(match &api.authorizer {
        Some(_) => method
            .set("AuthorizationType", "CUSTOM")
            .set("AuthorizerId", Value::attribute(names::api_authorizer(key), "AuthorizerId")),
        None => method.set("AuthorizationType", "NONE"),
    });
}

/// The required parameters of a request: the variables of its path, and the
/// idempotency header of a write.
fn parameters(route: &ast::Route, at: Origin) -> Map {
    let mut parameters = Map::new();
    for name in variables(route) {
        parameters.set(format!("method.request.path.{name}"), migspec_ir::Datum::new(true, at));
    }
    if let Some(header) = &route.idempotency_header {
        let name = format!("method.request.header.{}", header.value);
        parameters.set(name, datum(header, |_| true));
    }
    parameters
}

/// The names of the variables of a path, without `+`.
fn variables(route: &ast::Route) -> impl Iterator<Item = &str> {
    route.path.split('/').filter_map(|p| p.strip_prefix('{')?.strip_suffix('}')).map(|name| name.trim_end_matches('+'))
}

/// Every request goes to the load balancer, over TLS, with the name in the certificates
/// (fact: apigateway-integration-tls).
fn integration(key: &str, route: &ast::Route, sides: &Sides, at: Origin) -> Map {
    let mut parameters = Map::new();
    for name in variables(route) {
        let value = format!("method.request.path.{name}");
        parameters.set(format!("integration.request.path.{name}"), migspec_ir::Datum::new(value, at));
    }
    let path = route.path.replace("+}", "}");
    map!(at, {
        "Type": "HTTP_PROXY",
        "IntegrationHttpMethod": datum(&route.method, |m| m.word()),
        "ConnectionType": "VPC_LINK",
        "ConnectionId": Value::attribute(names::vpc_link(key), "VpcLinkId"),
        "IntegrationTarget": Value::reference(names::load_balancer(key)),
        "Uri": format!("https://{}:443{path}", sides.host),
        "PassthroughBehavior": "WHEN_NO_MATCH",
        "TimeoutInMillis": TIMEOUT_MILLIS,
        "RequestParameters": parameters,
    })
}
