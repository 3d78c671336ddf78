use std::fmt::Write;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use migspec_analyze::workflow::simulate::{Answering, CallResult, Entry, Run, Scenario, Worlds, simulate};
use migspec_analyze::workflow::{Program, World};
use migspec_ir::Graph;
use migspec_ir::workflow::{Budget, HISTORY_LIMIT, PAYLOAD_LIMIT, Side, Workflow};
use serde_json::{Value as Json, json};

use super::graph::Chosen;
use super::{Exit, print};

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    pub chosen: Chosen,
    /// Cutover to simulate (default: the only cutover of the spec).
    #[arg(long, value_name = "KEY")]
    pub cutover: Option<String>,
    /// Output format.
    #[arg(long, short = 'f', value_name = "FORMAT", default_value = "human")]
    pub format: Format,
    #[command(flatten)]
    pub scenario: ScenarioOptions,
}

/// The failures of a simulation.
#[derive(Debug, Args)]
pub struct ScenarioOptions {
    /// Make the Nth call from STATE fail (default 1). For Map and Parallel states, a call inside them.
    #[arg(long, value_name = "STATE[:N]", value_parser = numbered)]
    pub fail: Vec<(String, u64)>,
    /// Make the Nth call from STATE time out (default 1).
    #[arg(long, value_name = "STATE[:N]", value_parser = numbered)]
    pub hang: Vec<(String, u64)>,
    /// Throttle the first N calls from STATE.
    #[arg(long, value_name = "STATE:N", value_parser = numbered)]
    pub throttle: Vec<(String, u64)>,
    /// Replication lag at the start; it falls by one second each minute.
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = seconds)]
    pub lag: u64,
    /// How the approvers respond.
    #[arg(long, value_name = "HOW", default_value = "agree")]
    pub approve: Approve,
    /// Make the validation find rows that differ.
    #[arg(long)]
    pub mismatch: bool,
    /// Start while another execution of the workflow is running.
    #[arg(long, alias = "beside")]
    pub concurrent_run: bool,
    /// Start while the cutovers named by `after` have not moved their writers.
    #[arg(long, alias = "unmoved")]
    pub predecessors_pending: bool,
    /// Change the schemas after the schema freeze.
    #[arg(long)]
    pub schema_change: bool,
    /// Stop the execution in STATE, then redrive it.
    #[arg(long, value_name = "STATE")]
    pub redrive: Option<String>,
    /// Value of the writer switch at the start.
    #[arg(long, value_name = "SIDE", default_value = "source")]
    pub writer: Writer,
    /// Start the execution as a rollback.
    #[arg(long)]
    pub rollback: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Format {
    Human,
    Json,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Approve {
    /// All approvers agree within one hour.
    Agree,
    /// All approvers agree after the reminder.
    Late,
    /// No approver responds.
    Expired,
    /// An approver refuses.
    Refused,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Writer {
    Source,
    None,
    Target,
}

fn numbered(text: &str) -> Result<(String, u64), String> {
    match text.split_once(':') {
        None => Ok((text.to_owned(), 1)),
        Some((state, n)) => match n.parse() {
            Ok(n) if n > 0 => Ok((state.to_owned(), n)),
            _ => Err("expected a state and the number of a call from 1, such as `FenceWrites:2`".to_owned()),
        },
    }
}

/// Parses a number of seconds, minutes or hours, such as `30s`.
fn seconds(text: &str) -> Result<u64, String> {
    let units = [("s", 1), ("m", 60), ("h", 3600)];
    let found =
        units.iter().find_map(|(unit, size)| text.strip_suffix(unit)?.parse::<u32>().ok().map(|n| u64::from(n) * size));
    found.ok_or_else(|| "expected a duration such as `30s`".to_owned())
}

pub fn run(arguments: &Arguments) -> Result<Exit, String> {
    let Some(graph) = arguments.chosen.graph()? else { return Ok(Exit::Findings) };
    let workflow = one_workflow(&graph, arguments.cutover.as_deref())?;
    let program = Program::new(workflow);
    let scenario = arguments.scenario.scenario(&program)?;
    let run = simulate(&program, &scenario);
    match arguments.format {
        Format::Human => print(&(timeline(&program, &run) + &missed(&scenario, &run)))?,
        Format::Json => print(&format!("{:#}\n", document(workflow, &run)))?,
    }
    Ok(if run.safe { Exit::Clean } else { Exit::Findings })
}

/// The workflow of a cutover.
pub fn one_workflow<'g>(graph: &'g Graph, cutover: Option<&str>) -> Result<&'g Workflow, String> {
    let workflows: Vec<&Workflow> = graph.workflows.values().collect();
    match (cutover, workflows.as_slice()) {
        (_, []) => Err("the spec has no cutover".to_owned()),
        (None, [only]) => Ok(*only),
        (wanted, many) => {
            let found = many.iter().find(|w| wanted == Some(&*w.cutover));
            let keys: Vec<&str> = many.iter().map(|w| &*w.cutover).collect();
            found.copied().ok_or_else(|| format!("name the cutover with `--cutover KEY`: {}", keys.join(", ")))
        }
    }
}

