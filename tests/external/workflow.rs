//! The workflow under independent judges: five read it, and an interpreter runs
//! it in virtual time, with failures at every call.

use migspec_judges::{Judge, output};
use migspec_tests::{emitted, runs};
use serde_json::{Value, json};

use crate::interpreter::{self, Interpreter};

#[test]
fn five_judges_take_every_state_machine() {
    let Some(judge) = Judge::find("definitions.py", &["node"]) else { return };
    let out = tempfile::tempdir().expect("a folder can be made");
    let mut definitions = Vec::new();
    for (number, emitted) in emitted::all().iter().enumerate() {
        let folder = out.path().join(number.to_string());
        emitted.write(&folder);
        let files = emitted.files("stepfunctions/", ".asl.json");
        definitions.extend(files.into_iter().map(|(path, _)| folder.join(path)));
    }
    let answer = output(judge.command().args(&definitions));
    assert!(answer.is_ok(), "{answer:?}");
    assert!(definitions.len() > 1, "the reference spec has a workflow in each environment");
}

/// The expected result of an execution.
struct Expected {
    status: &'static str,
    /// The last states, joined by a space.
    end: &'static str,
    /// The phase in the call of the rollback handler; empty without a call.
    phase: &'static str,
}

const SUCCEEDED: Expected = Expected { status: "SUCCEEDED", end: "RecordSuccess ReleaseLock Succeeded", phase: "" };
const PAGED: Expected = Expected { status: "FAILED", end: "RecordFailure ReleaseLockFailed Failed", phase: "" };

const fn rolled_back(phase: &'static str) -> Expected {
    Expected { status: "FAILED", end: "RecordRollback ReleaseLockBack RolledBack", phase }
}

/// Changes the scenario without failures.
type Change = fn(&mut Value);

