use crate::testing::lower_text;

const SPEC: &str = include_str!("../../../../specs/payments.migspec.kdl");

/// The codes of this file's checks that the reference spec gives in
/// production after replacements of its text, and the text that each points at.
#[track_caller]
fn check(replacements: &[(&str, &str)], expected: &[(&str, &str)]) {
    let mut text = SPEC.to_owned();
    for (from, to) in replacements {
        assert!(text.contains(from), "the reference spec contains `{from}`");
        text = text.replacen(from, to, 1);
    }
    let lowered = lower_text(&text, "prod");
    let found: Vec<(&str, &str)> = lowered.findings().into_iter().filter(|(code, _)| CODES.contains(code)).collect();
    assert_eq!(found, expected);
}

const CODES: &[&str] = &[
    "approver-elsewhere",
    "cutover-engine",
    "cutover-without-validation",
    "fence-shorter-than-lag",
    "fence-too-short",
    "lag-alarm-above-gate",
    "loss-without-approval",
    "name-collision",
    "shared-api",
    "single-approver",
    "stale-reads",
    "strategy-steps",
    "unknown-reference",
    "window-too-short",
    "workflow-budget",
    "writer-refresh-too-slow",
];

#[test]
fn the_reference_spec_is_clean() {
    check(&[], &[]);
}

#[test]
fn names_lead_somewhere() {
    check(
        &[("cutover \"ledger\" api=\"payments\"", "cutover \"ledger\" api=\"paymets\"")],
        &[("unknown-reference", "\"paymets\"")],
    );
}

#[test]
fn applications_read_the_switch_within_the_fence() {
    check(&[("refresh=\"5s\"", "refresh=\"30s\"")], &[("writer-refresh-too-slow", "\"30s\"")]);
    check(&[("refresh=\"5s\"", "refresh=\"22s\"")], &[]);
}

/// 22 s to read the switch, 3 s for the calls and 5 s to drain are just the 30 s of the fence.
#[test]
fn what_happens_within_the_fence_adds_up() {
    check(&[("refresh=\"5s\"", "refresh=\"23s\"")], &[("fence-too-short", "\"23s\"")]);
    check(
        &[("lag gate=\"5s\"", "lag gate=\"23s\""), ("alarm=\"5s\"", "alarm=\"20s\"")],
        &[("fence-too-short", "\"23s\"")],
    );
}

/// The sources are fenced and compared one after the other, but drain side by side.
#[test]
fn each_database_adds_to_the_fence() {
    const TOGETHER: &str = include_str!("../../../../specs/examples/together/together.migspec.kdl");
    let findings = |at_most: &str| {
        let text = TOGETHER.replacen("fence at-most=\"60s\"", &format!("fence at-most=\"{at_most}\""), 1);
        let lowered = lower_text(&text, "prod");
        let short = |(code, _): &(&str, &str)| *code == "fence-too-short";
        lowered.findings().into_iter().filter(short).map(|(_, at)| at.to_owned()).collect::<Vec<_>>()
    };
    // 5 s to read the switch, 6 s for two databases, 10 s of lag: not 5 s more.
    assert_eq!(findings("21s"), Vec::<String>::new());
    assert_eq!(findings("20s"), ["\"20s\""]);
}

#[test]
fn steps_grow_up_to_everything() {
    check(&[("step \"50%\"", "step \"5%\"")], &[("strategy-steps", "\"5%\"")]);
    check(&[("step \"100%\"", "step \"90%\"")], &[("strategy-steps", "\"90%\"")]);
    check(&[("step \"10%\"", "step \"0%\"")], &[("strategy-steps", "\"0%\"")]);
    check(&[("strategy \"compute\"", "strategy \"atomic\"")], &[("strategy-steps", "\"atomic\"")]);
}

#[test]
fn reads_need_routes_that_tolerate_age() {
    check(&[("strategy \"compute\"", "strategy \"reads\"")], &[("stale-reads", "\"reads\"")]);
}

#[test]
fn two_roles_of_the_account_approve() {
    let roles = "\"arn:aws:iam::222222222222:role/payments-lead\" \"arn:aws:iam::222222222222:role/security-lead\"";
    let lead = "\"arn:aws:iam::222222222222:role/payments-lead\"";
    check(&[(roles, lead)], &[("single-approver", &format!("by {lead}"))]);
    let other = "\"arn:aws:iam::333333333333:role/security-lead\"";
    check(&[(roles, &format!("{lead} {other}"))], &[("approver-elsewhere", other)]);
    let user = "\"arn:aws:iam::222222222222:user/someone\"";
    check(&[(roles, &format!("{lead} {user}"))], &[("approver-elsewhere", user)]);
}

#[test]
fn the_window_holds_the_cutover() {
    check(
        &[("window \"sat 01:00-05:00Z\"", "window \"sat 01:00-01:20Z\"")],
        &[("window-too-short", "\"sat 01:00-01:20Z\"")],
    );
}

#[test]
fn lag_alarm_gate_and_fence_fit() {
    check(&[("for=\"5m\" alarm=\"5s\"", "for=\"5m\" alarm=\"6s\"")], &[("lag-alarm-above-gate", "\"6s\"")]);
    check(&[("lag gate=\"5s\"", "lag gate=\"30s\"")], &[("fence-shorter-than-lag", "\"30s\"")]);
}

#[test]
fn a_loss_needs_agreement() {
    let approval = "approval within=\"24h\" {\n            by \"arn:aws:iam::222222222222:role/payments-lead\" \
                    \"arn:aws:iam::222222222222:role/security-lead\"\n        }\n";
    let reverse =
        "reverse { // on by default; `reverse #false` accepts a loss\n            lag alarm=\"5s\"\n        }";
    let without = (reverse, "reverse #false");
    check(&[without], &[]);
    check(
        &[(approval, ""), without],
        &[("loss-without-approval", "cutover \"ledger\" api=\"payments\" name=\"migration-orchestration\"")],
    );
}

#[test]
fn a_cutover_needs_a_validation_that_compares_data() {
    check(
        &[("        rows\n        checksums chunk-time=\"500ms\" connections=8\n", "")],
        &[("cutover-without-validation", "validation \"ledger\"")],
    );
}

#[test]
fn a_workflow_that_passes_the_history_is_refused() {
    let steps: Vec<String> = (1..100).step_by(9).map(|n| format!("step \"{n}%\" bake=\"7h\"")).collect();
    let step = "step \"10%\" bake=\"10m\" requests=100\n            step \"50%\" bake=\"15m\" requests=500";
    check(&[(step, &steps.join("\n"))], &[("workflow-budget", "\"7h\"")]);
}
