//! The JSON of every event and reply: what the workflow writes and the
//! functions read, so that a change of a field's name is seen here.

use migspec_events::*;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

#[track_caller]
fn check<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: T, expected: Value) {
    let written = serde_json::to_value(&value).expect("events serialise");
    assert_eq!(written, expected);
    assert_eq!(serde_json::from_value::<T>(expected).expect("what is written can be read"), value);
}

fn run() -> Run {
    let text = |s: &str| s.to_owned();
    Run { migration: text("payments"), environment: text("dev"), cutover: text("ledger"), execution: text("e-1") }
}

fn run_json() -> Value {
    json!({ "migration": "payments", "environment": "dev", "cutover": "ledger", "execution": "e-1" })
}

#[test]
fn preflight() {
    check(PreflightEvent { run: run(), reverse: true }, json!({ "run": run_json(), "reverse": true }));
    let problem = Problem { what: "wal_level is replica".into(), fix: "set it to logical".into() };
    check(
        PreflightReply { ready: false, problems: vec![problem] },
        json!({ "ready": false, "problems": [{ "what": "wal_level is replica", "fix": "set it to logical" }] }),
    );
}

#[test]
fn validator() {
    check(
        ValidatorEvent { run: run(), scope: Scope::FenceWindow, cursor: String::new() },
        json!({ "run": run_json(), "scope": "fence-window", "cursor": "" }),
    );
    check(
        ValidatorReply {
            complete: true,
            cursor: String::new(),
            matched: 3,
            mismatched: 0,
            errors: 0,
            evidence: "e".into(),
        },
        json!({ "complete": true, "cursor": "", "matched": 3, "mismatched": 0, "errors": 0, "evidence": "e" }),
    );
}

#[test]
fn fence() {
    check(
        FenceEvent::Fence { run: run(), side: Side::Source },
        json!({ "action": "fence", "run": run_json(), "side": "source" }),
    );
    check(
        FenceEvent::WriteToken { run: run(), token: "t".into() },
        json!({ "action": "write-token", "run": run_json(), "token": "t" }),
    );
    check(
        FenceEvent::Drain { run: run(), token: "t".into(), position: "16/B374D848".into() },
        json!({ "action": "drain", "run": run_json(), "token": "t", "position": "16/B374D848" }),
    );
    check(
        FenceEvent::Unfence { run: run(), side: Side::Target },
        json!({ "action": "unfence", "run": run_json(), "side": "target" }),
    );
    check(Fenced { fenced: true, sessions: 4 }, json!({ "fenced": true, "sessions": 4 }));
    check(TokenWritten { position: "0/1".into() }, json!({ "position": "0/1" }));
    check(Drained { drained: false, confirmed: "0/1".into() }, json!({ "drained": false, "confirmed": "0/1" }));
    check(Unfenced { unfenced: true }, json!({ "unfenced": true }));
}

#[test]
fn sequences() {
    check(
        SequencesEvent { run: run(), side: Side::Target, margin: 1000 },
        json!({ "run": run_json(), "side": "target", "margin": 1000 }),
    );
    check(SequencesReply { set: 7 }, json!({ "set": 7 }));
}

#[test]
fn reverse() {
    check(ReverseEvent::Create { run: run() }, json!({ "action": "create", "run": run_json() }));
    check(ReverseEvent::Drop { run: run() }, json!({ "action": "drop", "run": run_json() }));
    check(
        ReverseSlot { slot: "migspec_rev".into(), position: "0/1".into() },
        json!({ "slot": "migspec_rev", "position": "0/1" }),
    );
    check(SlotsDropped { dropped: 2 }, json!({ "dropped": 2 }));
}

#[test]
fn rollback() {
    let text = |s: &str| s.to_owned();
    let event = RollbackEvent {
        run: run(),
        failure: Failure {
            state: text("PollDrain"),
            phase: Phase::Drain,
            error: text("States.Timeout"),
            cause: text(""),
        },
        checkpoint: Checkpoint { bucket: text("b"), key: text("k") },
        forward_task: text("f"),
        reverse_task: text(""),
        writer_parameter: text("w"),
        traffic: Traffic { rule: text("r"), source_targets: text("s"), target_targets: text("t") },
        accept_loss: false,
    };
    check(
        event,
        json!({
            "run": run_json(),
            "failure": { "state": "PollDrain", "phase": "drain", "error": "States.Timeout", "cause": "" },
            "checkpoint": { "bucket": "b", "key": "k" },
            "forwardTask": "f",
            "reverseTask": "",
            "writerParameter": "w",
            "traffic": { "rule": "r", "sourceTargets": "s", "targetTargets": "t" },
            "acceptLoss": false,
        }),
    );
    check(
        RollbackReply { complete: true, step: text("unfence-source"), loss: text("") },
        json!({ "complete": true, "step": "unfence-source", "loss": "" }),
    );
}

#[test]
fn an_unknown_field_is_refused() {
    let event = json!({ "action": "fence", "run": run_json(), "side": "source", "force": true });
    assert!(serde_json::from_value::<FenceEvent>(event).is_err());
}
