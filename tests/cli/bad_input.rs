//! Errors outside the content of a spec: a clear message, the right exit code,
//! no partial output, no panic.

use std::io::Read;
use std::path::Path;
use std::process::Stdio;

use crate::support::{Run, finished, migspec, reference, run, tree};

fn folder_with(name: &str, bytes: &[u8]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join(name), bytes).expect("a file can be written");
    folder
}

fn check(bytes: &[u8]) -> Run {
    let folder = folder_with("a.migspec.kdl", bytes);
    run(folder.path(), &["check", "a.migspec.kdl"])
}

#[track_caller]
fn assert_error(run: &Run, code: i32, text: &str) {
    let all = format!("{}{}", run.stdout, run.stderr);
    assert_eq!(run.code, code, "{all}");
    assert!(all.contains(text), "no `{text}` in: {all}");
}

#[test]
fn a_file_that_is_not_there() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    assert_error(&run(folder.path(), &["check", "none.migspec.kdl"]), 2, "`none.migspec.kdl`: there is no such file");
}

#[test]
fn no_spec_at_all() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for command in [
        &["check"][..],
        &["build"],
        &["diff"],
        &["evidence", "--env", "dev", "--out", "evidence"],
        &["fmt"],
        &["graph", "network"],
        &["simulate"],
        &["waivers"],
    ] {
        assert_error(&run(folder.path(), command), 3, "no spec found");
    }
    assert_error(&run(folder.path(), &["check", "."]), 3, "no spec found");
}

#[test]
fn a_build_of_a_folder_with_several_specs() {
    let folder = reference();
    std::fs::copy(folder.path().join("payments.migspec.kdl"), folder.path().join("other.migspec.kdl")).expect("a copy");
    assert_error(&run(folder.path(), &["build", ".", "--env", "dev", "--out", "out"]), 2, "this takes one spec");
}

#[test]
fn an_empty_file_is_a_finding() {
    assert_error(&check(b""), 1, "empty-file");
    assert_error(&check(b"\n\n// nothing\n"), 1, "empty-file");
}

#[test]
fn bytes_that_are_no_text() {
    let broken = check(b"migration \"\xff\xfe\"");
    assert_error(&broken, 2, "line 1, column 12 is not UTF-8");
    assert!(broken.stdout.starts_with("1 spec not checked\n"), "{}", broken.stdout);
    assert_error(
        &check("// M\u{fc}nchen\n// \u{fc}ber \u{2192} ".bytes().chain([0xe4]).collect::<Vec<u8>>().as_slice()),
        2,
        "line 2, column 11",
    );
    assert_error(&check(&[0u8; 4096]), 1, "error");
    let elf: Vec<u8> = b"\x7fELF\x02\x01\x01\x00".iter().copied().chain(0..120).collect();
    assert_error(&check(&elf), 1, "error");
}

#[test]
fn a_file_of_ten_megabytes() {
    let text = "// a long comment without any content\n".repeat(10 << 20 >> 5);
    assert_error(&check(text.as_bytes()), 1, "error");
}

#[test]
fn a_hundred_thousand_braces() {
    assert_error(&check("a {".repeat(100_000).as_bytes()), 1, "error");
    assert_error(&check("{".repeat(100_000).as_bytes()), 1, "error");
    assert_error(&check("}".repeat(100_000).as_bytes()), 1, "error");
}

#[test]
fn nested_slashdashes_take_no_time() {
    let text = format!("{}{}", "a /- {".repeat(18), "}".repeat(18));
    assert_error(&check(text.as_bytes()), 1, "error");
    let text = format!("{}{}", "x\n/-a {".repeat(18), "}".repeat(18));
    assert_error(&check(text.as_bytes()), 1, "error");
}

#[test]
fn what_is_never_closed() {
    for text in ["/* ", &"/*".repeat(10_000), "a \"b", "a \"\"\"\nb", "a #\"b", "a {"] {
        assert_error(&check(text.as_bytes()), 1, "error");
    }
}

