//! The responses of API Gateway itself: a short text, without details of the back end.

use migspec_ir::{Id, Map, Origin, Resource, Value, map};
use migspec_syntax::ast;

use super::BY;
use crate::cx::{Cx, path};
use crate::names;

/// Response type, part of the id, body, and whether the response asks callers
/// to retry, as during the write pause.
const RESPONSES: &[(&str, &str, &str, bool)] = &[
    ("DEFAULT_4XX", "client-error", r#"{"message":$context.error.messageString}"#, false),
    ("DEFAULT_5XX", "server-error", r#"{"message":"try again"}"#, true),
];

pub(super) fn lower(cx: &mut Cx, api: &ast::Api) -> Vec<Id> {
    RESPONSES.iter().map(|(kind, part, body, again)| response(cx, api, kind, part, body, *again)).collect()
}

fn response(cx: &mut Cx, api: &ast::Api, kind: &str, part: &str, body: &str, again: bool) -> Id {
    let at = Origin::derived(BY, api.place.header);
    let mut headers = map!(at, { "gatewayresponse.header.Cache-Control": "'no-store'" });
    if again {
        headers.set("gatewayresponse.header.Retry-After", migspec_ir::Datum::new("'5'", at));
    }
    let templates: Map = map!(at, { "application/json": body });
    let resource = Resource::new(
        "AWS::ApiGateway::GatewayResponse",
        names::api_response(api.key.as_str(), part),
        path("api", &api.key),
        at,
    )
    .set("RestApiId", Value::reference(names::rest_api(api.key.as_str())))
    .set("ResponseType", kind)
    .set("ResponseParameters", headers)
    .set("ResponseTemplates", templates);
    cx.add(resource)
}
