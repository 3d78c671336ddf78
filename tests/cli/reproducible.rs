//! The same input gives the same bytes in any environment of the process.

use crate::support::{migspec, reference, run, tree};

const BUILD: [&str; 9] =
    ["build", "payments.migspec.kdl", "--without-functions", "--target", "all", "--env", "prod", "--out", "out"];

#[test]
fn two_builds_in_different_surroundings_give_identical_bytes() {
    let (first, second) = (reference(), reference());
    let one = migspec(first.path(), &BUILD).output().expect("the command starts");
    assert!(one.status.success(), "{}", String::from_utf8_lossy(&one.stderr));
    let home = tempfile::tempdir().expect("a temporary folder");
    let two = migspec(second.path(), &BUILD)
        .env("MIGSPEC_TODAY", "2026-12-24")
        .env("HOME", home.path())
        .env("LC_ALL", "tr_TR.UTF-8")
        .env("LANG", "tr_TR.UTF-8")
        .env("TZ", "Pacific/Kiritimati")
        .env("RAYON_NUM_THREADS", "1")
        .output()
        .expect("the command starts");
    assert!(two.status.success(), "{}", String::from_utf8_lossy(&two.stderr));
    let (a, b) = (tree(&first.path().join("out")), tree(&second.path().join("out")));
    assert!(a.len() > 5, "a build writes files");
    let names = |t: &[(String, Vec<u8>)]| t.iter().map(|(n, _)| n.clone()).collect::<Vec<_>>();
    assert_eq!(names(&a), names(&b));
    for ((name, one), (_, two)) in a.iter().zip(&b) {
        assert!(one == two, "{name} differs");
    }
}

#[test]
fn a_second_build_changes_nothing_and_the_check_says_so() {
    let folder = reference();
    assert_eq!(run(folder.path(), &BUILD).code, 0);
    let before = tree(&folder.path().join("out"));
    let mut check = BUILD.to_vec();
    check.push("--check");
    assert_eq!(run(folder.path(), &check).code, 0);
    assert_eq!(run(folder.path(), &BUILD).code, 0);
    assert!(before == tree(&folder.path().join("out")));
}

#[test]
fn a_check_shows_what_differs() {
    let folder = reference();
    assert_eq!(run(folder.path(), &BUILD).code, 0);
    let path = folder.path().join("out/terraform/versions.tf");
    let text = std::fs::read_to_string(&path).expect("the file was written");
    std::fs::write(&path, format!("{text}# by hand\n")).expect("the file can be written");
    let mut check = BUILD.to_vec();
    check.push("--check");
    let found = run(folder.path(), &check);
    assert_eq!(found.code, 1);
    assert!(found.stdout.contains("-# by hand"), "{}", found.stdout);
    let command = "run `migspec build payments.migspec.kdl --env prod --target all --out out --without-functions`";
    assert!(found.stderr.contains(&format!("1 file differs; {command}")), "{}", found.stderr);

    std::fs::write(folder.path().join("out/terraform/notes.txt"), "mine").expect("a foreign file");
    std::fs::create_dir(folder.path().join("out/terraform/.terraform")).expect("a folder of Terraform");
    let spec = folder.path().join("payments.migspec.kdl");
    let text = std::fs::read_to_string(&spec).expect("the spec");
    let other = text.replace("migration \"payments\"", "migration \"settlement\"");
    assert_ne!(other, text);
    std::fs::write(&spec, other).expect("the spec");
    let found = run(folder.path(), &check);
    // After the line about findings.
    assert_eq!((found.code, found.stdout.lines().count()), (1, 21), "{}", found.stdout);
    assert!(found.stdout.lines().last().is_some_and(|line| line.starts_with("and ") && line.ends_with(" more lines")));
    assert!(found.stderr.contains("not written by any build: terraform/notes.txt\n"), "{}", found.stderr);
}

#[test]
fn a_build_removes_what_it_no_longer_writes_and_leaves_foreign_files() {
    let folder = reference();
    assert_eq!(run(folder.path(), &BUILD).code, 0);
    std::fs::write(folder.path().join("out/notes.txt"), "mine").expect("a foreign file");
    let narrower = [
        "build",
        "payments.migspec.kdl",
        "--without-functions",
        "--target",
        "terraform",
        "--env",
        "prod",
        "--out",
        "out",
    ];
    assert_eq!(run(folder.path(), &narrower).code, 0);
    assert!(folder.path().join("out/notes.txt").exists());
    assert!(folder.path().join("out/terraform/versions.tf").exists());
    assert!(!folder.path().join("out/cloudformation").exists());
}

#[test]
fn a_folder_of_another_environment_is_refused() {
    let folder = reference();
    assert_eq!(run(folder.path(), &BUILD).code, 0);
    let other =
        run(folder.path(), &["build", "payments.migspec.kdl", "--without-functions", "--env", "dev", "--out", "out"]);
    assert_eq!(other.code, 2);
    assert!(other.stderr.contains("environment `prod`"), "{}", other.stderr);
}

#[test]
fn evidence_is_the_same_everywhere_and_of_a_day() {
    let (first, second) = (reference(), reference());
    let arguments = ["evidence", "payments.migspec.kdl", "--env", "prod", "--out", "evidence"];
    let one = run(first.path(), &arguments);
    assert_eq!(one.code, 0, "{}", one.stderr);
    let home = tempfile::tempdir().expect("a temporary folder");
    let two = migspec(second.path(), &arguments)
        .env("HOME", home.path())
        .env("LC_ALL", "tr_TR.UTF-8")
        .env("TZ", "Pacific/Kiritimati")
        .output()
        .expect("the command starts");
    assert!(two.status.success(), "{}", String::from_utf8_lossy(&two.stderr));
    let (a, b) = (tree(&first.path().join("evidence")), tree(&second.path().join("evidence")));
    let names: Vec<&str> = a.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["assessment-results.json", "index.html", "inventory.csv", "manifest.json", "matrix.csv"]);
    assert!(a == b, "the bytes differ");
    let mut undated = migspec(second.path(), &arguments);
    let undated = undated.env_remove("MIGSPEC_TODAY").env_remove("SOURCE_DATE_EPOCH").output().expect("it starts");
    let printed = String::from_utf8_lossy(&undated.stdout) + String::from_utf8_lossy(&undated.stderr);
    assert!(undated.status.success() && printed.contains(", as of 20"), "{printed}");
}

#[test]
fn evidence_does_not_replace_a_build() {
    let folder = reference();
    assert_eq!(run(folder.path(), &BUILD).code, 0);
    let refused = run(folder.path(), &["evidence", "payments.migspec.kdl", "--env", "prod", "--out", "out"]);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("contains the output of a build"), "{}", refused.stderr);
}
