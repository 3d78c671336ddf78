//! Policies and controls of an organisation.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use migspec_analyze::Analysis;
use migspec_diag::{Severity, Sources, Span};
use migspec_ir::{Graph, Origin, Resource};
use migspec_policies::catalogue::{Control, Level, OWN, Severities, Status, Waivable};
use migspec_policies::{PolicyError, PolicyFile, Rulebook, judge};

/// 2026-11-22
const TODAY: u64 = 20_779;

const FORBIDS: &str = r#"// Short backups.
@id("short-backup")
@control("ACME-12")
@message("we keep a month")
@help("write `backup retain=\"35d\"`")
forbid (principal, action == Action::"deploy", resource is AWS::RDS::DBCluster)
when { resource.backupRetentionPeriod < 30 };
// The end.
"#;

const PERMITS: &str = r#"// A week is enough for copies of other data.
@id("short-backup-of-copies")
@extends("short-backup")
permit (principal, action == Action::"deploy", resource is AWS::RDS::DBCluster)
when { resource.backupRetentionPeriod == 7 };
"#;

fn own(id: &str) -> Control {
    Control {
        family: OWN,
        id: id.to_owned(),
        title: "backups of a month".to_owned(),
        why: "auditors ask for them".to_owned(),
        status: Status::Decided,
        subjects: Vec::new(),
        limits: None,
        requirements: Vec::new(),
        severity: Severities { production: Level::Warning, other: Level::Info },
        equivalents: Default::default(),
        waiver: Waivable::Days(30),
    }
}

fn file(name: &str, text: &str) -> PolicyFile {
    PolicyFile { name: format!("ours/{name}.cedar"), text: text.to_owned(), cases: String::new() }
}

fn rulebook(files: &[PolicyFile]) -> Result<Rulebook, PolicyError> {
    let mut rulebook = Rulebook::builtin()?;
    rulebook.declare([own("ACME-12")]);
    rulebook.extend(files)?;
    Ok(rulebook)
}

fn both() -> [PolicyFile; 2] {
    [file("short-backup", FORBIDS), file("short-backup-of-copies", PERMITS)]
}

/// The findings of `short-backup` for a cluster that keeps its backups for these days.
fn found(rulebook: &Rulebook, days: i64) -> Vec<migspec_diag::Diagnostic> {
    let span = Span::new(Sources::new().add("case", ""), 0, 0);
    let origin = Origin::derived("test", span);
    let cluster = Resource::new("AWS::RDS::DBCluster", "c", "database", origin).set("BackupRetentionPeriod", days);
    let mut graph = Graph::empty(span);
    graph.resources.insert(cluster.id.clone(), cluster);
    let judgement = judge(&Analysis::of(&graph), rulebook, TODAY).unwrap();
    judgement.findings.into_iter().filter(|finding| finding.code == "short-backup").collect()
}

#[test]
fn a_policy_names_a_control_of_its_organisation() {
    let rulebook = rulebook(&[file("short-backup", FORBIDS)]).unwrap();
    let found = found(&rulebook, 7);
    let [finding] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(finding.controls, ["ACME-12"]);
    assert!(finding.requirements.is_empty(), "it supports no requirement of PCI DSS");
    assert_eq!(finding.severity, Severity::Warning);
    let rule = rulebook.rule("short-backup").unwrap().unwrap();
    assert_eq!(rule.waivable(), Waivable::Days(30));
}

#[test]
fn an_unknown_control_is_an_error_at_its_place() {
    let error = rulebook(&[file("short-backup", &FORBIDS.replace("ACME-12", "ACME-13"))]).unwrap_err().to_string();
    assert!(error.contains("ours/short-backup.cedar:3:11"), "{error}");
    assert!(error.contains("did you mean `ACME-12`"), "{error}");
}

#[test]
fn a_permit_extends_a_policy_of_its_folder() {
    let without = rulebook(&[file("short-backup", FORBIDS)]).unwrap();
    let with = rulebook(&both()).unwrap();
    for (days, forbidden, extended) in [(7, 1, 0), (8, 1, 1), (35, 0, 0)] {
        assert_eq!((found(&without, days).len(), found(&with, days).len()), (forbidden, extended), "{days}");
    }
    // A permit is no policy: no finding has its name.
    assert_eq!((with.count(), with.decider("short-backup-of-copies")), (without.count(), "short-backup"));
    with.validate().unwrap();
}

#[test]
fn a_permit_extends_nothing_else() {
    let refused = |text: &str| rulebook(&[both()[0].clone(), file("short-backup-of-copies", text)]).unwrap_err();
    for (from, to, why, place) in [
        ("\"short-backup\"", "\"unencrypted-cluster\"", "is not a policy of its folder", ":3:11"),
        ("\"short-backup\"", "\"validator\"", "is not a policy of its folder", ":3:11"),
        ("\"short-backup\"", "\"short-backups\"", "did you mean `short-backup`", ":3:11"),
        ("\"deploy\"", "\"connect\"", "has the action of the policy", ":3:11"),
        ("AWS::RDS::DBCluster", "AWS::RDS::DBInstance", "forbids only `AWS::RDS::DBCluster`", ":3:11"),
        ("@extends(\"short-backup\")\n", "", "can only forbid", ":3:1"),
        ("permit (", "forbid (", "only a permit extends", ":4:1"),
        ("@extends", "@message(\"m\")\n@extends", "takes everything else", ":5:1"),
    ] {
        let changed = PERMITS.replace(from, to).replace(
            "resource.backupRetentionPeriod == 7",
            match to {
                "\"connect\"" => "context.port == 7",
                "AWS::RDS::DBInstance" => "resource.storageEncrypted",
                _ => "resource.backupRetentionPeriod == 7",
            },
        );
        let changed =
            if to == "\"connect\"" { changed.replace("resource is AWS::RDS::DBCluster", "resource") } else { changed };
        let error = refused(&changed).to_string();
        assert!(error.contains(why) && error.contains(place), "{why}: {error}");
    }
}

/// A later folder does not soften an earlier one.
#[test]
fn a_permit_does_not_extend_a_policy_of_another_folder() {
    let mut rulebook = rulebook(&[file("short-backup", FORBIDS)]).unwrap();
    let error = rulebook.extend(&[file("short-backup-of-copies", PERMITS)]).unwrap_err().to_string();
    assert!(error.contains("of other folders cannot be extended"), "{error}");
}

#[test]
fn no_policy_has_the_name_of_the_file_of_controls() {
    let error = rulebook(&[file("controls", &FORBIDS.replace("short-backup", "controls"))]).unwrap_err().to_string();
    assert!(error.contains("`controls.kdl` declares controls"), "{error}");
}
