//! Laws over every workflow that is built.

use std::collections::BTreeSet;
use std::sync::Arc;

use migspec_events as events;
use migspec_ir::workflow::{
    ALL_ERRORS, Api, Argument, Budget, Effect, Expression, HISTORY_LIMIT, Kind, NAME_LIMIT, Phase, Redrive, State,
    Workflow, errors, redrive,
};

use migspec_analyze::workflow::{Depth, Exploration, Offence, Program, loops, offences};
use migspec_ir::workflow::Loop;

use crate::testing::{Lowered, lower_text, payments};

const SPEC: &str = include_str!("../../../../specs/payments.migspec.kdl");

const TOGETHER: &str = include_str!("../../../../specs/examples/together/together.migspec.kdl");

/// The reference spec, and the same with other strategies and settings.
fn variants() -> Vec<(&'static str, Lowered)> {
    let steps = "{ // one writer; compute shifts first, then the writer flips
            step \"10%\" bake=\"10m\" requests=100
            step \"50%\" bake=\"15m\" requests=500
            step \"100%\" bake=\"30m\" requests=1000
        }";
    let reverse =
        "reverse { // on by default; `reverse #false` accepts a loss\n            lag alarm=\"5s\"\n        }";
    let replaced = |from: &str, to: &str| {
        assert!(SPEC.contains(from), "the reference spec contains `{from}`");
        lower_text(&SPEC.replacen(from, to, 1), "prod")
    };
    vec![
        ("compute", payments("prod")),
        (
            "atomic",
            lower_text(&SPEC.replacen("strategy \"compute\"", "strategy \"atomic\"", 1).replacen(steps, "", 1), "prod"),
        ),
        ("no reverse", replaced(reverse, "reverse #false")),
        ("reads", {
            let route = "route \"POST\" \"/payment\"";
            let text =
                SPEC.replacen(route, &format!("route \"GET\" \"/payment/{{id}}\" stale=\"10s\"\n        {route}"), 1);
            lower_text(&text.replacen("strategy \"compute\"", "strategy \"reads\"", 1), "prod")
        }),
        ("no window", replaced("window \"sat 01:00-05:00Z\"", "")),
        ("together", lower_text(TOGETHER, "prod")),
    ]
}

fn each(mut check: impl FnMut(&str, &Workflow)) {
    for (name, lowered) in variants() {
        let workflow = lowered.graph.workflows.values().next().expect("the spec has a cutover");
        check(name, workflow);
    }
}

fn reachable<'w>(workflow: &'w Workflow, from: &'w str) -> BTreeSet<&'w str> {
    let mut seen = BTreeSet::new();
    let mut todo = vec![from];
    while let Some(name) = todo.pop() {
        if seen.insert(name) {
            todo.extend(workflow.states[name].targets().into_iter().map(|t| &**t));
        }
    }
    seen
}

#[test]
fn every_state_is_reached_and_every_target_exists() {
    each(|name, workflow| {
        let reached = reachable(workflow, &workflow.start_at);
        let all: BTreeSet<&str> = workflow.states.keys().map(|n| &**n).collect();
        assert_eq!(reached, all, "{name}");
    });
}

/// Every state with every outcome, in executions that are ended at any moment
/// and started again.
#[test]
fn no_execution_ends_badly() {
    for depth in [Depth::Execution, Depth::Restarts] {
        each(|name, workflow| {
            // The others differ from these in parts that a restart does not affect.
            if depth == Depth::Restarts && !["compute", "no reverse", "together"].contains(&name) {
                return;
            }
            for exploration in Exploration::each(workflow, depth) {
                assert!(!exploration.exhausted, "{name}: {} configurations", exploration.size());
                let found: Vec<String> =
                    offences(&exploration, depth).iter().map(|offence| offence_text(&exploration, offence)).collect();
                assert!(found.is_empty(), "{name} {:?} {depth:?}:\n{}", exploration.program.unit, found.join("\n"));
            }
        });
    }
}

fn offence_text(exploration: &Exploration, offence: &Offence) -> String {
    let state = |node: usize| exploration.program.nodes[node].state.name.clone();
    let path: Vec<String> = offence.path.iter().map(|hop| format!("{} {:?}", state(hop.node), hop.passes)).collect();
    format!("{} {} ({}): {}", offence.code, state(offence.node), offence.seen, path.join(", "))
}

