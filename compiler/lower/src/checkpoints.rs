//! Buckets: working data of the migration, the evidence of each gate, and the
//! access logs of both.

use migspec_diag::Span;

use crate::cx::Cx;

pub(crate) fn lower(_cx: &mut Cx) {}

/// The node that needs the buckets, if one does.
pub(crate) fn needed(cx: &Cx) -> Option<Span> {
    let spec = cx.spec;
    let written = spec.checkpoints.as_ref().map(|n| n.place.header);
    let cutover = spec.cutover.first().map(|n| n.place.header);
    written.or(cutover).or(spec.validation.first().map(|n| n.place.header))
}
