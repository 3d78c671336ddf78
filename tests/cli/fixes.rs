//! `check --fix`, `--diff` and `--watch`.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::Value;

use crate::support::{migspec, reference, run};

const SPEC: &str = "payments.migspec.kdl";
const SAFE: (&str, &str) = ("secrets rotate=\"30d\"", "secrets rotate=\"365d\" // yearly");
const TYPO: (&str, &str) = ("    checkpoints retain=\"400d\"", "    chekpoints retain=\"400d\"");

fn weaken(folder: &std::path::Path, edits: &[(&str, &str)]) -> String {
    let path = folder.join(SPEC);
    let mut text = std::fs::read_to_string(&path).expect("the spec");
    for (old, new) in edits {
        assert!(text.contains(old), "the spec has `{old}`");
        text = text.replacen(old, new, 1);
    }
    std::fs::write(&path, &text).expect("the spec can be written");
    text
}

fn text(folder: &std::path::Path) -> String {
    std::fs::read_to_string(folder.join(SPEC)).expect("the spec")
}

#[test]
fn fixes_are_written_and_comments_stay() {
    let folder = reference();
    let before = weaken(folder.path(), &[SAFE, TYPO]);
    let preview = run(folder.path(), &["check", "--diff"]);
    assert_eq!((preview.code, text(folder.path())), (1, before.clone()), "a preview writes nothing");
    assert!(
        preview.stdout.contains("-    chekpoints") && preview.stdout.contains("+    checkpoints"),
        "{}",
        preview.stdout
    );
    let fixed = run(folder.path(), &["check", "--fix"]);
    assert_eq!(fixed.code, 0, "{}{}", fixed.stdout, fixed.stderr);
    assert!(fixed.stderr.contains("2 findings fixed in 1 file"), "{}", fixed.stderr);
    let after = before.replace("chekpoints", "checkpoints").replace("rotate=\"365d\"", "rotate=\"30d\"");
    assert_eq!(text(folder.path()), after);
    let again = run(folder.path(), &["check", "--diff"]);
    assert_eq!((again.code, again.stdout.as_str()), (0, ""));
}

#[test]
fn a_fix_that_drops_something_needs_consent() {
    let folder = reference();
    let unjudged = "        override \"AWS::RDS::DBCluster\" {\n            BacktrackWindow 1\n        }\n        backup retain=\"35d\"";
    let before = weaken(folder.path(), &[("        backup retain=\"35d\"", unjudged)]);
    let safe = run(folder.path(), &["check", "--fix", "--format", "json"]);
    assert_eq!(text(folder.path()), before, "{}", safe.stderr);
    let result: Value = serde_json::from_str(&safe.stdout).expect("JSON");
    let fix = &result["findings"][0]["fix"];
    assert_eq!(fix["safe"], false, "{result}");
    let all = run(folder.path(), &["check", "--unsafe-fixes"]);
    assert_eq!(all.code, 0, "{}{}", all.stdout, all.stderr);
    assert!(!text(folder.path()).contains("BacktrackWindow"));
}

#[test]
fn selected_rules_alone_are_fixed() {
    let folder = reference();
    let before = weaken(folder.path(), &[SAFE]);
    run(folder.path(), &["check", "--fix", "--ignore", "slow-rotation"]);
    assert_eq!(text(folder.path()), before);
    assert_eq!(run(folder.path(), &["check", "--fix", "-"]).code, 2, "standard input has no file");
}

#[test]
fn formats_carry_the_edits() {
    let folder = reference();
    weaken(folder.path(), &[SAFE]);
    let sarif: Value = serde_json::from_str(&run(folder.path(), &["check", "-f", "sarif"]).stdout).expect("JSON");
    let replacement = &sarif["runs"][0]["results"][0]["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(replacement["insertedContent"]["text"], "\"30d\"", "{sarif}");
    assert_eq!(
        replacement["deletedRegion"]["endColumn"].as_u64(),
        replacement["deletedRegion"]["startColumn"].as_u64().map(|c| c + 6)
    );
    let line = run(folder.path(), &["check", "-f", "rdjsonl"]).stdout;
    let diagnostic: Value = serde_json::from_str(line.lines().next().unwrap_or_default()).expect("JSON");
    assert_eq!(diagnostic["suggestions"][0]["text"], "\"30d\"", "{diagnostic}");
}

#[test]
fn a_watched_spec_is_checked_again() {
    let folder = reference();
    let mut child = migspec(folder.path(), &["check", "--watch", SPEC])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the command starts");
    let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    let mut seen = Vec::new();
    for line in lines.map_while(Result::ok) {
        seen.push(line.clone());
        if line == "no findings" && seen.iter().filter(|l| **l == line).count() == 1 {
            // Not within the same tick of the file system's clock.
            std::thread::sleep(std::time::Duration::from_millis(300));
            weaken(folder.path(), &[SAFE]);
        }
        // Whatever the count: an unexpected finding fails the test instead of keeping it waiting.
        if line.contains(" error") || line.contains(" warning") {
            break;
        }
    }
    child.kill().expect("the command ends");
    drop(child.wait());
    assert!(seen.iter().any(|line| line.contains("slow-rotation")), "{seen:?}");
}
