//! Tests of the whole: fixtures, goldens, laws, external judges.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a test fails by panicking, and reads files"
)]

use std::path::{Path, PathBuf};

pub mod emitted;
pub mod evidence;
pub mod fixture;
pub mod generate;
pub mod hcl;
pub mod runs;

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_owned).unwrap_or_default()
}

/// Whether snapshots are rewritten instead of compared.
pub fn blessing() -> bool {
    std::env::var_os("MIGSPEC_BLESS").is_some_and(|v| v == "1")
}
