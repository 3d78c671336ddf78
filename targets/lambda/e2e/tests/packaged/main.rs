//! The packages, run like in Lambda: under an emulator of its Runtime API, with
//! moto for AWS and two PostgreSQL servers.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests start programs and hand files to them"
)]

mod monitor;
mod rotation;
mod sides;
mod stand;

use std::collections::BTreeSet;
use std::io::{Read, Write};

use migspec_authorizer::{Target, Token};
use migspec_events::Side;
use migspec_function::Metric;
use migspec_function_testing::{Answer, Function, Moto, block_on, metric_values};
use serde_json::{Value, json};

use crate::stand::{KEY, LOOK, PREPARE, Stand, python, unpack};

const ARN: &str = "arn:aws:execute-api:us-east-1:111111111111:abc/prod/POST/payment";

/// Secrets, which no log, reply or evidence may contain.
const CARD: &str = "4111-1111-1111-1111";

/// The log of a function, checked for secrets.
fn lines(function: Function) -> Vec<Value> {
    let log = function.end();
    for secret in [CARD, "-password", "only-for-this-test", KEY] {
        assert!(!log.contains(secret), "{log}");
    }
    migspec_function_testing::lines(&log)
}

fn run() -> Value {
    json!({ "migration": "payments", "environment": "test", "cutover": "ledger", "execution": "e-1" })
}

fn reply(function: &mut Function, event: &Value) -> Value {
    match function.call(event) {
        Answer::Reply(reply) => reply,
        other => panic!("{event}: {other:?}"),
    }
}

#[test]
fn the_packages_answer_as_the_workflow_calls_them() {
    let Some(stand) = Stand::start() else { return };
    let Some(mut fence) = stand.function("fence") else { return };
    let Some(mut sequences) = stand.function("sequences") else { return };
    let Some(mut reverse) = stand.function("reverse-slot") else { return };
    let Some(mut rollback) = stand.function("rollback-handler") else { return };
    let may = |side| {
        block_on(async {
            let client = stand.world.cluster(side).open_as("ledger", "pay_app", "pay_app-password").await.unwrap();
            client.batch_execute("begin; insert into payments.payment default values; rollback").await.is_ok()
        })
    };
    for side in ["source", "target"] {
        let fenced = reply(&mut fence, &json!({ "action": "fence", "run": run(), "side": side }));
        assert_eq!(fenced["fenced"], true, "{fenced}");
    }
    assert!(!may(Side::Source) && !may(Side::Target));
    let token = reply(&mut fence, &json!({ "action": "write-token", "run": run(), "token": "e-1" }));
    let drain = json!({ "action": "drain", "run": run(), "token": "e-1", "position": token["position"] });
    assert_eq!(reply(&mut fence, &drain)["drained"], false, "nothing replicates here");
    let set = json!({ "run": run(), "side": "target", "margin": 1000, "atLeast": 1000 });
    assert_eq!(reply(&mut sequences, &set), json!({ "set": 1 }));
    assert_eq!(reply(&mut sequences, &set), json!({ "set": 0 }));
    let slot = reply(&mut reverse, &json!({ "action": "create", "run": run(), "after": "0/0" }));
    assert_eq!(slot["slot"], "migspec_reverse");
    assert_eq!(reply(&mut reverse, &json!({ "action": "report", "run": run() }))["active"], false);
    assert_eq!(reply(&mut reverse, &json!({ "action": "drop", "run": run() }))["dropped"], 1);
    let failed = rollback.call(&back(&stand, "decommission"));
    assert!(matches!(failed, Answer::Failed(ref name, _) if name == "Migration.TooLate"), "{failed:?}");
    let answer = reply(&mut rollback, &back(&stand, "drain"));
    assert_eq!((&answer["complete"], &answer["loss"]), (&json!(true), &json!("")), "{answer}");
    assert!(may(Side::Source) && !may(Side::Target), "the source is the one writer");
    let look = python(&stand.moto, LOOK, &stand.made);
    assert_eq!(look["writer"], "source");
    assert_eq!(look["weights"], json!({ stand.text("source"): 100, stand.text("target"): 0 }));
    assert!(look["progress"]["done"].as_array().unwrap().contains(&json!("reopen-source")), "{look}");
    let functions = [fence, sequences, reverse, rollback];
    assert_traced(&stand.moto, &functions, &["dms", "elasticloadbalancing", "s3", "secretsmanager", "sns", "ssm"]);
    let [fence, sequences, reverse, rollback] = functions.map(lines);
    assert_eq!(metric_values(&fence, Metric::FenceObstacles), [0.0, 0.0], "{fence:?}");
    assert_eq!(metric_values(&fence, Metric::FenceSessionsEnded), [0.0, 0.0], "nobody was connected: {fence:?}");
    assert!(metric_values(&fence, Metric::FenceTime).iter().all(|ms| *ms > 0.0 && *ms < 15_000.0), "{fence:?}");
    assert_eq!(metric_values(&sequences, Metric::SequencesMoved), [1.0, 0.0]);
    let (lag, kept) =
        (metric_values(&reverse, Metric::ReverseSlotLag), metric_values(&reverse, Metric::ReverseSlotRetained));
    assert!(lag.len() == 1 && kept.len() == 1 && kept[0] >= lag[0], "{reverse:?}");
    assert_eq!(
        metric_values(&rollback, Metric::RollbackSteps).len(),
        look["progress"]["done"].as_array().unwrap().len()
    );
    let named = |line: &&Value| line["migration"] == "payments" && line["execution"] == "e-1";
    assert!([fence, sequences, reverse, rollback].iter().all(|lines| lines.iter().any(|line| named(&line))));
}