/// The states that the workflow enters in a scenario, without states inside Map and Parallel states.
pub fn states_entered(workflow: &Workflow, options: &ScenarioOptions) -> Result<Vec<Arc<str>>, String> {
    let program = Program::new(workflow);
    let run = simulate(&program, &options.scenario(&program)?);
    let outside = run.entries.into_iter().filter(|entry| entry.branch.is_empty());
    Ok(outside.map(|entry| entry.state).collect())
}

impl ScenarioOptions {
    pub fn scenario(&self, program: &Program<'_>) -> Result<Scenario, String> {
        let calls = |list: &[(String, u64)]| -> Result<Vec<(String, u64)>, String> {
            list.iter().map(|(state, n)| Ok((calling(program, state)?.to_owned(), *n))).collect()
        };
        if let Some(state) = self.redrive.as_deref().filter(|state| calling(program, state) != Ok(state)) {
            calling(program, state)?;
            return Err(format!("the state `{state}` contains other states: name the inner state to redrive"));
        }
        let writer = match self.writer {
            Writer::Source => "source",
            Writer::None => "none",
            Writer::Target => "target",
        };
        Ok(Scenario {
            input: if self.rollback { json!({ "action": "rollback" }) } else { json!({}) },
            writer: Some(writer.to_owned()),
            fails: calls(&self.fail)?,
            timeouts: calls(&self.hang)?,
            throttles: calls(&self.throttle)?,
            lag: self.lag,
            approve: match self.approve {
                Approve::Agree => Answering::Agree,
                Approve::Late => Answering::Late,
                Approve::Expired => Answering::Expired,
                Approve::Refused => Answering::Refused,
            },
            mismatch: self.mismatch,
            beside: self.concurrent_run,
            unmoved: self.predecessors_pending,
            migrated: self.schema_change,
            redrive: self.redrive.clone(),
            answers: Vec::new(),
        })
    }
}

/// The first task at or inside a state.
fn calling<'p>(program: &'p Program<'_>, name: &str) -> Result<&'p str, String> {
    let Some(named) = program.find(name) else {
        let names = program.nodes.iter().map(|node| &*node.state.name);
        let near = migspec_diag::did_you_mean(name, names).map(|hint| format!(": {hint}"));
        return Err(format!("the workflow has no state `{name}`{}", near.unwrap_or_default()));
    };
    let within = |id: usize| std::iter::successors(Some(id), |id| program.nodes[*id].outer).any(|id| id == named);
    let calls = |id: &usize| within(*id) && program.nodes[*id].state.kind.is_task();
    let found = (named..program.nodes.len()).find(calls).map(|id| &*program.nodes[id].state.name);
    found.ok_or_else(|| format!("the state `{name}` makes no call that can fail"))
}

/// Notes on the failures that the execution never reached, so that the result does not cover them.
fn missed(scenario: &Scenario, run: &Run) -> String {
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
fn timeline(program: &Program<'_>, run: &Run) -> String {
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
    let _ = writeln!(out, "{}\n{verdict}", budget(program.workflow));
    out
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
    if worlds.shifted() { "shifted" } else { "source" }
}

fn last(workflow: &Workflow, worlds: &Worlds) -> String {
    let notified = if worlds.told() { "operators were notified" } else { "NO notification was sent" };
    let requests = if worlds.shifted() { "are shifted" } else { "go to the source" };
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

fn document(workflow: &Workflow, run: &Run) -> Json {
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
        "safe": run.safe,
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
    all["shifted"] = worlds.shifted().into();
    all["told"] = worlds.told().into();
    all
}
