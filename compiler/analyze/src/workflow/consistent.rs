//! All states use the same name for the same resource: functions, parameters, keys, tasks, groups. A document alone
//! does not decide which name is right, so the one that differs from the others is an offence.

use indexmap::IndexMap;
use migspec_ir::workflow::{Api, Argument, Declared, Effect, Kind, Pattern, Phase, State};

use crate::workflow::contracts::{self, Function};
use crate::workflow::jsonata::{self, Expression, Operator};
use crate::workflow::lock;
use crate::workflow::measured::{self, Measure};
use crate::workflow::offence::Offence;
use crate::workflow::program::{Node, NodeId, Program, Term};
use crate::workflow::value::{Number, Value};

/// Resources of which each has a name of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Family {
    Function(Function),
    ForwardTask,
    ReverseTask,
}

/// The states that name a resource, and the names that they use.
#[derive(Default)]
struct Uses {
    family: Option<Family>,
    names: Vec<(NodeId, String)>,
}

/// The uses of each resource, by its description in messages.
#[derive(Default)]
struct Names(IndexMap<String, Uses>);

impl Names {
    fn add(&mut self, thing: impl Into<String>, node: NodeId, name: Option<String>) {
        if let Some(name) = name {
            self.0.entry(thing.into()).or_default().names.push((node, name));
        }
    }

    /// Adds a resource that shares its name with no resource of another family.
    fn add_own(&mut self, family: Family, thing: String, node: NodeId, name: Option<String>) {
        if let Some(name) = name {
            let uses = self.0.entry(thing).or_default();
            uses.family = Some(family);
            uses.names.push((node, name));
        }
    }
}

pub(crate) fn offences(program: &Program<'_>) -> Vec<Offence> {
    let mut named = Names::default();
    for (id, node) in program.nodes.iter().enumerate() {
        if let Kind::Task { api, arguments, .. } = &node.state.kind {
            // A count of requests has forms of its own.
            if measured::subject(program, id) != Some(Measure::Requests) {
                name(&mut named, id, node.state, *api, arguments);
            }
        }
    }
    for (id, node) in program.nodes.iter().enumerate() {
        node.assign.iter().for_each(|(_, term)| bounds(&mut named, (id, &node.state.name), term));
    }
    let mut found: Vec<Offence> =
        named.0.iter().flat_map(|(thing, uses)| differing(program, thing, &uses.names)).collect();
    found.extend(shared_names(program, &named));
    found.extend(foreign_functions(program));
    found.extend(positions(program));
    found.extend(described_tasks(program));
    found.extend(own_objects(program));
    found.extend(own_machine(program));
    found.extend(declared_facts(program));
    found
}

/// Each comparison of declared facts is a call of a state.
fn declared_facts(program: &Program<'_>) -> Vec<Offence> {
    let calls = |name: &str, wanted: Api| {
        let of = |node: &Node<'_>| matches!(&node.state.kind, Kind::Task { api, .. } if *api == wanted);
        program.nodes.iter().any(|node| *node.state.name == *name && of(node))
    };
    let missing =
        program.workflow.declared.iter().filter(|declared| !calls(&declared.state, Api::Describe(declared.described)));
    let offence = |declared: &Declared| Offence {
        code: "wrong-argument",
        node: program.start().unwrap_or(0),
        message: format!(
            "no state `{}` compares the {} that exist with the spec",
            declared.state,
            declared.described.call().what
        ),
        seen: "the workflow begins without it".to_owned(),
        help: "add the state before preflight",
        path: Vec::new(),
    };
    missing.map(offence).collect()
}

/// A poll asks about the task that its gate concerns: the one that a state starts in the same direction.
fn described_tasks(program: &Program<'_>) -> Vec<Offence> {
    let mut found = Vec::new();
    for (id, node) in program.nodes.iter().enumerate() {
        let Kind::Task { api: Api::DescribeReplicationTasks, arguments, .. } = &node.state.kind else { continue };
        let Some(start) = direction(program, id) else { continue };
        let starts = program.nodes.iter().filter(|other| other.state.effects.contains(&start));
        let own = |state: &State| node.state.of.is_none() || state.of == node.state.of;
        let wanted: Vec<String> = starts
            .filter(|other| own(other.state))
            .filter_map(|other| match &other.state.kind {
                Kind::Task { arguments, .. } => at(arguments, "ReplicationTaskArn"),
                _ => None,
            })
            .collect();
        let asked: Vec<String> = (0..64).map_while(|i| at(arguments, &format!("Filters.0.Values.{i}"))).collect();
        if !wanted.is_empty() && wanted != asked {
            found.push(offence(program, id, "the task to read", &asked.join(", "), &wanted.join(", ")));
        }
    }
    found
}

