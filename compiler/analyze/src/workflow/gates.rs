//! Absent, unknown and bad answers open no gate. The check gives such answers to each gate.

use std::sync::Arc;

use indexmap::IndexSet;
use migspec_ir::workflow::{Api, Effect, Kind};
use rustc_hash::{FxBuildHasher, FxHashMap};
use serde_json::{Value as Json, json};

use crate::workflow::contracts::{self, Function};
use crate::workflow::jsonata::Scope;
use crate::workflow::measured::{self, Measure};
use crate::workflow::offence::Offence;
use crate::workflow::program::{Node, NodeId, Program, Target, Term};
use crate::workflow::turn;
use crate::workflow::value::{Sort, Value};

pub(crate) fn offences(program: &Program<'_>) -> Vec<Offence> {
    let sorts = sorts(program);
    let bench = Bench { program, sorts: &sorts };
    let gates = (0..program.nodes.len()).filter_map(|id| bench.open_gate(id));
    gates
        .map(|(id, answer)| Offence {
            code: "gate-open-on-silence",
            node: id,
            message: format!("`{}` opens when {answer}", program.nodes[id].state.name),
            seen: "this answer opens the gate".to_owned(),
            help: "set the verdict `pass` only for the good answer, and another verdict for all others",
            path: Vec::new(),
        })
        .collect()
}

/// An answer that must not open a gate.
struct Probe {
    /// In words, after `when`.
    what: &'static str,
    result: Json,
}

struct Bench<'p, 'w> {
    program: &'p Program<'w>,
    /// The sort of each variable, from its assignments.
    sorts: &'p FxHashMap<Arc<str>, Sort>,
}

impl Bench<'_, '_> {
    /// A gate, and a bad answer that opens it.
    fn open_gate(&self, id: NodeId) -> Option<(NodeId, &'static str)> {
        let node = &self.program.nodes[id];
        match &node.state.kind {
            Kind::Choice { .. } if self.ends_a_group(id) => self.askers(id).find_map(|asker| {
                let mut probes = unfinished_group().into_iter();
                let open = probes.find(|probe| self.opens(asker, id, &Value::from(&probe.result)));
                open.map(|probe| (id, probe.what))
            }),
            _ if node.effects.is_empty() => None,
            Kind::Choice { .. } => self.askers(id).find_map(|asker| {
                let probes = probes(&self.program.nodes[asker], node.effects);
                let probes = probes.into_iter().chain(self.loads(asker, node.effects));
                let open = { probes }.find(|probe| self.opens(asker, id, &Value::from(&probe.result)));
                open.or_else(|| self.opens_unmeasured(asker, id)).map(|probe| (id, probe.what))
            }),
            Kind::Task { api: Api::InvokeFunction, .. } => self.confirms_nothing(node).map(|what| (id, what)),
            Kind::Task { .. } if node.effects.contains(&Effect::Approve) => {
                self.askers(id).find_map(|asker| self.approves_alone(asker).map(|what| (asker, what)))
            }
            _ => None,
        }
    }

    /// Whether a choice within an iteration decides that the comparison of a group is complete.
    fn ends_a_group(&self, id: NodeId) -> bool {
        let compares = |asker: NodeId| {
            let contract = contracts::contract(&self.program.nodes[asker].state.kind);
            matches!(contract, Some(Ok((Function::Validator, "chunk"))))
        };
        self.program.nodes[id].outer.is_some() && self.askers(id).any(compares)
    }

    /// Bad answers about the full load: the last of all tasks is not loaded.
    fn loads(&self, asker: NodeId, effects: &[Effect]) -> Vec<Probe> {
        if !effects.contains(&Effect::FullLoad) {
            return Vec::new();
        }
        let starts =
            self.program.nodes.iter().filter(|node| node.state.effects.contains(&Effect::StartForward)).count();
        let task = |status: &str, percent: u8, errors: u8| {
            json!({
                "Status": status,
                "ReplicationTaskStats": { "FullLoadProgressPercent": percent, "TablesErrored": errors },
            })
        };
        let answer = |last: Json| {
            let mut tasks = vec![task("running", 100, 0); starts.saturating_sub(1)];
            tasks.push(last);
            json!({ "ReplicationTasks": tasks })
        };
        debug_assert!(asker < self.program.nodes.len());
        vec![
            Probe { what: "99 % are loaded", result: answer(task("running", 99, 0)) },
            Probe { what: "a table has an error", result: answer(task("running", 100, 1)) },
            Probe { what: "the task has stopped", result: answer(task("stopped", 100, 0)) },
            Probe { what: "there are no statistics", result: answer(json!({ "Status": "running" })) },
        ]
    }

