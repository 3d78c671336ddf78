//! The extension for VS Code, packaged by vsce.

use std::fs;
use std::path::Path;
use std::process::Command;

use migspec_judges::{output, program, skip};
use migspec_tests::root;

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        let target = to.join(entry.file_name().expect("a name"));
        match (entry.is_symlink(), entry.is_dir()) {
            // npm's links to the programs of its packages.
            (true, _) => {}
            (false, true) => copy(&entry, &target),
            (false, false) => drop(fs::copy(&entry, &target).expect("a copy")),
        }
    }
}

#[test]
fn vsce_packages_the_extension() {
    let Some(mut node) = program("node") else { return };
    let modules = root().join(".judges/vscode/node_modules");
    if !modules.join("@vscode/vsce").is_dir() {
        return skip("vsce", "tests/judges/install.sh has not installed it");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let extension = folder.path();
    copy(&root().join("docs/editors/vscode"), extension);
    copy(&modules, &extension.join("node_modules"));
    node.arg(extension.join("node_modules/@vscode/vsce/vsce")).args(["package", "--out", "migspec.vsix"]);
    let text = output(node.current_dir(extension)).unwrap_or_else(|text| panic!("{text}"));
    assert!(text.contains("DONE") && !text.contains("WARNING"), "{text}");

    let list = "import sys, zipfile; print(*zipfile.ZipFile(sys.argv[1]).namelist(), sep='\\n')";
    let files = output(Command::new("python3").args(["-c", list]).arg(extension.join("migspec.vsix")));
    let files = files.unwrap_or_else(|text| panic!("{text}"));
    for part in [
        "extension/extension.js",
        "extension/icon.png",
        "extension/language-configuration.json",
        "extension/node_modules/vscode-languageclient/package.json",
        "extension/node_modules/vscode-languageserver-protocol/package.json",
        "extension/syntaxes/migspec.tmLanguage.json",
    ] {
        assert!(files.lines().any(|file| file == part), "{part} is not in the package:\n{files}");
    }
    assert!(!files.contains("node_modules/@vscode/vsce"), "the packager is no part of the package");
}

#[test]
fn the_extension_has_the_version_and_the_license_of_the_project() {
    let read = |name: &str| fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let manifest: serde_json::Value = serde_json::from_str(&read("docs/editors/vscode/package.json")).expect("JSON");
    assert_eq!(manifest["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(read("docs/editors/vscode/LICENSE"), read("LICENSE"));
    for file in [&manifest["icon"], &manifest["main"], &manifest["contributes"]["grammars"][0]["path"]] {
        let path = root().join("docs/editors/vscode").join(file.as_str().expect("a path"));
        assert!(path.is_file(), "{}", path.display());
    }
}