/// The objects of a cutover lie below its key, which the rollback gets; and each record has a key of its own, because a
/// second one would hide the first.
fn own_objects(program: &Program<'_>) -> Vec<Offence> {
    let mut found = Vec::new();
    let mut records: IndexMap<String, NodeId> = IndexMap::new();
    let tasks = program.nodes.iter().enumerate().filter_map(|(id, node)| match &node.state.kind {
        Kind::Task { api, arguments, pattern: Pattern::RequestResponse } => Some((id, node.state, *api, arguments)),
        _ => None,
    });
    let tasks: Vec<_> = tasks.collect();
    let rolls_back = |state: &&State| state.effects.contains(&Effect::Rollback);
    let cutover = tasks.iter().find(|(_, state, ..)| rolls_back(state)).and_then(|(id, .., arguments)| {
        let key = at(arguments, "Payload.checkpoint.key")?;
        Some((*id, at(arguments, "Payload.run.cutover")?, key.split('/').next().unwrap_or_default().to_owned()))
    });
    if let Some((id, told, owns)) = cutover.as_ref().filter(|(_, told, owns)| told != owns) {
        found.push(offence(program, *id, "the cutover", told, owns));
    }
    for (id, state, _, arguments) in tasks.iter().filter(|(.., api, _)| matches!(api, Api::GetObject | Api::PutObject))
    {
        let Some(key) = at(arguments, "Key") else { continue };
        let folder = key.trim_start_matches("{% ").trim_start_matches('"').split('/').next().unwrap_or_default();
        if let Some((.., owns)) = cutover.as_ref().filter(|(.., owns)| owns != folder) {
            found.push(offence(program, *id, "the folder of the cutover", folder, owns));
        }
        if state.effects.iter().any(|effect| matches!(effect, Effect::Evidence | Effect::Approve))
            && let Some(first) = records.insert(key.clone(), *id)
        {
            found.push(Offence {
                code: "inconsistent-call",
                node: *id,
                message: format!(
                    "`{}` writes its record to the key of `{}`; each record should have a key of its own",
                    state.name, program.nodes[first].state.name
                ),
                seen: format!("the key is `{key}`"),
                help: "end the key with the name of the state",
                path: Vec::new(),
            });
        }
    }
    found
}

/// The executions of this workflow are listed: the messages to people name it, and it lies where its functions do. A topic may
/// belong to another account.
fn own_machine(program: &Program<'_>) -> Vec<Offence> {
    let text = |wanted: Api, path: &str| -> Vec<(NodeId, String)> {
        let of = |(id, node): (NodeId, &Node<'_>)| match &node.state.kind {
            Kind::Task { api, arguments, .. } if *api == wanted => at(arguments, path).map(|text| (id, text)),
            _ => None,
        };
        program.nodes.iter().enumerate().filter_map(of).collect()
    };
    let parts = |arn: &str, parts: &[usize]| {
        arn.split(':')
            .enumerate()
            .filter(|(i, _)| parts.contains(i))
            .map(|(_, part)| part.to_owned())
            .collect::<Vec<_>>()
    };
    let region = |arn: &str| parts(arn, &[1, 3]);
    let place = |arn: &str| parts(arn, &[1, 3, 4]);
    let functions = text(Api::InvokeFunction, "FunctionName");
    let topics = text(Api::Publish, "TopicArn");
    let messages = text(Api::Publish, "Message");
    let mut found = Vec::new();
    for (id, machine) in text(Api::ListExecutions, "StateMachineArn") {
        let name = machine.rsplit(':').next().unwrap_or_default();
        let beside = topics.iter().all(|(_, topic)| region(topic) == region(&machine))
            && functions.iter().all(|(_, function)| place(function) == place(&machine));
        let named = messages.is_empty() || messages.iter().any(|(_, message)| message.contains(name));
        if !beside || !named || !machine.contains(":stateMachine:") {
            let wanted = "the state machine that the messages name, in the account and region of the functions";
            found.push(offence(program, id, "the state machine", &machine, wanted));
        }
    }
    found
}

