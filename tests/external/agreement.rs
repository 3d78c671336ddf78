//! The simulator and an independent interpreter take the same path: for each
//! call that fails once, and for slow lag, differences, refusals, throttling
//! and redrives. In every execution, at most one database takes writes, and the
//! end is safe.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use migspec_analyze::workflow::Program;
use migspec_analyze::workflow::simulate::{Answering, CallResult, EXECUTION, Run, START, Scenario, simulate};
use migspec_ir::workflow::Workflow;
use migspec_targets::stepfunctions::definition;
use migspec_tests::runs;
use serde_json::{Value, json};

use crate::interpreter::{self, Interpreter};

struct Case {
    name: String,
    scenario: Scenario,
    /// The end is entirely on one side, unless the rollback fails as well.
    safe: bool,
}

fn case(name: &str, change: impl Fn(&mut Scenario)) -> Case {
    let mut scenario = Scenario { input: json!({}), ..Scenario::default() };
    change(&mut scenario);
    Case { name: name.to_owned(), scenario, safe: true }
}

/// Seconds without a request.
const NIGHT: u64 = 8 * 3600;

/// The first state of this name; with several databases, each has one.
fn first(program: &Program<'_>, name: &str) -> String {
    let states = program.nodes.iter().map(|node| &*node.state.name);
    let found = states.into_iter().find(|state| stem(state) == name);
    found.unwrap_or_else(|| panic!("the workflow has a state `{name}`")).to_owned()
}

/// The case for the first database, if each database has its own states.
fn of_the_first(program: &Program<'_>, case: Case) -> Case {
    let named = |name: &mut String| {
        if program.find(name).is_none() {
            *name = first(program, name);
        }
    };
    let Case { name, mut scenario, safe } = case;
    let Scenario { fails, throttles, timeouts, answers, .. } = &mut scenario;
    [fails, throttles, timeouts].into_iter().flatten().for_each(|(state, _)| named(state));
    answers.iter_mut().for_each(|(state, _)| named(state));
    Case { name, scenario, safe }
}

/// The name of a state without its database.
fn stem(state: &str) -> &str {
    state.split('-').next().unwrap_or(state)
}

/// The first call of each task fails. Different rows reach the rollback and its
/// messages; a failed preflight reaches the notification.
fn failing(program: &Program<'_>) -> Vec<Case> {
    let tasks = program.nodes.iter().filter(|node| node.state.kind.is_task());
    let names = tasks.map(|node| node.state.name.to_string());
    names
        .map(|name| {
            // The target is open and the slot keeps its changes: an operator is
            // called instead of a rollback.
            let safe = !AFTER_THE_OPENING.contains(&stem(&name));
            let failing = case(&format!("{name} fails"), |s| {
                s.fails.push((name.clone(), 1));
                s.mismatch = ["NotifyRollback", "RecordRollback"].contains(&&*name) || stem(&name).ends_with("Back");
                // From inside the fence: writes stop until an operator
                // intervenes.
                if name == "ExecuteRollback" {
                    s.fails.push((first(program, "FenceWrites"), 1));
                }
                if name.contains("Remind") || name.contains("Again") {
                    s.approve = Answering::Late;
                }
                s.suspended = stem(&name) == "ReloadTables";
                if name.starts_with("NotifyRequests") {
                    s.idle = NIGHT;
                }
                if name.ends_with("Failure") {
                    s.fails.push((first(program, "Preflight"), 1));
                }
            });
            Case { safe, ..failing }
        })
        .collect()
}

/// The execution is stopped after the change and redriven: the change refuses, and the route of its phase follows.
fn redriven(state: &str) -> Case {
    let safe = !AFTER_THE_OPENING.contains(&stem(state));
    Case { safe, ..case(&format!("redriven in {state}"), |s| s.redrive = Some(state.to_owned())) }
}

/// The tasks between the unfencing of the target and the watch.
const AFTER_THE_OPENING: [&str; 7] =
    ["StopForward", "PollStop", "ConfirmStop", "RestoreForward", "FindReverseSlot", "StartReverse", "PollReverse"];

/// The rollback fails on every attempt, from inside the fence: an operator is
/// called, and writes stop until then.
fn no_way_back(program: &Program<'_>) -> Case {
    let failing = case("the way back fails for good", |s| {
        s.fails = (1..=4).map(|n| ("ExecuteRollback".to_owned(), n)).collect();
        s.fails.push((first(program, "FenceWrites"), 1));
    });
    Case { safe: false, ..failing }
}

