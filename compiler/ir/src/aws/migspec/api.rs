use crate::class::Classes;
use crate::fact::{Fact, FactType, FactValue};
use crate::graph::Resource;
use crate::index::Index;
use crate::resource_type::{Concern, ResourceType, Terraform};

pub const TYPE: ResourceType = ResourceType {
    name: "Migspec::Api",
    concern: Concern::Api,
    terraform: Terraform::NotEmitted,
    facts: &[
        Fact::string("name", "Name", ""),
        Fact::false_by_default("waf", "Waf"),
        // The first day on which the firewall only counts, in days since 1970-01-01; -1: it blocks.
        Fact::long("wafCountsSince", "WafCountsSince", -1),
        Fact::false_by_default("authorized", "Authorized"),
        Fact::false_by_default("throttled", "Throttled"),
        // -1: no authorizer.
        Fact::long("authorizerCacheSeconds", "AuthorizerCacheSeconds", -1),
        Fact::computed("writeRoutes", FactType::Long, |api, graph| {
            i64::try_from(write_routes(api, graph).count()).unwrap_or(i64::MAX).into()
        }),
        Fact::computed("writeRoutesWithoutIdempotency", FactType::StringSet, |api, graph| {
            let open = write_routes(api, graph).filter(|route| route.get("IdempotencyHeader").is_none());
            FactValue::set(open.map(|route| route.get("Path").and_then(|d| d.value.as_str())))
        }),
    ],
    classes: Classes::NONE,
};

fn write_routes<'g>(api: &Resource, graph: &Index<'g>) -> impl Iterator<Item = &'g Resource> {
    let routes: Vec<_> = graph.referring(&api.id, "Migspec::Route", "Api").collect();
    routes.into_iter().filter(|route| route.get("Writes").is_some_and(|d| d.value.as_bool() == Some(true)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fact, resource};

    #[test]
    fn writes_without_an_idempotency_header_are_named() {
        let route = |id, rest| {
            let properties = format!(r#"{{"Api": {{"Ref": "a"}}, "Path": "/{id}", {rest}}}"#);
            resource("Migspec::Route", id, &properties)
        };
        let resources = || {
            let api = resource("Migspec::Api", "a", "{}");
            let safe = route("payment", r#""Writes": true, "IdempotencyHeader": "Idempotency-Key""#);
            [api, safe, route("refund", r#""Writes": true"#), route("status", r#""Writes": false"#)]
        };
        assert_eq!(fact(&TYPE, "writeRoutes", resources()), FactValue::Long(2));
        assert_eq!(fact(&TYPE, "writeRoutesWithoutIdempotency", resources()), FactValue::set([Some("/refund")]));
    }
}
