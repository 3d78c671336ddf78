//! The responses of API Gateway itself: a short text, without details of the back end.

use migspec_ir::{Id, Map, Origin, Resource, Value, map};
use migspec_syntax::ast;

use super::BY;
use crate::cx::{Cx, path};
use crate::names;

struct Response {
    kind: &'static str,
    /// The part of the id.
    part: &'static str,
    body: &'static str,
    /// The seconds after which callers retry, as during the write pause.
    retry_after: Option<&'static str>,
}

const RESPONSES: [Response; 2] = [
    Response {
        kind: "DEFAULT_4XX",
        part: "client-error",
        body: r#"{"message":$context.error.messageString}"#,
        retry_after: None,
    },
    Response {
        kind: "DEFAULT_5XX",
        part: "server-error",
        body: r#"{"message":"try again"}"#,
        retry_after: Some("'5'"),
    },
];

pub(super) fn lower(cx: &mut Cx, api: &ast::Api) -> Vec<Id> {
    RESPONSES.iter().map(|response| add(cx, api, response)).collect()
}

fn add(cx: &mut Cx, api: &ast::Api, response: &Response) -> Id {
    let at = Origin::derived(BY, api.place.header);
    let mut headers = map!(at, { "gatewayresponse.header.Cache-Control": "'no-store'" });
    if let Some(seconds) = response.retry_after {
        headers.set("gatewayresponse.header.Retry-After", migspec_ir::Datum::new(seconds, at));
    }
    let templates: Map = map!(at, { "application/json": response.body });
    let resource = Resource::new(
        "AWS::ApiGateway::GatewayResponse",
        names::api_response(api.key.as_str(), response.part),
        path("api", &api.key),
        at,
    )
    .set("RestApiId", Value::reference(names::rest_api(api.key.as_str())))
    .set("ResponseType", response.kind)
    .set("ResponseParameters", headers)
    .set("ResponseTemplates", templates);
    cx.add(resource)
}