#[test]
fn a_closed_pipe_is_no_error() {
    let folder = folder_with("a.migspec.kdl", "migration \"x\" { unknown; }\n".repeat(2000).as_bytes());
    let mut child = migspec(folder.path(), &["check", "a.migspec.kdl"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut first = [0u8; 16];
    child.stdout.take().expect("a pipe").read_exact(&mut first).expect("some output");
    let run = finished(child.wait_with_output().expect("the command ends"));
    assert_eq!(run.code, 1, "{}", run.stderr);
}

#[test]
fn imports_that_lead_nowhere() {
    let spec = |import: &str| format!("migration \"a\" {{\n    import \"{import}\"\n}}\n");
    let folder = folder_with("a.migspec.kdl", spec("b.kdl").as_bytes());
    assert_error(&run(folder.path(), &["check", "a.migspec.kdl"]), 1, "there is no such file");
    std::fs::write(folder.path().join("b.kdl"), "import \"c.kdl\"\n").expect("a file");
    std::fs::write(folder.path().join("c.kdl"), "import \"b.kdl\"\n").expect("a file");
    assert_error(&run(folder.path(), &["check", "a.migspec.kdl"]), 1, "import-cycle");
}

#[test]
fn an_import_from_outside_the_root() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let inside = folder.path().join("specs");
    std::fs::create_dir(&inside).expect("a folder");
    std::fs::write(folder.path().join("b.kdl"), "").expect("a file");
    std::fs::write(inside.join("a.migspec.kdl"), "migration \"a\" {\n    import \"../b.kdl\"\n}\n").expect("a file");
    let found = run(&inside, &["check", "a.migspec.kdl"]);
    assert_eq!(found.code, 1, "{}{}", found.stdout, found.stderr);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(folder.path().join("b.kdl"), inside.join("link.kdl")).expect("a link");
        std::fs::write(inside.join("a.migspec.kdl"), "migration \"a\" {\n    import \"link.kdl\"\n}\n")
            .expect("a file");
        assert_error(&run(&inside, &["check", "a.migspec.kdl"]), 1, "outside the folder of the spec");
    }
}

#[test]
fn names_that_are_code_elsewhere() {
    for name in ["${danger}", "{% danger %}", "a\\\"b", "a\\nb", "../../etc", "%{if}", "a'b", "a b", "Å"] {
        let text = format!("migration \"{name}\" {{\n}}\n");
        assert_error(&check(text.as_bytes()), 1, "wrong-value");
    }
}

#[test]
fn an_output_folder_that_is_a_file() {
    let folder = reference();
    std::fs::write(folder.path().join("out"), "mine").expect("a file");
    let found =
        run(folder.path(), &["build", "payments.migspec.kdl", "--without-functions", "--env", "dev", "--out", "out"]);
    assert_error(&found, 2, "it is a file");
    assert_eq!(std::fs::read(folder.path().join("out")).expect("still there"), b"mine");
}

#[test]
fn a_manifest_that_leads_out_of_the_folder() {
    let folder = reference();
    std::fs::create_dir(folder.path().join("out")).expect("a folder");
    std::fs::write(folder.path().join("precious"), "mine").expect("a file");
    let manifest = r#"{"environment":"dev","files":{"../precious":{"sha256":""}}}"#;
    std::fs::write(folder.path().join("out/manifest.json"), manifest).expect("a file");
    let found =
        run(folder.path(), &["build", "payments.migspec.kdl", "--without-functions", "--env", "dev", "--out", "out"]);
    assert_eq!(found.code, 0, "{}", found.stderr);
    assert!(folder.path().join("precious").exists());
}

#[cfg(unix)]
#[test]
fn a_link_in_the_output_folder_is_not_followed() {
    let folder = reference();
    let elsewhere = tempfile::tempdir().expect("a temporary folder");
    std::fs::create_dir(folder.path().join("out")).expect("a folder");
    std::os::unix::fs::symlink(elsewhere.path(), folder.path().join("out/terraform")).expect("a link");
    let found =
        run(folder.path(), &["build", "payments.migspec.kdl", "--without-functions", "--env", "dev", "--out", "out"]);
    assert_error(&found, 2, "symbolic link");
    assert!(tree(elsewhere.path()).is_empty());
}

/// `/dev/full` simulates a full disk for the output.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_under_standard_output() {
    let folder = reference();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("the device is there");
    let mut command = migspec(folder.path(), &["check", "payments.migspec.kdl"]);
    let run = finished(command.stdout(full).stderr(Stdio::piped()).output().expect("the command starts"));
    assert_error(&run, 2, "cannot write to standard output: the disk is full");
}

