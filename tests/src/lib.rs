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
    bless(is("MIGSPEC_BLESS", "1"), is("CI", "true"))
}

fn bless(wanted: bool, gate: bool) -> bool {
    assert!(!(wanted && gate), "MIGSPEC_BLESS rewrites snapshots; under CI=true they are compared");
    wanted
}

#[cfg(test)]
mod tests {
    #[test]
    #[should_panic(expected = "under CI=true they are compared")]
    fn the_gate_refuses_to_rewrite_snapshots() {
        super::bless(true, true);
    }

    #[test]
    fn snapshots_are_rewritten_on_request_only() {
        assert!(super::bless(true, false) && !super::bless(false, false) && !super::bless(false, true));
    }
}
