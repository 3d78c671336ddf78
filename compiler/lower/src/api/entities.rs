//! The policy entities of an API and its routes.

use migspec_ir::{Origin, Resource};
use migspec_syntax::ast;
use migspec_syntax::value::WafMode;

use super::{BY, gateway};
use crate::cx::{Cx, datum, path};
use crate::names;

pub(super) fn lower(cx: &mut Cx, api: &ast::Api) {
    let at = Origin::derived(BY, api.place.header);
    let waf = match &api.waf {
        Some(waf) => datum(&waf.enabled, |enabled| *enabled),
        None => migspec_ir::Datum::new(true, Origin::Default { of: "waf", node: api.place.name }),
    };
    let counts = api.waf.as_ref().filter(|waf| *waf.mode == WafMode::Count);
    let since = counts.and_then(|waf| waf.since.as_ref()).map(|day| datum(day, |day| day.days() as i64));
    let acl = counts.map(|_| migspec_ir::Value::reference(names::web_acl(api.key.as_str())));
    let cache = api.authorizer.as_ref().map(|a| datum(&a.cache, |cache| cache.secs() as i64));
    let resource = Resource::new("Migspec::Api", names::api(api.key.as_str()), path("api", &api.key), at)
        .set("Name", api.key.as_str())
        .set("Waf", waf)
        .set_if("WebAcl", acl)
        .set_if("WafCountsSince", since)
        .set("Authorized", api.authorizer.is_some())
        .set("Throttled", api.throttle.is_some())
        .set_if("AuthorizerCacheSeconds", cache);
    cx.add(resource);
    for route in &api.route {
        route_entity(cx, api, route);
    }
}

/// Whether a repeated write is harmless is judged route by route.
fn route_entity(cx: &mut Cx, api: &ast::Api, route: &ast::Route) {
    let at = Origin::derived(BY, route.place.header);
    let id = names::api_route(api.key.as_str(), &route.method.word().to_lowercase(), &gateway::slug(&route.path));
    let header = route.idempotency_header.as_ref().map(|h| datum(h, |h| h.clone()));
    let resource = Resource::new("Migspec::Route", id, gateway::route_path(api, route), at)
        .set("Api", migspec_ir::Value::reference(names::api(api.key.as_str())))
        .set("Method", route.method.word())
        .set("Path", datum(&route.path, |p| p.clone()))
        .set("Writes", route.method.writes())
        .set_if("IdempotencyHeader", header);
    cx.add(resource);
}