#[test]
fn an_error_writes_nothing() {
    let folder = reference();
    let path = folder.path().join("payments.migspec.kdl");
    let text = std::fs::read_to_string(&path).expect("the spec");
    std::fs::write(&path, text.replace("network=\"migration\"", "network=\"nowhere\"")).expect("a file");
    let found =
        run(folder.path(), &["build", "payments.migspec.kdl", "--without-functions", "--env", "dev", "--out", "out"]);
    assert_eq!(found.code, 1, "{}{}", found.stdout, found.stderr);
    assert!(!folder.path().join("out").exists());
}

#[test]
fn usage_errors_end_with_two() {
    let folder = Path::new(".");
    assert_eq!(run(folder, &["frobnicate"]).code, 2);
    assert_eq!(run(folder, &["check", "--format", "xml"]).code, 2);
    assert_eq!(run(folder, &["check", "--today", "tomorrow"]).code, 2);
    assert_eq!(run(folder, &["explain", "no-such-rule-anywhere"]).code, 2);
}

#[test]
fn a_policy_folder_that_cannot_be_read() {
    let folder = reference();
    let check = |policies: &str| run(folder.path(), &["check", "payments.migspec.kdl", "--policies", policies]);
    assert_error(&check("none"), 2, "policy folder");
    std::fs::create_dir(folder.path().join("empty")).expect("a folder");
    assert_error(&check("empty"), 2, "contains no `.cedar` file");
    std::fs::create_dir(folder.path().join("bytes")).expect("a folder");
    std::fs::write(folder.path().join("bytes/x.cedar"), b"\xff\xfe").expect("a file");
    assert_error(&check("bytes"), 2, "cannot read `bytes/x.cedar`: line 1, column 1 is not UTF-8");
    #[cfg(unix)]
    {
        std::fs::create_dir(folder.path().join("gone")).expect("a folder");
        std::os::unix::fs::symlink("nowhere", folder.path().join("gone/x.cedar")).expect("a link");
        assert_error(&check("gone"), 2, "gone/x.cedar");
    }
}

/// The head of a user's policy.
const HEAD: &str = "@id(\"x\")\n@control(\"ENC-RDS-01\")\n@message(\"m\")\n@help(\"h\")\n";

/// An error in a policy ends the run: a skipped policy would deny nothing.
#[test]
fn a_policy_that_cannot_be_used() {
    let folder = reference();
    std::fs::create_dir(folder.path().join("own")).expect("a folder");
    let forbid = |head: &str, rest: &str| {
        format!("{head}forbid (principal, action == Action::\"deploy\", resource is AWS::RDS::DBCluster)\n{rest};\n")
    };
    let when = |condition: &str| forbid(HEAD, &format!("when {{ {condition} }}"));
    let cases = [
        ("forbid (".to_owned(), "the policy `x` is not Cedar"),
        (
            "// Why.\nforbid (principal, action == Action::\"deploy\" resource);".to_owned(),
            "own/x.cedar:2:47: unexpected token `resource`\n  \
             2 | forbid (principal, action == Action::\"deploy\" resource);\n    \
             |                                               ^^^^^^^^ expected",
        ),
        (forbid(&format!("{HEAD}@mesage(\"x\")\n"), ""), "the unknown annotation `@mesage`: did you mean `message`?"),
        (forbid("@id(\"x\")\n@control(\"ENC-RDS-01\")\n@help(\"h\")\n", ""), "has no `@message`"),
        (forbid(&HEAD.replace("ENC-RDS-01", "ENC-RDS-99"), ""), "ENC-RDS-99"),
        (
            when("resource.storageIsEncrypted"),
            "attribute `storageIsEncrypted` on entity type `AWS::RDS::DBCluster` not found",
        ),
        (when("resource.backupRetentionPeriod == \"a week\""), "a policy does not fit the facts"),
        (when("resource has kmsKey"), "facts are total"),
        (when("resource.backupRetentionPeriod + 9223372036854775807 > 0"), "the policy `x` cannot be evaluated"),
        (format!("{HEAD}permit (principal, action == Action::\"deploy\", resource);\n"), "permit"),
    ];
    for (policy, text) in cases {
        std::fs::write(folder.path().join("own/x.cedar"), policy).expect("a file");
        for command in ["check", "evidence"] {
            let out = ["--env", "dev", "--out", "evidence", "--today", "2026-11-22"];
            let rest: &[&str] = if command == "evidence" { &out } else { &[] };
            let arguments = [&[command, "payments.migspec.kdl", "--policies", "own"], rest].concat();
            let found = run(folder.path(), &arguments);
            assert_error(&found, 2, text);
            assert!(found.stderr.contains("x.cedar:"), "no place: {}", found.stderr);
            assert!(!folder.path().join("evidence").exists(), "{text}");
        }
    }
}

