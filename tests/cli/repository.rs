//! A repository with the reference spec.

use std::path::Path;
use std::process::Command;

use crate::support::reference;

pub fn git(folder: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"];
    let status = Command::new("git").args(identity).args(arguments).current_dir(folder).output().expect("git runs");
    assert!(status.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&status.stderr));
}

/// A repository with the reference spec in the folder `specs`.
pub fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (from, specs) = (reference(), folder.path().join("specs"));
    std::fs::create_dir(&specs).expect("a folder");
    for name in ["payments.migspec.kdl", "corp-root-ca.pem"] {
        std::fs::copy(from.path().join(name), specs.join(name)).expect("a copy");
    }
    git(folder.path(), &["init", "--quiet"]);
    commit(folder.path());
    folder
}

pub fn commit(folder: &Path) {
    git(folder, &["add", "--all"]);
    git(folder, &["commit", "--quiet", "--message", "change"]);
}

/// Replaces text in the spec of a repository, and asserts its presence.
pub fn edit(folder: &Path, old: &str, new: &str) {
    let path = folder.join("specs/payments.migspec.kdl");
    let text = std::fs::read_to_string(&path).expect("the spec can be read");
    assert!(text.contains(old), "the spec has no `{old}`");
    std::fs::write(&path, text.replacen(old, new, 1)).expect("the spec can be written");
}
