//! Measures a decision, and shows that its time reveals nothing: signatures
//! that differ in the first or in the last byte take the same time. If the
//! function's package exists (`cargo xtask functions`), it also measures its
//! first and later answers under an emulator of Lambda's Runtime API, with moto
//! for AWS.
//!
//! `cargo bench -p migspec-authorizer`

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a bench")]

use std::hint::black_box;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use migspec_authorizer::{Target, Token};
use migspec_function_testing::{Answer, Function, Moto};
use serde_json::json;

const ARN: &str = "arn:aws:execute-api:us-east-1:111111111111:abc/prod/POST/payment";
const SECRET: [u8; 32] = [7; 32];
const ROUNDS: usize = 20_000;
const REQUESTS: usize = 2000;

fn main() {
    comparison();
    requests();
}

fn comparison() {
    let target = Target::read(ARN).unwrap();
    let good = Token::sign("k", &SECRET, 1, 2, "0123456789abcdef", &target).unwrap();
    let other = |at: usize| {
        let mut header = good.clone().into_bytes();
        header[at] = if header[at] == b'A' { b'B' } else { b'A' };
        String::from_utf8(header).unwrap()
    };
    let first = other(good.rfind('.').unwrap() + 1);
    // The last character carries two bits alone.
    let last = other(good.len() - 2);
    let mut took = [const { Vec::new() }; 3];
    // Variants alternate, so that other load on the machine affects all alike.
    for _ in 0..ROUNDS {
        for (header, took) in [&good, &first, &last].into_iter().zip(&mut took) {
            let token = Token::read(header).unwrap();
            let start = Instant::now();
            black_box(token.is_signed(black_box(&SECRET), &target));
            took.push(start.elapsed());
        }
    }
    // The median, since other load on the machine shows in the mean.
    let [right, first, last] = took.map(|mut took| {
        took.sort();
        took[took.len() / 2].as_nanos()
    });
    println!("signature that is right {right} ns, wrong in the first byte {first} ns, in the last {last} ns");
}

fn requests() {
    let package = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../target/function/api-authorizer");
    if !package.is_file() {
        println!("the function is not built (cargo xtask functions): no cold start is measured");
        return;
    }
    let Some(moto) = Moto::start() else { return };
    let key = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";
    let script = format!(
        "import boto3, os; boto3.client('secretsmanager', endpoint_url=os.environ['AWS_ENDPOINT_URL'], region_name='us-east-1')\
         .create_secret(Name='keys', SecretString='{{\"keys\":{{\"k\":\"{key}\"}}}}')"
    );
    assert!(
        std::process::Command::new(moto.python())
            .args(["-c", &script])
            .envs(moto.environment())
            .status()
            .unwrap()
            .success()
    );
    let mut environment = moto.environment();
    for name in ["MIGSPEC_ENVIRONMENT", "MIGSPEC_MIGRATION", "MIGSPEC_PARAMETERS", "MIGSPEC_METRICS"] {
        environment.push((name, "bench".to_owned()));
    }
    environment.push(("MIGSPEC_KEYS", json!({ "api": "keys" }).to_string()));
    let target = Target::read(ARN).unwrap();
    let start = Instant::now();
    let mut function = Function::start(&package, "api-authorizer", &environment);
    let mut answer = |n: usize| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let token = Token::sign("k", &SECRET, now, now + 60, &format!("nonce-{n:016}"), &target).unwrap();
        let outcome = function.call(&json!({ "authorizationToken": token, "methodArn": ARN }));
        let Answer::Reply(reply) = outcome else { return };
        assert_eq!(reply["policyDocument"]["Statement"][0]["Effect"], "Allow");
    };
    answer(0);
    let cold = start.elapsed();
    let mut took: Vec<Duration> = (1..=REQUESTS)
        .map(|n| {
            let start = Instant::now();
            answer(n);
            start.elapsed()
        })
        .collect();
    took.sort();
    let at = |share: usize| took[took.len() * share / 100].as_micros();
    println!(
        "first answer {} ms after the start, with the keys read; then p50 {} us, p99 {} us",
        cold.as_millis(),
        at(50),
        at(99)
    );
}
