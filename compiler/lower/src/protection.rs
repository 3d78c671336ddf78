//! Protection of an environment against deletion: in production by default, elsewhere if the spec declares it.

use migspec_ir::{Datum, Origin, Value};

use crate::cx::{Cx, origin};

/// Whether the environment is protected.
pub(crate) fn is_on(cx: &Cx) -> bool {
    cx.spec.protect.as_ref().map_or(cx.graph.environment.production, |node| *node.enabled)
}

/// The value in a protected environment, or else the other.
pub(crate) fn choose(cx: &Cx, protected: impl Into<Value>, open: impl Into<Value>) -> Datum {
    let value = if is_on(cx) { protected.into() } else { open.into() };
    let default = Origin::Default { of: "protect", node: cx.graph.environment.span };
    Datum::new(value, cx.spec.protect.as_ref().map_or(default, |node| origin(&node.enabled)))
}

/// Without protection, no resource outlives its stack.
pub(crate) fn lower(cx: &mut Cx) {
    if is_on(cx) {
        return;
    }
    for resource in cx.graph.resources.values_mut() {
        resource.lifecycle.retain = false;
        resource.lifecycle.snapshot = false;
    }
}
