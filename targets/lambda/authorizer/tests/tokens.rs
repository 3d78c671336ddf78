//! Tokens that are refused, and the one that is not.

#![allow(clippy::disallowed_methods, clippy::panic, clippy::unwrap_used, reason = "tests")]

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use migspec_authorizer::{Authorizer, Keys, Memory, Refusal, Request, Target, Token, decide};
use migspec_function::{Call, Failure, Log, SecretString, Secrets, Settings};
use migspec_function_testing::{Memory as Aws, block_on};

const KEY: &str = "2026-11";
const SECRET: [u8; 32] = [7; 32];
const NONCE: &str = "0123456789abcdef";
const NOW: u64 = 1_800_000_000;
const ARN: &str = "arn:aws:execute-api:us-east-1:111111111111:abc/prod/POST/payment";

fn target() -> Target<'static> {
    Target::read(ARN).unwrap()
}

fn keys() -> Keys {
    let (one, other) = (URL_SAFE_NO_PAD.encode(SECRET), URL_SAFE_NO_PAD.encode([8; 48]));
    Keys::of_secret(&format!(r#"{{"keys":{{"{KEY}":"{one}","old":"{other}"}}}}"#).into()).unwrap()
}

fn signed() -> String {
    Token::sign(KEY, &SECRET, NOW, NOW + 60, NONCE, &target()).unwrap()
}

fn verdict(header: &str, arn: &str, now: u64) -> Result<(), Refusal> {
    let (Some(target), Some(token)) = (Target::read(arn), Token::read(header)) else { return Err(Refusal::Malformed) };
    decide(token, &target, &keys(), &mut Memory::default(), now).map(drop)
}

#[test]
fn a_token_that_follows_the_format_is_accepted() {
    for now in [NOW - 5, NOW, NOW + 60] {
        assert_eq!(verdict(&signed(), ARN, now), Ok(()));
    }
    let other = Token::sign("old", &[8; 48], NOW, NOW + 60, NONCE, &target()).unwrap();
    assert_eq!(verdict(&other, ARN, NOW), Ok(()), "two keys are good while one replaces the other");
}

/// The example of the README: whoever writes a client can compare.
#[test]
fn the_documented_example_is_right() {
    let readme = include_str!("../README.md");
    let secret: Vec<u8> = (0..32).collect();
    assert!(readme.contains(&URL_SAFE_NO_PAD.encode(&secret)), "the key of the example");
    let header = Token::sign("2026-11", &secret, NOW, NOW + 60, "k7Qp2ZsW9aXc4VbN", &target()).unwrap();
    assert!(readme.contains(&header), "the header of the example is {header}");
}

#[test]
fn what_was_signed_for_something_else_is_refused() {
    let forged = [
        ("another method", ARN.replace("POST", "GET")),
        ("another path", ARN.replace("payment", "refund")),
        ("a longer path", format!("{ARN}/7")),
        ("another case", ARN.replace("payment", "Payment")),
    ];
    for (what, arn) in forged {
        assert_eq!(verdict(&signed(), &arn, NOW), Err(Refusal::Forged), "{what}");
    }
    let other_key = Token::sign(KEY, &[9; 32], NOW, NOW + 60, NONCE, &target()).unwrap();
    assert_eq!(verdict(&other_key, ARN, NOW), Err(Refusal::Forged));
    assert_eq!(verdict(&signed().replace(KEY, "old"), ARN, NOW), Err(Refusal::Forged), "the key's id is signed too");
    assert_eq!(verdict(&signed().replace(KEY, "none"), ARN, NOW), Err(Refusal::UnknownKey));
}

#[test]
fn a_changed_character_is_refused() {
    let token = signed();
    for at in 0..token.len() {
        for change in ["A", "_", ".", "~"] {
            let mut changed = token.clone();
            changed.replace_range(at..=at, change);
            if changed != token {
                assert!(verdict(&changed, ARN, NOW).is_err(), "{changed}");
            }
        }
    }
}

#[test]
fn a_truncated_token_is_refused() {
    let token = signed();
    for length in 0..token.len() {
        assert!(verdict(&token[..length], ARN, NOW).is_err(), "{length} characters");
    }
}

#[test]
fn times_are_held_to() {
    assert_eq!(verdict(&signed(), ARN, NOW + 61), Err(Refusal::Expired));
    assert_eq!(verdict(&signed(), ARN, NOW - 6), Err(Refusal::OutOfWindow), "issued in the future");
    let of = |issued, expires| Token::sign(KEY, &SECRET, issued, expires, NONCE, &target()).unwrap();
    assert_eq!(verdict(&of(NOW, NOW + 61), ARN, NOW), Err(Refusal::OutOfWindow), "good for too long");
    assert_eq!(verdict(&of(NOW, NOW - 1), ARN, NOW), Err(Refusal::OutOfWindow), "ends before it begins");
    assert_eq!(verdict(&of(0, u64::MAX), ARN, NOW), Err(Refusal::OutOfWindow));
    assert_eq!(verdict(&of(u64::MAX, u64::MAX), ARN, NOW), Err(Refusal::OutOfWindow));
}

#[test]
fn a_token_is_good_once() {
    let (keys, mut memory) = (keys(), Memory::default());
    let header = signed();
    let mut again = |header: &str| decide(Token::read(header).unwrap(), &target(), &keys, &mut memory, NOW).map(drop);
    assert_eq!(again(&header), Ok(()));
    assert_eq!(again(&header), Err(Refusal::Replayed));
    // A forged one does not use up the nonce of a good one.
    let other = "fedcba9876543210";
    let forged = Token::sign(KEY, &[9; 32], NOW, NOW + 60, other, &target()).unwrap();
    assert_eq!(again(&forged), Err(Refusal::Forged));
    assert_eq!(again(&Token::sign(KEY, &SECRET, NOW, NOW + 60, other, &target()).unwrap()), Ok(()));
}

#[test]
fn what_is_no_token_is_refused() {
    let good = signed();
    let odd = [
        String::new(),
        " ".into(),
        "Bearer abc".into(),
        "Migspec-HMAC".into(),
        "Migspec-HMAC ".into(),
        "Migspec-HMAC v1.....".into(),
        good.replace("v1", "v2"),
        good.to_lowercase(),
        good.replace(' ', "  "),
        format!("{good} "),
        format!(" {good}"),
        format!("{good}."),
        format!("{good}="),
        good.replace(&NOW.to_string(), &format!("0{NOW}")),
        good.replace(&NOW.to_string(), &format!("+{NOW}")),
        good.replace(&NOW.to_string(), "99999999999999999999999"),
        good.replace(NONCE, "short"),
        good.replace(NONCE, "0123456789abcdé"),
        good.replace(NONCE, "0123456789abcde\u{0}"),
        good.replace(NONCE, "0123456789abcde\n"),
        "ſ".repeat(100),
        "a".repeat(1_000_000),
        format!("Migspec-HMAC {}", "v1.".repeat(300_000)),
        format!("{good}{}", "A".repeat(10_000)),
    ];
    for header in odd {
        let start: String = header.chars().take(60).collect();
        assert!(verdict(&header, ARN, NOW).is_err(), "{start}");
    }
}

fn seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

fn call() -> Call {
    let settings = Settings { environment: "test".into(), migration: "payments".into(), ..Settings::default() };
    Call::lasting(settings, Log::memory(), Duration::from_secs(5))
}

fn request(header: &str) -> Request {
    Request { authorization_token: header.to_owned(), method_arn: ARN.to_owned() }
}

fn fresh(nonce: &str) -> String {
    Token::sign(KEY, &SECRET, seconds(), seconds() + 30, nonce, &target()).unwrap()
}

#[test]
fn the_answer_is_a_policy_for_this_request_alone_and_where_it_goes() {
    block_on(async {
        let aws = Aws::default();
        let key = URL_SAFE_NO_PAD.encode(SECRET);
        aws.set_secret("payments/api-hmac", &format!(r#"{{"keys":{{"{KEY}":"{key}"}}}}"#));
        let authorizer = Authorizer::of_variable(r#"{"payments":"payments/api-hmac"}"#).unwrap();
        let call = call();
        let answer = authorizer.handle(&aws, &call, &request(&fresh(NONCE))).await;
        let json = serde_json::to_value(&answer).unwrap();
        let statement = &json["policyDocument"]["Statement"][0];
        assert_eq!((&statement["Effect"], &statement["Resource"]), (&"Allow".into(), &ARN.into()));
        assert_eq!(json["principalId"], KEY);
        let expected = serde_json::json!({
            "migration": "payments", "environment": "test", "key": KEY,
            "method": "POST", "path": "/payment", "decision": "allowed",
        });
        assert_eq!(json["context"], expected);
        let again = authorizer.handle(&aws, &call, &request(&fresh(NONCE))).await;
        assert_eq!(again.policy_document["Statement"][0]["Effect"], "Deny");
        assert_eq!(again.context, serde_json::json!({ "decision": "refused" }), "the caller does not learn why");
        let log = call.log.lines();
        assert!(log.contains("replayed") && !log.contains(NONCE), "{log}");
    });
}

#[tokio::test(start_paused = true)]
async fn keys_that_cannot_be_read_decide_nothing() {
    let aws = Aws::default();
    let authorizer = Authorizer::new("payments/api-hmac");
    let effect = async |header: &str| {
        let answer = authorizer.handle(&aws, &call(), &request(header)).await;
        answer.policy_document["Statement"][0]["Effect"].as_str().unwrap().to_owned()
    };
    let later = |seconds| tokio::time::advance(Duration::from_secs(seconds));
    assert_eq!(effect(&fresh("nonce-of-before-1")).await, "Deny");
    aws.set_secret("payments/api-hmac", "hunter2");
    later(5).await;
    assert_eq!(effect(&fresh("nonce-of-before-2")).await, "Deny");
    let key = URL_SAFE_NO_PAD.encode(SECRET);
    aws.set_secret("payments/api-hmac", &format!(r#"{{"keys":{{"{KEY}":"{key}"}}}}"#));
    later(5).await;
    assert_eq!(effect(&fresh("nonce-of-after-01")).await, "Allow");
    // They stay good while the secret cannot be read, and not for ever. A token
    // that names an unknown key makes the reads no worse.
    aws.state().secrets.clear();
    for (wait, expected) in [(0, "Allow"), (90, "Allow"), (200, "Allow"), (20, "Deny")] {
        later(wait).await;
        let unknown = Token::sign("unknown", &SECRET, seconds(), seconds() + 30, NONCE, &target()).unwrap();
        assert_eq!(effect(&unknown).await, "Deny");
        assert_eq!(effect(&fresh(&format!("nonce-of-after-{wait:03}"))).await, expected, "after {wait} s more");
    }
    assert_eq!(effect("").await, "Deny");
    assert!(Authorizer::of_variable("{}").is_err());
    assert!(Authorizer::of_variable(r#"{"a":"b","c":"d"}"#).is_err());
}

/// One key of the secret has another form: it is refused, with its name and
/// without its text, and the other one stays good.
#[tokio::test(start_paused = true)]
async fn a_malformed_key_refuses_nobody_else() {
    let aws = Aws::default();
    let key = URL_SAFE_NO_PAD.encode(SECRET);
    aws.set_secret("payments/api-hmac", &format!(r#"{{"keys":{{"2026-12":"hunter2!","{KEY}":"{key}"}}}}"#));
    let authorizer = Authorizer::new("payments/api-hmac");
    let call = call();
    for n in 0..3 {
        let header = fresh(&format!("nonce-of-request-{n}"));
        assert_eq!(authorizer.handle(&aws, &call, &request(&header)).await.principal_id, KEY);
        let malformed = Token::sign("2026-12", &SECRET, seconds(), seconds() + 30, NONCE, &target()).unwrap();
        assert_eq!(authorizer.handle(&aws, &call, &request(&malformed)).await.principal_id, "anonymous");
    }
    let log = call.log.lines();
    assert_eq!(log.lines().filter(|line| line.contains("a key is refused")).count(), 1, "{log}");
    assert!(log.contains("2026-12") && !log.contains("hunter2"), "{log}");
}

/// Secrets Manager that counts its reads.
#[derive(Default)]
struct Counting(std::sync::atomic::AtomicU32);

impl Secrets for Counting {
    async fn secret(&self, _: &str) -> Result<SecretString, Failure> {
        self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let key = URL_SAFE_NO_PAD.encode(SECRET);
        Ok(format!(r#"{{"keys":{{"{KEY}":"{key}"}}}}"#).into())
    }
}

/// Whatever tokens name, the secret is read once in five seconds.
#[tokio::test(start_paused = true)]
async fn unknown_keys_force_no_reads() {
    let aws = Counting::default();
    let authorizer = Authorizer::new("payments/api-hmac");
    for n in 0..100 {
        let token = Token::sign("unknown", &SECRET, seconds(), seconds() + 30, NONCE, &target()).unwrap();
        authorizer.handle(&aws, &call(), &request(&token)).await;
        assert_eq!(
            authorizer.handle(&aws, &call(), &request(&fresh(&format!("nonce-of-request-{n}")))).await.principal_id,
            KEY
        );
        tokio::time::advance(Duration::from_millis(100)).await;
    }
    assert!((1..=3).contains(&aws.0.into_inner()), "ten seconds");
}

/// A key that was taken out is good no longer than a minute, one that was added
/// within some seconds.
#[tokio::test(start_paused = true)]
async fn keys_are_kept_for_a_short_time() {
    let (old, new) = (("old", [7; 32]), ("new", [8; 32]));
    let hold = |aws: &Aws, (id, secret): (&str, [u8; 32])| {
        let text = URL_SAFE_NO_PAD.encode(secret);
        aws.set_secret("payments/api-hmac", &format!(r#"{{"keys":{{"{id}":"{text}"}}}}"#));
    };
    for (after, key, expected) in [(59, old, "Allow"), (61, old, "Deny"), (4, new, "Deny"), (6, new, "Allow")] {
        let aws = Aws::default();
        let authorizer = Authorizer::new("payments/api-hmac");
        let effect = async |(id, secret): (&str, [u8; 32]), nonce: &str| {
            let token = Token::sign(id, &secret, seconds(), seconds() + 30, nonce, &target()).unwrap();
            let answer = authorizer.handle(&aws, &call(), &request(&token)).await;
            answer.policy_document["Statement"][0]["Effect"].clone()
        };
        hold(&aws, old);
        assert_eq!(effect(old, "nonce-of-before-1").await, "Allow");
        hold(&aws, new);
        tokio::time::advance(Duration::from_secs(after)).await;
        assert_eq!(effect(key, "nonce-of-after-01").await, expected, "`{}` after {after} s", key.0);
    }
}

/// Secrets Manager as it is when it does not answer.
struct Silent;

impl Secrets for Silent {
    async fn secret(&self, _: &str) -> Result<SecretString, Failure> {
        std::future::pending().await
    }
}

#[test]
fn keys_that_do_not_come_in_time_decide_nothing() {
    let call = Call { deadline: std::time::Instant::now(), ..call() };
    let authorizer = Authorizer::new("payments/api-hmac");
    let answer = block_on(authorizer.handle(&Silent, &call, &request(&fresh(NONCE))));
    assert_eq!(answer.policy_document["Statement"][0]["Effect"], "Deny");
    assert!(call.log.lines().contains("Secrets Manager does not answer"), "{}", call.log.lines());
}
