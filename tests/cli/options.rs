//! Options that narrow a run, and commands about its origins.

use std::io::Write;
use std::process::Stdio;

use crate::repository::{edit, repository};
use crate::support::{finished, migspec, reference, root, run};

#[test]
fn a_spec_on_standard_input_is_checked() {
    let folder = repository();
    let specs = folder.path().join("specs");
    let text = std::fs::read_to_string(specs.join("payments.migspec.kdl")).expect("the spec");
    for (text, code) in [(text.clone(), 0), (text.replace("zones=3", "zones=1"), 1)] {
        let mut command = migspec(&specs, &["check", "-"]);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a start");
        child.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("the command reads");
        let ended = finished(child.wait_with_output().expect("an end"));
        assert_eq!(ended.code, code, "{}{}", ended.stdout, ended.stderr);
        assert_eq!(ended.stdout.contains("[-:"), code == 1, "{}", ended.stdout);
    }
    assert_eq!(run(&specs, &["check", "-", "payments.migspec.kdl"]).code, 2);
}

#[test]
fn rules_are_selected_and_ignored_by_name() {
    let folder = repository();
    let at = folder.path();
    let both = "backup retain=\"35d\" window=\"03:00-04:00Z\"";
    edit(
        at,
        both,
        &format!(
            "{both}\n        override \"AWS::RDS::DBCluster\" {{ StorageEncrypted #false; DeletionProtection #false; }}"
        ),
    );
    let found = |arguments: &[&str]| {
        let ended = run(at, &[&["check", "--env", "prod"], arguments].concat());
        let rules = ["unencrypted-cluster", "cluster-without-deletion-protection"];
        (ended.code, rules.map(|rule| ended.stdout.contains(rule)), ended.stderr)
    };
    let all = found(&[]);
    assert_eq!((all.0, all.1), (1, [true, true]));
    let selected = found(&["--select", "unencrypted-cluster"]);
    assert_eq!((selected.0, selected.1), (1, [true, false]));
    assert!(selected.2.contains("left out by"), "{}", selected.2);
    assert_eq!(found(&["--ignore", "unencrypted-cluster"]).1, [false, true]);
    for (rule, why) in [("unencryptd-cluster", "did you mean"), ("zones-out-of-range", "an error of the spec itself")] {
        let refused = found(&["--ignore", rule]);
        assert!(refused.0 == 2 && refused.2.contains(why), "{}", refused.2);
    }
    // An error of the spec is shown, whatever the options select.
    edit(at, "zones=3", "zones=1");
    assert_eq!(found(&["--select", "unencrypted-cluster"]).0, 1);
}

#[test]
fn without_waivers_their_findings_fail() {
    let folder = repository();
    assert_eq!(run(folder.path(), &["check"]).code, 0);
    let strict = run(folder.path(), &["check", "--no-waivers", "--fail-on", "warning"]);
    assert!(strict.code == 1 && strict.stdout.contains("api-without-waf"), "{}", strict.stdout);
    let quiet = run(folder.path(), &["check", "--quiet"]);
    assert_eq!((quiet.code, quiet.stdout.as_str(), quiet.stderr.as_str()), (0, "", ""));
}

#[test]
fn waivers_that_expire_are_listed_and_warned_of() {
    let folder = repository();
    let at = folder.path();
    let listed = |days: &str, today: &str| {
        run(at, &["waivers", "--expiring", days, "--today", today]).stdout.contains("api-without-waf")
    };
    assert!(!listed("14d", "2027-03-01") && listed("14d", "2027-03-20") && listed("0d", "2027-04-02"));
    assert_eq!(run(at, &["waivers", "--expiring", "soon"]).code, 2);
    let warned = run(at, &["check", "--today", "2027-03-20"]);
    assert!(warned.code == 0 && warned.stdout.contains("waiver-expires-soon"), "{}", warned.stdout);
}

#[test]
fn a_line_of_a_built_file_leads_to_its_node() {
    let folder = repository();
    let at = folder.path();
    let built =
        run(at, &["build", "specs/payments.migspec.kdl", "--without-functions", "--env", "prod", "--out", "out"]);
    assert_eq!(built.code, 0, "{}", built.stderr);
    let line_of = |file: &str, part: &str| {
        let text = std::fs::read_to_string(at.join(file)).expect("a built file");
        text.lines().position(|line| line.contains(part)).expect("the part is built") + 1
    };
    for (file, part, node) in [
        ("out/terraform/database.tf", "backup_retention_period", "payments.migspec.kdl:"),
        ("out/cloudformation/main.template.json", "\"BackupRetentionPeriod\"", "database \"ledger\""),
        (
            "out/stepfunctions/payments-migration-orchestration-prod.asl.json",
            "\"FenceWrites\": {",
            "cutover \"ledger\"",
        ),
    ] {
        let place = format!("{file}:{}", line_of(file, part));
        let found = run(at, &["where", &place]);
        assert!(found.code == 0 && found.stdout.contains(node), "{place}: {}{}", found.stdout, found.stderr);
    }
    for place in ["out/terraform/database.tf", "out/terraform/database.tf:999999", "specs/payments.migspec.kdl:3"] {
        assert_eq!(run(at, &["where", place]).code, 2, "{place}");
    }
    std::fs::write(at.join("out/terraform/database.tf"), "# changed\nresource \"a\" \"b\" {\n}\n").expect("a file");
    assert!(run(at, &["where", "out/terraform/database.tf:1"]).stderr.contains("has changed since its build"));
}