    /// The states that lead directly to a gate and set its verdict.
    fn askers(&self, gate: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let nodes = self.program.nodes.iter().enumerate();
        let leads = move |node: &Node<'_>| node.next == Target::Node(gate) && !node.assign.is_empty();
        nodes.filter(move |(_, node)| leads(node)).map(|(id, _)| id)
    }

    /// A bad answer of a measurement before the question that lets the gate open.
    fn opens_unmeasured(&self, asker: NodeId, gate: NodeId) -> Option<Probe> {
        // The question itself gets its good answer.
        let good = Value::from(&match &self.program.nodes[asker].state.kind {
            Kind::Task { api: Api::DescribeAlarms, .. } => json!({ "CompositeAlarms": [{ "StateValue": "OK" }] }),
            _ => return None,
        });
        measured::before(self.program, asker).into_iter().find_map(|measure| {
            let probes = match measured::subject(self.program, measure) {
                Some(Measure::Requests) => request_probes(),
                _ => lag_probes(),
            };
            probes.into_iter().find(|probe| {
                let states = turn::states(Value::from(&probe.result));
                let unknown = |name: &str| self.before(name);
                let scope = Scope { variables: &unknown, states: &states };
                self.program.nodes[measure].assign.iter().all(|(variable, term)| {
                    let name = self.program.variables.get_index(*variable);
                    term.all(&scope).into_iter().flatten().any(|value| {
                        let known = |asked: &str| match name {
                            Some(name) if **name == *asked => value.clone(),
                            _ => self.before(asked),
                        };
                        self.opens_after(&known, (asker, gate), &good)
                    })
                })
            })
        })
    }

    fn opens(&self, asker: NodeId, gate: NodeId, result: &Value) -> bool {
        self.opens_after(&|name| self.before(name), (asker, gate), result)
    }

    /// Whether a gate opens after an answer, with these values of the variables before it.
    fn opens_after(&self, before: &dyn Fn(&str) -> Value, (asker, gate): (NodeId, NodeId), result: &Value) -> bool {
        let states = turn::states(result.clone());
        let scope = Scope { variables: before, states: &states };
        let Some((condition, ..)) = self.program.nodes[gate].branches.first() else { return false };
        let mut read: IndexSet<Arc<str>, FxBuildHasher> = IndexSet::default();
        condition.reads(&mut read);
        // Only the verdict decides; the other variables stay unknown.
        let assigned = self.program.nodes[asker].assign.iter();
        let deciding: Vec<(&Arc<str>, &Term)> = assigned
            .filter_map(|(variable, term)| Some((self.program.variables.get_index(*variable)?, term)))
            .filter(|(name, _)| read.contains(*name))
            .collect();
        let Some((name, term)) = deciding.first() else { return true };
        term.all(&scope).into_iter().flatten().any(|value| {
            let after = |asked: &str| if asked == &***name { value.clone() } else { before(asked) };
            let scope = Scope { variables: &after, states: &states };
            condition.all(&scope).into_iter().flatten().any(|open| open.truth() != Some(false))
        })
    }

    fn before(&self, name: &str) -> Value {
        Value::Unknown(self.sorts.get(name).copied().unwrap_or(Sort::Any))
    }

