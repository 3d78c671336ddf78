//! The commands of the AWS CLI in runbooks, requests, scripts, messages and the documentation.

use std::fs;
use std::path::PathBuf;

use migspec_judges::{Judge, output};
use migspec_tests::{emitted, root};

const KINDS: [&str; 3] = [".md", ".sh", ".asl.json"];

#[test]
fn every_command_is_one_of_the_aws_cli() {
    let Some(judge) = Judge::find("commands.py", &[]) else { return };
    let folder = tempfile::tempdir().expect("a folder can be made");
    let mut files: Vec<PathBuf> = documentation();
    let documented = files.len();
    for (number, emitted) in emitted::all().iter().enumerate() {
        let written = emitted.artifacts.iter().map(|(path, _)| path);
        for path in written.filter(|path| KINDS.iter().any(|kind| path.ends_with(kind))) {
            let file = folder.path().join(format!("{number}-{}", path.replace('/', "-")));
            fs::write(&file, emitted.text(path)).expect("the file can be written");
            files.push(file);
        }
    }
    assert!(documented > 10 && files.len() > documented + 20, "{} files", files.len());
    let judged = output(judge.command().args(&files)).unwrap_or_else(|text| panic!("{text}"));
    let count: Option<u32> = judged.trim().strip_suffix(" commands").and_then(|count| count.parse().ok());
    assert!(count.is_some_and(|count| count > 800), "{judged}");
}

/// The pages of the documentation, and this project's own.
fn documentation() -> Vec<PathBuf> {
    let folders = [root(), root().join("docs"), root().join("docs/decisions"), root().join("targets/lambda")];
    let entries = folders.iter().flat_map(|folder| fs::read_dir(folder).expect("the folder can be read"));
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut pages: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|kind| kind == "md")).collect();
    pages.sort();
    pages
}
