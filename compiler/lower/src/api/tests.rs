use crate::testing::{Lowered, payments};

fn version(lowered: &Lowered) -> String {
    lowered.text("payments-api-deployment", "Triggers.version")
}

#[test]
fn traffic_starts_at_the_source_and_the_workflow_may_move_it() {
    let lowered = payments("prod");
    let rule = lowered.graph.get(&"payments-listener-rule".into()).expect("the rule");
    let weights = [0, 1].map(|n| {
        rule.get(&format!("Actions.0.ForwardConfig.TargetGroups.{n}.Weight")).and_then(|d| d.value.as_integer())
    });
    assert_eq!(weights, [Some(100), Some(0)]);
    assert_eq!(rule.lifecycle.ignore, ["Actions"]);
}

#[test]
fn a_write_must_carry_its_idempotency_header() {
    let lowered = payments("prod");
    let method = lowered.graph.get(&"payments-api-post-payment-method".into()).expect("the method");
    let parameters = method.get("RequestParameters").and_then(|d| d.value.as_map()).expect("parameters");
    assert_eq!(parameters.get("method.request.header.Idempotency-Key").and_then(|d| d.value.as_bool()), Some(true));
    assert_eq!(lowered.text("payments-api-post-payment-method", "AuthorizationType"), "CUSTOM");
    assert_eq!(
        lowered.text("payments-api-post-payment-method", "Integration.Uri"),
        "https://pay.dc1.example.com:443/payment"
    );
}

#[test]
fn the_deployment_is_new_when_a_method_changes_and_only_then() {
    let text = include_str!("../../../../specs/payments.migspec.kdl");
    let of = |text: &str| version(&crate::testing::lower_text(text, "prod"));
    let base = of(text);
    assert_eq!(base.len(), 16);
    assert_eq!(
        base,
        of(&text.replace("// How payments reach it", "// A longer comment\n    // How payments reach it"))
    );
    assert_ne!(base, of(&text.replace("\"Idempotency-Key\"", "\"Request-Key\"")));
    assert_ne!(base, of(&text.replace("cache=\"0s\"", "cache=\"5s\"")));
}

#[test]
fn the_firewall_is_there_unless_the_author_leaves_it_out() {
    assert_eq!(payments("prod").ids("AWS::WAFv2::WebACL"), ["payments-web-acl"]);
    assert_eq!(payments("dev").ids("AWS::WAFv2::WebACL"), Vec::<&str>::new());
}

#[test]
fn the_load_balancer_reaches_the_source_hosts_and_nothing_beside_them() {
    let lowered = payments("prod");
    let cidrs: Vec<String> = lowered
        .graph
        .of_type("AWS::EC2::SecurityGroupEgress")
        .filter(|r| r.id.as_str().starts_with("payments-load-balancer-group-to-payments-source"))
        .map(|r| lowered.text(r.id.as_str(), "CidrIp"))
        .collect();
    assert_eq!(cidrs, ["172.16.20.10/32", "172.16.20.11/32"]);
}

#[test]
fn logs_hold_no_header_and_no_body() {
    let format = payments("prod").text("payments-api-stage", "AccessLogSetting.Format");
    assert!(format.contains("$context.authorizer.principalId"));
    for secret in ["header", "body", "uthorization", "token"] {
        assert!(!format.contains(secret), "{secret} in {format}");
    }
}

fn codes_with(from: &str, to: &str) -> Vec<String> {
    let text = include_str!("../../../../specs/payments.migspec.kdl");
    assert!(text.contains(from), "{from}");
    let lowered = crate::testing::lower_text(&text.replacen(from, to, 1), "prod");
    lowered.findings().into_iter().map(|(code, place)| format!("{code}: {place}")).collect()
}

#[test]
fn an_api_names_what_it_needs() {
    for (from, to, expected) in [
        ("url=\"https://pay.dc1.example.com\" ", "", "incomplete-upstream: upstream \"source\""),
        (
            " addresses \"172.16.20.10\" \"172.16.20.11\"",
            "",
            "incomplete-upstream: upstream \"source\" url=\"https://pay.dc1.example.com\"",
        ),
        ("\"172.16.20.11\"", "\"192.168.1.1\"", "address-outside-sites: \"192.168.1.1\""),
        (
            "upstream \"target\" network=\"production\"",
            "upstream \"target\" network=\"prodution\"",
            "unknown-reference: \"prodution\"",
        ),
        ("\"POST\" \"/payment\"", "\"POST\" \"payment\"", "route-path: \"payment\""),
        (
            "us-east-1:222222222222:certificate",
            "us-west-2:222222222222:certificate",
            "certificate-elsewhere: \"arn:aws:acm:us-west-2:222222222222:certificate/7d2b1a90-54f0-4c0e-b0f7-2f1f6a1f9c55\"",
        ),
        ("cache=\"0s\"", "cache=\"2h\"", "authorizer-cache: \"2h\""),
    ] {
        let found = codes_with(from, to);
        assert!(found.iter().any(|f| f.starts_with(expected)), "{expected} in {found:?}");
    }
}
