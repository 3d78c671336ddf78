//! Workflows that were edited by hand, with and without their spec.

use std::path::Path;

use crate::support::{reference, run};

const SPEC: [&str; 4] = ["--spec", "payments.migspec.kdl", "--env", "prod"];

/// The reference spec, and the name of the workflow that it builds.
fn built() -> (tempfile::TempDir, String) {
    let folder = reference();
    let build =
        run(folder.path(), &["build", "payments.migspec.kdl", "--env", "prod", "--target", "asl", "--out", "out"]);
    assert_eq!(build.code, 0, "{}{}", build.stdout, build.stderr);
    let states = std::fs::read_dir(folder.path().join("out/stepfunctions")).expect("the folder of the workflow");
    let names: Vec<String> =
        states.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    let name = names.into_iter().find(|name| name.ends_with(".asl.json")).expect("a workflow");
    (folder, format!("out/stepfunctions/{name}"))
}

/// Replaces text in a workflow, and asserts that it was there.
fn edit(folder: &Path, name: &str, old: &str, new: &str) {
    let path = folder.join(name);
    let text = std::fs::read_to_string(&path).expect("the workflow can be read");
    assert!(text.contains(old), "the workflow has no `{old}`");
    std::fs::write(&path, text.replacen(old, new, 1)).expect("the workflow can be written");
}

#[test]
fn a_built_workflow_means_what_its_spec_means() {
    let (folder, name) = built();
    let verified = run(folder.path(), &[&["verify", "workflow", &name], &SPEC[..]].concat());
    assert_eq!(verified.code, 0, "{}{}", verified.stdout, verified.stderr);
}

#[test]
fn a_difference_in_meaning_is_named_with_the_expected_value() {
    let (folder, name) = built();
    edit(folder.path(), &name, "\"TimeoutSeconds\": 30,", "\"TimeoutSeconds\": 3000,");
    let verified = run(folder.path(), &[&["verify", "workflow", &name], &SPEC[..]].concat());
    assert_eq!(verified.code, 1, "{}{}", verified.stdout, verified.stderr);
    for part in ["workflow-differs", "`TimeoutSeconds` of `Initialize` is `3000`, and should be `30`"] {
        assert!(verified.stdout.contains(part), "no `{part}` in {}", verified.stdout);
    }
}

#[test]
fn a_minified_workflow_is_verified_like_a_formatted_one() {
    let (folder, name) = built();
    let path = folder.path().join(&name);
    let text = std::fs::read_to_string(&path).expect("the workflow can be read");
    let document: serde_json::Value = serde_json::from_str(&text).expect("the workflow is JSON");
    std::fs::write(&path, document.to_string()).expect("the workflow can be written");
    let verify = [&["verify", "workflow", &name], &SPEC[..]].concat();
    let verified = run(folder.path(), &verify);
    assert_eq!(verified.code, 0, "{}{}", verified.stdout, verified.stderr);
    edit(folder.path(), &name, "\"TimeoutSeconds\":30,", "\"TimeoutSeconds\":3000,");
    let verified = run(folder.path(), &verify);
    assert_eq!(verified.code, 1, "{}{}", verified.stdout, verified.stderr);
    assert!(verified.stdout.contains("and should be `30`"), "{}", verified.stdout);
}
