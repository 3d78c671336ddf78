//! The installer, the bound of the binary's size, and the repository of hooks without a Rust build.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use sha2::{Digest, Sha256};

use crate::support::root;

/// A folder like the downloads of a release, with a script as the binary. `None` on a
/// platform without an archive.
fn release() -> Option<(tempfile::TempDir, String)> {
    let target = match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => "x86_64-unknown-linux-musl",
        ("linux", "aarch64") => "aarch64-unknown-linux-musl",
        ("macos", "x86_64") => "x86_64-apple-darwin",
        ("macos", "aarch64") => "aarch64-apple-darwin",
        _ => return None,
    };
    let folder = tempfile::tempdir().expect("a folder");
    let files = folder.path().join("download/v9.9.9");
    let stage = folder.path().join("stage");
    fs::create_dir_all(&stage).expect("a folder");
    fs::write(stage.join("migspec"), "#!/bin/sh\necho migspec 9.9.9\n").expect("a script");
    let archive = format!("migspec-{target}.tar.gz");
    let pack = root().join(".ci/archive");
    let status = Command::new("bash").arg(pack).arg(&stage).arg(files.join(&archive)).status().expect("bash");
    assert!(status.success());
    Some((folder, archive))
}

fn hash(path: &Path) -> String {
    let bytes = fs::read(path).expect("the archive");
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn install(release: &Path, into: &Path, hash: &str) -> Output {
    let mut command = Command::new("sh");
    command.arg(root().join("docs/install.sh")).arg("v9.9.9");
    command.env("MIGSPEC_RELEASES", format!("file://{}", release.display())).env("MIGSPEC_INSTALL_DIR", into);
    command.env("MIGSPEC_SHA256", hash);
    command.output().expect("a shell runs")
}

#[test]
fn the_installer_compares_the_hash_first() {
    let Some((release, archive)) = release() else { return };
    let files = release.path().join("download/v9.9.9");
    let into = release.path().join("bin");
    let right = hash(&files.join(&archive));

    fs::write(files.join("SHA256SUMS"), format!("{}  {archive}\n", "0".repeat(64))).expect("a list");
    for given in ["", "1234"] {
        let refused = install(release.path(), &into, given);
        assert!(!refused.status.success());
        assert!(String::from_utf8_lossy(&refused.stderr).contains("nothing was installed"), "{refused:?}");
        assert!(!into.exists(), "nothing is written");
    }
    fs::write(files.join("SHA256SUMS"), "").expect("a list");
    assert!(!install(release.path(), &into, "").status.success(), "a list without the archive");

    fs::write(files.join("SHA256SUMS"), format!("{right}  {archive}\n")).expect("a list");
    let installed = install(release.path(), &into, "");
    let text = String::from_utf8_lossy(&installed.stdout).into_owned();
    assert!(installed.status.success() && text.contains("installed migspec 9.9.9"), "{installed:?}");
    assert!(into.join("migspec").is_file());
}

#[test]
fn the_release_bounds_the_size_of_the_binary() {
    let folder = tempfile::tempdir().expect("a folder");
    let binary = folder.path().join("migspec");
    let passes = |size: u64| {
        fs::File::create(&binary).and_then(|file| file.set_len(size)).expect("a file with holes");
        Command::new("bash").arg(root().join(".ci/size")).arg(&binary).output().expect("bash").status.success()
    };
    let script = fs::read_to_string(root().join(".ci/size")).expect("the script");
    let most = script.lines().find_map(|line| line.strip_prefix("most=")).expect("the bound in the script");
    let most = most.parse::<u64>().expect("the bound in bytes");
    assert!(passes(most) && !passes(most + 1));
    let release = fs::read_to_string(root().join(".github/workflows/release.yml")).expect("the workflow");
    assert!(release.contains(".ci/size stage/migspec*"), "{release}");
}

#[test]
fn the_mirror_has_the_hooks_in_the_language_of_the_wheel() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("mirror");
    let status = Command::new("bash").arg(root().join(".ci/mirror")).arg("v0.3.1").arg(&out).status().expect("bash");
    assert!(status.success());
    let hooks = fs::read_to_string(out.join(".pre-commit-hooks.yaml")).expect("the hooks");
    let ours = fs::read_to_string(root().join(".pre-commit-hooks.yaml")).expect("the hooks");
    assert_eq!(hooks, ours.replace("language: rust", "language: python"));
    assert!(hooks.matches("language: python").count() >= 3);
    let project = fs::read_to_string(out.join("pyproject.toml")).expect("the project");
    assert!(project.contains("dependencies = [\"migspec==0.3.1\"]"), "{project}");
}