/// The declared bounds equal the proven ones.
#[test]
fn declared_bounds_are_proven() {
    each(|name, workflow| {
        let program = Program::new(workflow);
        let sorted = |mut loops: Vec<Loop>| {
            loops.sort_by(|a, b| a.states.cmp(&b.states));
            loops
        };
        let proven = sorted(loops(&program));
        let declared = sorted(workflow.loops.clone());
        for (proven, declared) in proven.iter().zip(&declared) {
            assert_eq!((&proven.states, proven.turns), (&declared.states, declared.turns), "{name}");
        }
        assert_eq!(proven.len(), declared.len(), "{name}");
    });
}

#[test]
fn names_are_unique_and_short() {
    each(|name, workflow| {
        let names: Vec<&Arc<str>> = workflow.all_states().into_iter().map(|s| &s.name).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{name}");
        assert!(names.iter().all(|n| n.len() <= NAME_LIMIT), "{name}");
    });
}

#[test]
fn every_task_has_a_timeout_and_every_error_a_route() {
    each(|name, workflow| {
        for state in workflow.states.values() {
            let catches = state.catch.last().is_some_and(|c| c.errors == errors(&[ALL_ERRORS]));
            match state.kind {
                Kind::Task { .. } => assert!(state.timeout.is_some() && catches, "{name}: {}", state.name),
                Kind::Parallel { .. } | Kind::Map { .. } => assert!(catches, "{name}: {}", state.name),
                _ => {}
            }
        }
    });
}

#[test]
fn the_way_back_never_leads_into_the_main_path() {
    each(|name, workflow| {
        for start in ["ExecuteRollback", "NotifyFailure"] {
            for state in reachable(workflow, start) {
                let phase = workflow.states[state].phase;
                assert!(matches!(phase, Phase::Rollback | Phase::Notify), "{name}: {start} leads to {state}");
            }
        }
    });
}

#[test]
fn an_error_of_the_way_back_calls_a_person() {
    each(|name, workflow| {
        let rollback = &workflow.states["ExecuteRollback"];
        assert!(rollback.catch.iter().all(|c| &*c.next == "NotifyFailure"), "{name}");
        assert!(workflow.states["NotifyFailure"].effects.contains(&Effect::Page), "{name}");
    });
}

#[test]
fn errors_between_load_and_watch_are_undone() {
    each(|name, workflow| {
        let undone = ["ExecuteRollback", "ApproveLoss"];
        for state in workflow.states.values().filter(|s| (Phase::Load..=Phase::Watch).contains(&s.phase)) {
            // An error of a record or a message for people undoes nothing.
            let for_people = &*state.name == "RecordRouting" || state.name.starts_with("NotifyRequests");
            if state.effects.is_empty() && for_people {
                continue;
            }
            if let Some(route) = state.catch.last() {
                // With the target open, an operator repairs the task, or decides
                // without the state of the alarm.
                let open = [Phase::StopForward, Phase::StartReverse].contains(&state.phase);
                if open || &*state.name == "ReadWatchAlarms" {
                    assert_eq!(&*route.next, "NotifyFailure", "{name}: {}", state.name);
                    continue;
                }
                assert!(undone.contains(&&*route.next), "{name}: {} goes to {}", state.name, route.next);
            }
        }
    });
}

/// The required order of effects on the main path.
#[test]
fn the_writer_moves_in_the_only_safe_order() {
    let order = |effect: &Effect| {
        [
            "hold-writes",
            "fence:source",
            "fence-token",
            "drain",
            "final-validate",
            "cut-forward",
            "sync-sequences:target",
            "reverse-slot",
            "flip:target",
            "unfence:target",
            "stop-forward",
            "restore-forward",
            "start-reverse",
            "drop-slots",
        ]
        .iter()
        .position(|name| *name == effect.to_string())
    };
    each(|name, workflow| {
        // No step of one database waits for a step of another.
        let path = main_path(workflow);
        let all: Vec<usize> = path.iter().flat_map(|s| &s.effects).filter_map(order).collect();
        assert!(all.is_sorted(), "{name}: {all:?}");
        let alone = [Arc::from("")];
        for unit in if workflow.units.is_empty() { &alone } else { &workflow.units[..] } {
            let concerned = path.iter().filter(|s| s.of.as_ref().is_none_or(|of| of == unit));
            let found: Vec<usize> = concerned.flat_map(|s| &s.effects).filter_map(order).collect();
            assert!(found.windows(2).all(|pair| pair[0] < pair[1]), "{name} {unit}: {found:?}");
            let expected = if name == "no reverse" { 11 } else { 14 };
            assert_eq!(found.len(), expected, "{name} {unit}: {found:?}");
        }
    });
}

