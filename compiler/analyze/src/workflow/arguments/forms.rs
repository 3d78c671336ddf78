//! The table: the arguments of each call with the value that each needs.

use migspec_events::lock::FREE;
use migspec_ir::workflow::{Api, Argument, Declared, Effect, Ids, Kind, Pattern};

use crate::workflow::contracts::{self, Function};
use crate::workflow::lock::{self, Use};
use crate::workflow::measured::{self, Measure};
use crate::workflow::program::{NodeId, Program, Target, Term};
use crate::workflow::value::{Number, Value};

/// The value of an argument.
pub(super) enum Needs {
    /// This text.
    Text(&'static str),
    /// The id of a declared resource.
    Id(String),
    /// This expression, in any notation.
    Code(String),
    AtLeast(i64),
    Number(i64),
    Truth(bool),
    /// An expression with all of these parts.
    Parts(Vec<String>),
    /// A time before now, of at most so many milliseconds.
    Last {
        most: u64,
        now: &'static str,
    },
    /// A list with these texts.
    Items(Vec<String>),
    /// An expression with all of these variables.
    Rules(Vec<String>),
    /// A variable that only this part of an answer sets.
    Answer {
        part: String,
        by: Option<(Function, &'static str)>,
        unit: bool,
        words: &'static str,
    },
    /// A truth value that only an approval sets.
    Agreed,
    /// Any value.
    Present,
}

impl Needs {
    pub(super) fn words(&self) -> String {
        match self {
            Needs::Text(text) => format!("`{text}`"),
            Needs::Id(id) => format!("`{id}`"),
            Needs::Code(code) => format!("`{{% {code} %}}`"),
            Needs::AtLeast(least) => format!("at least {least}"),
            Needs::Number(number) => format!("{number}"),
            Needs::Truth(truth) => format!("`{truth}`"),
            Needs::Parts(parts) => format!("an expression with `{}`", parts.join("`, `")),
            Needs::Last { most, now } => format!("`{{% $fromMillis($toMillis({now}) - …) %}}`, at most {most} ms ago"),
            Needs::Items(items) => match items.as_slice() {
                [] => "a list".to_owned(),
                items => format!("a list with `{}`", items.join("`, `")),
            },
            Needs::Rules(rules) => format!("a list with `{}`", rules.join("`, `")),
            Needs::Answer { part, words, .. } => {
                let shown: String = part.chars().take(60).collect();
                format!("{words}: a variable that only `{shown}` sets")
            }
            Needs::Present => "a value".to_owned(),
            Needs::Agreed => "`false`, or a variable that only an approval sets to true".to_owned(),
        }
    }
}

pub(super) struct Row {
    pub(super) path: String,
    pub(super) needs: Needs,
}

const NOW: &str = "$states.context.State.EnteredTime";

fn row(path: impl Into<String>, needs: Needs) -> Row {
    Row { path: path.into(), needs }
}

/// The rows of a state's call.
pub(super) fn rows(program: &Program<'_>, id: NodeId, arguments: &Argument) -> Vec<Row> {
    let mut rows = meanings(program, id, arguments);
    if let Kind::Task { api, .. } = &program.nodes[id].state.kind {
        rows.extend(required_members(*api, arguments));
    }
    rows
}

/// The members without which a call fails, or is about other things. The rows of the meanings name the others.
fn required_members(api: Api, arguments: &Argument) -> Vec<Row> {
    let lengths = |path: &str| match arguments.at(path) {
        Some(Argument::List(items)) => items.len(),
        _ => 0,
    };
    let mut paths: Vec<String> = Vec::new();
    let names: &[&str] = match api {
        Api::InvokeFunction => &["FunctionName", "Payload"],
        Api::GetObject => &["Bucket", "Key"],
        Api::PutObject => &["Bucket", "Key", "Body"],
        Api::Publish => {
            if arguments.get("MessageAttributes").is_some() {
                let attribute = "MessageAttributes.severity";
                paths.extend(["DataType", "StringValue"].map(|name| format!("{attribute}.{name}")));
            }
            &["TopicArn", "Message"]
        }
        Api::GetParameter => &["Name"],
        Api::PutParameter => &["Name", "Value"],
        Api::GetMetricData => {
            for query in (0..lengths("MetricDataQueries")).map(|i| format!("MetricDataQueries.{i}")) {
                let dimensions = format!("{query}.MetricStat.Metric.Dimensions");
                for dimension in 0..lengths(&dimensions) {
                    paths.extend(["Name", "Value"].map(|name| format!("{dimensions}.{dimension}.{name}")));
                }
                paths.push(format!("{query}.Id"));
            }
            &[]
        }
        Api::DescribeAlarms => &["AlarmNames.0"],
        Api::DescribeReplicationTasks => &["Filters.0.Values.0"],
        Api::DescribeTargetHealth => &[],
        Api::ModifyRule => &["RuleArn"],
        Api::StartReplicationTask | Api::StopReplicationTask | Api::ReloadTables => &["ReplicationTaskArn"],
        Api::ListExecutions => &["StateMachineArn"],
        Api::Describe(described) => {
            paths.push(match described.call().ids {
                Ids::List(name) => format!("{name}.0"),
                Ids::One(name) | Ids::Unbound(name) | Ids::Ec2(name, _) => name.to_owned(),
            });
            &[]
        }
    };
    let mut rows: Vec<Row> = names.iter().map(|name| row(*name, Needs::Present)).collect();
    rows.extend(paths.into_iter().map(|path| row(path, Needs::Present)));
    // An existing parameter is only written so.
    if api == Api::PutParameter {
        rows.push(row("Overwrite", Needs::Truth(true)));
        let name = arguments.get("Name").and_then(Argument::as_text);
        // People read where requests go; a rollback writes the other side.
        if name.is_some_and(|name| name.ends_with("/routing/target")) {
            rows.push(row("Value", Needs::Text("target")));
        }
    }
    if api == Api::ModifyRule {
        rows.push(row("Actions.0.Type", Needs::Text("forward")));
    }
    if api == Api::PutObject && arguments.get("ChecksumAlgorithm").is_some() {
        rows.push(row("ChecksumAlgorithm", Needs::Text("SHA256")));
    }
    rows
}

/// The rows that give a call its meaning.
fn meanings(program: &Program<'_>, id: NodeId, arguments: &Argument) -> Vec<Row> {
    let state = program.nodes[id].state;
    let Kind::Task { api, pattern, .. } = &state.kind else {
        // The iterations of the validation.
        return payload(program, id, arguments, "");
    };
    match api {
        Api::InvokeFunction => payload(program, id, arguments, "Payload."),
        Api::PutObject if *pattern == Pattern::WaitForTaskToken => {
            vec![
                row("Key", Needs::Parts(vec!["$execution".to_owned()])),
                row("Body", Needs::Code("$states.context.Task.Token".to_owned())),
            ]
        }
        Api::GetObject | Api::PutObject if lock::of(&state.kind).is_some() => locks(&state.kind),
        Api::PutObject => object(program, id),
        Api::Publish if state.effects.contains(&Effect::Page) => {
            vec![row("MessageAttributes.severity.StringValue", Needs::Text("page"))]
        }
        Api::GetMetricData => match measured::subject(program, id) {
            Some(Measure::Requests) => requests(arguments),
            _ => metrics(program, id, arguments),
        },
        Api::DescribeAlarms => vec![row("AlarmTypes.0", Needs::Text("CompositeAlarm"))],
        Api::DescribeReplicationTasks => vec![
            row("Filters.0.Name", Needs::Text("replication-task-arn")),
            // The settings would exceed the limit of a payload.
            row("WithoutSettings", Needs::Truth(true)),
        ],
        Api::DescribeTargetHealth => vec![row("TargetGroupArn", group("target"))],
        Api::ModifyRule => shares(program, id),
        Api::StartReplicationTask => vec![row("StartReplicationTaskType", start(program, id))],
        Api::ReloadTables => vec![
            row(
                "TablesToReload",
                Needs::Answer {
                    part: "[$states.result.Payload.reload]".to_owned(),
                    by: Some((Function::Preflight, "")),
                    unit: true,
                    words: "the suspended tables without rows on the target",
                },
            ),
            row("ReloadOption", Needs::Text("data-reload")),
        ],
        Api::ListExecutions => {
            vec![row("StatusFilter", Needs::Text("RUNNING")), row("MaxResults", Needs::AtLeast(2))]
        }
        Api::GetObject | Api::GetParameter | Api::PutParameter | Api::Publish | Api::StopReplicationTask => Vec::new(),
        Api::Describe(_) => program.comparison(&state.name).into_iter().flat_map(comparison).collect(),
    }
}

/// A comparison asks for every resource whose facts the spec declares.
fn comparison(declared: &Declared) -> Vec<Row> {
    let call = declared.described.call();
    let ids = declared.ids.iter().map(|id| id.to_string()).collect::<Vec<_>>();
    let needs = match call.ids {
        Ids::List(_) => Needs::Items(ids),
        Ids::One(_) | Ids::Unbound(_) | Ids::Ec2(..) => Needs::Id(ids.concat()),
    };
    let fixed = call.fixed.iter().map(|(name, value)| row(*name, Needs::Text(value)));
    std::iter::once(row(call.ids.name(), needs)).chain(fixed).collect()
}

/// The state of the task decides whether the load begins, begins anew, or is complete.
fn start(program: &Program<'_>, id: NodeId) -> Needs {
    match program.nodes[id].state.effects.contains(&Effect::StartForward) {
        true => Needs::Code("$startType".to_owned()),
        false => Needs::Text("start-replication"),
    }
}

/// A lock is taken with the name of this execution, and released with the text that names none.
fn locks(kind: &Kind) -> Vec<Row> {
    match lock::of(kind) {
        Some(Use::Take) => {
            vec![row("IfNoneMatch", Needs::Text("*")), row("Body", Needs::Code("$execution".to_owned()))]
        }
        Some(Use::TakeOver) => vec![row("Body", Needs::Code("$execution".to_owned()))],
        Some(Use::Release) => vec![row("Body", Needs::Text(FREE))],
        Some(Use::Confirm) => vec![row("IfMatch", Needs::Code("$lock".to_owned()))],
        _ => Vec::new(),
    }
}

/// Checkpoints, evidence, approvals.
fn object(program: &Program<'_>, id: NodeId) -> Vec<Row> {
    let state = program.nodes[id].state;
    let parts = |parts: &[&str]| Needs::Parts(parts.iter().map(|part| (*part).to_owned()).collect());
    let own_key = || row("Key", parts(&["$execution"]));
    // A bucket with Object Lock takes no object without a checksum.
    let checksum = row("ChecksumAlgorithm", Needs::Text("SHA256"));
    let does = |effect| state.effects.contains(&effect);
    if does(Effect::Checkpoint) {
        let phase = format!("\"phase\": \"{}\"", state.phase.name());
        let body = ["\"execution\": $execution".to_owned(), phase];
        return vec![row("Body", Needs::Parts(body.to_vec()))];
    }
    if does(Effect::Evidence) {
        let body = parts(&["\"approvals\": $approvals", "\"execution\": $execution", "\"gates\": $gates"]);
        return vec![own_key(), row("Body", body), checksum];
    }
    if does(Effect::Approve) {
        return vec![own_key(), row("Body", Needs::Code("$string($approvals)".to_owned())), checksum];
    }
    Vec::new()
}

/// The lag: the last values of both sides, minute by minute.
fn metrics(program: &Program<'_>, id: NodeId, arguments: &Argument) -> Vec<Row> {
    let mut rows = vec![
        row("StartTime", Needs::Last { most: 180_000 + 1000 * longest_wait(program, id), now: NOW }),
        row("EndTime", Needs::Code(NOW.to_owned())),
        row("ScanBy", Needs::Text("TimestampDescending")),
    ];
    let queries = match arguments.get("MetricDataQueries") {
        Some(Argument::List(items)) => items.len(),
        _ => 0,
    };
    let tasks = forward_tasks(program);
    for i in 0..queries.max(2) {
        let at = |part: &str| format!("MetricDataQueries.{i}.MetricStat.{part}");
        let metric = if i % 2 == 0 { "CDCLatencySource" } else { "CDCLatencyTarget" };
        if arguments.at(&format!("MetricDataQueries.{i}.ReturnData")).is_some() {
            rows.push(row(format!("MetricDataQueries.{i}.ReturnData"), Needs::Truth(true)));
        }
        rows.push(row(at("Period"), Needs::Number(60)));
        rows.push(row(at("Stat"), Needs::Text("Maximum")));
        rows.push(row(at("Metric.Namespace"), Needs::Text("AWS/DMS")));
        rows.push(row(at("Metric.MetricName"), Needs::Text(metric)));
        if let Some(task) = tasks.get(i / 2) {
            // fact: dms-task-metrics
            let names = ["ReplicationInstanceIdentifier", "ReplicationTaskIdentifier"].map(str::to_owned);
            let items = [vec![task.clone()], names.to_vec()].concat();
            rows.push(row(at("Metric.Dimensions"), Needs::Items(items)));
        }
    }
    rows
}

/// The requests that have reached the target's compute, from the first whole minute after the step, at most a day ago.
fn requests(arguments: &Argument) -> Vec<Row> {
    const DAY: &str = "$toMillis($states.context.State.EnteredTime) - 86400000";
    let query = |part: &str| format!("MetricDataQueries.0.{part}");
    let metric = |part: &str| format!("MetricDataQueries.0.MetricStat.{part}");
    let name = |member: &str, words| Needs::Answer { part: self::member(member), by: None, unit: false, words };
    let since = format!("$fromMillis($max([60000 * $ceil($shiftedAt / 60000), {DAY}]))");
    let mut rows = vec![
        row("StartTime", Needs::Code(since)),
        row("EndTime", Needs::Code(NOW.to_owned())),
        row(query("Id"), Needs::Text("requests")),
        row(metric("Period"), Needs::Number(60)),
        row(metric("Stat"), Needs::Text("Sum")),
        row(metric("Metric.Namespace"), Needs::Text("AWS/ApplicationELB")),
        row(metric("Metric.MetricName"), Needs::Text("RequestCount")),
    ];
    if arguments.at(&query("ReturnData")).is_some() {
        rows.push(row(query("ReturnData"), Needs::Truth(true)));
    }
    // fact: metrics-elb
    let dimensions = [
        ("LoadBalancer", "loadBalancerFullName", "the load balancer of the plan"),
        ("TargetGroup", "targetTargetGroupFullName", "the target group of the target"),
    ];
    for (i, (dimension, member, words)) in dimensions.into_iter().enumerate() {
        rows.push(row(metric(&format!("Metric.Dimensions.{i}.Name")), Needs::Text(dimension)));
        rows.push(row(metric(&format!("Metric.Dimensions.{i}.Value")), name(member, words)));
    }
    rows
}

/// The seconds of the longest wait before a poll.
fn longest_wait(program: &Program<'_>, id: NodeId) -> u64 {
    let waits = program.nodes.iter().filter(|node| node.next == Target::Node(id));
    let seconds = waits.filter_map(|node| match (&node.state.kind, &node.arguments) {
        (Kind::Wait { .. }, Term::Value(Value::Number(Number(seconds)))) => Some(*seconds as u64),
        (Kind::Wait { .. }, _) => Some(3600),
        _ => None,
    });
    seconds.max().unwrap_or(0)
}

/// The names of the started forward tasks, in the order of the document.
fn forward_tasks(program: &Program<'_>) -> Vec<String> {
    tasks(program, Effect::StartForward).iter().filter_map(|arn| arn.rsplit(':').next()).map(str::to_owned).collect()
}

pub(super) fn tasks(program: &Program<'_>, start: Effect) -> Vec<String> {
    let starts = program.nodes.iter().filter(|node| node.state.effects.contains(&start));
    let named = starts.filter_map(|node| match &node.state.kind {
        Kind::Task { arguments, .. } => arguments.at("ReplicationTaskArn").and_then(Argument::as_text),
        _ => None,
    });
    named.map(str::to_owned).collect()
}

/// A target group from the plan.
fn group(side: &'static str) -> Needs {
    let (part, words) = match side {
        "target" => ("targetTargetGroupArn", "the target group of the target"),
        _ => ("sourceTargetGroupArn", "the target group of the source"),
    };
    Needs::Answer { part: member(part), by: None, unit: false, words }
}

/// The text of a member of the plan, as the compiler reads it.
fn member(name: &str) -> String {
    let plan = "$states.result.Parameter.Value";
    let quoted = format!("\"\\\"{name}\\\"\"");
    format!(
        "$contains({plan}, {quoted}) ? $substringBefore($substringAfter($substringAfter({plan}, {quoted}), \"\\\"\"), \"\\\"\") \
         : $error(\"the plan has no {name}\")"
    )
}

/// The shares of both sides add up to everything.
fn shares(program: &Program<'_>, id: NodeId) -> Vec<Row> {
    let shift = program.nodes[id].state.effects.iter().find_map(|effect| match effect {
        Effect::Shift(percent) => Some((*percent, true)),
        Effect::ShiftReads(percent) => Some((*percent, false)),
        _ => None,
    });
    let Some((percent, all)) = shift else { return Vec::new() };
    let at = |part: &str| format!("Actions.0.ForwardConfig.TargetGroups.{part}");
    let mut rows = vec![
        row(at("0.TargetGroupArn"), group("source")),
        row(at("0.Weight"), Needs::Number(100 - i64::from(percent))),
        row(at("1.TargetGroupArn"), group("target")),
        row(at("1.Weight"), Needs::Number(percent.into())),
    ];
    if all {
        let words = "the listener rule of the plan";
        rows.push(row("RuleArn", Needs::Answer { part: member("listenerRuleArn"), by: None, unit: false, words }));
    }
    rows
}

/// The events of the functions.
fn payload(program: &Program<'_>, id: NodeId, arguments: &Argument, base: &str) -> Vec<Row> {
    let event = if base.is_empty() { Some(arguments) } else { arguments.get("Payload") };
    let Some(Ok((function, action))) = event.map(contracts::of_payload) else { return Vec::new() };
    let at = |part: &str| format!("{base}{part}");
    let mut rows = Vec::new();
    let run = event.and_then(|event| event.get("run"));
    match run {
        // Within an iteration, the input of the iteration.
        Some(Argument::Expression(_)) if program.nodes[id].outer.is_some() => {
            rows.push(row(at("run"), Needs::Code("$chunk.run".to_owned())));
        }
        _ => rows.push(row(
            at("run.execution"),
            Needs::Answer {
                part: "$states.context.Execution.Name".to_owned(),
                by: None,
                unit: false,
                words: "the name of the execution",
            },
        )),
    }
    rows.extend(members(program, id, (function, action), &at));
    rows
}

fn members(
    program: &Program<'_>,
    id: NodeId,
    (function, action): (Function, &str),
    at: &impl Fn(&str) -> String,
) -> Vec<Row> {
    let answer = |part: &str, by, unit, words| Needs::Answer { part: part.to_owned(), by: Some(by), unit, words };
    let code = |code: &str| Needs::Code(code.to_owned());
    let planned = (Function::Validator, "plan");
    let pass = || answer("$states.result.Payload.pass", planned, false, "the pass of the plan");
    let inner = program.nodes[id].outer.is_some();
    match (function, action) {
        (Function::Fence, "write-token") => vec![row(at("token"), token(program, id))],
        (Function::Fence, "drain") => vec![
            row(at("token"), token(program, id)),
            row(
                at("position"),
                answer(
                    "$states.result.Payload.position",
                    (Function::Fence, "write-token"),
                    true,
                    "the position of the token",
                ),
            ),
        ],
        (Function::Validator, "chunk") if inner => vec![
            row(at("pass"), code("$chunk.pass")),
            row(at("group"), code("$chunk.group")),
            row(at("cursor"), code("$cursor")),
        ],
        (Function::Validator, "chunk") => {
            vec![
                row(at("pass"), pass()),
                row(at("group"), code("$states.context.Map.Item.Value")),
                // Each group begins with its first row.
                row(at("cursor"), Needs::Text("")),
            ]
        }
        (Function::Validator, "summarise") => {
            let count = "$count($states.result.Payload.groups)";
            vec![
                row(at("pass"), pass()),
                row(at("groups"), answer(count, planned, false, "the number of planned groups")),
            ]
        }
        (Function::Validator, "measure-window") => vec![row(at("atMost"), Needs::AtLeast(1))],
        (Function::Preflight, _) => preflight(program, id, at),
        (Function::Sequences, _) => vec![row(at("margin"), Needs::AtLeast(1)), row(at("atLeast"), Needs::AtLeast(1))],
        (Function::Rollback, _) => rollback(program, at),
        _ => Vec::new(),
    }
}

/// Preflight counts the slots and connections of the database's own tasks.
fn preflight(program: &Program<'_>, id: NodeId, at: &impl Fn(&str) -> String) -> Vec<Row> {
    let unit = &program.nodes[id].state.of;
    let own = |start: Effect| {
        let starts = program.nodes.iter().filter(|node| node.state.of == *unit && node.state.effects.contains(&start));
        let named = starts.filter_map(|node| match &node.state.kind {
            Kind::Task { arguments, .. } => arguments.at("ReplicationTaskArn").and_then(Argument::as_text),
            _ => None,
        });
        named.map(str::to_owned).collect::<Vec<String>>()
    };
    let reverse = own(Effect::StartReverse);
    let mut rows = vec![
        row(at("reverse"), Needs::Truth(!reverse.is_empty())),
        row(at("source"), Needs::Items(own(Effect::StartForward))),
        row(at("source.0.connections"), Needs::AtLeast(1)),
    ];
    if !reverse.is_empty() {
        rows.push(row(at("target"), Needs::Items(reverse)));
    }
    rows
}

/// The token of a database: the execution, and the key of the database if several move.
fn token(program: &Program<'_>, id: NodeId) -> Needs {
    match program.nodes[id].state.of.as_deref() {
        Some(unit) => Needs::Code(format!("$execution & \"/{unit}\"")),
        None => Needs::Code("$execution".to_owned()),
    }
}

/// The handler undoes all that the workflow has done: every task, every switch, every rule.
fn rollback(program: &Program<'_>, at: &impl Fn(&str) -> String) -> Vec<Row> {
    let mut all = tasks(program, Effect::StartForward);
    all.extend(tasks(program, Effect::StartReverse));
    all.dedup();
    let writer: Vec<String> = program.writer_parameter.iter().map(|name| (*name).to_owned()).collect();
    let mut rules: Vec<String> = Vec::new();
    for node in &program.nodes {
        if let Kind::Task { api: Api::ModifyRule, arguments, .. } = &node.state.kind
            && let Some(Argument::Expression(rule)) = arguments.get("RuleArn")
        {
            rules.push(rule.as_str().trim().to_owned());
        }
    }
    rules.dedup();
    vec![
        row(at("failure"), Needs::Code("$failure".to_owned())),
        row(at("replications"), Needs::Items(all)),
        row(at("writers"), Needs::Items(writer)),
        row(at("traffic.rules"), Needs::Rules(rules)),
        row(at("traffic.sourceTargets"), group("source")),
        row(at("traffic.targetTargets"), group("target")),
        row(at("acceptLoss"), Needs::Agreed),
    ]
}
