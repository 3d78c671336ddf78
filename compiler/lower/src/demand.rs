//! The nodes of a spec that need resources which no node declares.

use migspec_diag::Span;
use migspec_syntax::ast;

use crate::cx::Cx;
use crate::logins::{self, Secret};

/// A function and the node that first needs it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FunctionDemand {
    pub(crate) name: &'static str,
    pub(crate) from: Span,
}

/// The functions that the spec needs, in the order of a migration's life.
pub(crate) fn functions(cx: &Cx) -> Vec<FunctionDemand> {
    let spec = cx.spec;
    let cutover = spec.cutover.first().map(|n| n.place.header);
    let reversed = cx.index.relations.iter().filter(|r| r.reversed()).find_map(|r| r.cutover);
    let authorizer = spec.api.iter().find_map(|n| n.authorizer.as_ref());
    [
        ("secret-rotation", rotation(cx)),
        ("data-validator", spec.validation.first().map(|n| n.place.header)),
        ("api-authorizer", authorizer.map(|n| n.place.header)),
        ("preflight", cutover),
        ("fence", cutover),
        ("sequences", cutover),
        ("reverse-slot", reversed.map(|n| n.place.header)),
        ("rollback-handler", cutover),
        ("task-monitor", cx.index.relations.first().map(|relation| relation.node.place.header)),
    ]
    .into_iter()
    .filter_map(|(name, from)| from.map(|from| FunctionDemand { name, from }))
    .collect()
}

/// The first database with a generated secret.
fn rotation(cx: &Cx) -> Option<Span> {
    let generated = |database: &&ast::Database| {
        let logins = logins::all_of_database(cx, database);
        database.replica.is_some() || logins.iter().any(|l| matches!(l.secret, Secret::Generated(_)))
    };
    cx.spec.database.iter().find(generated).map(|database| database.place.header)
}

/// The node that needs the buckets of checkpoints and evidence, if one does.
pub(crate) fn checkpoints(cx: &Cx) -> Option<Span> {
    let spec = cx.spec;
    let written = spec.checkpoints.as_ref().map(|n| n.place.header);
    let cutover = spec.cutover.first().map(|n| n.place.header);
    written.or(cutover).or(spec.validation.first().map(|n| n.place.header))
}

/// The node with a load balancer, which writes access logs too.
pub(crate) fn load_balancer(cx: &Cx) -> Option<Span> {
    let upstreams = cx.spec.api.iter().flat_map(|api| &api.upstream);
    upstreams.filter(|u| u.network.is_some()).map(|u| u.place.header).next()
}