    /// A function that changes the write privileges must confirm the change.
    fn confirms_nothing(&self, node: &Node<'_>) -> Option<&'static str> {
        let confirmed = |effect: &Effect| {
            let writes =
                matches!(effect, Effect::Fence(_) | Effect::Unfence(_) | Effect::FenceToken | Effect::ReverseSlot);
            writes || matches!(effect, Effect::CutForward | Effect::RestoreForward)
        };
        if !node.effects.iter().any(confirmed) {
            return None;
        }
        let mut silent = vec![
            json!({}),
            json!({ "Payload": {} }),
            json!({ "Payload": { "fenced": false, "unfenced": false, "cut": false, "restored": false } }),
        ];
        if node.effects.contains(&Effect::CutForward) {
            silent.push(json!({ "Payload": { "cut": false, "position": "" } }));
        }
        let passes = silent.iter().any(|answer| self.succeeds(node, &Value::from(answer)));
        passes.then_some("the function does not confirm the change")
    }

    fn succeeds(&self, node: &Node<'_>, result: &Value) -> bool {
        let states = turn::states(result.clone());
        let before = |name: &str| self.before(name);
        let scope = Scope { variables: &before, states: &states };
        node.assign.iter().all(|(_, term)| term.all(&scope).iter().any(Result::is_ok))
    }

    /// All roles must approve: one without an answer closes the gate.
    fn approves_alone(&self, asker: NodeId) -> Option<&'static str> {
        let node = &self.program.nodes[asker];
        let Kind::Parallel { branches } = &node.state.kind else { return None };
        let answer = |decision: &str| json!({ "decision": decision, "answer": { "decision": decision } });
        let without = |silent: usize| {
            let decisions = (0..branches.len()).map(|i| answer(if i == silent { "none" } else { "approve" }));
            Value::from(&decisions.collect::<Json>())
        };
        let open = (0..branches.len()).any(|silent| self.succeeds(node, &without(silent)));
        open.then_some("one of the roles gives no answer")
    }
}

/// Answers that the task before a gate can get, and that must not open the gate.
fn probes(asker: &Node<'_>, effects: &[Effect]) -> Vec<Probe> {
    let probe = |what, result| Probe { what, result };
    let api = match &asker.state.kind {
        Kind::Task { api, .. } => *api,
        _ => return Vec::new(),
    };
    let mut probes = vec![probe("the answer is empty", json!({}))];
    match api {
        Api::DescribeAlarms => {
            let alarm = |state: &str| json!({ "CompositeAlarms": [{ "StateValue": state }], "MetricAlarms": [] });
            probes.extend([
                probe("the alarm has INSUFFICIENT_DATA", alarm("INSUFFICIENT_DATA")),
                probe("the alarm rings", alarm("ALARM")),
                probe("there is no such alarm", json!({ "CompositeAlarms": [], "MetricAlarms": [] })),
            ]);
        }
        Api::GetMetricData => probes.extend(lag_probes()),
        Api::DescribeReplicationTasks => {
            probes.push(probe("there is no such task", json!({ "ReplicationTasks": [] })));
            let status = |status: &str| json!({ "ReplicationTasks": [{ "Status": status }] });
            let wrong: &[(&str, &str)] = match effects {
                [Effect::ReverseRunning] => &[("the task has stopped", "stopped"), ("the task starts", "starting")],
                _ => &[("the task still runs", "running"), ("the task is stopping", "stopping")],
            };
            probes.extend(wrong.iter().map(|(what, word)| probe(what, status(word))));
            // A failed task applies no changes either.
            if effects.contains(&Effect::FullLoad) {
                probes.retain(|probe| probe.what != "the task still runs");
            }
            if !matches!(effects, [Effect::ForwardStopped | Effect::ReverseStopped]) {
                probes.push(probe("the task has failed", status("failed")));
            }
        }
        Api::DescribeTargetHealth => {
            let health = |states: &[&str]| {
                let target = |state: &&str| json!({ "TargetHealth": { "State": state } });
                json!({ "TargetHealthDescriptions": states.iter().map(target).collect::<Vec<_>>() })
            };
            probes.extend([
                probe("there is no target", health(&[])),
                probe("a target is unhealthy", health(&["unhealthy"])),
                probe("one of two targets drains", health(&["healthy", "draining"])),
            ]);
        }
        Api::InvokeFunction => probes.extend(replies(effects)),
        _ => {}
    }
    probes
}

