//! The cases beside the policies: KDL to small graphs. `policies/README.md`
//! describes the form.
//!
//! Must not know: the nodes of the spec language, the file system. It shares
//! the language's limits on nesting and size, and nothing else.

mod reader;

pub use reader::{Problem, read};
