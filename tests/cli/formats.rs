//! Formats of a result, and its comparison with an earlier one.

use serde_json::Value;

use crate::repository::{commit, edit, git, repository};
use crate::support::{Run, run};

pub fn json(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {}{}", run.stdout, run.stderr))
}

pub fn states(result: &Value) -> Vec<&str> {
    let findings = result["findings"].as_array().expect("findings");
    findings.iter().map(|finding| finding["state"].as_str().expect("a state")).collect()
}

pub const KEEP: (&str, &str) = ("backup retain=\"35d\"", "backup retain=\"1d\"");
pub const ZONES: (&str, &str) = ("zones=3", "zones=1");

#[test]
fn a_comparison_with_a_revision_fails_for_new_findings_only() {
    let folder = repository();
    let at = folder.path();
    edit(at, ZONES.0, ZONES.1);
    let check = ["check", "--since", "HEAD", "--format", "json"];
    let before = run(at, &check);
    assert_eq!(before.code, 1, "{}", before.stderr);
    let result = json(&before);
    assert!(!states(&result).is_empty() && states(&result).iter().all(|state| *state == "new"));

    commit(at);
    let after = run(at, &check);
    assert_eq!(after.code, 0, "{}{}", after.stdout, after.stderr);
    assert!(states(&json(&after)).iter().all(|state| *state == "existing"));
    assert_eq!(run(at, &["check"]).code, 1, "the full check still fails");

    edit(at, ZONES.1, ZONES.0);
    let fixed = json(&run(at, &check));
    assert!(states(&fixed).is_empty());
    assert!(!fixed["fixed"].as_array().expect("fixed findings").is_empty());
}

#[test]
fn a_comparison_touches_neither_the_work_tree_nor_the_index() {
    let folder = repository();
    let at = folder.path();
    edit(at, ZONES.0, ZONES.1);
    git(at, &["add", "--all"]);
    let index = std::fs::read(at.join(".git/index")).expect("the index");
    let spec = std::fs::read(at.join("specs/payments.migspec.kdl")).expect("the spec");
    // From a subfolder: the search in both trees starts there.
    assert_eq!(run(&at.join("specs"), &["check", "--since", "HEAD"]).code, 1);
    assert_eq!(std::fs::read(at.join(".git/index")).expect("the index"), index);
    assert_eq!(std::fs::read(at.join("specs/payments.migspec.kdl")).expect("the spec"), spec);
}

#[test]
fn a_spec_that_a_revision_lacks_is_new() {
    let folder = repository();
    let at = folder.path();
    std::fs::copy(at.join("specs/payments.migspec.kdl"), at.join("specs/second.migspec.kdl")).expect("a copy");
    edit(at, ZONES.0, ZONES.1);
    let path = "specs/second.migspec.kdl";
    std::fs::copy(at.join("specs/payments.migspec.kdl"), at.join(path)).expect("a copy");
    assert_eq!(run(at, &["check", "--since", "HEAD", path]).code, 1);
}

#[test]
fn a_revision_that_git_does_not_know_ends_the_run() {
    let folder = repository();
    for name in ["nowhere", "--output=x", ""] {
        let ended = run(folder.path(), &["check", &format!("--since={name}")]);
        assert_eq!(ended.code, 2, "{}", ended.stderr);
        assert!(ended.stderr.contains("git knows no revision"), "{}", ended.stderr);
    }
    let alone = run(folder.path(), &["check", "--strict-touched"]);
    assert_eq!(alone.code, 2);
    assert!(alone.stderr.contains("needs `--since` or `--baseline`"), "{}", alone.stderr);
}

#[test]
fn a_baseline_covers_what_it_has_until_its_node_is_touched() {
    let folder = repository();
    let at = folder.path();
    edit(at, ZONES.0, ZONES.1);
    assert_eq!(run(at, &["check", "--write-baseline", "baseline.json"]).code, 1);
    let baseline = ["check", "--baseline", "baseline.json"];
    assert_eq!(run(at, &baseline).code, 0);
    // Moved lines give no new finding.
    edit(at, "migration \"payments\" {", "\n\n// moved\nmigration \"payments\" {");
    assert_eq!(run(at, &baseline).code, 0);
    edit(at, ZONES.1, &format!("{} name=\"other\"", ZONES.1));
    let strict = run(at, &[&baseline[..], &["--strict-touched"]].concat());
    assert_eq!(strict.code, 1, "{}", strict.stdout);
    std::fs::write(at.join("baseline.json"), "{}").expect("a file");
    let broken = run(at, &baseline);
    assert_eq!(broken.code, 2);
    assert!(broken.stderr.contains("is no baseline"), "{}", broken.stderr);
}