/// The start of the task that a poll concerns, by the gate after it.
fn direction(program: &Program<'_>, poll: NodeId) -> Option<Effect> {
    let gate = program.ways(poll).find(|to| matches!(program.nodes[*to].state.kind, Kind::Choice { .. }))?;
    let of = |effect: &Effect| match effect {
        Effect::FullLoad | Effect::ForwardStopped | Effect::StartForward => Some(Effect::StartForward),
        Effect::ReverseRunning | Effect::ReverseStopped | Effect::StartReverse => Some(Effect::StartReverse),
        _ => None,
    };
    let own = program.nodes[gate].state.effects.iter().find_map(of);
    own.or_else(|| program.ways(gate).flat_map(|to| program.nodes[to].state.effects.iter()).find_map(of))
}

/// The reverse task starts from its slot's position, which the state before reads. The slot must not be older than the
/// cut.
fn positions(program: &Program<'_>) -> Vec<Offence> {
    let mut found = Vec::new();
    for (id, node) in program.nodes.iter().enumerate() {
        let Kind::Task { arguments, .. } = &node.state.kind else { continue };
        let of = |other: NodeId| program.nodes[other].state.of == node.state.of;
        if node.effects.contains(&Effect::ReverseSlot) {
            let cuts = |other: NodeId| of(other) && program.nodes[other].effects.contains(&Effect::CutForward);
            if !is_measured(program, at(arguments, "Payload.after"), cuts) {
                found.push(foreign_position(program, id, "the position of the cut"));
            }
        }
        if node.effects.contains(&Effect::StartReverse) {
            let finds = |other: NodeId| {
                let asked = contracts::contract(&program.nodes[other].state.kind);
                of(other) && matches!(asked, Some(Ok((Function::ReverseSlot, "find"))))
            };
            let mut before = (0..program.nodes.len()).filter(|other| program.ways(*other).any(|to| to == id));
            if !is_measured(program, at(arguments, "CdcStartPosition"), finds) || !before.all(finds) {
                found.push(foreign_position(program, id, "the slot's position, read by the state before"));
            }
        }
    }
    found
}

/// Whether a text is a variable that only certain states set, each to the position in its reply.
fn is_measured(program: &Program<'_>, text: Option<String>, by: impl Fn(NodeId) -> bool) -> bool {
    let text = text.unwrap_or_default();
    let name = text.strip_prefix("{% $").and_then(|rest| rest.strip_suffix(" %}"));
    let Some(variable) = name.and_then(|name| program.variables.get_index_of(name)) else { return false };
    let sets = program.nodes.iter().enumerate().flat_map(|(id, node)| node.assign.iter().map(move |set| (id, set)));
    let mut seen = false;
    for (id, (_, term)) in sets.filter(|(_, (set, _))| *set == variable) {
        match term {
            Term::Value(value) if *value == Value::from(&serde_json::json!("")) => {}
            Term::Expression(e) if by(id) && jsonata::text(e) == "$states.result.Payload.position" => seen = true,
            _ => return false,
        }
    }
    seen
}

fn foreign_position(program: &Program<'_>, node: NodeId, wanted: &str) -> Offence {
    Offence {
        code: "inconsistent-call",
        node,
        message: format!("`{}` passes another position than {wanted}", program.nodes[node].state.name),
        seen: format!("it needs {wanted}"),
        help: "pass the variable that contains this position",
        path: Vec::new(),
    }
}

/// The text or the expression at a path of names.
fn at(arguments: &Argument, path: &str) -> Option<String> {
    match arguments.at(path)? {
        Argument::Text(text) => Some(text.to_string()),
        Argument::Expression(expression) => Some(format!("{{% {expression} %}}")),
        Argument::Integer(n) => Some(n.to_string()),
        _ => None,
    }
}

