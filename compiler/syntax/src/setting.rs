//! A value of the spec and how it came to be.

use std::fmt;
use std::ops::Deref;

use migspec_diag::Span;

/// How a setting got its value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Provenance {
    /// The author wrote it. `base` is the place of the value that an
    /// environment replaced by it.
    Written { span: Span, base: Option<Span> },
    /// The default of the language, because the node at `node` does not set it.
    Default { of: &'static str, node: Span },
}

impl Provenance {
    /// Where to point: the value, or the node that leaves it out.
    pub fn span(self) -> Span {
        match self {
            Provenance::Written { span, .. } => span,
            Provenance::Default { node, .. } => node,
        }
    }
}

/// A typed value of the spec and how it came to be.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Setting<T> {
    pub value: T,
    pub provenance: Provenance,
}

impl<T> Setting<T> {
    /// Where to point: the value, or the node that leaves it out.
    pub fn span(&self) -> Span {
        self.provenance.span()
    }

    pub fn is_written(&self) -> bool {
        matches!(self.provenance, Provenance::Written { .. })
    }

    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Setting<U> {
        Setting { value: f(self.value), provenance: self.provenance }
    }
}

impl<T: fmt::Display> fmt::Display for Setting<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

impl<T> Deref for Setting<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}