/// One writer switch and one rollback for all databases; a fence, a drain and a token for each.
#[test]
fn databases_that_move_together_share_what_must_be_one() {
    let lowered = lower_text(TOGETHER, "prod");
    let workflow = lowered.graph.workflows.values().next().expect("the spec has a cutover");
    assert_eq!(workflow.units, [Arc::from("accounts"), "ledger".into()]);
    let having = |effect: &str| -> Vec<(&str, Option<&str>)> {
        let states = workflow.states.values().filter(|s| s.effects.iter().any(|e| e.to_string() == effect));
        states.map(|s| (&*s.name, s.of.as_deref())).collect()
    };
    assert_eq!(having("hold-writes"), [("HoldWrites", None)]);
    assert_eq!(having("flip:target"), [("FlipRouting", None)]);
    assert_eq!(having("rolled-back"), [("CheckRollback", None)]);
    assert_eq!(
        having("fence:source"),
        [("FenceWrites-accounts", Some("accounts")), ("FenceWrites-ledger", Some("ledger"))]
    );
    assert_eq!(having("drain"), [("CheckDrain-accounts", Some("accounts")), ("CheckDrain-ledger", Some("ledger"))]);
    let argument = |state: &str, path: &[&str]| {
        let Kind::Task { arguments, .. } = &workflow.states[state].kind else { panic!("{state} is a task") };
        path.iter().try_fold(arguments, |argument, name| argument.get(name)).cloned()
    };
    let token = |state: &str| argument(state, &["Payload", "token"]);
    assert_eq!(token("WriteFenceToken-accounts"), token("PollDrain-accounts"));
    assert_ne!(token("WriteFenceToken-accounts"), token("WriteFenceToken-ledger"));
    let key =
        |state: &str| argument(state, &["Payload", "run", "cutover"]).and_then(|a| a.as_text().map(str::to_owned));
    assert_eq!(key("FenceWrites-ledger").as_deref(), Some("ledger"));
    assert_eq!(key("ExecuteRollback").as_deref(), Some("billing"));
    let Some(Argument::List(back)) = argument("ExecuteRollback", &["Payload", "replications"]) else {
        panic!("the rollback handler gets the databases")
    };
    assert_eq!(back.len(), 2);
}

/// A hold of any length has a number of answers that fits into the history, and each answer covers all minutes since
/// the last.
#[test]
fn a_long_lag_gate_asks_less_often() {
    let lowered = lower_text(&SPEC.replacen("for=\"5m\"", "for=\"24h\"", 1), "prod");
    let workflow = lowered.graph.workflows.values().next().expect("the spec has a cutover");
    let gate = workflow.loops.iter().find(|l| &*l.asks() == "MeasureLag").expect("the lag gate is a loop");
    assert!(gate.turns < 600 && gate.turns * gate.seconds > 24 * 3600, "{gate:?}");
    let printed = format!("{:?}", workflow.states["MeasureLag"].assign);
    assert!(printed.contains("Values) >= 4") && printed.contains("$max("), "{printed}");
    assert!(Budget::of(workflow).events() < HISTORY_LIMIT);
}

/// The states of a migration without errors.
fn main_path(workflow: &Workflow) -> Vec<&State> {
    let mut path = Vec::new();
    let mut name = &*workflow.start_at;
    loop {
        let state = &workflow.states[name];
        path.push(state);
        assert!(path.len() < 500, "the main path ends");
        match (&state.next, &state.kind) {
            (Some(next), _) => name = next,
            (None, Kind::Choice { branches, .. }) => name = &branches[0].next,
            (None, _) => return path,
        }
    }
}

/// The functions that a workflow invokes.
const INVOKED: &[&str] = &["preflight", "data-validator", "fence", "sequences", "reverse-slot", "rollback-handler"];