fn name(named: &mut Names, id: NodeId, state: &State, api: Api, arguments: &Argument) {
    let at = |path: &str| at(arguments, path);
    let of = state.of.as_deref().map_or_else(String::new, |unit| format!(" of {unit}"));
    let does = |effect: Effect| state.effects.contains(&effect);
    match api {
        Api::InvokeFunction => call(named, id, state, arguments, &of),
        Api::Publish => named.add("the topic", id, at("TopicArn")),
        Api::PutParameter if state.effects.iter().any(|e| matches!(e, Effect::HoldWrites | Effect::Flip(_))) => {
            named.add("the parameter of the writer", id, at("Name"));
        }
        Api::PutParameter if does(Effect::HoldRotation) || does(Effect::ReleaseRotation) => {
            named.add("the parameter of the rotation hold", id, at("Name"));
        }
        // The record of the side that serves requests has no effect on them.
        Api::PutParameter if state.effects.is_empty() => {
            named.add("the parameter of the requests", id, at("Name"));
        }
        Api::GetObject | Api::PutObject if lock::of(&state.kind).is_some() => {
            named.add("the bucket of checkpoints", id, at("Bucket"));
            named.add("the key of the lock", id, at("Key"));
        }
        Api::PutObject if does(Effect::Checkpoint) => {
            named.add("the bucket of checkpoints", id, at("Bucket"));
            named.add("the key of the checkpoint", id, at("Key"));
        }
        // The token of an approval lies beside the checkpoints, where only its role reads it.
        Api::PutObject if matches!(state.kind, Kind::Task { pattern: Pattern::WaitForTaskToken, .. }) => {
            named.add("the bucket of checkpoints", id, at("Bucket"));
        }
        Api::PutObject if does(Effect::Evidence) || does(Effect::Approve) => {
            named.add("the bucket of evidence", id, at("Bucket"));
        }
        Api::StartReplicationTask | Api::StopReplicationTask | Api::ReloadTables => {
            let forward = [Effect::StartForward, Effect::ReloadTables, Effect::StopForward].into_iter().any(does);
            let (family, direction) =
                if forward { (Family::ForwardTask, "forward") } else { (Family::ReverseTask, "reverse") };
            named.add_own(family, format!("the {direction} task{of}"), id, at("ReplicationTaskArn"));
        }
        Api::ModifyRule => {
            let groups = "Actions.0.ForwardConfig.TargetGroups";
            named.add("the target group of the source", id, at(&format!("{groups}.0.TargetGroupArn")));
            named.add("the target group of the target", id, at(&format!("{groups}.1.TargetGroupArn")));
        }
        Api::DescribeAlarms => {
            let window = if state.phase >= Phase::Unfence { "of the rollback window" } else { "before the flip" };
            named.add(format!("the alarm {window}"), id, at("AlarmNames.0"));
        }
        Api::GetMetricData => {
            for query in 0..2 {
                let metric = format!("MetricDataQueries.{query}.MetricStat");
                named.add(format!("the statistic of the lag ({query})"), id, at(&format!("{metric}.Stat")));
                for part in ["Metric.Namespace", "Metric.MetricName"] {
                    named.add(format!("{part} of the lag ({query})"), id, at(&format!("{metric}.{part}")));
                }
            }
        }
        _ => {}
    }
}

fn call(named: &mut Names, id: NodeId, state: &State, arguments: &Argument, of: &str) {
    let at = |path: &str| at(arguments, path);
    if let Some(Ok((function, _))) = contracts::contract(&state.kind) {
        let thing = format!("the {} function{}", function.word(), own_name(function, of));
        named.add_own(Family::Function(function), thing, id, at("FunctionName"));
    }
    if !matches!(contracts::contract(&state.kind), Some(Ok((Function::Rollback, _)))) {
        named.add(format!("the replication{of}"), id, at("Payload.run.cutover"));
    }
    for part in ["migration", "environment"] {
        named.add(format!("the {part} of the execution"), id, at(&format!("Payload.run.{part}")));
    }
    if matches!(contracts::contract(&state.kind), Some(Ok((Function::Rollback, _)))) {
        named.add("the bucket of checkpoints", id, at("Payload.checkpoint.bucket"));
        named.add("the key of the checkpoint", id, at("Payload.checkpoint.key"));
        named.add("the parameter of the writer", id, at("Payload.writers.0.parameter"));
        named.add("the parameter of the requests", id, at("Payload.routingParameter"));
        named.add("the target group of the source", id, at("Payload.traffic.sourceTargets"));
        named.add("the target group of the target", id, at("Payload.traffic.targetTargets"));
        for i in 0..16 {
            let key = at(&format!("Payload.replications.{i}.key"));
            let several = at("Payload.replications.1.key").is_some();
            let of = key.filter(|_| several).map_or_else(String::new, |key| format!(" of {key}"));
            let task = at(&format!("Payload.replications.{i}.forwardTask"));
            named.add_own(Family::ForwardTask, format!("the forward task{of}"), id, task);
            let task = at(&format!("Payload.replications.{i}.reverseTask"));
            named.add_own(Family::ReverseTask, format!("the reverse task{of}"), id, task);
        }
    }
}

/// The bounds of a measure, and the numbers that messages report for it.
fn bounds(named: &mut Names, at: (NodeId, &str), term: &Term) {
    if let Term::Expression(expression) = term {
        bounds_of(named, at, expression);
    }
}

