//! The fence: nobody but the migration's own logins can write, until it is
//! taken down and everybody has exactly the rights that they had.
//!
//! The fence revokes privileges where that suffices, so that reads continue.
//! `REVOKE` does not stop owners, members of `pg_write_all_data`, or a
//! superuser that the spec names as the application's: the fence stops these at
//! the login. A function that writes as its owner runs as its caller meanwhile.
//! All of this, and its record, is one transaction, so a crash leaves either
//! nothing or a fence that can be removed. Then the fence ends running
//! sessions, and reports success only when PostgreSQL's own tables of sessions
//! and locks show no writer.
//!
//! Statements name the types of their parameters, so that each is one message
//! and one answer: under writers at full speed it is these that take the time.

#![allow(clippy::disallowed_methods, reason = "a function lives from the clock")]

mod acl;
mod automatic;
mod cut;
mod freeze;
mod handler;
mod holdings;
mod plan;
mod ports;
mod reach;
mod rehearse;
mod restore;
mod sessions;
mod take;
mod token;

pub use automatic::Automatic;
pub use cut::{cut, rehearse_cut, restore};
pub use freeze::{fingerprint, freeze, is_frozen, thaw};
pub use handler::{Reply, handle};
pub use ports::{Confirmation, Fence, Freeze, Positions, Reader};
pub use reach::{Scope, protected_relations};
pub use rehearse::rehearse;
pub use restore::{is_fenced, open, open_without_target, unfence};
pub use take::fence;
pub use token::{confirmed_of_slot, confirmed_position, has_arrived, write_token};

/// The bytes of one lock that every fence and unfence of a database holds.
const LOCK: (i32, i32) = (0x6d69_6773, 0x6665_6e63);