fn others() -> Vec<Case> {
    let named = |name: &str, n: u64| (name.to_owned(), n);
    let mut cases = vec![
        case("all is well", |_| {}),
        case("the lag is slow", |s| s.lag = 30),
        case("the lag never falls", |s| s.lag = 100_000),
        case("rows differ", |s| s.mismatch = true),
        case("no request comes in the night", |s| s.idle = NIGHT),
        case("no request ever comes", |s| s.idle = 100 * NIGHT),
        case("approval is refused", |s| s.approve = Answering::Refused),
        case("approval expires", |s| s.approve = Answering::Expired),
        case("approval is late", |s| s.approve = Answering::Late),
        case("another run is under way", |s| s.beside = true),
        case("the schemas have changed", |s| s.migrated = true),
        case("a table is suspended", |s| s.suspended = true),
        case("a table is suspended, and stays so", |s| {
            s.suspended = true;
            let stats = json!({ "FullLoadProgressPercent": 100, "TablesErrored": 1 });
            let task = json!({ "ReplicationTasks": [{ "Status": "running", "ReplicationTaskStats": stats }] });
            s.answers = vec![("PollFullLoad".to_owned(), task)];
        }),
        case("nobody learns whether the tables are loaded again", |s| {
            s.suspended = true;
            s.timeouts = vec![named("ReloadTables", 1)];
        }),
        case("calls are throttled", |s| {
            s.throttles = ["StartReplication", "FenceWrites", "FlipRouting", "Shift50"].map(|n| named(n, 2)).to_vec();
        }),
        case("throttled for too long", |s| s.throttles = vec![named("FlipRouting", 99)]),
        case("the fence is never answered", |s| s.timeouts = vec![named("FenceWrites", 1)]),
        case("the drain fails at its third call", |s| {
            s.fails = vec![named("PollDrain", 3)];
            s.answers = vec![(
                "PollDrain".to_owned(),
                json!({ "StatusCode": 200, "Payload": { "drained": false, "confirmed": "0/1" } }),
            )];
        }),
        case("an alarm rings in the shift", |s| s.answers = vec![alarm("ReadAlarms50", "ALARM")]),
        case("an alarm has no data", |s| s.answers = vec![alarm("ReadAlarms10", "INSUFFICIENT_DATA")]),
        case("an alarm rings after the flip", |s| s.answers = vec![alarm("ReadWatchAlarms", "ALARM")]),
        case("the writer has moved", |s| s.writer = Some("target".to_owned())),
        case("going back is asked for", |s| {
            s.writer = Some("target".to_owned());
            s.input = json!({ "action": "rollback" });
        }),
        case("going back from an interrupted cutover", |s| {
            s.writer = Some("none".to_owned());
            s.input = json!({ "action": "rollback" });
        }),
    ];
    for state in REDRIVEN.iter().chain(&["FlipRouting"]) {
        cases.push(redriven(state));
    }
    cases
}

fn alarm(state: &str, value: &str) -> (String, Value) {
    (state.to_owned(), json!({ "CompositeAlarms": [{ "StateValue": value }] }))
}

#[test]
fn the_simulator_agrees_with_the_interpreter_in_every_scenario() {
    let cases = compare("specs/payments.migspec.kdl", "dev", &[], |program| {
        let redrives = others().into_iter().filter(|case| calls_all(program, case));
        failing(program).into_iter().chain([no_way_back(program)]).chain(redrives).collect()
    });
    assert!(cases.is_none_or(|n| n > 100), "{cases:?} scenarios");
}

/// Reads that move before the writer have a separate gate for their age.
#[test]
fn they_agree_where_reads_move_first() {
    let bakes = [("bake=\"10m\"", "bake=\"2m\""), ("bake=\"30m\"", "bake=\"2m\"")];
    let cases = compare("specs/examples/reads/reads.migspec.kdl", "prod", &bakes, |_| {
        let no_lag = json!({ "MetricDataResults": [] });
        let mut cases: Vec<Case> = ["Shift25", "MeasureReads25", "ReadAlarms25", "MoveTraffic"]
            .iter()
            .map(|state| case(&format!("{state} fails"), |s| s.fails.push(((*state).to_owned(), 1))))
            .collect();
        cases.push(case("all is well", |_| {}));
        cases.push(case("nobody knows how old reads are", |s| {
            s.answers = vec![("MeasureReads25".to_owned(), no_lag.clone())];
        }));
        cases.push(case("no read ever comes", |s| s.idle = 100 * NIGHT));
        cases.push(case("reads are too old", |s| s.answers = vec![("MeasureReads25".to_owned(), behind(30))]));
        cases.push(case("approval is refused", |s| s.approve = Answering::Refused));
        cases.push(redriven("FlipRouting"));
        cases
    });
    assert!(cases.is_none_or(|n| n > 5), "{cases:?} scenarios");
}

