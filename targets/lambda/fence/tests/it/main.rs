//! The fence on real servers.

#![allow(clippy::disallowed_methods, clippy::panic, clippy::unwrap_used, reason = "tests")]

mod automatic;
mod crash;
mod cut;
mod databases;
mod drain;
mod exact;
mod frozen;
mod interrupted;
mod other_side;
mod rights;
mod shared;
mod stand;
mod writers;
