//! Coverage of waivers, and findings about waivers.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use migspec_diag::{Severity, Sources, Span};
use migspec_ir::{Graph, Origin, Resource, Waiver, WaiverSpans};
use migspec_policies::catalogue::Tier;
use migspec_policies::{PolicyError, PolicyFile, Rulebook, judge};

const TODAY: u64 = 20_000;

fn span(start: usize) -> Span {
    Span::new(Sources::new().add("spec.migspec.kdl", "x"), start, start + 1)
}

/// A cluster without deletion protection, at span 1.
fn graph(tier: Tier) -> Graph {
    let mut graph = migspec_ir::Graph::empty(span(0));
    graph.environment.production = tier == Tier::Production;
    let origin = Origin::Written { span: span(1), base: None };
    let cluster = Resource::new("AWS::RDS::DBCluster", "ledger-cluster", "database \"ledger\"", origin)
        .set("StorageEncrypted", false)
        .set("DeletionProtection", false);
    graph.resources.insert(cluster.id.clone(), cluster);
    graph
}

fn waiver(rule: &str) -> Waiver {
    Waiver {
        rule: rule.into(),
        until: TODAY + 30,
        owner: "payments-sre".into(),
        approved_by: "security".into(),
        reason: "mended next week".into(),
        ticket: None,
        control: Some("a backup each hour".into()),
        scope: "database \"ledger\"".into(),
        action: None,
        fact: None,
        span: span(2),
        spans: WaiverSpans {
            rule: span(3),
            until: span(4),
            owner: span(5),
            approved_by: span(6),
            reason: span(7),
            control: Some(span(8)),
            ticket: None,
            part: None,
        },
    }
}

const RULE: &str = "cluster-without-deletion-protection";

/// The codes found about the rule and about waivers, and the codes waived.
fn codes(waivers: Vec<Waiver>) -> (Vec<String>, Vec<String>) {
    let mut graph = graph(Tier::Production);
    graph.waivers = waivers;
    let judgement = judge(&migspec_analyze::Analysis::of(&graph), &Rulebook::builtin().unwrap(), TODAY).unwrap();
    let relevant =
        |code: &String| code.contains("waiv") || code.contains("rule") || code == RULE || code == "unencrypted-cluster";
    let found = judgement.findings.iter().map(|f| f.code.to_string()).filter(relevant).collect();
    (found, judgement.waived.iter().map(|(f, _)| f.code.to_string()).collect())
}

fn check(waiver: Waiver, found: &[&str], waived: &[&str]) {
    let (mut is_found, is_waived) = codes(vec![waiver]);
    is_found.retain(|code| code != "unencrypted-cluster" || found.contains(&"unencrypted-cluster"));
    assert_eq!(is_found, found);
    assert_eq!(is_waived, waived);
}

#[test]
fn a_waiver_covers_its_rule_in_its_node() {
    check(waiver(RULE), &[], &[RULE]);
    check(Waiver { scope: "".into(), ..waiver(RULE) }, &[], &[RULE]);
}

#[test]
fn a_waiver_of_another_node_is_unused() {
    check(Waiver { scope: "database \"led\"".into(), ..waiver(RULE) }, &[RULE, "unused-waiver"], &[]);
    check(Waiver { scope: "api \"payments\"".into(), ..waiver(RULE) }, &[RULE, "unused-waiver"], &[]);
}

#[test]
fn a_waiver_that_has_expired_covers_nothing() {
    check(Waiver { until: TODAY - 1, ..waiver(RULE) }, &[RULE, "expired-waiver"], &[]);
    check(Waiver { until: TODAY, ..waiver(RULE) }, &["waiver-expires-soon"], &[RULE]);
}

#[test]
fn the_owner_does_not_approve() {
    let own = Waiver { approved_by: "payments-sre".into(), ..waiver(RULE) };
    check(own, &[RULE, "waiver-approved-by-owner"], &[]);
}