const CASES: &[(&str, Change, Expected)] = &[
    ("all is well", |_| {}, SUCCEEDED),
    ("rows differ", |s| outcome(s, "SummariseValidation", validation(3, 0)), rolled_back("validate")),
    ("a table could not be compared", |s| outcome(s, "SummariseValidation", validation(0, 1)), rolled_back("validate")),
    ("the validator answers nothing", |s| outcome(s, "SummariseValidation", json!({})), rolled_back("validate")),
    ("there is nothing to compare", |s| outcome(s, "PlanValidation", planned(&[])), SUCCEEDED),
    ("the plan has no groups", |s| outcome(s, "PlanValidation", payload(json!({}))), rolled_back("validate")),
    ("one group cannot be compared", |s| throw(s, "CompareGroup#2", "Migration.Broken"), rolled_back("validate")),
    (
        "one group never comes to its end",
        |s| outcome(s, "CompareGroup#1", payload(json!({ "complete": false, "cursor": "x" }))),
        rolled_back("validate"),
    ),
    (
        "the lag is never known",
        |s| outcome(s, "MeasureLag", json!({ "MetricDataResults": [] })),
        rolled_back("replicate"),
    ),
    ("a table cannot be loaded", |s| outcome(s, "PollFullLoad", loading("running", 99, 1)), rolled_back("load")),
    (
        "the task runs on without a table",
        |s| {
            suspended(s);
            outcome(s, "ReloadTables", json!({}));
        },
        SUCCEEDED,
    ),
    (
        "suspended tables cannot be loaded again",
        |s| {
            suspended(s);
            throw(s, "ReloadTables", "DatabaseMigration.ResourceNotFoundException");
        },
        rolled_back("load"),
    ),
    (
        "a table stays suspended",
        |s| {
            suspended(s);
            outcome(s, "ReloadTables", json!({}));
            outcome(s, "PollFullLoad", loading("running", 100, 1));
        },
        rolled_back("load"),
    ),
    (
        "the rehearsal does not end",
        |s| {
            let wait = json!({ "complete": false, "arrived": false, "status": "starting" });
            outcome(s, "RehearseReverse", payload(wait));
        },
        rolled_back("validate"),
    ),
    (
        "the final check does not fit into the fence",
        |s| outcome(s, "MeasureFinalCheck", payload(json!({ "complete": false, "millis": 15_000, "errors": 0 }))),
        rolled_back("approve"),
    ),
    (
        "a sequence has no numbers left",
        |s| throw(s, "AdvanceSequences", "Migration.Configuration"),
        rolled_back("approve"),
    ),
    ("the alarm rings while compute shifts", |s| outcome(s, "ReadAlarms50", alarm("ALARM")), rolled_back("shift")),
    (
        "the alarm has no data while compute shifts",
        |s| outcome(s, "ReadAlarms10", alarm("INSUFFICIENT_DATA")),
        rolled_back("shift"),
    ),
    ("there is no such alarm", |s| outcome(s, "ReadAlarms10", json!({ "CompositeAlarms": [] })), rolled_back("shift")),
    ("one role refuses", |s| outcome(s, "ApproveCutoverBy2", json!({ "decision": "refuse" })), rolled_back("approve")),
    ("one role answers after the reminder", |s| throw(s, "ApproveCutoverBy2", "States.HeartbeatTimeout"), SUCCEEDED),
    (
        "nobody answers",
        |s| {
            throw(s, "ApproveCutoverBy2", "States.HeartbeatTimeout");
            s["outcomes"]["ApproveCutoverAgain2"] = json!({ "timeout": true });
        },
        rolled_back("approve"),
    ),
    (
        "another run is under way",
        |s| {
            throw(s, "TakeLock", "S3.S3Exception");
            outcome(s, "ReadLock", json!({ "Body": "run-2", "ETag": "y" }));
        },
        PAGED,
    ),
    (
        "an earlier run has released the lock",
        |s| {
            throw(s, "TakeLock", "S3.S3Exception");
            let read = |holder: &str| json!({ "return": { "Body": holder, "ETag": "y" } });
            s["outcomes"]["ReadLock"] = json!([read("no execution"), read("run-1")]);
        },
        SUCCEEDED,
    ),
    ("the answer about the lock is lost", |s| throw(s, "TakeLock", "S3.S3Exception"), SUCCEEDED),
    (
        "another run takes the lock at the same moment",
        |s| {
            throw(s, "TakeLock", "S3.S3Exception");
            throw(s, "TakeOverLock", "S3.S3Exception");
            let read = |holder: &str| json!({ "return": { "Body": holder, "ETag": "y" } });
            s["outcomes"]["ReadLock"] = json!([read("no execution"), read("run-2")]);
        },
        PAGED,
    ),
    (
        "the schema has changed since the load",
        |s| outcome(s, "CheckTargetSchema", payload(json!({ "frozen": true, "fingerprint": "target-2" }))),
        rolled_back("approve"),
    ),
    (
        "the schema cannot be frozen",
        |s| outcome(s, "FreezeSource", payload(json!({ "frozen": false, "fingerprint": "source-1" }))),
        rolled_back("load"),
    ),
    ("replication runs already", |s| throw(s, "StartReplication", BUSY), SUCCEEDED),
    ("reverse replication runs already", |s| throw(s, "StartReverse", BUSY), SUCCEEDED),
    (
        "the target never catches up",
        |s| outcome(s, "PollDrain", payload(json!({ "drained": false, "confirmed": "0/1" }))),
        rolled_back("drain"),
    ),
    ("rows differ inside the fence", |s| outcome(s, "FinalValidation", validation(1, 0)), rolled_back("final-check")),
    (
        "the fence does not hold",
        |s| outcome(s, "FenceWrites", payload(json!({ "fenced": false, "sessions": 1 }))),
        rolled_back("fence"),
    ),
    (
        "the forward task cannot be cut off",
        |s| {
            outcome(
                s,
                "CutForward",
                payload(json!({ "cut": false, "sessions": 1, "obstacles": ["a session"], "position": "" })),
            )
        },
        rolled_back("cut-forward"),
    ),
    (
        "the forward task does not stop",
        |s| outcome(s, "PollStop", json!({ "ReplicationTasks": [{ "Status": "stopping" }] })),
        PAGED,
    ),
    (
        "reverse replication does not start",
        |s| outcome(s, "PollReverse", json!({ "ReplicationTasks": [{ "Status": "failed" }] })),
        PAGED,
    ),
    ("the alarm rings after the flip", |s| outcome(s, "ReadWatchAlarms", alarm("ALARM")), rolled_back("watch")),
    (
        "the way back is not given up in time",
        |s| s["outcomes"]["ApproveDecommissionBy1"] = json!({ "timeout": true }),
        PAGED,
    ),
    (
        "the rollback handler finds reverse replication broken",
        |s| {
            outcome(s, "ReadWatchAlarms", alarm("ALARM"));
            s["outcomes"]["ExecuteRollback"] =
                json!({ "throw": { "Error": "Migration.ReverseBroken", "Cause": "12 rows are not on the source" } });
        },
        Expected { phase: "watch", ..PAGED },
    ),
    (
        "calls are throttled",
        |s| {
            s["inject"] = json!([
                { "match": "StartReplication", "nth": 1, "throw": { "Error": "DatabaseMigration.DatabaseMigrationException", "Cause": "slow" } },
                { "match": "FenceWrites", "nth": 1, "throw": { "Error": "Lambda.TooManyRequestsException", "Cause": "slow" } },
                { "match": "FlipRouting", "nth": 1, "throw": { "Error": "Ssm.TooManyUpdatesException", "Cause": "slow" } },
            ]);
        },
        SUCCEEDED,
    ),
    ("the forward task has stopped already", |s| throw(s, "StopForward", BUSY), SUCCEEDED),
    (
        "nothing is ready",
        |s| {
            outcome(
                s,
                "Preflight",
                payload(json!({ "ready": false, "problems": [{ "what": "wal_level is replica", "fix": "" }] })),
            )
        },
        PAGED,
    ),
    ("the writer has moved already", |s| outcome(s, "ReadWriter", writer("target")), SUCCEEDED),
    ("a cutover was interrupted", |s| outcome(s, "ReadWriter", writer("none")), PAGED),
    (
        "going back is asked for while the way is open",
        |s| {
            s["input"] = json!({ "action": "rollback" });
            outcome(s, "ReadWriter", writer("target"));
        },
        rolled_back("watch"),
    ),
    (
        "going back is asked for after an interrupted cutover",
        |s| {
            s["input"] = json!({ "action": "rollback" });
            outcome(s, "ReadWriter", writer("none"));
        },
        rolled_back("flip"),
    ),
    ("the action is unknown", |s| s["input"] = json!({ "action": "destroy" }), PAGED),
    ("the plan is empty", |s| outcome(s, "Initialize", json!({ "Parameter": { "Value": "{}" } })), PAGED),
];