/// Every AWS request of a function is part of the trace that Lambda gave to its
/// call: each call here makes at least one request.
fn assert_traced(moto: &Moto, functions: &[Function], services: &[&str]) {
    let calls = moto.calls();
    let calls: Vec<_> = calls.iter().filter(|call| call.agent.contains("aws-sdk-rust")).collect();
    let asked: BTreeSet<&str> = calls.iter().map(|call| call.service.as_str()).collect();
    assert_eq!(asked.into_iter().collect::<Vec<_>>(), services);
    let given: BTreeSet<&str> = functions.iter().flat_map(Function::traces).map(String::as_str).collect();
    let passed_on: BTreeSet<&str> = calls.iter().map(|call| call.trace.as_str()).collect();
    assert_eq!(passed_on, given, "{calls:#?}");
}

/// The event of a rollback after a phase.
fn back(stand: &Stand, phase: &str) -> Value {
    json!({
        "run": run(),
        "failure": { "state": phase, "phase": phase, "error": "E", "cause": "" },
        "checkpoint": { "bucket": "checkpoints", "key": "ledger/checkpoint.json" },
        "replications": [{ "key": "ledger", "forwardTask": "arn:aws:dms:us-east-1:111111111111:task:f", "reverseTask": "" }],
        "writers": [{ "parameter": "/migration/test/database/writer" }],
        "routingParameter": "/migration/test/routing/target",
        "traffic": { "rules": [stand.made["rule"]], "sourceTargets": stand.made["source"], "targetTargets": stand.made["target"] },
        "acceptLoss": false,
    })
}

/// The environment of the authorizer.
fn authorizer(moto: &Moto) -> Vec<(&'static str, String)> {
    let mut environment = moto.environment();
    for name in ["MIGSPEC_ENVIRONMENT", "MIGSPEC_MIGRATION", "MIGSPEC_PARAMETERS", "MIGSPEC_METRICS"] {
        environment.push((name, "test".to_owned()));
    }
    environment.push(("MIGSPEC_KEYS", json!({ "payments": "payments/api-hmac" }).to_string()));
    environment
}

#[test]
fn the_packaged_authorizer_decides() {
    let Some(moto) = Moto::start() else { return };
    let secrets = json!({ "payments/api-hmac": json!({ "keys": { "k": KEY } }).to_string() });
    let script = PREPARE.split("s3.create_bucket").next().unwrap();
    let script = format!("{script}\njson.dump({{}}, sys.stdout)");
    python(&moto, &script, &json!({ "parameters": {}, "secrets": secrets }));
    let Some(binary) = unpack("api-authorizer") else { return };
    let mut function = Function::start(&binary, "api-authorizer", &authorizer(&moto));
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let secret: Vec<u8> = (0..32).collect();
    let token = Token::sign("k", &secret, now, now + 60, "0123456789abcdef", &Target::read(ARN).unwrap()).unwrap();
    let mut effect = |token: &str, arn: &str| {
        let event = json!({ "type": "TOKEN", "authorizationToken": token, "methodArn": arn });
        reply(&mut function, &event)["policyDocument"]["Statement"][0]["Effect"].clone()
    };
    assert_eq!(effect(&token, &ARN.replace("POST", "GET")), "Deny");
    assert_eq!(effect(&token, ARN), "Allow");
    assert_eq!(effect(&token, ARN), "Deny", "it is good once");
    assert_eq!(effect("", ARN), "Deny");
    let lines = lines(function);
    assert_eq!(metric_values(&lines, Metric::RequestsRefused), [1.0; 3]);
    let reasons: Vec<&Value> =
        lines.iter().filter(|line| line["level"] == "WARN").map(|line| &line["reason"]).collect();
    assert_eq!(reasons, ["forged", "replayed", "malformed"]);
    assert!(!lines.iter().any(|line| line.to_string().contains(&token[..40])), "no token is in the log");
}

/// Answers every request with status 200 and text that is no JSON.
fn start_garbled_server(secret: &str) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let body = format!("{{\"SecretString\": {secret}}}");
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut asked = [0; 65_536];
            let _ = stream.read(&mut asked);
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            let _ = stream.write_all((head + &body).as_bytes());
        }
    });
    format!("http://{address}")
}

#[test]
fn an_answer_that_cannot_be_read_is_not_shown() {
    let Some(moto) = Moto::start() else { return };
    let Some(binary) = unpack("api-authorizer") else { return };
    let mut environment = authorizer(&moto);
    environment.retain(|(name, _)| *name != "AWS_ENDPOINT_URL");
    environment.push(("AWS_ENDPOINT_URL", start_garbled_server("hunter2")));
    let mut function = Function::start(&binary, "api-authorizer", &environment);
    let token = Token::sign("k", &[7; 32], 1, 2, "0123456789abcdef", &Target::read(ARN).unwrap()).unwrap();
    let event = json!({ "type": "TOKEN", "authorizationToken": token, "methodArn": ARN });
    assert_eq!(reply(&mut function, &event)["policyDocument"]["Statement"][0]["Effect"], "Deny");
    let log = function.end();
    assert!(log.contains("GetSecretValue payments/api-hmac: the answer cannot be read"), "{log}");
    assert!(!log.contains("hunter2"), "{log}");
}