/// A cutover after another one.
#[test]
fn they_agree_where_another_cutover_comes_before() {
    let cases = compare("specs/examples/two-databases/two-databases.migspec.kdl", "dev", &[], |_| {
        vec![
            case("all is well", |_| {}),
            case("the other has not moved", |s| s.unmoved = true),
            case("the writer of the other is unknown", |s| s.fails = vec![("ReadEarlier1".to_owned(), 1)]),
            case("the target is not opened", |s| s.fails = vec![("UnfenceTarget".to_owned(), 1)]),
        ]
    });
    assert!(cases.is_none_or(|n| n > 3), "{cases:?} scenarios");
}

/// Several databases in one cutover: a rollback undoes completed steps of every
/// database.
#[test]
fn they_agree_where_several_databases_move_together() {
    let shorter = [("rollback window=\"48h\"", "rollback window=\"5m\"")];
    let cases = compare("specs/examples/together/together.migspec.kdl", "dev", &shorter, |program| {
        let mut cases = failing(program);
        cases.push(no_way_back(program));
        // The redriven cases follow, for each database.
        let others = others().into_iter().map(|case| of_the_first(program, case));
        cases.extend(others.filter(|case| case.scenario.redrive.is_none()));
        for database in ["accounts", "ledger"] {
            let of = |state: &str| format!("{state}-{database}");
            cases.push(case(&format!("the fence of {database} is never answered"), |s| {
                s.timeouts = vec![(of("FenceWrites"), 1)];
            }));
            cases.push(case(&format!("{database} never drains"), |s| {
                let reply = json!({ "StatusCode": 200, "Payload": { "drained": false, "confirmed": "0/1" } });
                s.answers = vec![(of("PollDrain"), reply)];
            }));
            for state in REDRIVEN {
                cases.push(redriven(&of(state)));
            }
        }
        cases
    });
    assert!(cases.is_none_or(|n| n > 140), "{cases:?} scenarios");
}

/// Calls with a change that may be complete although the response is lost.
const REDRIVEN: &[&str] =
    &["StartReplication", "FenceWrites", "CutForward", "UnfenceTarget", "StopForward", "StartReverse", "StopReverse"];

/// The total lag of both sides, in seconds.
fn behind(seconds: u64) -> Value {
    let side = |id: &str| json!({ "Id": id, "Values": [seconds as f64 / 2.0] });
    json!({ "MetricDataResults": [side("source"), side("target")] })
}

/// Whether the workflow has the states of the case.
fn calls_all(program: &Program<'_>, case: &Case) -> bool {
    let Scenario { fails, throttles, timeouts, redrive, answers, .. } = &case.scenario;
    let counted = [fails, throttles, timeouts].into_iter().flatten().map(|(state, _)| state);
    counted.chain(redrive).chain(answers.iter().map(|(state, _)| state)).all(|state| program.find(state).is_some())
}

/// Runs the last workflow of a spec in both, under every case, and returns the
/// number of cases; `None` without the interpreter.
fn compare(
    spec: &str,
    environment: &str,
    shorter: &[(&str, &str)],
    cases: impl Fn(&Program<'_>) -> Vec<Case>,
) -> Option<usize> {
    let judge = interpreter::find()?;
    let workflow = workflow(spec, environment, shorter);
    let program = Program::new(&workflow);
    let cases = cases(&program);
    for case in &cases {
        assert!(calls_all(&program, case), "{}: a state is not in the workflow", case.name);
    }
    let definition: Value = serde_json::from_str(&definition(&workflow)).expect("it is JSON");
    let next = AtomicUsize::new(0);
    std::thread::scope(|threads| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            threads.spawn(|| {
                let interpreter = Interpreter::start(&judge);
                let mut bench = Bench { interpreter, definition: definition.clone() };
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    bench.compare(case, &simulate(&program, &case.scenario));
                }
            });
        }
    });
    Some(cases.len())
}

