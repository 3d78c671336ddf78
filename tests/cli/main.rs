//! Tests of the command as a process.

#![allow(
    clippy::panic,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a test fails by panicking, and runs programs"
)]

mod bad_input;
mod counts;
mod diff;
mod editor;
mod fixes;
mod formats;
mod guides;
mod install;
mod options;
mod packages;
mod pictures;
mod repository;
mod reproducible;
mod schemas;
mod simulate;
mod support;
mod verify;

/// Transcripts of commands, which are also documentation.
/// `TRYCMD=overwrite`, trycmd's own variable, rewrites them, but not in the gate.
#[test]
fn transcripts() {
    let rewrites = std::env::var_os("TRYCMD").is_some();
    let gate = std::env::var_os("CI").is_some_and(|ci| ci == "true");
    assert!(!(rewrites && gate), "TRYCMD rewrites transcripts; under CI=true they are compared");
    trycmd::TestCases::new()
        .register_bin("migspec", std::path::Path::new(env!("CARGO_BIN_EXE_migspec")))
        .env("MIGSPEC_TODAY", "2026-11-22")
        .env("NO_COLOR", "1")
        .case("tests/cli/*.md");
}