#[test]
fn a_file_that_cannot_be_read_does_not_hide_the_others() {
    let folder = repository();
    let at = folder.path();
    edit(at, ZONES.0, ZONES.1);
    std::fs::write(at.join("specs/broken.migspec.kdl"), b"migration \"\xff\"").expect("a file");
    let ended = run(at, &["check", "--format", "json"]);
    assert_eq!(ended.code, 2);
    let result = json(&ended);
    assert_eq!(result["problems"].as_array().map(Vec::len), Some(1));
    assert!(!result["findings"].as_array().expect("findings").is_empty());
    assert!(run(at, &["check", "--format", "junit"]).stdout.contains("errors=\"1\""));
}

#[test]
fn every_format_renders_a_failed_and_a_clean_run() {
    let folder = repository();
    let at = folder.path();
    let formats = ["human", "json", "sarif", "github", "markdown", "gitlab", "junit", "rdjsonl", "csv"];
    let clean: Vec<String> = formats.iter().map(|f| run(at, &["check", "--format", f]).stdout).collect();
    edit(at, ZONES.0, ZONES.1);
    for (format, clean) in formats.iter().zip(clean) {
        let failed = run(at, &["check", "--format", format]);
        assert_eq!(failed.code, 1, "{format}: {}", failed.stderr);
        assert!(failed.stdout.contains("zones-out-of-range"), "{format}: {}", failed.stdout);
        assert!(!clean.contains("zones-out-of-range"), "{format}");
    }
}

#[test]
fn formats_of_forges_name_files_below_the_root_of_the_repository() {
    let folder = repository();
    let at = folder.path();
    edit(at, ZONES.0, ZONES.1);
    std::fs::create_dir(at.join("other")).expect("a folder");
    for format in ["sarif", "github", "gitlab", "junit", "rdjsonl", "csv"] {
        let text = run(&at.join("other"), &["check", "--format", format, "../specs"]).stdout;
        assert!(text.contains("specs/payments.migspec.kdl"), "{format}: {text}");
        assert!(!text.contains("../specs"), "{format}: {text}");
    }
}

#[test]
fn gitlab_and_rdjsonl_have_the_members_that_their_readers_need() {
    let folder = repository();
    let at = folder.path();
    edit(at, ZONES.0, ZONES.1);
    let issues = json(&run(at, &["check", "--format", "gitlab"]));
    let issues = issues.as_array().expect("an array of issues");
    let mut fingerprints: Vec<&str> = issues.iter().map(|i| i["fingerprint"].as_str().expect("text")).collect();
    for issue in issues {
        assert!(["info", "minor", "major", "critical", "blocker"].contains(&issue["severity"].as_str().expect("text")));
        assert!(issue["location"]["lines"]["begin"].as_u64().is_some_and(|line| line > 0));
        assert!(issue["description"].is_string() && issue["check_name"].is_string());
    }
    let all = fingerprints.len();
    fingerprints.sort_unstable();
    fingerprints.dedup();
    assert!(all > 0 && fingerprints.len() == all, "fingerprints are unique");

    let lines = run(at, &["check", "--format", "rdjsonl"]).stdout;
    assert_eq!(lines.lines().count(), all);
    for line in lines.lines() {
        let diagnostic: Value = serde_json::from_str(line).expect("a JSON document a line");
        assert!(diagnostic["location"]["range"]["start"]["column"].as_u64().is_some());
        assert_eq!(diagnostic["severity"], "ERROR");
    }
}

#[test]
fn waived_findings_are_in_sarif_only_when_asked_for() {
    let folder = repository();
    let suppressed = |arguments: &[&str]| {
        let result = json(&run(folder.path(), arguments));
        let results = result["runs"][0]["results"].as_array().expect("results").clone();
        results.iter().filter(|result| result.get("suppressions").is_some()).count()
    };
    assert_eq!(suppressed(&["check", "--format", "sarif"]), 0);
    assert!(suppressed(&["check", "--format", "sarif", "--include-waived"]) > 0);
}