#[test]
fn payloads_are_what_the_functions_read() {
    each(|name, workflow| {
        let mut seen = BTreeSet::new();
        for state in workflow.all_states() {
            if let Kind::Map { item: Some(item), .. } = &state.kind {
                let read = serde_json::from_value::<events::ValidatorEvent>(json(item));
                assert!(read.is_ok(), "{name}: {}: {read:?}", state.name);
            }
            let Kind::Task { api: Api::InvokeFunction, arguments, .. } = &state.kind else { continue };
            let function = arguments.get("FunctionName").and_then(Argument::as_text).unwrap_or_default();
            let payload = json(arguments.get("Payload").expect("an invocation has a payload"));
            let name = function.rsplit(':').next().unwrap_or_default();
            let stem = INVOKED.iter().find(|stem| name.ends_with(&format!("-{stem}-prod"))).copied().unwrap_or(name);
            seen.insert(stem.to_owned());
            let read = match stem {
                "preflight" => serde_json::from_value::<events::PreflightEvent>(payload).map(drop),
                "data-validator" => serde_json::from_value::<events::ValidatorEvent>(payload).map(drop),
                "fence" => serde_json::from_value::<events::FenceEvent>(payload).map(drop),
                "sequences" => serde_json::from_value::<events::SequencesEvent>(payload).map(drop),
                "reverse-slot" => serde_json::from_value::<events::ReverseEvent>(payload).map(drop),
                "rollback-handler" => serde_json::from_value::<events::RollbackEvent>(payload).map(drop),
                other => panic!("{name}: unknown function {other}"),
            };
            assert!(read.is_ok(), "{name}: {}: {read:?}", state.name);
        }
        assert_eq!(seen.len(), if name == "no reverse" { 5 } else { 6 }, "{name}: {seen:?}");
    });
}

/// Two databases on one server ask for slots and connections together, in one
/// cutover or in two.
#[test]
fn preflight_is_told_who_shares_a_server() {
    const APART: &str = include_str!("../../../../specs/examples/two-databases/two-databases.migspec.kdl");
    for text in [TOGETHER, APART] {
        let shared = text.replace("ledger.dc1.example.com", "ACCOUNTS.dc1.example.com");
        for (text, sharing) in [(text, 1), (&shared, 2)] {
            let lowered = lower_text(text, "prod");
            let all = lowered.graph.workflows.values().flat_map(Workflow::all_states);
            let asking = all.filter(|state| state.effects.is_empty() && state.name.starts_with("Preflight"));
            let events: Vec<events::PreflightEvent> = asking
                .map(|state| {
                    let Kind::Task { arguments, .. } = &state.kind else { panic!("{} is a task", state.name) };
                    let payload = json(arguments.get("Payload").expect("an invocation has a payload"));
                    serde_json::from_value(payload).expect("it is an event")
                })
                .collect();
            assert_eq!(events.len(), 2);
            for event in events {
                assert_eq!((event.source.len(), event.target.len()), (sharing, 1));
                let own = format!("-{}-", event.run.cutover);
                assert!(event.source[0].task.contains(&own), "{:?} begins with {own}", event.source);
                assert!(event.source.iter().all(|demand| demand.slots == 2 && demand.connections >= 12));
            }
        }
    }
}

/// A payload as it will be, with a value of the right kind for each expression.
fn json(argument: &Argument) -> serde_json::Value {
    use serde_json::{Value, json};
    match argument {
        Argument::Expression(e) if e.as_str() == "$failure" => {
            json!({ "state": "S", "phase": "fence", "error": "E", "cause": "" })
        }
        Argument::Expression(e) if e.as_str() == "$acceptLoss" => json!(false),
        Argument::Expression(e) if e.as_str() == "$groupCount" => json!(1),
        Argument::Expression(e) if e.as_str() == "$chunk.run" => {
            json!({ "migration": "m", "environment": "e", "cutover": "c", "execution": "x" })
        }
        Argument::Expression(e) if e.as_str().ends_with(".group") || e.as_str().ends_with(".Item.Value") => {
            json!({ "number": 0, "table": "s.t", "after": "", "to": "" })
        }
        Argument::Expression(e) if e.as_str().starts_with('[') => json!([e.as_str()]),
        Argument::Expression(e) => Value::from(e.as_str()),
        Argument::Null => Value::Null,
        Argument::Bool(b) => json!(b),
        Argument::Integer(n) => json!(n),
        Argument::Text(text) => json!(&**text),
        Argument::List(items) => items.iter().map(json).collect(),
        Argument::Object(members) => {
            Value::Object(members.iter().map(|(n, a)| (n.to_string(), self::json(a))).collect())
        }
    }
}

