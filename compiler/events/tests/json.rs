//! The JSON of every event and reply, which the workflow writes and the
//! functions read, so that a renamed field fails here.

use migspec_events::*;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

#[track_caller]
fn check<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: T, expected: Value) {
    let written = serde_json::to_value(&value).expect("events serialise");
    assert_eq!(written, expected);
    assert_eq!(serde_json::from_value::<T>(expected).expect("written values can be read"), value);
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
    let demand = || vec![Demand { task: "arn".into(), slots: 2, connections: 12 }];
    let asked = json!([{ "task": "arn", "slots": 2, "connections": 12 }]);
    check(
        PreflightEvent { run: run(), reverse: true, source: demand(), target: Vec::new() },
        json!({ "run": run_json(), "reverse": true, "source": asked, "target": [] }),
    );
    check(
        PreflightEvent { run: run(), reverse: false, source: Vec::new(), target: demand() },
        json!({ "run": run_json(), "reverse": false, "source": [], "target": asked }),
    );
    let problem = Problem {
        check: "wal-level".into(),
        grade: Grade::Refuses,
        what: "wal_level is replica".into(),
        fix: "set it to logical".into(),
    };
    let written = json!({
        "check": "wal-level", "grade": "refuses", "what": "wal_level is replica", "fix": "set it to logical",
    });
    let table = TableToReload { schema_name: "ledger".into(), table_name: "entry".into() };
    check(
        PreflightReply { ready: false, problems: vec![problem], reload: vec![table] },
        json!({ "ready": false, "problems": [written], "reload": [{ "SchemaName": "ledger", "TableName": "entry" }] }),
    );
}