#[test]
fn a_broken_project_file() {
    let folder = reference();
    std::fs::write(folder.path().join("migspec.kdl"), "project { sepc \"x\" }").expect("a file");
    assert_error(&run(folder.path(), &["check"]), 2, "did you mean `spec`");
    std::fs::write(folder.path().join("migspec.kdl"), "// nothing yet\n").expect("a file");
    assert_error(&run(folder.path(), &["check"]), 2, "missing-project");
}

#[test]
fn an_environment_that_is_not_declared() {
    let folder = reference();
    let found = run(folder.path(), &["check", "payments.migspec.kdl", "--env", "production"]);
    assert_error(&found, 2, "unknown-environment");
    assert!(found.stdout.contains("valid here: `dev`, `prod`"), "{}", found.stdout);
}

/// The references of a renamed node are no second cause, in any environment.
#[test]
fn a_cutover_that_the_base_renames() {
    let folder = reference();
    let path = folder.path().join("payments.migspec.kdl");
    let text = std::fs::read_to_string(&path).expect("a spec");
    let (old, new) = ("    cutover \"ledger\" api=", "    cutover \"switchover\" api=");
    assert!(text.contains(old), "the spec has the cutover");
    std::fs::write(&path, text.replace(old, new)).expect("a file");
    let found = run(folder.path(), &["check", "payments.migspec.kdl"]);
    assert_error(&found, 1, "environment `dev` overrides cutover `ledger`, which the base does not have");
    assert_error(&found, 1, "the base has `switchover`: use the same key in both places");
    assert_error(&found, 1, "\n1 error\n");
    // An environment that does not override the cutover shows the reference.
    let found = run(folder.path(), &["check", "payments.migspec.kdl", "--env", "prod"]);
    assert_error(&found, 1, "there is no replication `switchover`");
}

#[cfg(unix)]
#[test]
fn a_link_in_a_policy_folder() {
    let outside = folder_with("elsewhere.cedar", b"");
    for target in [outside.path().join("elsewhere.cedar"), outside.path().to_owned()] {
        let folder = reference();
        let policies = folder.path().join("policies");
        std::fs::create_dir(&policies).expect("a folder");
        std::os::unix::fs::symlink(&target, policies.join("linked.cedar")).expect("a link");
        let checked = run(folder.path(), &["check", "--policies", "policies", "payments.migspec.kdl"]);
        assert_error(&checked, 2, "`policies/linked.cedar` is a link");
    }
}

/// A spec of a pull request and the name of its file cannot give commands to the terminal of a reviewer.
#[test]
fn a_terminal_sees_no_escape_of_a_spec_or_a_path() {
    let text = "migration \"a\" {\n    // \u{1b}]8;;https://example.com\u{7} \u{202e} \u{9b}31m\n}\n";
    let name = "a\u{1b}[31m.migspec.kdl";
    let folder = folder_with(name, text.as_bytes());
    for arguments in [["check", name], ["fmt", name], ["check", "none\u{1b}[31m.migspec.kdl"]] {
        let ended = run(folder.path(), &arguments);
        let all = format!("{}{}", ended.stdout, ended.stderr);
        assert!(ended.code != 0 && all.contains("a\\u{1b}[31m") || all.contains("none\\u{1b}[31m"), "{all:?}");
        assert!(!all.contains(['\u{1b}', '\u{7}', '\u{202e}', '\u{9b}']), "{all:?}");
    }
}