const BUSY: &str = "DatabaseMigration.InvalidResourceStateException";

#[test]
fn the_workflow_comes_to_the_right_end() {
    let Some(judge) = interpreter::find() else { return };
    let mut bench = Bench::new(&judge);
    for (name, change, expected) in CASES {
        let mut scenario = bench.scenario.clone();
        change(&mut scenario);
        let run = bench.run(name, &scenario);
        assert_eq!(run.result["status"], expected.status, "{name}: {}", run.tail(12));
        assert!(run.tail(3) == expected.end, "{name}: ends with {}", run.tail(12));
        assert_eq!(run.rollback_phase(), expected.phase, "{name}");
        run.check_one_writer(name);
    }
}

/// The reference workflow with short waits, and the scenario without failures.
struct Bench {
    interpreter: Interpreter,
    definition: String,
    scenario: Value,
}

impl Bench {
    fn new(judge: &Judge) -> Self {
        let mut text = runs::text("specs/payments.migspec.kdl");
        for (from, to) in [("\"72h\"", "\"5m\""), ("bake=\"30m\"", "bake=\"2m\""), ("bake=\"15m\"", "bake=\"2m\"")] {
            assert!(text.contains(from), "`{from}` is in the reference spec");
            text = text.replacen(from, to, 1);
        }
        let graph = migspec_lower::lower(&runs::view(&text, "dev")).value;
        let workflow = graph.workflows.values().next().expect("the reference spec has a cutover");
        let scenario = runs::text("tests/external/scenarios/happy.json");
        Self {
            interpreter: Interpreter::start(judge),
            definition: migspec_targets::stepfunctions::definition(workflow),
            scenario: serde_json::from_str(&scenario).expect("the scenario is JSON"),
        }
    }

    fn run(&mut self, name: &str, scenario: &Value) -> Run {
        let result = self.interpreter.run(name, &self.definition, scenario);
        Run { result, definition: serde_json::from_str(&self.definition).expect("it is JSON") }
    }
}

fn each_state(machine: &Value, visit: &mut dyn FnMut(&str, &Value)) {
    for (name, state) in machine["States"].as_object().into_iter().flatten() {
        visit(name, state);
        for branch in state["Branches"].as_array().into_iter().flatten() {
            each_state(branch, visit);
        }
        each_state(&state["ItemProcessor"], visit);
    }
}

