use super::*;
use crate::datum::Value;

const OWN: &str = "111111111111";

/// The accounts of the small world: one for each combination of answers of the
/// patterns below.
fn world() -> Vec<&'static str> {
    const LAST: [&str; 9] = ["00", "01", "09", "10", "11", "19", "90", "91", "99"];
    let accounts = ["0000000000", "1111111111"].iter().flat_map(|first| LAST.map(|last| format!("{first}{last}")));
    accounts.map(|account| &*account.leak()).collect()
}

const OPERATORS: &[&str] = &[
    "StringEquals",
    "StringNotEquals",
    "StringLike",
    "StringNotLike",
    "StringEqualsIfExists",
    "StringNotEqualsIfExists",
    "StringLikeIfExists",
    "ForAnyValue:StringEquals",
    "ForAllValues:StringEquals",
    "ForAnyValue:StringNotEquals",
    "ForAllValues:StringLike",
    "Null",
];

const WRITTEN: &[&[&str]] = &[
    &[OWN],
    &["111111111119"],
    &[OWN, "111111111119"],
    &["1111111111*"],
    &["11111111111?"],
    &["111111111111*"],
    &["*1"],
    &["*"],
    &["111111111119", "111111111191", "111111111199"],
    &["1111111111?9", "111111111191"],
];

/// A condition of the small world.
#[derive(Clone, Copy, Debug)]
struct Small {
    operator: &'static str,
    values: &'static [&'static str],
}

fn smalls() -> Vec<Small> {
    let mut all = Vec::new();
    for operator in OPERATORS {
        let null: &[&[&str]] = &[&["true"], &["false"]];
        let written = if *operator == "Null" { null } else { WRITTEN };
        all.extend(written.iter().map(|values| Small { operator, values }));
    }
    all
}

/// The oracle: regular languages by recursion, quantifiers by their definition.
fn holds(small: Small, request: &[&str]) -> bool {
    fn like(pattern: &[u8], text: &[u8]) -> bool {
        match (pattern.first(), text.first()) {
            (None, None) => true,
            (Some(b'*'), _) => like(&pattern[1..], text) || (!text.is_empty() && like(pattern, &text[1..])),
            (Some(b'?'), Some(_)) => like(&pattern[1..], &text[1..]),
            (Some(p), Some(t)) => p == t && like(&pattern[1..], &text[1..]),
            _ => false,
        }
    }
    let one = |operator: &str, value: &str| match operator {
        "StringEquals" => small.values.contains(&value),
        "StringNotEquals" => !small.values.contains(&value),
        "StringLike" => small.values.iter().any(|p| like(p.as_bytes(), value.as_bytes())),
        "StringNotLike" => !small.values.iter().any(|p| like(p.as_bytes(), value.as_bytes())),
        other => unreachable!("{other}"),
    };
    if small.operator == "Null" {
        return (small.values == ["true"]) == request.is_empty();
    }
    if let Some(operator) = small.operator.strip_prefix("ForAnyValue:") {
        return request.iter().any(|value| one(operator, value));
    }
    if let Some(operator) = small.operator.strip_prefix("ForAllValues:") {
        return request.iter().all(|value| one(operator, value));
    }
    let (operator, exists) =
        small.operator.strip_suffix("IfExists").map_or((small.operator, false), |rest| (rest, true));
    match request.first() {
        Some(value) => one(operator, value),
        None => exists || operator.contains("Not"),
    }
}

fn decided(key: &str, smalls: &[Small], arrival: Arrival) -> bool {
    let values: Vec<Vec<Value>> = smalls.iter().map(|s| s.values.iter().map(|v| Value::from(*v)).collect()).collect();
    let conditions: Vec<Condition<'_>> = smalls
        .iter()
        .zip(&values)
        .map(|(small, values)| Condition { operator: small.operator, key, values: values.iter().collect() })
        .collect();
    admits_stranger(&conditions, arrival, OWN)
}

#[test]
fn the_decision_agrees_with_all_requests_of_a_small_world() {
    let (all, world) = (smalls(), world());
    let strangers = world.iter().filter(|account| **account != OWN).map(|account| vec![*account]);
    let requests: Vec<Vec<&str>> = strangers.chain([Vec::new()]).collect();
    let mut answers = [0, 0];
    for (number, one) in all.iter().enumerate() {
        // Pairs in both orders, a part of them.
        for other in all.iter().skip(number % 3).step_by(3) {
            let statement = [*one, *other];
            let expected = requests.iter().any(|request| statement.iter().all(|small| holds(*small, request)));
            let found = decided("aws:SourceAccount", &statement, Service);
            assert_eq!(found, expected, "{statement:?}");
            answers[usize::from(found)] += 1;
        }
    }
    assert!(answers.iter().all(|count| *count > 500), "{answers:?}");
}

#[test]
fn arns_are_compared_in_parts_or_as_text() {
    let own_log = "arn:aws:logs:us-east-1:111111111111:log-group:a";
    for (operator, value, open) in [
        ("ArnLike", own_log, false),
        ("ArnLike", "arn:aws:logs:us-east-1:111111111111:*", false),
        ("ArnLike", "arn:aws:logs:*:*:log-group:a", true),
        ("ArnLike", "arn:aws:*:*:111111111111:*", false),
        // Across colons, the account may be a part of the name.
        ("StringLike", "*:111111111111:*", true),
        ("StringLike", "arn:aws:logs:us-east-1:111111111111:*", false),
        ("ArnLike", "arn:aws:s3:::ledger", false),
        ("ArnLike", "arn:aws:s3:::*", true),
        ("ArnEquals", "arn:aws:sns:us-east-1:999999999999:t", true),
        ("ArnLikeIfExists", own_log, true),
        ("ArnNotLike", "arn:aws:logs:us-east-1:111111111111:*", true),
        ("ArnLike", "<key.Arn>", false),
    ] {
        let value = Value::from(value);
        let conditions = [Condition { operator, key: "aws:SourceArn", values: vec![&value] }];
        assert_eq!(admits_stranger(&conditions, Service, OWN), open, "{operator} {value:?}");
    }
}

#[test]
fn each_way_in_has_keys_of_its_own() {
    let (own, secret, any) = (Value::from(OWN), Value::from("agreed-1"), Value::from("*"));
    for (key, operator, value, arrival, open) in [
        // A direct call has no source.
        ("aws:SourceAccount", "StringEquals", &own, Direct, false),
        ("aws:SourceAccount", "StringEqualsIfExists", &own, Direct, true),
        ("sts:ExternalId", "StringEquals", &secret, Named, false),
        ("sts:ExternalId", "StringLike", &any, Named, true),
        ("aws:PrincipalAccount", "StringEquals", &own, Named, true),
        ("aws:ResourceAccount", "StringEquals", &own, Outward, false),
        ("aws:PrincipalAccount", "StringEquals", &own, Outward, true),
        // Any caller may choose an encryption context.
        ("kms:EncryptionContext:SecretARN", "StringLike", &any, Direct, true),
        ("aws:SourceIp", "IpAddress", &any, Direct, true),
    ] {
        let conditions = [Condition { operator, key, values: vec![value] }];
        assert_eq!(admits_stranger(&conditions, arrival, OWN), open, "{operator} {key} {arrival:?}");
    }
    let none = [Condition { operator: "StringEquals", key: "aws:SourceIp", values: Vec::new() }];
    assert!(!admits_stranger(&none, Direct, OWN), "no value is satisfied by none");
}
