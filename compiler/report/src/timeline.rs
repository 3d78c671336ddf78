//! The timeline of a simulation, as text and as JSON.

use std::fmt::Write;

use migspec_analyze::workflow::simulate::{CallResult, Entry, Pause, Run, Scenario, Worlds, pauses};
use migspec_analyze::workflow::{Program, World};
use migspec_ir::workflow::{Budget, HISTORY_LIMIT, PAYLOAD_LIMIT, Phase, Side, Workflow};
use serde_json::{Value as Json, json};

/// Notes on the failures that the execution never reached, so that the result does not cover them.
pub fn unmet(scenario: &Scenario, run: &Run) -> String {
    let mut out = String::new();
    let times = |state: &str| run.calls.iter().filter(|call| *call.state == *state).count() as u64;
    let counted = [("fail", &scenario.fails), ("time out", &scenario.timeouts)];
    for (failure, (state, n)) in counted.into_iter().flat_map(|(name, list)| list.iter().map(move |one| (name, one))) {
        let called = times(state);
        if called < *n {
            let _ = writeln!(out, "note: `{state}` was called {}, so that call {n} did not {failure}", often(called));
        }
    }
    let never = scenario.throttles.iter().map(|(state, _)| state).filter(|state| times(state) == 0);
    for state in never.chain(scenario.redrive.iter().filter(|_| run.redriven.is_none())) {
        let _ = writeln!(out, "note: `{state}` was never called");
    }
    out
}

fn often(times: u64) -> String {
    match times {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        n => format!("{n} times"),
    }
}

/// One line for each state. The turns of a loop share a line.
pub fn text(program: &Program<'_>, run: &Run) -> String {
    let writers = writers(program.workflow);
    let heads: Vec<String> = writers.iter().map(|head| format!("{head:<7}")).collect();
    let mut out = format!("       time  {}  writer   requests  state\n", heads.join("  "));
    let mut i = 0;
    while let Some(entry) = run.entries.get(i) {
        let turns = turns(&run.entries[i..]);
        let node = program.find(&entry.state).map(|id| program.nodes[id].state);
        let does = node.map_or("", |state| &*state.does);
        let name = match entry.branch.as_str() {
            "" => entry.state.to_string(),
            branch => format!("{} in {branch}", entry.state),
        };
        let _ = write!(out, "{:>11}  {}  {name}", clock(entry.at), columns(&entry.worlds, &heads));
        match (&entry.failed, turns) {
            (Some(error), _) => out.push_str(&format!(": FAILS with {error}\n")),
            (None, (1, _)) => out.push_str(&format!(": {does}\n")),
            (None, (n, length)) => {
                let others: Vec<&str> = run.entries[i + 1..i + length].iter().map(|e| &*e.state).collect();
                out.push_str(&format!(", {}: {n} turns\n", others.join(", ")));
            }
        }
        i += turns.0 * turns.1;
    }
    let end = match &run.end {
        Ok(state) => format!("ends with {state}"),
        Err(why) => format!("ends without a route: {why}"),
    };
    let verdict = if run.safe { "safe" } else { "NOT SAFE: an operator must decide" };
    let _ = writeln!(out, "\n{end} after {}: {}", clock(run.took), last(program.workflow, &run.worlds));
    for pause in pauses(program, run) {
        out.push_str(&pause_line(&pause));
    }
    let _ = writeln!(out, "{}\n{verdict}", budget(program.workflow));
    out
}

/// `no payment is accepted for 14.3 s: fence 6.7 s, drain 0.4 s, …`.
fn pause_line(pause: &Pause) -> String {
    let seconds = |millis: u64| format!("{}.{} s", millis / 1000, millis % 1000 / 100);
    let parts: Vec<String> =
        pause.parts.iter().map(|(phase, millis)| format!("{} {}", phase.name(), seconds(*millis))).collect();
    let end = if pause.ends { "" } else { ", and still at the end" };
    format!("no payment is accepted for {}{end}: {}\n", seconds(pause.millis()), parts.join(", "))
}

/// The upper bounds of every execution.
fn budget(workflow: &Workflow) -> String {
    let budget = Budget::of(workflow);
    let (events, bytes) = (budget.events(), budget.payload);
    let time = clock(budget.seconds * 1000);
    format!(
        "any execution: at most {events} of {HISTORY_LIMIT} events, {bytes} of {PAYLOAD_LIMIT} bytes of input, {time}"
    )
}

/// The column headings above the writers: the databases, if several move.
fn writers(workflow: &Workflow) -> Vec<&str> {
    match workflow.units.as_slice() {
        [] => vec!["writes"],
        units => units.iter().map(|unit| &**unit).collect(),
    }
}

/// The number of turns of the loop that starts here, and its length in states.
fn turns(entries: &[Entry]) -> (usize, usize) {
    let same =
        |a: &Entry, b: &Entry| a.state == b.state && a.worlds == b.worlds && a.branch == b.branch && b.failed.is_none();
    for length in 2..=4 {
        let mut n = 1;
        while (0..length).all(|k| match (entries.get(k), entries.get(n * length + k)) {
            (Some(a), Some(b)) => same(a, b) && a.failed.is_none(),
            _ => false,
        }) {
            n += 1;
        }
        if n > 1 {
            return (n, length);
        }
    }
    (1, 1)
}

