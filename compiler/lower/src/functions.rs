//! The runtime functions: only those that the spec needs.

use migspec_diag::Span;

use crate::cx::Cx;

pub(crate) fn lower(_cx: &mut Cx) {}

/// A function and the node that first needs it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Needed {
    pub(crate) name: &'static str,
    pub(crate) from: Span,
}

/// The functions that the spec needs, in the order of a migration's life.
pub(crate) fn needed(cx: &Cx) -> Vec<Needed> {
    let spec = cx.spec;
    let cutover = spec.cutover.first().map(|n| n.place.header);
    let reversed = cx.index.relations.iter().filter(|r| r.reversed()).find_map(|r| r.cutover);
    let authorizer = spec.api.iter().find_map(|n| n.authorizer.as_ref());
    [
        ("secret-rotation", spec.database.first().map(|n| n.place.header)),
        ("data-validator", spec.validation.first().map(|n| n.place.header)),
        ("api-authorizer", authorizer.map(|n| n.place.header)),
        ("preflight", cutover),
        ("fence", cutover),
        ("sequences", cutover),
        ("reverse-slot", reversed.map(|n| n.place.header)),
        ("rollback-handler", cutover),
    ]
    .into_iter()
    .filter_map(|(name, from)| from.map(|from| Needed { name, from }))
    .collect()
}