/// Iterations of a distributed map are executions of their own: they read their input, or variables that they have set.
#[test]
fn iterations_know_no_variable_of_the_workflow() {
    each(|name, workflow| {
        let maps = workflow.states.values().filter_map(|s| match &s.kind {
            Kind::Map { distributed: Some(_), processor, .. } => Some(processor),
            _ => None,
        });
        let mut seen = 0;
        for processor in maps {
            let set: BTreeSet<&str> =
                processor.states.values().flat_map(|s| s.assign.iter().map(|(n, _)| &**n)).collect();
            for state in processor.states.values() {
                let printed = format!("{state:?}");
                for used in variables(&printed) {
                    assert!(set.contains(used), "{name}: {} reads ${used}", state.name);
                    seen += 1;
                }
            }
        }
        assert!(seen > 0, "{name}: iterations read something");
    });
}

/// The names of variables in expressions, without functions and `$states`.
fn variables(text: &str) -> Vec<&str> {
    let name = |rest: &'_ str| rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
    let found = text.match_indices('$').map(|(i, _)| text[i + 1..].split_at(name(&text[i + 1..])));
    found.filter(|(n, rest)| !rest.starts_with('(') && *n != "states" && !n.is_empty()).map(|(n, _)| n).collect()
}

#[test]
fn the_role_may_do_what_the_states_call() {
    for (name, lowered) in variants() {
        let graph = &lowered.graph;
        let workflow = graph.workflows.values().next().expect("the spec has a cutover");
        let called: BTreeSet<(String, &str)> = workflow
            .all_states()
            .into_iter()
            .filter_map(|s| match &s.kind {
                Kind::Task { api, .. } => Some((s.name.to_string(), api.info().action)),
                _ => None,
            })
            .collect();
        let granted: BTreeSet<(String, &str)> = graph
            .grants
            .iter()
            .filter(|g| g.role.as_str() == format!("{}-workflow-role", workflow.cutover))
            .filter_map(|g| g.why.split_once(" > state ").map(|(_, state)| (state.to_owned(), g)))
            .flat_map(|(state, g)| g.actions.iter().map(move |a| (state.clone(), *a)))
            .filter(|(_, action)| !action.starts_with("kms:"))
            .collect();
        assert_eq!(called, granted, "{name}");
    }
}

#[test]
fn the_budget_is_kept() {
    each(|name, workflow| {
        let budget = Budget::of(workflow);
        assert!(budget.events() < HISTORY_LIMIT, "{name}: {}", budget.events());
        assert!(workflow.timeout >= budget.seconds, "{name}");
        for turning in &workflow.loops {
            let known = |wanted: &Arc<str>| workflow.all_states().iter().any(|s| s.name == *wanted);
            assert!(turning.states.iter().all(known), "{name}: {turning:?}");
        }
    });
}

/// Every loop of the graph has a known bound.
#[test]
fn every_loop_is_bounded() {
    each(|name, workflow| {
        let mut cut = workflow.clone();
        for turning in &workflow.loops {
            // The wait leads back to the call: without it there is no loop.
            let wait = &turning.states[0];
            if let Some(state) = cut.states.get_mut(wait) {
                state.next = None;
            }
        }
        for state in cut.states.keys() {
            let onwards: Vec<&str> = cut.states[state].targets().into_iter().map(|t| &**t).collect();
            assert!(onwards.iter().all(|next| !reachable(&cut, next).contains(&**state)), "{name}: {state}");
        }
    });
}

