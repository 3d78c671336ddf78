//! What a release installs: wheels, the package for Debian, and the hooks.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use migspec_judges::{Judge, output, python};

use crate::guides::readme_with;
use crate::repository::{commit, git};
use crate::support::{BINARY, Run, finished, root, with_empty_home};

/// Packages of functions as small as `build` accepts them: the start of a program for x86-64.
const FUNCTIONS: &str = r#"
import pathlib, sys, zipfile
for name in ["secret-rotation", "task-monitor"]:
    with zipfile.ZipFile(pathlib.Path(sys.argv[1]) / f"{name}.zip", "w") as package:
        entry = zipfile.ZipInfo("bootstrap")
        entry.external_attr = 0o100755 << 16
        package.writestr(entry, b"\x7fELF" + bytes(14) + b"\x3e\x00")
"#;

/// The fields of a METADATA file, sorted. Requirements are written in several ways, and the version of the format is the
/// packer's own.
const DESCRIBE: &str = r#"
import email, pathlib, re, sys, zipfile
path = pathlib.Path(sys.argv[1])
if path.suffix == ".whl":
    with zipfile.ZipFile(path) as wheel:
        [name] = [name for name in wheel.namelist() if name.endswith("/METADATA")]
        text = wheel.read(name)
else:
    text = path.read_bytes()
about = email.message_from_bytes(text)
fields = [f"{key}: {value}" for key, value in about.items() if key != "Metadata-Version"]
print("\n".join(sorted(re.sub(" *; *", "; ", field).replace('"', "'") for field in fields)))
print(about.get_payload().strip())
"#;

fn ran(command: &mut Command) -> String {
    output(command).unwrap_or_else(|text| panic!("{command:?}: {text}"))
}

struct Release {
    folder: tempfile::TempDir,
    python: PathBuf,
    binary: PathBuf,
}

impl Release {
    /// The binary without its symbols, and packages of functions.
    fn new(python: PathBuf) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let binary = folder.path().join("migspec");
        fs::copy(BINARY, &binary).expect("a copy");
        // Only smaller: a machine without `strip` packs the whole.
        drop(Command::new("strip").arg(&binary).status());
        let functions = folder.path().join("functions");
        fs::create_dir(&functions).expect("a folder");
        ran(Command::new(&python).args(["-c", FUNCTIONS]).arg(&functions));
        Self { folder, python, binary }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The folder with both wheels.
    fn wheels(&self) -> PathBuf {
        let platform = "import sysconfig, re; print(re.sub('[-.]', '_', sysconfig.get_platform()))";
        let platform = ran(Command::new(&self.python).args(["-c", platform]));
        let (pack, out) = (root().join(".ci/wheel"), self.path("dist"));
        let program = [Path::new("program"), &self.binary, Path::new(platform.trim())];
        ran(Command::new(&self.python).arg(&pack).args(program).arg(&out));
        ran(Command::new(&self.python).arg(&pack).arg("functions").arg(self.path("functions")).arg(&out));
        out
    }
}

/// `init`, then a build that needs a function.
fn build(program: &Path, folder: &Path) -> Run {
    let run =
        |arguments: &[&str]| finished(with_empty_home(program, folder).args(arguments).output().expect("it starts"));
    if !folder.join("new").exists() {
        assert_eq!(run(&["init", "new"]).code, 0);
    }
    run(&["build", "new/payments.migspec.kdl", "--env", "dev", "--out", "out"])
}

#[test]
fn wheels_install_the_program_and_the_functions() {
    let Some(python) = python() else { return };
    let release = Release::new(python);
    let (wheels, environment) = (release.wheels(), release.path("environment"));
    ran(Command::new(&release.python).args(["-m", "venv", "--without-pip"]).arg(&environment));
    let inside = environment.join("bin/python");
    let pip = |arguments: &[&str]| {
        let mut command = Command::new(&release.python);
        command.args(["-m", "pip", "--disable-pip-version-check", "--python"]).arg(&inside).args(arguments);
        command.env("PIP_NO_INDEX", "1").env("PIP_FIND_LINKS", &wheels);
        ran(&mut command)
    };
    pip(&["install", "migspec[functions]"]);
    let program = environment.join("bin/migspec");

    let folder = tempfile::tempdir().expect("a folder");
    let built = build(&program, folder.path());
    assert_eq!(built.code, 0, "{}", built.stderr);
    assert!(folder.path().join("out/functions/secret-rotation.zip").is_file());
    readme_with(&program);

    pip(&["uninstall", "--yes", "migspec-functions"]);
    let built = build(&program, folder.path());
    assert!(built.code == 2 && built.stderr.contains("install the wheel `migspec-functions`"), "{}", built.stderr);
    pip(&["check"]);
}

