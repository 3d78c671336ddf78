//! Places in source text and the messages that point at them.
//!
//! Must not know: KDL, Cedar, AWS, colours, the file system. Every other crate
//! speaks of places through [`Span`] and of problems through [`Diagnostic`].

mod code;
mod diagnostic;
mod fix;
mod source;
mod span;
mod suggest;
mod visible;
mod words;

pub use code::{CODES, CodeInfo, code_info};
pub use diagnostic::{Diagnostic, Label, Outcome, Severity, sort};
pub use fix::{Change, Edit, Fix, Safety};
pub use source::{Location, Source, Sources};
pub use span::{FileId, Span, Spanned};
pub use suggest::{did_you_mean, nearest};
pub use visible::is_hidden;
pub use words::{capitalized, count, list, with_article};
