//! An independent client of the language server.

use migspec_judges::{Judge, output};

use crate::support::{reference, root};

/// The client of pytest-lsp reads every message with the types of the protocol.
#[test]
fn an_independent_client_takes_every_message() {
    let Some(judge) = Judge::find_with("editor.py", &[], &["pytest_lsp"]) else { return };
    let folder = reference();
    let mut command = judge.command();
    command.arg(env!("CARGO_BIN_EXE_migspec")).arg(folder.path().join("payments.migspec.kdl"));
    command.env("MIGSPEC_TODAY", "2026-11-22").current_dir(root());
    let text = output(&mut command).unwrap_or_else(|text| panic!("{text}"));
    assert!(text.ends_with("ok\n"), "{text}");
}
