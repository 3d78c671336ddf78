//! actionlint over the workflows on GitHub.

use std::fs;
use std::path::Path;

use migspec_judges::{Rejection, beside_python, output};
use migspec_tests::root;

/// Without shellcheck and pyflakes, which are not on every machine.
const FLAGS: &[&str] = &["-no-color", "-shellcheck=", "-pyflakes="];

fn linted(paths: &[&Path]) -> Option<Result<String, Rejection>> {
    let mut command = beside_python("actionlint")?;
    Some(output(command.args(FLAGS).args(paths)))
}

#[test]
fn actionlint_takes_every_workflow() {
    let folder = fs::read_dir(root().join(".github/workflows")).expect("the workflows");
    let paths: Vec<_> = folder.map(|entry| entry.expect("an entry").path()).collect();
    assert!(paths.len() > 2, "{paths:?}");
    let Some(result) = linted(&paths.iter().map(|path| &**path).collect::<Vec<_>>()) else { return };
    result.unwrap_or_else(|error| panic!("{error}"));
}

/// The premise of the other test.
#[test]
fn actionlint_finds_mistakes() {
    let release = fs::read_to_string(root().join(".github/workflows/release.yml")).expect("the workflow");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("release.yml");
    for (right, wrong) in [
        ("os: macos-15-intel", "os: macos-13"),
        ("needs: attest", "needs: attested"),
        ("${{ matrix.target }}", "${{ matrix.targets }}"),
        ("runs-on: ubuntu", "run-on: ubuntu"),
    ] {
        assert!(release.contains(right), "{right}");
        fs::write(&path, release.replacen(right, wrong, 1)).expect("a file");
        let Some(result) = linted(&[&path]) else { return };
        assert!(result.is_err(), "{wrong}");
    }
}
