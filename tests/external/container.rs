//! hadolint over the container file.

use std::fs;
use std::path::Path;

use migspec_judges::{Rejection, beside_python, output};
use migspec_tests::root;

fn linted(path: &Path) -> Option<Result<String, Rejection>> {
    let mut command = beside_python("hadolint")?;
    Some(output(command.args(["--no-color", "--failure-threshold", "info"]).arg(path)))
}

#[test]
fn hadolint_takes_the_container_file() {
    let Some(result) = linted(&root().join(".ci/Containerfile")) else { return };
    result.unwrap_or_else(|error| panic!("{error}"));
}

/// The premise of the other test.
#[test]
fn hadolint_finds_mistakes() {
    let text = fs::read_to_string(root().join(".ci/Containerfile")).expect("the container file");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("Containerfile");
    for (right, wrong) in [
        ("WORKDIR /work", "WORKDIR work"),
        ("FROM scratch", "FROM debian"),
        ("ENTRYPOINT [\"/usr/local/bin/migspec\"]", "ENTRYPOINT /usr/local/bin/migspec"),
    ] {
        assert!(text.contains(right), "{right}");
        fs::write(&path, text.replacen(right, wrong, 1)).expect("a file");
        let Some(result) = linted(&path) else { return };
        assert!(result.is_err(), "{wrong}");
    }
}