fn bounds_of(named: &mut Names, (id, name): (NodeId, &str), expression: &Expression) {
    match expression {
        Expression::Binary(operator, left, right) => {
            let compares = matches!(
                operator,
                Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual
            );
            if let (true, Expression::Literal(Value::Number(Number(n)))) = (compares, &**right) {
                let measure = jsonata::text(left);
                if measure.contains("MetricDataResults") {
                    // The allowed lag depends on the gate and the database.
                    let metric = measure.split('"').nth(1).unwrap_or_default();
                    let lag = format!("the bound of the lag of `{metric}` in `{name}`");
                    named.add(lag, id, Some(n.to_string()));
                } else if measure.contains("$fencedAt") {
                    named.add("the time of the fence in milliseconds", id, Some(n.to_string()));
                }
            }
            bounds_of(named, (id, name), left);
            bounds_of(named, (id, name), right);
        }
        Expression::Ternary(a, b, c) => [a, b, c].into_iter().for_each(|inner| bounds_of(named, (id, name), inner)),
        _ => {}
    }
}

/// A function for one database has a name for each database.
fn own_name(function: Function, of: &str) -> &str {
    match function {
        Function::Rollback => "",
        _ => of,
    }
}

/// States that use another name than most states.
fn differing(program: &Program<'_>, thing: &str, names: &[(NodeId, String)]) -> Vec<Offence> {
    let mut counts: IndexMap<&str, usize> = IndexMap::new();
    names.iter().for_each(|(_, name)| *counts.entry(name).or_default() += 1);
    let most = counts.iter().max_by_key(|(_, count)| **count).map_or("", |(name, _)| *name);
    let others = names.iter().filter(|(_, name)| name != most);
    others.map(|(node, name)| offence(program, *node, thing, name, most)).collect()
}

fn offence(program: &Program<'_>, node: NodeId, thing: &str, name: &str, wanted: &str) -> Offence {
    Offence {
        code: "inconsistent-call",
        node,
        message: format!("`{}` names `{name}` as {thing}, and should name `{wanted}`", program.nodes[node].state.name),
        seen: format!("other states name `{wanted}`"),
        help: "use the name of the other states",
        path: Vec::new(),
    }
}

/// From this length on, a name may be a shortened one, which shares no frame with others. Lambda allows 64 characters.
const SHORTENED: usize = 60;

/// The functions of one workflow differ by the word of their purpose alone: `payments-fence-prod`, `payments-preflight-prod`.
/// One in another account or region, or of another environment, has another frame.
fn foreign_functions(program: &Program<'_>) -> Vec<Offence> {
    let mut frames: IndexMap<String, Vec<(NodeId, Function, String)>> = IndexMap::new();
    for (id, node) in program.nodes.iter().enumerate() {
        let Kind::Task { arguments, .. } = &node.state.kind else { continue };
        let Some(Ok((function, _))) = contracts::contract(&node.state.kind) else { continue };
        let Some(arn) = at(arguments, "FunctionName") else { continue };
        let (place, name) = arn.rsplit_once(':').unwrap_or(("", &arn));
        if name.len() < SHORTENED && name.contains(function.word()) {
            let frame = format!("{place}:{}", name.replacen(function.word(), "*", 1));
            frames.entry(frame).or_default().push((id, function, arn));
        }
    }
    let functions = |uses: &[(NodeId, Function, String)]| uses.iter().fold(0, |set, (_, f, _)| set | 1 << *f as u32);
    let usual = frames.iter().max_by_key(|(_, uses)| u32::count_ones(functions(uses))).map(|(frame, _)| frame.clone());
    let Some(usual) = usual.filter(|_| frames.len() > 1) else { return Vec::new() };
    let others = frames.into_iter().filter(|(frame, _)| *frame != usual).flat_map(|(_, uses)| uses);
    let foreign = others.map(|(id, function, arn)| {
        let wanted = usual.replacen('*', function.word(), 1);
        offence(program, id, &format!("the {} function", function.word()), &arn, &wanted)
    });
    foreign.collect()
}

/// Resources of different families have different names.
fn shared_names(program: &Program<'_>, named: &Names) -> Vec<Offence> {
    let mut owners: IndexMap<&str, (Family, &str)> = IndexMap::new();
    let mut found = Vec::new();
    for (thing, uses) in &named.0 {
        let Some(family) = uses.family else { continue };
        for (node, name) in &uses.names {
            let (owner, owner_thing) = *owners.entry(name).or_insert((family, thing));
            if owner != family {
                found.push(Offence {
                    code: "inconsistent-call",
                    node: *node,
                    message: format!("`{}` names `{name}` as {thing}", program.nodes[*node].state.name),
                    seen: format!("other states name it as {owner_thing}"),
                    help: "use the name of this state's own resource",
                    path: Vec::new(),
                });
            }
        }
    }
    found
}
