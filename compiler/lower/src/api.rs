//! APIs: the public REST API, the load balancer behind it whose weights shift
//! traffic between the sides, and the protection of both.

mod account;
mod balancer;
mod checks;
mod domain;
mod entities;
mod gateway;
mod group;
mod responses;
mod stage;
mod waf;

use migspec_syntax::ast;

use crate::cx::Cx;

const BY: &str = "api";

/// The stage that callers use.
pub(crate) const STAGE: &str = "live";

pub(crate) fn lower(cx: &mut Cx) {
    account::lower(cx);
    let spec = cx.spec;
    for api in &spec.api {
        let sides = checks::check(cx, api);
        entities::lower(cx, api);
        gateway::lower(cx, api, &sides);
        if let Some(sides) = &sides {
            balancer::lower(cx, api, sides);
        }
        stage::lower(cx, api);
        domain::lower(cx, api);
        waf::lower(cx, api);
    }
}

/// The two upstreams of an API, with all that a load balancer needs of them.
pub(crate) struct Sides<'a> {
    pub(crate) source: &'a ast::Upstream,
    /// The source's address as callers would write it.
    pub(crate) host: String,
    pub(crate) source_port: u16,
    pub(crate) target: &'a ast::Upstream,
    pub(crate) network: &'a ast::Network,
    /// The site that the source's addresses are in.
    pub(crate) site: &'a ast::Site,
}

#[cfg(test)]
mod tests;
