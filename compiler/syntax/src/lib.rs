//! The migspec language: KDL 2 text to a typed specification.
//!
//! Must not know: AWS resources, Cedar, the file system. Parsing never fails:
//! the result contains the valid part of a spec and every diagnostic.
//!
//! Text becomes a [`tree`] of nodes, the tree is checked against the
//! [`shape`]s that [`ast`] declares, an environment's overrides are merged
//! into it, and the typed [`ast::Migration`] is read from the result.

// Declares `nodes!`, which `ast` uses.
#[macro_use]
pub mod shape;

pub mod ast;
mod check;
pub mod controls;
pub mod cursor;
pub mod edit;
mod enclosing;
mod format;
mod import;
mod kdl;
mod merge;
pub mod names;
pub mod outline;
pub mod project;
pub mod setting;
#[cfg(test)]
mod shape_tests;
pub mod spec;
pub mod tree;
pub mod value;

pub use check::Scope;
pub use enclosing::enclosing_node;
pub use format::format;
pub use import::{ImportError, Importer};
pub use kdl::document;
pub use setting::{Provenance, Setting};
pub use spec::{Spec, View, read};