#[test]
fn validator() {
    let group = || Group { number: 3, table: "s.t".into(), after: "[1]".into(), to: String::new() };
    let group_json = json!({ "number": 3, "table": "s.t", "after": "[1]", "to": "" });
    check(ValidatorEvent::Plan { run: run() }, json!({ "action": "plan", "run": run_json() }));
    check(
        ValidatorEvent::Chunk { run: run(), pass: "p".into(), group: group(), cursor: "c".into() },
        json!({ "action": "chunk", "run": run_json(), "pass": "p", "group": group_json, "cursor": "c" }),
    );
    check(
        ValidatorEvent::Summarise { run: run(), pass: "p".into(), groups: 4 },
        json!({ "action": "summarise", "run": run_json(), "pass": "p", "groups": 4 }),
    );
    check(ValidatorEvent::FenceWindow { run: run() }, json!({ "action": "fence-window", "run": run_json() }));
    check(
        ValidatorEvent::MeasureWindow { run: run(), at_most: 15_000 },
        json!({ "action": "measure-window", "run": run_json(), "atMost": 15_000 }),
    );
    check(Measured { complete: true, millis: 900, errors: 0 }, json!({ "complete": true, "millis": 900, "errors": 0 }));
    check(Planned { pass: "p".into(), groups: vec![group()] }, json!({ "pass": "p", "groups": [group_json] }));
    check(Compared { complete: false, cursor: "c".into() }, json!({ "complete": false, "cursor": "c" }));
    check(
        ValidatorReply { complete: true, matched: 3, mismatched: 0, errors: 0, evidence: "e".into() },
        json!({ "complete": true, "matched": 3, "mismatched": 0, "errors": 0, "evidence": "e" }),
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
    check(
        FenceEvent::Freeze { run: run(), side: Side::Source },
        json!({ "action": "freeze", "run": run_json(), "side": "source" }),
    );
    check(
        FenceEvent::CheckSchema { run: run(), side: Side::Target },
        json!({ "action": "check-schema", "run": run_json(), "side": "target" }),
    );
    check(
        FenceEvent::Thaw { run: run(), side: Side::Source },
        json!({ "action": "thaw", "run": run_json(), "side": "source" }),
    );
    check(Frozen { frozen: true, fingerprint: "f".into() }, json!({ "frozen": true, "fingerprint": "f" }));
    check(Thawed { thawed: true }, json!({ "thawed": true }));
    check(
        Fenced { fenced: false, sessions: 4, obstacles: vec!["a login is under way".into()] },
        json!({ "fenced": false, "sessions": 4, "obstacles": ["a login is under way"] }),
    );
    check(TokenWritten { position: "0/1".into() }, json!({ "position": "0/1" }));
    check(Drained { drained: false, confirmed: "0/1".into() }, json!({ "drained": false, "confirmed": "0/1" }));
    check(Unfenced { unfenced: true }, json!({ "unfenced": true }));
    check(
        FenceEvent::Cut { run: run(), side: Side::Target },
        json!({ "action": "cut", "run": run_json(), "side": "target" }),
    );
    check(
        FenceEvent::Restore { run: run(), side: Side::Source },
        json!({ "action": "restore", "run": run_json(), "side": "source" }),
    );
    check(
        Cut { cut: true, sessions: 2, obstacles: Vec::new(), position: "0/5".into() },
        json!({ "cut": true, "sessions": 2, "obstacles": [], "position": "0/5" }),
    );
    check(Restored { restored: true }, json!({ "restored": true }));
}

#[test]
fn sequences() {
    check(
        SequencesEvent { run: run(), side: Side::Target, margin: 100_000, at_least: 1000 },
        json!({ "run": run_json(), "side": "target", "margin": 100_000, "atLeast": 1000 }),
    );
    check(SequencesReply { set: 7 }, json!({ "set": 7 }));
}

#[test]
fn reverse() {
    check(
        ReverseEvent::Create { run: run(), after: "0/4".into() },
        json!({ "action": "create", "run": run_json(), "after": "0/4" }),
    );
    check(ReverseEvent::Find { run: run() }, json!({ "action": "find", "run": run_json() }));
    check(ReverseEvent::Rehearse { run: run() }, json!({ "action": "rehearse", "run": run_json() }));
    check(
        Rehearsed { complete: false, arrived: true, status: "stopping".into() },
        json!({ "complete": false, "arrived": true, "status": "stopping" }),
    );
    check(ReverseEvent::Drop { run: run() }, json!({ "action": "drop", "run": run_json() }));
    check(
        ReverseSlot { slot: "migspec_rev".into(), position: "0/1".into() },
        json!({ "slot": "migspec_rev", "position": "0/1" }),
    );
    assert_eq!(slot_prefix("arn:aws:dms:us-east-1:111111111111:task:ledger-fwd-dev"), "ledger_fwd_dev");
    let long = "arn:aws:dms:us-east-1:111111111111:task:2KPCJKH6IKOFIU63ABCDEF";
    assert_eq!(slot_prefix(long), "2kpcjkh6ikofiu63", "of a task without an identifier of ours, as seen on AWS");
    assert_eq!(slot_prefix("arn:aws:dms:us-east-1:1:task:payments-ledger-fwd-production"), "payments_ledger_");
    check(ReverseEvent::Report { run: run() }, json!({ "action": "report", "run": run_json() }));
    check(SlotsDropped { dropped: 2, left: vec!["cdc".into()] }, json!({ "dropped": 2, "left": ["cdc"] }));
    let report = SlotReport {
        slot: "migspec_rev".into(),
        active: true,
        lag_bytes: 16,
        retained_bytes: 32,
        wal_status: "reserved".into(),
    };
    check(
        report,
        json!({ "slot": "migspec_rev", "active": true, "lagBytes": 16, "retainedBytes": 32, "walStatus": "reserved" }),
    );
}

#[test]
fn rollback() {
    let text = |s: &str| s.to_owned();
    let event = RollbackEvent {
        run: run(),
        failure: FailedState {
            state: text("PollDrain"),
            phase: Phase::Drain,
            error: text("States.Timeout"),
            cause: text(""),
        },
        checkpoint: Checkpoint { bucket: text("b"), key: text("k") },
        replications: vec![Replicated { key: text("ledger"), forward_task: text("f"), reverse_task: text("") }],
        writers: vec![Writer { parameter: text("w/first") }, Writer { parameter: text("w") }],
        routing_parameter: text("p"),
        traffic: Traffic { rules: vec![text("r")], source_targets: text("s"), target_targets: text("t") },
        accept_loss: false,
    };
    check(
        event,
        json!({
            "run": run_json(),
            "failure": { "state": "PollDrain", "phase": "drain", "error": "States.Timeout", "cause": "" },
            "checkpoint": { "bucket": "b", "key": "k" },
            "replications": [{ "key": "ledger", "forwardTask": "f", "reverseTask": "" }],
            "writers": [{ "parameter": "w/first" }, { "parameter": "w" }],
            "routingParameter": "p",
            "traffic": { "rules": ["r"], "sourceTargets": "s", "targetTargets": "t" },
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