#[test]
fn a_waiver_has_a_longest_term() {
    check(Waiver { until: TODAY + 10_000, ..waiver(RULE) }, &[RULE, "waiver-too-long"], &[]);
}

#[test]
fn some_rules_are_never_waived() {
    check(waiver("unencrypted-cluster"), &[RULE, "unencrypted-cluster", "not-waivable"], &[]);
}

#[test]
fn a_waiver_of_no_rule_is_found() {
    check(waiver("cluster-without-deletion-protecton"), &[RULE, "unknown-rule"], &[]);
}

#[test]
fn a_finding_says_where_why_and_what_instead() {
    let judgement =
        judge(&migspec_analyze::Analysis::of(&graph(Tier::Production)), &Rulebook::builtin().unwrap(), TODAY).unwrap();
    let finding = judgement.findings.iter().find(|f| f.code == RULE).unwrap();
    let label = finding.primary.as_ref().unwrap();
    assert_eq!(finding.severity, Severity::Error);
    assert_eq!((label.span, label.text.as_str()), (span(1), "`DeletionProtection` is `false`"));
    assert_eq!(finding.controls, ["RES-RDS-02"]);
    assert_eq!(finding.requirements, ["6.5.1"]);
    assert!(finding.help.as_ref().is_some_and(|help| help.contains("DeletionProtection")));
    assert_eq!(finding.notes, ["`ledger-cluster` (AWS::RDS::DBCluster) of database \"ledger\""]);
}

#[test]
fn severity_follows_the_tier() {
    let judged =
        |tier| judge(&migspec_analyze::Analysis::of(&graph(tier)), &Rulebook::builtin().unwrap(), TODAY).unwrap();
    let (production, elsewhere) = (judged(Tier::Production), judged(Tier::Other));
    for (code, in_production, outside) in [
        // Deletion protection is for production alone.
        (RULE, Some(Severity::Error), None),
        ("untold-database-events", Some(Severity::Warning), Some(Severity::Info)),
        ("short-backup-retention", Some(Severity::Error), Some(Severity::Warning)),
        ("unencrypted-cluster", Some(Severity::Error), Some(Severity::Error)),
    ] {
        let of = |judgement: &migspec_policies::Judgement| {
            judgement.findings.iter().find(|f| f.code == code).map(|f| f.severity)
        };
        assert_eq!((of(&production), of(&elsewhere)), (in_production, outside), "{code}");
    }
}

const PACK: &str = r#"// Ours.
@id("small-backup")
@control("RES-RDS-03")
@property("BackupRetentionPeriod")
@message("we keep a month")
@help("write `backup retain=\"35d\"`")
forbid (principal, action == Action::"deploy", resource is AWS::RDS::DBCluster)
when { resource.backupRetentionPeriod < 30 };
"#;

fn pack(text: &str) -> Result<Rulebook, PolicyError> {
    let mut rulebook = Rulebook::builtin().unwrap();
    let file = PolicyFile { name: "ours/small-backup.cedar".into(), text: text.into(), cases: String::new() };
    rulebook.extend(&[file])?;
    Ok(rulebook)
}

#[test]
fn a_pack_adds_what_it_forbids() {
    let judgement =
        judge(&migspec_analyze::Analysis::of(&graph(Tier::Production)), &pack(PACK).unwrap(), TODAY).unwrap();
    assert!(judgement.findings.iter().any(|f| f.code == "small-backup"));
}

#[test]
fn a_waiver_in_production_names_what_protects_meanwhile() {
    let (found, _) = codes(vec![Waiver { control: None, ..waiver(RULE) }]);
    assert_eq!(found, ["unencrypted-cluster", "waiver-without-control"]);
}

