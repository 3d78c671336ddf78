//! Packages of the runtime functions: one zip for each, with the binary as
//! `bootstrap`. The same sources give the same bytes in every folder.

use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use migspec_targets::package::program;
use serde_json::Value;
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::cargo;
use crate::error::TaskError;

/// The profile of `Cargo.toml` that packages are built with.
const PROFILE: &str = "function";
/// The newest symbols of the C library that `provided.al2023` has.
const GLIBC: u32 = 34;

/// A function's binary and the package that it comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Binary {
    package: String,
    name: String,
}

/// Builds the packages of all functions, or of those that are named, into
/// `target/functions`.
///
/// # Errors
///
/// No function has the name, a function does not build, or Lambda could not start it.
pub fn generate(root: &Path, names: &[&str]) -> Result<(), TaskError> {
    let metadata = cargo::metadata(root, &["--no-deps"])?;
    let mut binaries = binaries(&metadata, &root.join("targets/lambda"));
    if let Some(unknown) = names.iter().find(|name| !binaries.iter().any(|b| b.name == **name)) {
        let known: Vec<&str> = binaries.iter().map(|b| b.name.as_str()).collect();
        return Err(TaskError::UnknownFunction { name: (*unknown).to_owned(), known: known.join(", ") });
    }
    binaries.retain(|binary| names.is_empty() || names.contains(&binary.name.as_str()));
    let target = PathBuf::from(metadata["target_directory"].as_str().unwrap_or("target"));
    let private = private(root, &target)?;
    build(root, &binaries, &private)?;
    let built = target.join(PROFILE);
    let folder = root.join("target/functions");
    fs::create_dir_all(&folder).map_err(TaskError::file(&folder))?;
    for Binary { name, .. } in &binaries {
        let path = built.join(name);
        let program = fs::read(&path).map_err(TaskError::file(&path))?;
        check(name, &program, &private)?;
        let zip = package(&program)?;
        let path = folder.join(format!("{name}.zip"));
        fs::write(&path, &zip).map_err(TaskError::file(&path))?;
        let hash: String = Sha256::digest(&zip).iter().take(8).map(|b| format!("{b:02x}")).collect();
        println!("target/functions/{name}.zip {hash} {} KiB", zip.len() / 1024);
    }
    Ok(())
}

/// The binaries of all packages below a folder, by name.
fn binaries(metadata: &Value, folder: &Path) -> Vec<Binary> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut binaries = Vec::new();
    for package in list(&metadata["packages"]) {
        if !Path::new(&text(&package["manifest_path"])).starts_with(folder) {
            continue;
        }
        let is_binary = |target: &Value| list(&target["kind"]).iter().any(|kind| kind == "bin");
        let targets = list(&package["targets"]).into_iter().filter(is_binary);
        binaries.extend(targets.map(|t| Binary { package: text(&package["name"]), name: text(&t["name"]) }));
    }
    binaries.sort_by(|a, b| a.name.cmp(&b.name));
    binaries
}

/// Folders of this machine, which a package must not contain, with their
/// replacements.
fn private(root: &Path, target: &Path) -> Result<Vec<(String, String)>, TaskError> {
    let text = |path: &Path| path.display().to_string();
    let mut folders = vec![(text(root), "/migspec".to_owned())];
    if !target.starts_with(root) {
        folders.push((text(target), "/migspec/target".to_owned()));
    }
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| {
        let home = std::env::var_os("HOME")?;
        Some(Path::new(&home).join(".cargo"))
    });
    folders.extend(home.map(|home| (text(&home), "/cargo".to_owned())));
    // Where the sources of the standard library are installed, they are named
    // by their folder instead of by their version.
    let (sysroot, version) = (rustc(root, &["--print", "sysroot"])?, rustc(root, &["-vV"])?);
    let commit = version.lines().find_map(|line| line.strip_prefix("commit-hash: ")).unwrap_or("unknown");
    folders.push((text(&Path::new(&sysroot).join("lib/rustlib/src/rust")), format!("/rustc/{commit}")));
    Ok(folders)
}