#[test]
fn the_same_input_packs_the_same_wheels() {
    let Some(python) = python() else { return };
    let release = Release::new(python);
    let pack = |out: &str| {
        let mut command = Command::new(&release.python);
        command.arg(root().join(".ci/wheel")).arg("functions").arg(release.path("functions")).arg(release.path(out));
        fs::read(ran(&mut command).trim()).expect("the wheel")
    };
    assert_eq!(pack("one"), pack("two"));
    let mut empty = Command::new(&release.python);
    empty.arg(root().join(".ci/wheel")).arg("functions").arg(release.path("one")).arg(release.path("three"));
    let refused = output(&mut empty).expect_err("a folder without packages");
    assert!(refused.0.contains("contains no package"), "{refused}");
}

/// The packages of npm, installed without a registry into an empty folder.
#[test]
fn npm_installs_the_program() {
    let Some(mut npm) = migspec_judges::program("npm") else { return };
    let Some(python) = python() else { return };
    let release = Release::new(python);
    let platform = ran(Command::new("node").args(["-p", "`${process.platform}-${process.arch}`"]));
    let pack = |arguments: &[&Path]| {
        let packed = ran(Command::new(&release.python).arg(root().join(".ci/npm")).args(arguments));
        PathBuf::from(packed.trim())
    };
    let out = release.path("dist");
    let command = pack(&[Path::new("command"), &out]);
    let program = pack(&[Path::new("program"), &release.binary, Path::new(platform.trim()), &out]);
    assert_eq!(fs::read(&command).ok(), fs::read(pack(&[Path::new("command"), &release.path("again")])).ok());

    let folder = tempfile::tempdir().expect("a folder");
    npm.args(["install", "--offline", "--no-audit", "--no-fund"]).args([&command, &program]).current_dir(folder.path());
    ran(npm.env("HOME", folder.path()).env("npm_config_cache", folder.path().join("cache")));
    let installed = folder.path().join("node_modules/.bin/migspec");
    let built = build(&installed, folder.path());
    assert!(built.code == 2 && built.stderr.contains("migspec-functions"), "{}", built.stderr);
    let run = |arguments: &[&str]| {
        finished(with_empty_home(&installed, folder.path()).args(arguments).output().expect("it starts"))
    };
    assert!(run(&["--version"]).stdout.contains(env!("CARGO_PKG_VERSION")));
    assert_eq!(run(&["check", "new"]).code, 0);
    assert_eq!(run(&["check", "--no-project", "dist"]).code, 2, "exit codes pass");

    fs::remove_dir_all(folder.path().join("node_modules/@migspec")).expect("the program's package");
    let without = run(&["--version"]);
    assert!(
        without.code == 2 && without.stderr.contains(&format!("@migspec/{}", platform.trim())),
        "{}",
        without.stderr
    );
}

/// The release packs wheels without a compiler. They describe themselves as those do that maturin builds from the source.
#[test]
fn wheels_have_the_metadata_that_maturin_writes() {
    let Some(mut maturin) = migspec_judges::beside_python("maturin") else { return };
    let Some(python) = python() else { return };
    let release = Release::new(python);
    let described = |path: &Path| ran(Command::new(&release.python).args(["-c", DESCRIBE]).arg(path));
    let version = env!("CARGO_PKG_VERSION");
    let packed = fs::read_dir(release.wheels()).expect("the wheels").map(|entry| entry.expect("an entry").path());
    let named = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("migspec-"));
    let ours = packed.filter(named).map(|path| described(&path)).next().expect("the wheel of the program");

    maturin.args(["pep517", "write-dist-info", "--metadata-directory"]).arg(release.path("")).current_dir(root());
    ran(maturin.arg("--interpreter").arg(&release.python));
    let theirs = described(&release.path(&format!("migspec-{version}.dist-info/METADATA")));
    assert!(ours.contains(&format!("Requires-Dist: migspec-functions=={version}; extra == 'functions'")), "{ours}");
    assert_eq!(ours, theirs);
}