#[test]
fn settings_are_shown_with_their_origin() {
    let shown = |arguments: &[&str]| {
        let mut command = migspec(&root(), &[&["config", "show"], arguments].concat());
        let ended = finished(command.env("MIGSPEC_FAIL_ON", "warning").output().expect("a start"));
        assert_eq!(ended.code, 0, "{}", ended.stderr);
        ended.stdout
    };
    let text = shown(&[]);
    assert!(text.contains("(project file migspec.kdl)"), "{text}");
    assert!(text.contains("warning  (environment variable MIGSPEC_FAIL_ON)"), "{text}");
    assert!(text.contains("human  (default)"), "{text}");
    assert!(!shown(&["--no-project"]).contains("(project file migspec.kdl)"));
    let json: serde_json::Value = serde_json::from_str(&shown(&["--format", "json"])).expect("JSON");
    assert!(json.as_array().is_some_and(|all| all.iter().all(|one| one["origin"].is_string())));
}

/// A policy with two actions that issue credentials: the waiver of one does not cover the other.
#[test]
fn each_action_of_a_finding_has_its_waiver() {
    let folder = reference();
    let (path, rule) = (folder.path().join("payments.migspec.kdl"), "policy-with-credential-actions");
    let text = std::fs::read_to_string(&path).expect("the spec");
    let node = text.find("    replication \"ledger\" from").expect("the node");
    let line = node + text[node..].find('\n').expect("its line") + 1;
    let document = "        override \"AWS::IAM::RolePolicy\" resource=\"ledger-source-role-policy\" {\n            PolicyDocument \
                    {\n                Statement {\n                    - {\n                        Effect \"Allow\"\n    \
                    Action \"sts:GetSessionToken\" \"iam:CreateAccessKey\"\n Resource \"*\"\n }\n }\n }\n }\n";
    std::fs::write(&path, format!("{}{document}{}", &text[..line], &text[line..])).expect("the spec");
    let run = |arguments: &[&str]| run(folder.path(), arguments);
    let found = || run(&["check", "--env", "prod", "--select", rule]);
    let waive = |on: &[&str]| {
        let terms = "--until 2027-01-31 --owner a --approved-by b --reason reviewed --control reviewed";
        run(&[&["waive", rule], on, &terms.split(' ').collect::<Vec<_>>()[..]].concat())
    };
    assert_eq!(found().code, 1);
    let refused = waive(&["--on", "action:s3:GetObject"]);
    assert!(refused.code == 1 && refused.stdout.contains("is about `s3:GetObject`"), "{}", refused.stdout);
    let refused = waive(&["--on", "action:s3:GetObject", "--on", "action:s3:PutObject"]);
    assert!(refused.code == 2 && refused.stderr.contains("one node and one action"), "{}", refused.stderr);

    assert_eq!(waive(&["--on", "action:sts:GetSessionToken", "--on", "replication.ledger"]).code, 0);
    assert_eq!(found().code, 1, "nobody accepts the other action");
    assert_eq!(waive(&["--on", "action:iam:CreateAccessKey"]).code, 0);
    let accepted = found();
    assert!(accepted.code == 0 && accepted.stderr.contains("1 waived"), "{}{}", accepted.stdout, accepted.stderr);
    let list = run(&["waivers", "--env", "prod"]).stdout;
    assert!(list.contains(&format!("active: {rule} for `iam:CreateAccessKey` only")), "{list}");

    let evidence =
        run(&["evidence", "payments.migspec.kdl", "--env", "prod", "--today", "2026-11-22", "--out", "evidence"]);
    assert!(evidence.code < 2, "{}", evidence.stderr);
    let read = |name: &str| std::fs::read_to_string(folder.path().join("evidence").join(name)).expect("the evidence");
    let (page, matrix) = (read("index.html"), read("matrix.csv"));
    for action in ["iam:CreateAccessKey", "sts:GetSessionToken"] {
        assert!(page.contains(&format!("{rule}, for <code>{action}</code> only")), "{action}");
        assert!(matrix.contains(&format!("accepted (only {action}) by b for a: r")), "{action}");
    }
}
