//! The packages themselves, as Lambda runs them: under a stand-in of its
//! Runtime API, with moto for AWS and two PostgreSQL servers.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests start programs and hand files to them"
)]

mod rotation;
mod sides;
mod stand;

use migspec_authorizer::{Target, Token};
use migspec_events::Side;
use migspec_function_testing::{Function, Moto, Outcome, block_on};
use serde_json::{Value, json};

use crate::stand::{KEY, LOOK, PREPARE, Stand, python, unpacked};

const ARN: &str = "arn:aws:execute-api:us-east-1:111111111111:abc/prod/POST/payment";

fn run() -> Value {
    json!({ "migration": "payments", "environment": "test", "cutover": "ledger", "execution": "e-1" })
}

fn reply(function: &mut Function, event: &Value) -> Value {
    match function.call(event) {
        Outcome::Reply(reply) => reply,
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
    let set = json!({ "run": run(), "side": "target", "margin": 1000 });
    assert_eq!(reply(&mut sequences, &set), json!({ "set": 1 }));
    assert_eq!(reply(&mut sequences, &set), json!({ "set": 0 }));
    let slot = reply(&mut reverse, &json!({ "action": "create", "run": run() }));
    assert_eq!(slot["slot"], "migspec_reverse");
    assert_eq!(reply(&mut reverse, &json!({ "action": "report", "run": run() }))["active"], false);
    assert_eq!(reply(&mut reverse, &json!({ "action": "drop", "run": run() }))["dropped"], 1);
    let failed = rollback.call(&back(&stand, "decommission"));
    assert!(matches!(failed, Outcome::Failed(name, _) if name == "Migration.TooLate"));
    let answer = reply(&mut rollback, &back(&stand, "drain"));
    assert_eq!((&answer["complete"], &answer["loss"]), (&json!(true), &json!("")), "{answer}");
    assert!(may(Side::Source) && !may(Side::Target), "the source is the one writer");
    let look = python(&stand.moto, LOOK, &stand.made);
    assert_eq!(look["writer"], "source");
    assert_eq!(look["weights"], json!({ stand.text("source"): 100, stand.text("target"): 0 }));
    assert!(look["progress"]["done"].as_array().unwrap().contains(&json!("unfence-source")), "{look}");
    for function in [fence, sequences, reverse, rollback] {
        let log = function.end();
        assert!(!log.is_empty() && !log.contains("-password"), "{log}");
    }
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

#[test]
fn the_packaged_authorizer_decides() {
    let Some(moto) = Moto::start() else { return };
    let secrets = json!({ "payments/api-hmac": json!({ "keys": { "k": KEY } }).to_string() });
    let script = PREPARE.split("s3.create_bucket").next().unwrap();
    let script = format!("{script}\njson.dump({{}}, sys.stdout)");
    python(&moto, &script, &json!({ "parameters": {}, "secrets": secrets }));
    let Some(binary) = unpacked("api-authorizer") else { return };
    let mut environment = moto.environment();
    for name in ["MIGSPEC_ENVIRONMENT", "MIGSPEC_MIGRATION", "MIGSPEC_PARAMETERS", "MIGSPEC_METRICS"] {
        environment.push((name, "test".to_owned()));
    }
    environment.push(("MIGSPEC_KEYS", json!({ "payments": "payments/api-hmac" }).to_string()));
    let mut function = Function::start(&binary, "api-authorizer", &environment);
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
}
