//! The invariants of the architecture, which a reviewer would otherwise check.

#![allow(clippy::panic, clippy::disallowed_methods, reason = "a test fails by panicking, and reads files")]

use std::fs;
use std::path::{Path, PathBuf};

const LONGEST_FILE: usize = 800;
const LONGEST_FUNCTION: usize = 80;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests crate lies below the root").to_owned()
}

fn rust_files(folder: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the workspace can be read") {
            let path = entry.expect("an entry can be read").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

fn sources() -> Vec<(String, String)> {
    ["compiler", "policies", "targets"]
        .iter()
        .flat_map(|folder| rust_files(folder))
        .map(|path| {
            let name = path.strip_prefix(root()).expect("a file lies below the root").to_string_lossy().into_owned();
            (name, fs::read_to_string(&path).expect("a source is text"))
        })
        .collect()
}

/// Tests may be long; shipped code may not.
fn is_test(name: &str) -> bool {
    name.contains("/tests/") || name.ends_with("/tests.rs") || name.ends_with("_tests.rs")
}

/// The text before `#[cfg(test)]`.
fn shipped(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap_or(text)
}

#[test]
fn no_file_is_longer_than_a_reader_can_hold() {
    let long: Vec<String> = sources()
        .iter()
        .filter(|(name, _)| !is_test(name))
        .map(|(name, text)| (name, shipped(text).lines().count()))
        .filter(|(_, lines)| *lines > LONGEST_FILE)
        .map(|(name, lines)| format!("{name}: {lines} lines"))
        .collect();
    assert!(long.is_empty(), "split these: {long:#?}");
}

#[test]
fn no_function_is_longer_than_a_reader_can_hold() {
    let mut long = Vec::new();
    for (name, text) in sources().iter().filter(|(name, _)| !is_test(name)) {
        for (function, lines) in functions(shipped(text)) {
            if lines > LONGEST_FUNCTION {
                long.push(format!("{name}: `{function}` has {lines} lines"));
            }
        }
    }
    assert!(long.is_empty(), "split these: {long:#?}");
}

/// Functions and their length in lines. rustfmt puts the closing brace of a
/// function in the column of its `fn`.
fn functions(text: &str) -> Vec<(String, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let code = line.trim_start();
        let indent = line.len() - code.len();
        let words = code.trim_start_matches("pub ").trim_start_matches("pub(crate) ").trim_start_matches("pub(super) ");
        let words = words.trim_start_matches("const ").trim_start_matches("async ");
        let Some(rest) = words.strip_prefix("fn ") else { continue };
        let name = rest.split(['(', '<']).next().unwrap_or("").to_owned();
        let closing = format!("{}}}", " ".repeat(indent));
        let end = lines[start..].iter().position(|l| *l == closing || l.ends_with(';') && l.trim_start() == code);
        found.push((name, end.map_or(1, |end| end + 1)));
    }
    found
}

#[test]
fn the_function_finder_finds() {
    let text = "pub fn one() {\n    a();\n}\nimpl X {\n    fn two(&self) -> u8 {\n        0\n    }\n}\n";
    assert_eq!(functions(text), [("one".to_owned(), 3), ("two".to_owned(), 3)]);
}

#[test]
fn terraform_names_stand_only_in_the_table() {
    let quoted = |line: &str| line.contains("\"aws_") || line.contains("`aws_");
    let mut strays = Vec::new();
    for (name, text) in sources() {
        // The tool that vendors the provider's schema names the copied types.
        let vendors = name == "compiler/xtask/src/schemas.rs";
        if name.starts_with("compiler/ir/src/aws/") || vendors || is_test(&name) {
            continue;
        }
        for (number, line) in shipped(&text).lines().enumerate() {
            if quoted(line) && !line.trim_start().starts_with("//") {
                strays.push(format!("{name}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    assert!(strays.is_empty(), "move these to the type's file: {strays:#?}");
}

#[test]
fn the_compiler_is_built_without_what_the_functions_need() {
    let output = std::process::Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--edges", "normal,build,dev", "--prefix", "none", "--format", "{p}"])
        .current_dir(root())
        .output()
        .expect("cargo can be started");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8_lossy(&output.stdout);
    let crates: Vec<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(crates.contains(&"migspec") && crates.contains(&"xtask"), "the default members are listed: {tree}");
    // The prover waits for its solver with tokio alone.
    let heavy = ["aws-", "lambda_runtime", "tokio-", "rustls", "hyper", "migspec-function", "cvc5"];
    let found: Vec<&&str> = crates.iter().filter(|name| heavy.iter().any(|start| name.starts_with(start))).collect();
    assert!(found.is_empty(), "`cargo build` compiles {found:?}");
}

#[test]
fn crates_say_what_they_must_not_know() {
    let folders = [
        "compiler/analyze",
        "compiler/diag",
        "compiler/draw",
        "compiler/syntax",
        "compiler/ir",
        "compiler/lower",
        "compiler/report",
        "policies",
        "targets",
    ];
    for folder in folders {
        let lib = fs::read_to_string(root().join(folder).join("src/lib.rs")).expect("a crate has a lib.rs");
        let header: String = lib.lines().take_while(|l| l.starts_with("//!")).collect();
        assert!(header.contains("Must not know"), "{folder}/src/lib.rs lacks its `Must not know` line");
    }
}

#[test]
fn nothing_is_left_open() {
    let marks = ["todo!(", "unimplemented!(", "dbg!(", "TEMPORARY", "FIXME", "XXX"];
    let mut open = Vec::new();
    for (name, text) in sources() {
        for mark in marks {
            if text.contains(mark) {
                open.push(format!("{name}: {mark}"));
            }
        }
    }
    assert!(open.is_empty(), "{open:#?}");
}
