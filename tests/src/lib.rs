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
pub mod modules;
pub mod mutation;
pub mod runs;
pub mod rust;

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_owned).unwrap_or_default()
}

/// Whether snapshots are rewritten instead of compared: `MIGSPEC_BLESS=1`.
///
/// # Panics
/// Under `CI=true`: the gate compares.
pub fn blessing() -> bool {
    let is = |name: &str, value: &str| std::env::var_os(name).is_some_and(|v| v == value);
    Request { bless: is("MIGSPEC_BLESS", "1"), gate: is("CI", "true") }.blesses()
}

/// The environment variables of a test run.
struct Request {
    bless: bool,
    gate: bool,
}

impl Request {
    fn blesses(self) -> bool {
        assert!(!(self.bless && self.gate), "MIGSPEC_BLESS rewrites snapshots; under CI=true they are compared");
        self.bless
    }
}

#[cfg(test)]
mod tests {
    use super::Request;

    #[test]
    #[should_panic(expected = "under CI=true they are compared")]
    fn the_gate_refuses_to_rewrite_snapshots() {
        Request { bless: true, gate: true }.blesses();
    }

    #[test]
    fn snapshots_are_rewritten_on_request_only() {
        assert!(Request { bless: true, gate: false }.blesses());
        assert!(!Request { bless: false, gate: false }.blesses());
        assert!(!Request { bless: false, gate: true }.blesses());
    }
}
