//! The facade and the binary: the only crate that reads files, writes files
//! and knows the terminal.

#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "this crate is where IO happens")]

pub mod cli;
pub mod compare;
pub mod compile;
mod controls;
pub mod diff;
mod environments;
pub mod error;
mod findings;
pub mod fingerprint;
pub mod fix;
pub mod load;
pub mod lsp;
mod path_name;
pub mod project;
pub mod render;
pub mod repository;
pub mod revision;
mod rulebook;
pub mod write;
