//! The output of the compiler as files for a reviewer: a change of the compiler
//! shows as a change of its output. `MIGSPEC_BLESS=1` rewrites them.

#![allow(clippy::panic, clippy::disallowed_methods, reason = "a test fails by panicking, and reads files")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use migspec_tests::emitted::{self, Emitted};
use migspec_tests::{blessing, root};
use similar::TextDiff;

/// The specs with golden files: the smallest spec, the reference spec, the
/// workflow of several databases, and signed functions. Judges and laws cover all others.
const KEPT: &[(&str, &[&str])] = &[
    ("smallest/dev", &[""]),
    ("payments/dev", &[""]),
    ("together/dev", &["stepfunctions/", "RUNBOOK.md"]),
    ("landing-zone/prod", &["terraform/functions.tf"]),
];

#[test]
fn artifacts_are_as_they_were() {
    let mut differences = Vec::new();
    for (name, parts) in KEPT {
        let all = emitted::all().iter().find(|e| e.name == *name).unwrap_or_else(|| panic!("no spec {name}"));
        let emitted = &all.only(parts);
        assert_eq!(emitted.problems, [], "{name}");
        let folder = root().join("tests/golden").join(name);
        if blessing() {
            bless(emitted, &folder);
        } else {
            differences.extend(compare(emitted, &folder));
        }
    }
    assert!(differences.is_empty(), "MIGSPEC_BLESS=1 rewrites these, once they are read:\n{}", differences.join("\n"));
}

fn bless(emitted: &Emitted, folder: &Path) {
    if folder.exists() {
        fs::remove_dir_all(folder).expect("the old files can be removed");
    }
    emitted.write(folder);
}

fn compare(emitted: &Emitted, folder: &Path) -> Vec<String> {
    let mut kept = files(folder, folder);
    let mut differences = Vec::new();
    for (path, bytes) in emitted.artifacts.iter() {
        match kept.remove(path) {
            None => differences.push(format!("{}/{path}: new", emitted.name)),
            Some(old) if old == bytes => {}
            Some(old) => differences.push(difference(&format!("{}/{path}", emitted.name), &old, bytes)),
        }
    }
    differences.extend(kept.keys().map(|path| format!("{}/{path}: gone", emitted.name)));
    differences
}

/// The start of a diff; `git diff` shows all of it after blessing.
fn difference(name: &str, old: &[u8], new: &[u8]) -> String {
    let (old, new) = (String::from_utf8_lossy(old), String::from_utf8_lossy(new));
    let diff = TextDiff::from_lines(&old, &new).unified_diff().header(name, name).to_string();
    diff.lines().take(40).collect::<Vec<_>>().join("\n")
}

/// All files below a folder, by their path in it.
fn files(folder: &Path, base: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path: PathBuf = entry.expect("the folder can be read").path();
        if path.is_dir() {
            found.extend(files(&path, base));
        } else {
            let name = path.strip_prefix(base).expect("it lies below").to_string_lossy().replace('\\', "/");
            found.insert(name, fs::read(&path).expect("the file can be read"));
        }
    }
    found
}
