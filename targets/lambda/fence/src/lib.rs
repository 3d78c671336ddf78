//! The fence: nobody but the migration's own logins can write, until it is
//! taken down and everybody has exactly the rights that they had.
//!
//! Rights are revoked where rights suffice, so that reads go on. What no
//! `REVOKE` takes - ownership, `pg_write_all_data`, a superuser that is named
//! as the application's - is stopped at the login; a function that writes as
//! its owner runs as its caller meanwhile. All of it, and the record of it, is
//! one transaction, so a crash leaves either nothing or a fence that can be
//! taken down. What is under way then is ended, and the answer is yes only
//! when PostgreSQL's own tables of sessions and locks show nobody left.
//!
//! Statements name the types of their parameters, so that each is one message
//! and one answer: under writers at full speed it is these that take the time.

#![allow(clippy::disallowed_methods, reason = "a function lives from the clock")]

mod acl;
mod freeze;
mod handler;
mod holdings;
mod plan;
mod reach;
mod rehearse;
mod restore;
mod sessions;
mod take;
mod token;

pub use freeze::{fingerprint, freeze, is_frozen, thaw};
pub use handler::{Reply, handle};
pub use reach::{Scope, reached};
pub use rehearse::rehearse;
pub use restore::unfence;
pub use take::fence;
pub use token::{arrived, confirmed, write_token};

/// The bytes of one lock that every fence and unfence of a database holds.
const LOCK: (i32, i32) = (0x6d69_6773, 0x6665_6e63);