#[test]
fn the_package_for_debian_installs_the_program_and_the_functions() {
    let Some(mut unpack) = migspec_judges::program("dpkg-deb") else { return };
    let Some(python) = python() else { return };
    let release = Release::new(python);
    let mut pack = Command::new("bash");
    pack.env("DPKG_DEB_COMPRESSOR_TYPE", "none");
    pack.arg(root().join(".ci/debian")).arg(&release.binary).arg("amd64").arg(release.path("dist"));
    let package = ran(pack.arg(release.path("functions")));
    let system = release.path("system");
    ran(unpack.arg("--extract").arg(package.trim()).arg(&system));
    for file in [
        "usr/share/doc/migspec/copyright",
        "usr/share/man/man1/migspec.1.gz",
        "usr/share/bash-completion/completions/migspec",
        "usr/share/zsh/vendor-completions/_migspec",
        "usr/share/fish/vendor_completions.d/migspec.fish",
    ] {
        assert!(fs::metadata(system.join(file)).is_ok_and(|file| file.len() > 100), "{file}");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let built = build(&system.join("usr/bin/migspec"), folder.path());
    assert_eq!(built.code, 0, "{}", built.stderr);
    let fields = ran(Command::new("dpkg-deb").arg("--field").arg(package.trim()));
    assert!(fields.contains(&format!("Version: {}\n", env!("CARGO_PKG_VERSION"))), "{fields}");
}

/// The real pre-commit, with the repository of the hooks as `.ci/mirror` writes it, and no index of packages.
#[test]
fn pre_commit_runs_the_hooks_from_the_wheel() {
    let Some(_) = Judge::find_with("editor.py", &[], &["pre_commit"]) else { return };
    let Some(python) = python() else { return };
    let release = Release::new(python);
    let wheels = release.wheels();
    let (mirror, version) = (release.path("mirror"), format!("v{}", env!("CARGO_PKG_VERSION")));
    ran(Command::new("bash").arg(root().join(".ci/mirror")).arg(&version).arg(&mirror));
    git(&mirror, &["init", "--quiet"]);
    commit(&mirror);
    git(&mirror, &["tag", &version]);

    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let run = |arguments: &[&str]| {
        finished(
            with_empty_home(&release.binary, &release.path("work"))
                .args(arguments)
                .current_dir(at)
                .output()
                .expect("it runs"),
        )
    };
    fs::create_dir(release.path("work")).expect("a folder");
    assert_eq!(run(&["init", "."]).code, 0);
    let project = fs::read_to_string(at.join("migspec.kdl")).expect("the project file");
    assert!(project.contains("project {"), "{project}");
    let functions = release.path("functions");
    let written = run(&["build", "--functions", &functions.to_string_lossy()]);
    assert_eq!(written.code, 0, "{}", written.stderr);
    let hooks =
        ["migspec-check", "migspec-fmt", "migspec-build-check"].map(|id| format!("      - id: {id}\n")).concat();
    let config = format!("repos:\n  - repo: {}\n    rev: {version}\n    hooks:\n{hooks}", mirror.display());
    fs::write(at.join(".pre-commit-config.yaml"), config).expect("the configuration");
    git(at, &["init", "--quiet"]);
    commit(at);

    // pre-commit's environments get setuptools from the wheels inside of virtualenv.
    let embedded = "import pathlib, virtualenv.seed.wheels.embed as e; print(pathlib.Path(e.__file__).parent)";
    let embedded = ran(Command::new(&release.python).args(["-c", embedded]));
    let hooked = || {
        let mut command = with_empty_home(&release.python, &release.path("work"));
        command.args(["-m", "pre_commit", "run", "--all-files", "--verbose"]).current_dir(at);
        command.env("PRE_COMMIT_HOME", release.path("hooks")).env("MIGSPEC_FUNCTIONS", &functions);
        command.env("PIP_NO_INDEX", "1").env("PIP_FIND_LINKS", format!("{} {}", wheels.display(), embedded.trim()));
        output(&mut command)
    };
    let clean = hooked().unwrap_or_else(|text| panic!("{text}"));
    assert_eq!(clean.matches("Passed").count(), 3, "{clean}");

    let spec = at.join("payments.migspec.kdl");
    let text = fs::read_to_string(&spec).expect("the spec");
    let clear =
        "network=\"production\" {\n  override \"AWS::RDS::DBCluster\" {\n StorageEncrypted #false\n }\n        login";
    let weak = text.replacen("network=\"production\" {\n        login", clear, 1);
    assert_ne!(weak, text);
    fs::write(&spec, weak).expect("the spec");
    git(at, &["add", "--all"]);
    let refused = hooked().expect_err("a weak spec, badly formatted").0;
    assert_eq!(refused.matches("Failed").count(), 3, "{refused}");
    assert!(refused.contains("unencrypted-cluster"), "{refused}");
}
