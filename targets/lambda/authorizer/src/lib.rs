//! Who may call the API: a token signed with a key that both sides share,
//! bound to one method and one path, good for a minute and once.
//!
//! The format is described in `README.md` beside this crate.

#![allow(clippy::disallowed_methods, reason = "a token lives by the clock")]

mod decide;
mod handler;
mod keys;
mod memory;
mod request;
mod token;

pub use decide::{Decision, Refusal, decide};
pub use handler::{Authorizer, Request, Response};
pub use keys::Keys;
pub use memory::Memory;
pub use request::Target;
pub use token::{SCHEME, Token};