/// A workflow with short waits.
fn workflow(spec: &str, environment: &str, shorter: &[(&str, &str)]) -> Workflow {
    let mut text = runs::text(spec);
    let reference = [("\"72h\"", "\"5m\""), ("bake=\"30m\"", "bake=\"2m\""), ("bake=\"15m\"", "bake=\"2m\"")];
    for (from, to) in if shorter.is_empty() { &reference } else { shorter } {
        text = text.replace(from, to);
    }
    let graph = migspec_lower::lower(&runs::view(&text, environment)).value;
    graph.workflows.into_values().next_back().expect("the spec has a cutover")
}

struct Bench {
    interpreter: Interpreter,
    definition: Value,
}

impl Bench {
    fn compare(&mut self, case: &Case, run: &Run) {
        let name = &case.name;
        for entry in &run.entries {
            let both = entry.worlds.two_writers();
            assert!(!both, "{name}: both sides of a database take writes after {}", entry.state);
        }
        assert_eq!(run.safe, case.safe, "{name}: {:?} in {:?}", run.end, run.worlds);
        assert!(run.worlds.has_notified(), "{name}: no notification");
        let seen = self.interpreted(name, run, &case.scenario.input);
        let from = run.redriven.as_ref().map_or(0, |r| r.entries);
        assert_eq!(seen, entered(run, from), "{name}");
    }

    /// The states that the interpreter enters, by their branch.
    fn interpreted(&mut self, name: &str, run: &Run, input: &Value) -> BTreeMap<String, Vec<String>> {
        let definition = self.resumed(run).to_string();
        let result = self.interpreter.run(name, &definition, &scenario(run, input));
        let mut seen: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for event in result["trace"].as_array().into_iter().flatten().filter(|e| e["event"] == "enter") {
            // The interpreter marks the iterations of a map with `~`.
            let branch = event["branch"].as_str().unwrap_or_default();
            let branch = branch.split_once('~').map_or_else(|| branch.to_owned(), |(map, i)| format!("{map}[{i}]"));
            let state = event["state"].as_str().unwrap_or_default();
            if state != RESUME {
                seen.entry(branch).or_default().push(state.to_owned());
            }
        }
        seen
    }

    /// The definition; after a redrive, a definition that starts at that state
    /// with its variables.
    fn resumed(&self, run: &Run) -> Value {
        let mut definition = self.definition.clone();
        if let Some(redrive) = &run.redriven {
            let state = &run.entries[redrive.entries].state;
            definition["StartAt"] = RESUME.into();
            definition["States"][RESUME] = json!({ "Type": "Pass", "Assign": redrive.variables, "Next": &**state });
        }
        definition
    }
}

const RESUME: &str = "ResumeHere";

fn entered(run: &Run, from: usize) -> BTreeMap<String, Vec<String>> {
    let mut seen: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for entry in &run.entries[from..] {
        seen.entry(entry.branch.clone()).or_default().push(entry.state.to_string());
    }
    seen
}

/// Every call with the response from the simulator.
fn scenario(run: &Run, input: &Value) -> Value {
    let (calls, at) = run.redriven.as_ref().map_or((0, 0), |r| (r.calls, r.at));
    let mut outcomes: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for call in &run.calls[calls..] {
        let mut outcome = match &call.outcome {
            CallResult::Answer(answer) => json!({ "return": answer }),
            CallResult::Error(error) => json!({ "throw": { "Error": error, "Cause": "" } }),
            CallResult::Timeout => json!({ "timeout": true }),
        };
        if call.outcome != CallResult::Timeout {
            outcome["delay"] = json!(call.took as f64 / 1000.0);
        }
        // Iterations of a map run in parallel: each has its own responses.
        let iteration = call.branch.strip_prefix("ValidateData").and_then(|rest| rest.strip_suffix(']'));
        let iteration = iteration.and_then(|rest| rest.rsplit_once('[')).map(|(_, i)| i);
        let key = iteration.map_or_else(|| call.state.to_string(), |i| format!("{}#{i}", call.state));
        outcomes.entry(key).or_default().push(outcome);
    }
    let start = migspec_analyze::workflow::jsonata::to_millis(START).expect("the start is a time") + at as i64;
    json!({
        "input": input, "name": EXECUTION, "latency": 0, "exhausted": "error", "default": "error", "real_timeout": 900,
        "redrives": i32::from(run.redriven.is_some()),
        "start": migspec_analyze::workflow::jsonata::from_millis(start), "outcomes": outcomes,
    })
}