/// The output of `rustc`.
fn rustc(root: &Path, arguments: &[&str]) -> Result<String, TaskError> {
    let program = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let failed = |reason| TaskError::Program { name: "rustc", reason };
    let output = Command::new(program).args(arguments).current_dir(root).output().map_err(failed)?;
    if !output.status.success() {
        let output = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(TaskError::Output { name: "rustc", output });
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn build(root: &Path, binaries: &[Binary], private: &[(String, String)]) -> Result<(), TaskError> {
    let mut command = Command::new(env!("CARGO"));
    command.args(["build", "--locked", "--profile", PROFILE]).current_dir(root);
    let flags: Vec<String> = private.iter().map(|(path, name)| format!("--remap-path-prefix={path}={name}")).collect();
    // Separated as paths may hold blanks.
    command.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
    for Binary { package, name } in binaries {
        command.args(["--package", package, "--bin", name, "--features", &format!("{package}/aws")]);
    }
    let status = command.status().map_err(|reason| TaskError::Program { name: "cargo", reason })?;
    if status.success() {
        return Ok(());
    }
    Err(TaskError::Output { name: "cargo build", output: "the functions do not build".to_owned() })
}

/// Rejects binaries that would fail only in Lambda.
fn check(name: &str, program: &[u8], private: &[(String, String)]) -> Result<(), TaskError> {
    let unfit = |fault: String| Err(TaskError::Binary { name: name.to_owned(), fault });
    if program::of_program(program).is_none() {
        return unfit("is no program for x86_64 or arm64 on Linux".to_owned());
    }
    if let Some(version) = glibc(program).filter(|version| *version > GLIBC) {
        return unfit(format!(
            "needs the C library 2.{version}, and provided.al2023 has 2.{GLIBC}: build on an older system, \
             such as the container of the same name"
        ));
    }
    match private.iter().find(|(path, _)| names(program, path.as_bytes())) {
        Some((path, _)) => unfit(format!("names the folder {path}: its bytes would differ from machine to machine")),
        None => Ok(()),
    }
}

/// The newest version of the C library that a program names.
fn glibc(program: &[u8]) -> Option<u32> {
    const MARK: &[u8] = b"GLIBC_2.";
    let starts = program.windows(MARK.len()).enumerate().filter(|(_, window)| *window == MARK).map(|(n, _)| n);
    let number = |start: usize| {
        let digits: String =
            program[start + MARK.len()..].iter().take_while(|b| b.is_ascii_digit()).map(|b| char::from(*b)).collect();
        digits.parse().ok()
    };
    starts.filter_map(number).max()
}

/// Whether a program contains a path inside a folder. Texts are adjacent in a
/// binary, so that any byte can precede a path. The name of a folder at the root,
/// such as `/src`, occurs inside many other paths.
fn names(program: &[u8], folder: &[u8]) -> bool {
    let deep = folder.iter().filter(|b| **b == b'/').count() > 1;
    let within = |at: usize| {
        let before = at.checked_sub(1).map(|at| program[at]);
        let inner = before.is_some_and(|b| b.is_ascii_alphanumeric() || b"/._-".contains(&b));
        program.get(at + folder.len()) == Some(&b'/') && (deep || !inner)
    };
    let starts = program.windows(folder.len().max(1)).enumerate().filter(|(_, window)| *window == folder);
    starts.map(|(at, _)| at).any(within)
}

/// A zip of nothing but its input: fixed time, mode and order.
fn package(program: &[u8]) -> Result<Vec<u8>, TaskError> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        .last_modified_time(DateTime::default())
        .unix_permissions(0o755);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file(program::BOOTSTRAP, options)?;
    zip.write_all(program).map_err(zip::result::ZipError::from)?;
    Ok(zip.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    /// As much of a program as is looked at.
    fn program(machine: u8, text: &str) -> Vec<u8> {
        let mut bytes = b"\x7fELF".to_vec();
        bytes.resize(18, 0);
        bytes.extend([machine, 0]);
        bytes.extend(text.as_bytes());
        bytes
    }

    #[test]
    fn a_package_holds_an_executable_bootstrap_and_nothing_of_the_moment() {
        let bytes = program(0x3e, "GLIBC_2.17");
        let zip = package(&bytes).expect("it can be packed");
        assert_eq!(package(&bytes).ok().as_ref(), Some(&zip));
        let mut archive = zip::ZipArchive::new(Cursor::new(zip)).expect("it can be read");
        assert_eq!(archive.len(), 1);
        let mut file = archive.by_index(0).expect("its file");
        assert_eq!(file.name().expect("it has a name"), "bootstrap");
        assert_eq!(file.unix_mode(), Some(0o100_755));
        assert_eq!(file.last_modified(), Some(DateTime::default()), "not the time at which it was packed");
        let mut unpacked = Vec::new();
        file.read_to_end(&mut unpacked).expect("it can be unpacked");
        assert_eq!(unpacked, bytes);
    }

    #[test]
    fn what_lambda_could_not_run_is_refused() {
        let private = [("/home/someone/migspec".to_owned(), "/migspec".to_owned())];
        let check = |bytes: &[u8]| check("fence", bytes, &private);
        assert!(check(&program(0x3e, "GLIBC_2.17 GLIBC_2.34")).is_ok());
        assert!(check(&program(0xb7, "")).is_ok(), "`build` checks whether it fits");
        for (bytes, reason) in [
            (program(0x3e, "GLIBC_2.4 GLIBC_2.36 GLIBC_2.9"), "2.36"),
            (program(0xf3, ""), "no program for x86_64 or arm64"),
            (b"MZ and the rest".to_vec(), "no program for x86_64 or arm64"),
            (program(0x3e, "/home/someone/migspec/src/lib.rs"), "/home/someone/migspec"),
        ] {
            let refused = check(&bytes).expect_err(reason).to_string();
            assert!(refused.contains(reason), "{refused}");
        }
    }

    #[test]
    fn a_folder_is_named_where_a_path_begins_with_it() {
        for (text, folder, named) in [
            ("panicked/home/a/m/src/lib.rs", "/home/a/m", true),
            ("/home/a/mine/src/lib.rs", "/home/a/m", false),
            ("/home/a/m", "/home/a/m", false),
            ("/cargo/src/lib.rs", "/src", false),
            ("\0/src/lib.rs", "/src", true),
        ] {
            assert_eq!(names(text.as_bytes(), folder.as_bytes()), named, "{text} {folder}");
        }
    }

    #[test]
    fn functions_are_the_binaries_below_their_folder() {
        let metadata = serde_json::json!({ "packages": [
            { "name": "migspec", "manifest_path": "/m/Cargo.toml", "targets": [{ "kind": ["bin"], "name": "migspec" }] },
            { "name": "migspec-fence", "manifest_path": "/m/targets/lambda/fence/Cargo.toml", "targets": [
                { "kind": ["lib"], "name": "migspec_fence" }, { "kind": ["bin"], "name": "fence" },
            ]},
        ]});
        let expected = [Binary { package: "migspec-fence".to_owned(), name: "fence".to_owned() }];
        assert_eq!(binaries(&metadata, Path::new("/m/targets/lambda")), expected);
    }
}