fn lag_probes() -> Vec<Probe> {
    let probe = |what, result| Probe { what, result };
    let values = |source: Json, target: Json| json!({ "MetricDataResults": [{ "Id": "source", "Values": source }, { "Id": "target", "Values": target }] });
    vec![
        probe("there is no metric", json!({ "MetricDataResults": [] })),
        probe("the metrics have no value", values(json!([]), json!([]))),
        probe("the source's lag has no value", values(json!([]), json!([0]))),
        probe("the target's lag has no value", values(json!([0]), json!([]))),
        probe("the lag is a day", values(json!([0]), json!([86_400]))),
    ]
}

/// Counts of requests that must not open a gate.
fn request_probes() -> Vec<Probe> {
    let probe = |what, result| Probe { what, result };
    let values = |values: Json| json!({ "MetricDataResults": [{ "Id": "requests", "Values": values }] });
    vec![
        probe("the count of requests is empty", json!({})),
        probe("there is no count of requests", json!({ "MetricDataResults": [] })),
        probe("the count of requests has no value", values(json!([]))),
        probe("no request has reached the target's compute", values(json!([0, 0]))),
    ]
}

/// Answers about a group that is not compared to its end.
fn unfinished_group() -> [Probe; 3] {
    let probe = |what, result| Probe { what, result };
    let half = json!({ "complete": false, "cursor": "[700]" });
    [
        probe("the answer is empty", json!({})),
        probe("the reply is empty", json!({ "StatusCode": 200, "Payload": {} })),
        probe("the comparison of the group is incomplete", json!({ "StatusCode": 200, "Payload": half })),
    ]
}

/// The bad answers that a gate's task can get, each with its name.
pub(crate) fn bad_answers(asker: &Node<'_>, effects: &[Effect]) -> Vec<(&'static str, Json)> {
    probes(asker, effects).into_iter().map(|probe| (probe.what, probe.result)).collect()
}

fn replies(effects: &[Effect]) -> Vec<Probe> {
    let reply = |what, reply: Json| Probe { what, result: json!({ "StatusCode": 200, "Payload": reply }) };
    let mut probes = vec![reply("the reply is empty", json!({}))];
    let compared = |mismatched: u32, errors: u32, complete: bool| json!({ "complete": complete, "mismatched": mismatched, "errors": errors, "matched": 9, "cursor": "" });
    for effect in effects {
        match effect {
            Effect::Validate | Effect::FinalValidate => probes.extend([
                reply("rows differ", compared(1, 0, true)),
                reply("a table could not be compared", compared(0, 1, true)),
                reply("the comparison is incomplete", compared(0, 0, false)),
            ]),
            Effect::Drain => probes.push(reply("changes are under way", json!({ "drained": false }))),
            Effect::Preflight => probes.push(reply("a prerequisite is missing", json!({ "ready": false }))),
            Effect::FinalCheckMeasured => {
                probes.push(reply("the final check takes too long", json!({ "complete": false, "millis": 60_000 })));
            }
            Effect::Rehearsed => probes.push(reply("the rehearsal is incomplete", json!({ "complete": false }))),
            Effect::RolledBack => probes.push(reply("the rollback is incomplete", json!({ "complete": false }))),
            _ => {}
        }
    }
    probes
}

/// The sort of each variable, if all literals that are assigned to it agree.
fn sorts(program: &Program<'_>) -> FxHashMap<Arc<str>, Sort> {
    let mut sorts: FxHashMap<Arc<str>, Sort> = FxHashMap::default();
    let nodes = program.nodes.iter();
    let assigned = nodes.flat_map(|node| {
        node.assign
            .iter()
            .chain(node.branches.iter().flat_map(|(_, a, _)| a))
            .chain(node.catches.iter().flat_map(|(a, _)| a))
    });
    for (variable, term) in assigned {
        let (Term::Value(value), Some(name)) = (term, program.variables.get_index(*variable)) else { continue };
        let sort = sorts.entry(name.clone()).or_insert_with(|| value.sort());
        if *sort != value.sort() {
            *sort = Sort::Any;
        }
    }
    sorts
}

/// The unknown value of each variable, for explorations of a part.
pub(crate) fn unknown(program: &Program<'_>) -> Vec<Value> {
    let sorts = sorts(program);
    program.variables.iter().map(|name| Value::Unknown(sorts.get(name).copied().unwrap_or(Sort::Any))).collect()
}