#[test]
fn a_pack_is_read_strictly() {
    for (from, to, why) in [
        ("forbid", "permit", "can only forbid"),
        ("@help", "@hlep", "unknown annotation `@hlep`"),
        ("@id(\"small-backup\")", "@id(\"other\")", "not its file's name"),
        ("RES-RDS-03", "RES-RDS-99", "not in the catalogue"),
        ("@property(\"BackupRetentionPeriod\")", "@property(\"BackupRetention\")", "has no property"),
        ("resource.backupRetentionPeriod < 30", "resource.backupRetention < 30", "backupRetention"),
        ("resource.backupRetentionPeriod < 30", "resource has kmsKey", "uses `has`"),
        ("resource.backupRetentionPeriod < 30", "resource.backupRetentionPeriod <", "not Cedar"),
        ("action == Action::\"deploy\"", "action", "lacks `action"),
    ] {
        let error = pack(&PACK.replace(from, to)).expect_err(why);
        assert!(error.to_string().contains(why), "{why}: {error}");
    }
    assert!(pack("").is_err());
}

/// A role whose policy has actions that issue credentials.
fn credentials(actions: &[&str], waivers: Vec<Waiver>) -> (Vec<String>, usize) {
    let mut graph = graph(Tier::Production);
    let origin = Origin::Written { span: span(1), base: None };
    let statements: Vec<String> = actions
        .iter()
        .map(|action| format!(r#"{{"Effect": "Allow", "Action": "{action}", "Resource": "arn:aws:x:::y"}}"#))
        .collect();
    let document = format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, statements.join(","));
    let document = migspec_ir::json::parse(&document, origin).unwrap();
    let mut policy = Resource::new("AWS::IAM::RolePolicy", "p", "database \"ledger\"", origin);
    policy = policy.set("PolicyDocument", document.value);
    graph.resources.insert(policy.id.clone(), policy);
    graph.waivers = waivers;
    let judgement = judge(&migspec_analyze::Analysis::of(&graph), &Rulebook::builtin().unwrap(), TODAY).unwrap();
    let relevant = |code: &String| code == CREDENTIALS || code.contains("waiver");
    let found = judgement.findings.iter().map(|f| f.code.to_string()).filter(relevant).collect();
    (found, judgement.waived.iter().filter(|(f, _)| f.code == CREDENTIALS).map(|(_, by)| by.len()).sum())
}

const CREDENTIALS: &str = "policy-with-credential-actions";

fn for_action(action: &str) -> Waiver {
    Waiver { action: Some(action.into()), ..waiver(CREDENTIALS) }
}

#[test]
fn a_waiver_of_one_action_covers_that_action_alone() {
    let [token, key] = ["sts:GetSessionToken", "iam:CreateAccessKey"];
    let none: &[&str] = &[];
    for (actions, waivers, found, waived) in [
        (&[token][..], vec![], &[CREDENTIALS][..], 0),
        (&[token], vec![for_action(token)], none, 1),
        (&[token], vec![for_action("STS:getsessiontoken")], none, 1),
        (&[token], vec![for_action(key)], &[CREDENTIALS, "waiver-of-other-part"], 0),
        // The second action is accepted by nobody.
        (&[token, key], vec![for_action(token)], &[CREDENTIALS], 0),
        (&[token, key], vec![for_action(token), for_action(key)], none, 2),
        // One that names no action covers both, and the other nothing.
        (&[token, key], vec![for_action(token), waiver(CREDENTIALS)], &["unused-waiver"], 1),
        (&[token], vec![Waiver { until: TODAY - 1, ..for_action(token) }], &[CREDENTIALS, "expired-waiver"], 0),
    ] {
        let (is_found, is_waived) = credentials(actions, waivers);
        assert_eq!(is_found, found, "{actions:?}");
        assert_eq!(is_waived, waived, "{actions:?}");
    }
}

/// Nothing says which part of such a finding an action causes.
#[test]
fn a_finding_without_actions_needs_a_whole_waiver() {
    check(Waiver { action: Some("rds:ModifyDBCluster".into()), ..waiver(RULE) }, &[RULE, "waiver-of-other-part"], &[]);
}
