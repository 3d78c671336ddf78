//! Runs the formatter over every handwritten file of the repository.

#![allow(clippy::panic, clippy::disallowed_methods, reason = "a test fails by panicking, and reads files")]

use std::fs;
use std::path::{Path, PathBuf};

use migspec_diag::Sources;
use migspec_tests::root;

fn specs(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of specs can be read") {
        let path = entry.expect("an entry can be read").path();
        if path.is_dir() {
            specs(&path, found);
        } else if path.extension().is_some_and(|e| e == "kdl") {
            found.push(path);
        }
    }
}

fn formatted(text: &str) -> String {
    let mut sources = Sources::new();
    let file = sources.add("spec.kdl", text);
    let outcome = migspec_syntax::format(file, text);
    assert_eq!(outcome.diagnostics, vec![]);
    outcome.value
}

#[test]
fn every_spec_is_formatted() {
    let mut files = vec![root().join("migspec.kdl")];
    specs(&root().join("specs"), &mut files);
    assert!(files.len() >= 5, "{files:?}");
    for path in files {
        let text = fs::read_to_string(&path).expect("a spec is text");
        assert_eq!(formatted(&text), text, "{}: run `migspec fmt`", path.display());
    }
}

/// Redundant blanks make no difference.
#[test]
fn other_blanks_are_undone() {
    let text = fs::read_to_string(root().join("specs/payments.migspec.kdl")).expect("the reference spec is text");
    let flat: String = text.lines().map(|line| format!("{}\n", line.trim_start())).collect();
    assert_eq!(formatted(&flat), text);
    let deep: String = text.lines().map(|line| format!("\t\t{line}  \r\n")).collect();
    assert_eq!(formatted(&deep), text);
    assert_eq!(formatted(&text.replace("\n\n", "\n\n\n\n")), text);
    assert_eq!(formatted(&text.replace(" {", "   {")), text);
}