/// The observations of the interpreter.
struct Run {
    result: Value,
    definition: Value,
}

impl Run {
    fn trace(&self) -> &[Value] {
        self.result["trace"].as_array().map_or(&[], Vec::as_slice)
    }

    fn entered(&self) -> Vec<&str> {
        self.trace().iter().filter(|e| e["event"] == "enter").filter_map(|e| e["state"].as_str()).collect()
    }

    /// The last states, joined by a space.
    fn tail(&self, count: usize) -> String {
        let entered = self.entered();
        entered[entered.len().saturating_sub(count)..].join(" ")
    }

    /// The phase in the first call of the rollback handler.
    fn rollback_phase(&self) -> &str {
        let calls = self.result["calls"].as_array().map_or(&[] as &[Value], Vec::as_slice);
        let call = calls.iter().find(|c| c["state"] == "ExecuteRollback");
        call.and_then(|c| c["input"]["Payload"]["failure"]["phase"].as_str()).unwrap_or_default()
    }

    /// Follows the effects that the document declares: both databases never
    /// take writes at the same time. Ends at the rollback handler.
    fn check_one_writer(&self, name: &str) {
        let mut effects = std::collections::BTreeMap::new();
        each_state(&self.definition, &mut |state, tree| {
            let comment = tree["Comment"].as_str().unwrap_or("{}");
            let comment: Value = serde_json::from_str(comment).expect("comments are JSON");
            effects.insert(state.to_owned(), comment["effects"].to_string());
        });
        // Initially, only the source takes writes. An execution that finds the
        // writer moved had fenced the source before.
        let moved = self.entered().contains(&"WatchTarget") && !self.entered().contains(&"FenceTarget");
        let (mut source, mut target) = (!moved, moved);
        let mut failed = "";
        for event in self.trace() {
            let state = event["state"].as_str().unwrap_or_default();
            match event["event"].as_str() {
                Some("catch") => failed = state,
                Some("exit") if failed == state => failed = "",
                Some("exit") => {
                    let now = effects.get(state).map_or("", String::as_str);
                    source &= !now.contains("\"fence:source\"");
                    target &= !now.contains("\"fence:target\"");
                    target |= now.contains("\"unfence:target\"");
                    assert!(!(source && target), "{name}: both databases take writes after {state}");
                }
                _ => {}
            }
        }
        if self.result["status"] == "SUCCEEDED" {
            assert!(target, "{name}: nobody takes writes in the end");
        }
    }
}

fn outcome(scenario: &mut Value, state: &str, reply: Value) {
    scenario["outcomes"][state] = json!({ "return": reply, "repeat": 1000 });
}

fn throw(scenario: &mut Value, state: &str, error: &str) {
    scenario["outcomes"][state] = json!({ "throw": { "Error": error, "Cause": "" }, "repeat": 1000 });
}

fn payload(reply: Value) -> Value {
    json!({ "StatusCode": 200, "Payload": reply })
}

/// The forward task runs without one of its tables, which is empty on the target.
fn suspended(scenario: &mut Value) {
    let reload = json!([{ "SchemaName": "ledger", "TableName": "entry" }]);
    outcome(scenario, "Preflight", payload(json!({ "ready": true, "problems": [], "reload": reload })));
    outcome(scenario, "DescribeReplication", loading("running", 100, 1));
}

fn planned(groups: &[u64]) -> Value {
    let group = |n: &u64| json!({ "number": n, "table": "payments.payment", "after": "", "to": "" });
    payload(json!({ "pass": "p", "groups": groups.iter().map(group).collect::<Vec<_>>() }))
}

fn validation(mismatched: u64, errors: u64) -> Value {
    payload(json!({
        "complete": true, "matched": 7, "mismatched": mismatched, "errors": errors, "evidence": "e",
    }))
}

fn loading(status: &str, progress: u64, errored: u64) -> Value {
    let stats = json!({ "FullLoadProgressPercent": progress, "TablesErrored": errored });
    json!({ "ReplicationTasks": [{ "Status": status, "ReplicationTaskStats": stats }] })
}

fn alarm(state: &str) -> Value {
    json!({ "CompositeAlarms": [{ "StateValue": state }] })
}

fn writer(side: &str) -> Value {
    json!({ "Parameter": { "Value": side } })
}