/// Literal names and ARNs refer to resources of the graph: before the workflow runs, no other check finds a wrong one.
#[test]
fn what_the_workflow_names_exists() {
    for (name, lowered) in variants() {
        let graph = &lowered.graph;
        let named = |type_name: &'static str, property: &str| -> BTreeSet<String> {
            let found = graph.of_type(type_name).filter_map(|r| r.get(property)?.value.as_str().map(str::to_owned));
            found.collect()
        };
        let workflow = graph.workflows.values().next().expect("the spec has a cutover");
        let known = [
            ("FunctionName", named("AWS::Lambda::Function", "FunctionName")),
            ("TopicArn", named("AWS::SNS::Topic", "TopicName")),
            ("Bucket", named("AWS::S3::Bucket", "BucketName")),
            ("Name", named("AWS::SSM::Parameter", "Name")),
            ("ReplicationTaskArn", named("AWS::DMS::ReplicationTask", "ResourceIdentifier")),
            ("AlarmNames", named("AWS::CloudWatch::CompositeAlarm", "AlarmName")),
        ];
        for state in workflow.all_states() {
            let Kind::Task { arguments, .. } = &state.kind else { continue };
            for (argument, names) in &known {
                let value = match arguments.get(argument) {
                    Some(Argument::List(items)) => items.first().and_then(Argument::as_text),
                    other => other.and_then(Argument::as_text),
                };
                // The last part of an ARN is the name.
                let Some(value) = value.map(|v| v.rsplit(':').next().unwrap_or(v)) else { continue };
                assert!(names.contains(value), "{name}: {} names `{value}`, not one of {names:?}", state.name);
            }
        }
    }
}

/// While the target serves reads, each turn measures their age.
#[test]
fn refusals_of_redrives_are_written_and_read() {
    let mut refusals = 0;
    each(|name, workflow| {
        for state in workflow.all_states() {
            let Kind::Task { api, arguments, .. } = &state.kind else { continue };
            let read = redrive::read(*api, redrive::write(state, *api, arguments));
            assert_eq!(read, (arguments.clone(), state.redrive), "{name}: {}", state.name);
            refusals += usize::from(state.redrive == Redrive::Refuses);
        }
    });
    assert!(refusals > 0);
}

/// Quiet alarms prove nothing about a share without requests.
#[test]
fn the_requests_of_a_step_are_counted_before_each_look_at_the_alarms() {
    for (name, lowered) in variants() {
        let workflow = lowered.graph.workflows.values().next().expect("the spec has a cutover");
        let bakes = workflow.states.values().filter(|s| s.effects.contains(&Effect::RequestGate));
        let mut counted = 0;
        for gate in bakes {
            let turn = workflow.loops.iter().find(|l| l.states.last() == Some(&gate.name)).expect("a bake is a loop");
            let [.., count, alarms, _] = turn.states.as_slice() else { panic!("{name}: {turn:?}") };
            assert!(count.starts_with("MeasureRequests") && alarms.starts_with("ReadAlarms"), "{name}: {turn:?}");
            counted += 1;
        }
        let shifts =
            workflow.states.values().filter(|s| s.assign.iter().any(|(variable, _)| &**variable == "shiftedAt"));
        // The first state gives each variable its first value.
        assert_eq!(counted, shifts.count() - 1, "{name}");
    }
}

#[test]
fn reads_move_by_their_own_rule_and_only_while_they_are_fresh() {
    let lowered = variants().into_iter().find(|(name, _)| *name == "reads").expect("there is such a variant").1;
    let workflow = lowered.graph.workflows.values().next().expect("the spec has a cutover");
    let shifts: Vec<&State> =
        workflow.states.values().filter(|s| s.effects.iter().any(|e| matches!(e, Effect::ShiftReads(_)))).collect();
    assert_eq!(shifts.len(), 3);
    for shift in shifts {
        let Kind::Task { arguments, .. } = &shift.kind else { panic!("a shift is a task") };
        assert_eq!(arguments.get("RuleArn"), Some(&Argument::Expression(Expression::new("$readsRule"))));
        let wait = shift.next.as_ref().expect("a shift goes on");
        let turn = workflow.loops.iter().find(|l| l.states[0] == *wait).expect("a bake is a loop");
        assert!(turn.states[1].starts_with("MeasureReads"), "{turn:?}");
    }
    let condition = lowered.graph.get(&migspec_ir::Id::from("payments-reads-rule")).and_then(|r| r.get("Conditions"));
    let condition = format!("{:?}", condition.map(|d| &d.value));
    assert!(condition.contains("^(/live)?/payment/[^/]+$"), "{condition}");
}