fn columns(worlds: &Worlds, heads: &[String]) -> String {
    let writes = worlds.iter().zip(heads).map(|(world, head)| format!("{:<1$}", writes(world), head.chars().count()));
    let writes = writes.collect::<Vec<_>>().join("  ");
    format!("{writes}  {:<7}  {:<8}", worlds.writer_name(), requests(worlds))
}

/// The sides that take writes, for a column.
fn writes(world: World) -> &'static str {
    match (world.takes_writes(Side::Source), world.takes_writes(Side::Target)) {
        (true, true) => "BOTH",
        (true, false) => "source",
        (false, true) => "target",
        (false, false) => "-",
    }
}

fn requests(worlds: &Worlds) -> &'static str {
    if worlds.shifts_traffic() { "shifted" } else { "source" }
}

fn last(workflow: &Workflow, worlds: &Worlds) -> String {
    let notified = if worlds.has_notified() { "operators were notified" } else { "NO notification was sent" };
    let requests = if worlds.shifts_traffic() { "are shifted" } else { "go to the source" };
    let rest = format!("requests {requests}, {notified}");
    let mut each: Vec<String> = worlds.iter().map(takes).collect();
    if each.windows(2).all(|pair| pair[0] == pair[1]) {
        each.truncate(1);
    } else {
        let named = writers(workflow).into_iter().zip(each);
        each = named.map(|(database, takes)| format!("of {database}, {takes}")).collect();
    }
    format!("{}; {rest}", each.join("; "))
}

/// The sides that take writes, as a clause.
fn takes(world: World) -> String {
    let sides = match (world.takes_writes(Side::Source), world.takes_writes(Side::Target)) {
        (true, true) => "BOTH sides take writes",
        (true, false) => "the source takes writes",
        (false, true) => "the target takes writes",
        (false, false) => "neither side takes writes",
    };
    let reverse = if world.reverse_runs() { ", and the reverse task runs" } else { "" };
    format!("{sides}{reverse}")
}

/// `1d 02:03:04`.
fn clock(millis: u64) -> String {
    let seconds = millis / 1000;
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let time = format!("{:02}:{:02}:{:02}", rest / 3600, rest / 60 % 60, rest % 60);
    if days > 0 { format!("{days}d {time}") } else { time }
}

pub fn document(program: &Program<'_>, run: &Run) -> Json {
    let workflow = program.workflow;
    let entries = run.entries.iter().map(|e| {
        json!({
            "at": e.at as f64 / 1000.0, "state": &*e.state, "branch": e.branch, "failed": e.failed,
            "world": world(workflow, &e.worlds),
        })
    });
    let calls = run.calls.iter().map(|c| {
        let outcome = match &c.outcome {
            CallResult::Answer(answer) => json!({ "return": answer }),
            CallResult::Error(error) => json!({ "throw": { "Error": error, "Cause": "" } }),
            CallResult::Timeout => json!({ "timeout": true }),
        };
        json!({ "at": c.at as f64 / 1000.0, "state": &*c.state, "branch": c.branch, "took": c.took as f64 / 1000.0, "outcome": outcome })
    });
    let budget = Budget::of(workflow);
    json!({
        "entered": entries.collect::<Vec<_>>(),
        "calls": calls.collect::<Vec<_>>(),
        "seconds": run.took as f64 / 1000.0,
        "budget": { "events": budget.events(), "bytes": budget.payload, "seconds": budget.seconds },
        "end": run.end.as_ref().map_or(Json::Null, |state| Json::from(&**state)),
        "world": world(workflow, &run.worlds),
        "pauses": pauses(program, run).iter().map(pause_object).collect::<Vec<_>>(),
        "safe": run.safe,
    })
}

fn pause_object(pause: &Pause) -> Json {
    let seconds = |millis: u64| millis as f64 / 1000.0;
    let part = |(phase, millis): &(Phase, u64)| json!({ "phase": phase.name(), "seconds": seconds(*millis) });
    json!({
        "at": seconds(pause.from),
        "seconds": seconds(pause.millis()),
        "ends": pause.ends,
        "parts": pause.parts.iter().map(part).collect::<Vec<_>>(),
    })
}

/// The writers as JSON, by database key if several move.
fn world(workflow: &Workflow, worlds: &Worlds) -> Json {
    let one = |world: World| {
        json!({
            "source": world.takes_writes(Side::Source),
            "target": world.takes_writes(Side::Target),
            "reverse": world.reverse_runs(),
        })
    };
    let mut all = match workflow.units.as_slice() {
        [] => worlds.iter().map(one).next().unwrap_or_default(),
        units => {
            let each = units.iter().zip(worlds.iter()).map(|(unit, world)| (unit.to_string(), one(world)));
            json!({ "databases": each.collect::<serde_json::Map<_, _>>() })
        }
    };
    all["writer"] = worlds.writer_name().into();
    all["shifted"] = worlds.shifts_traffic().into();
    all["told"] = worlds.has_notified().into();
    all
}
