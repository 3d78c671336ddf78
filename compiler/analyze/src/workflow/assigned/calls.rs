//! The variables that a state sets after its call, from the call and from the gate behind it.

use migspec_events::lock::FREE;
use migspec_ir::workflow::{Api, Argument, Effect, Kind, Phase, redrive};

use super::form::{Form, Wanted, fits};
use super::{gate, optional, suffix, suffixes};
use crate::workflow::arguments::START_TYPE;
use crate::workflow::contracts::{self, Function};
use crate::workflow::jsonata::{self, Expression, Operator};
use crate::workflow::lock::{self, Use};
use crate::workflow::measured::{self, Measure};
use crate::workflow::program::{Node, NodeId, Program, Term};
use crate::workflow::value::{Number, Value};

/// The reply of a function.
const REPLY: &str = "$states.result.Payload";
/// The replication tasks of an answer.
const TASKS: &str = "$states.result.ReplicationTasks";
const RUNS: &str = "$states.result.Executions";
const ALARM: &str = "$states.result.CompositeAlarms[0].StateValue";
const HEALTH: &str = "$states.result.TargetHealthDescriptions.TargetHealth.State";
const NOW: &str = "$toMillis($states.context.State.EnteredTime)";
/// Milliseconds.
const WEEK: f64 = 604_800_000.0;

pub(super) fn forms_of_call(program: &Program<'_>, id: NodeId) -> Vec<Wanted> {
    let node = &program.nodes[id];
    if program.start() == Some(id) {
        return initial(program);
    }
    match &node.state.kind {
        Kind::Task { api: Api::InvokeFunction, arguments, .. } => match contracts::contract(&node.state.kind) {
            Some(Ok(called)) => function(program, node, called, arguments),
            _ => Vec::new(),
        },
        Kind::Task { api, .. } => answer(program, id, *api),
        Kind::Parallel { branches } => approval(branches.len()),
        Kind::Map { .. } => vec![super::expected_value("groups", "[]")],
        Kind::Pass if node.outer.is_some() => group(),
        Kind::Pass if gate(program, node).is_some_and(|gate| gate.state.effects.contains(&Effect::Window)) => window(),
        Kind::Pass => vec![optional("calendar", &format!("$substring(\"…\", $floor(({NOW} - #) / {WEEK}), 1)"))]
            .into_iter()
            .filter(|_| !node.assign.is_empty())
            .collect(),
        _ => Vec::new(),
    }
}

/// The first values of all variables.
fn initial(program: &Program<'_>) -> Vec<Wanted> {
    const NUMBERS: [&str; 10] = [
        "turns",
        "quiet",
        "unknown",
        "rollbackTurns",
        "groupCount",
        "fencedAt",
        "pause",
        redrive::CONFIRMED,
        "shiftedAt",
        "requests",
    ];
    const TEXTS: [&str; 5] = ["writer", "startType", "reason", "pass", "loss"];
    const LISTS: [&str; 3] = ["groups", "gates", "approvals"];
    const FALSE: [&str; 2] = ["confirmed", "acceptLoss"];
    let all =
        |names: &[&str], code: &str| names.iter().map(|name| super::expected_value(name, code)).collect::<Vec<_>>();
    let mut wanted = vec![
        super::expected_value("execution", "$states.context.Execution.Name"),
        super::expected_value("action", "$exists($states.input.action) ? $string($states.input.action) : \"migrate\""),
        super::expected_value("verdict", "\"wait\""),
        super::expected_value("fresh", "\"unknown\""),
        super::expected_value("arrived", "\"unknown\""),
        super::expected_value("seen", "\"none\""),
        super::expected_value("lock", "\"none\""),
        super::expected_value("sourceTargets", &member("sourceTargetGroupArn")),
        super::expected_value("targetTargets", &member("targetTargetGroupArn")),
        optional("rule", &member("listenerRuleArn")),
        optional("readsRule", &member("readsRuleArn")),
        optional("loadBalancer", &member("loadBalancerFullName")),
        optional("targetGroup", &member("targetTargetGroupFullName")),
    ];
    wanted.extend(all(&NUMBERS, "0"));
    wanted.extend(all(&TEXTS, "\"\""));
    wanted.extend(all(&LISTS, "[]"));
    wanted.extend(all(&FALSE, "false"));
    for number in suffixes(program) {
        wanted.push(super::expected_value(&format!("reload{number}"), "[]"));
        for name in ["sourceSchema", "targetSchema", "position", "cutAt", "slotPosition"] {
            wanted.push(super::expected_value(&format!("{name}{number}"), "\"\""));
        }
    }
    let empty = || Form::code("\"\"");
    let nothing = vec![("state", empty()), ("phase", Form::code("\"assess\"")), ("error", empty()), ("cause", empty())];
    wanted.push(Wanted { variable: "failure".to_owned(), form: Form::Object(nothing) });
    wanted
}

/// The text of a member of the plan.
fn member(name: &str) -> String {
    let plan = "$states.result.Parameter.Value";
    let quoted = format!("\"\\\"{name}\\\"\"");
    format!(
        "$contains({plan}, {quoted}) ? $substringBefore($substringAfter($substringAfter({plan}, {quoted}), \"\\\"\"), \"\\\"\") \
         : $error(\"…\")"
    )
}

/// A condition that must be true; any other value is an error of the task.
fn insist(condition: &str) -> Wanted {
    super::expected_value("confirmed", &format!("({condition}) ? true : $error(\"…\")"))
}

/// A verdict of a poll with a counter of its turns.
fn poll(pass: &str, fail: &str, turns: &str) -> Vec<Wanted> {
    let verdict = format!("({pass}) ? \"pass\" : (({fail}) or $turns + 1 >= #{turns}) ? \"fail\" : \"wait\"");
    vec![super::expected_value("verdict", &verdict), super::expected_value("turns", "$turns + 1")]
}

fn with(mut all: Vec<Wanted>, more: impl IntoIterator<Item = Wanted>) -> Vec<Wanted> {
    all.extend(more);
    all
}

fn reasons(patterns: &[String]) -> Wanted {
    let mut patterns = patterns.to_vec();
    patterns.push("\"…\"".to_owned());
    Wanted { variable: "reason".to_owned(), form: Form::one_of(patterns) }
}

fn function(
    program: &Program<'_>,
    node: &Node<'_>,
    (function, action): (Function, &str),
    arguments: &Argument,
) -> Vec<Wanted> {
    let number = suffix(program, node.state.of.as_ref());
    let side = arguments.at("Payload.side").and_then(Argument::as_text).unwrap_or("source");
    let position = |name: &str| super::expected_value(&format!("{name}{number}"), &format!("{REPLY}.position"));
    let has_position = || insist(&format!("$exists({REPLY}.position)"));
    let clean = format!("{REPLY}.complete = true and {REPLY}.mismatched = 0 and {REPLY}.errors = 0");
    let differences = || {
        reasons(&[format!(
            "\"…\" & $string({REPLY}.mismatched) & \"…\" & $string({REPLY}.errors) & \"…\" & $string({REPLY}.matched)"
        )])
    };
    match (function, action) {
        (Function::Preflight, _) => vec![
            super::expected_value("verdict", &format!("{REPLY}.ready = true ? \"pass\" : \"fail\"")),
            super::expected_value(&format!("reload{number}"), &format!("[{REPLY}.reload]")),
            reasons(&[format!(
                "$exists({REPLY}.problems.what) ? $substring($join([{REPLY}.problems.what], \"…\"), 0, #100..8000) : \"\""
            )]),
        ],
        (Function::Fence, "fence") => vec![insist(&format!("{REPLY}.fenced = true"))],
        (Function::Fence, "unfence") => vec![insist(&format!("{REPLY}.unfenced = true"))],
        (Function::Fence, "restore") => vec![insist(&format!("{REPLY}.restored = true"))],
        (Function::Fence, "thaw") => vec![insist(&format!("{REPLY}.thawed = true"))],
        (Function::Fence, "cut") => {
            vec![insist(&format!("{REPLY}.cut = true and $exists({REPLY}.position)")), position("cutAt")]
        }
        (Function::Fence, "write-token") => vec![has_position(), position("position")],
        (Function::Fence, "freeze") => vec![
            insist(&format!("{REPLY}.frozen = true and $exists({REPLY}.fingerprint)")),
            super::expected_value(&format!("{side}Schema{number}"), &format!("{REPLY}.fingerprint")),
        ],
        (Function::Fence, "check-schema") => {
            vec![insist(&format!("{REPLY}.frozen = true and {REPLY}.fingerprint = ${side}Schema{number}"))]
        }
        (Function::Fence, "drain") => {
            with(poll(&format!("{REPLY}.drained = true"), &format!("{NOW} - $fencedAt >= #"), "5..600"), [reasons(&[])])
        }
        (Function::ReverseSlot, "create") => vec![has_position()],
        (Function::ReverseSlot, "rehearse") => with(
            poll(&format!("{REPLY}.complete = true"), &format!("$not({REPLY}.complete = false)"), "15..600"),
            [reasons(&[format!("\"…\" & $string({REPLY}.status) & \"…\" & $string({REPLY}.arrived)")])],
        ),
        (Function::ReverseSlot, "find") => vec![has_position(), position("slotPosition")],
        (Function::Validator, "plan") => vec![
            insist(&format!("$exists({REPLY}.pass) and $exists({REPLY}.groups)")),
            super::expected_value("pass", &format!("{REPLY}.pass")),
            super::expected_value("groups", &format!("{REPLY}.groups")),
            super::expected_value("groupCount", &format!("$count({REPLY}.groups)")),
        ],
        (Function::Validator, "summarise") => {
            let verdict = format!("({clean}) ? \"pass\" : (true or $turns + 1 >= #) ? \"fail\" : \"wait\"");
            vec![super::expected_value("verdict", &verdict), differences()]
        }
        (Function::Validator, "measure-window") => vec![
            super::expected_value("verdict", &format!("{REPLY}.complete = true ? \"pass\" : \"fail\"")),
            reasons(&[format!("\"…\" & $string({REPLY}.millis) & \"…\" & $string({REPLY}.errors)")]),
        ],
        (Function::Validator, "fence-window") => {
            let verdict = format!("{clean} and {NOW} - $fencedAt < # ? \"pass\" : \"fail\"");
            vec![super::expected_value("verdict", &verdict), differences()]
        }
        (Function::Validator, "chunk") => vec![
            super::expected_value("groupVerdict", &whole("$groupTurns", "3..1000")),
            super::expected_value("cursor", &format!("$exists({REPLY}.cursor) ? {REPLY}.cursor : \"\"")),
            super::expected_value("groupTurns", "$groupTurns + 1"),
        ],
        (Function::Rollback, _) => vec![
            super::expected_value("verdict", &whole("$rollbackTurns", "10..600")),
            super::expected_value("rollbackTurns", "$rollbackTurns + 1"),
            super::expected_value("loss", &format!("$exists({REPLY}.loss) ? {REPLY}.loss : \"\"")),
            reasons(&[]),
        ],
        _ => Vec::new(),
    }
}

/// A verdict about work that a function divides among its calls.
fn whole(counter: &str, turns: &str) -> String {
    format!(
        "({REPLY}.complete = true) ? \"pass\" : ($not({REPLY}.complete = false) or {counter} + 1 >= #{turns}) ? \"fail\" : \"wait\""
    )
}

fn answer(program: &Program<'_>, id: NodeId, api: Api) -> Vec<Wanted> {
    let node = &program.nodes[id];
    let gate = gate(program, node);
    let opens = |effect: Effect| gate.is_some_and(|gate| gate.state.effects.contains(&effect));
    match api {
        Api::GetParameter if program.reads_writer(id) => {
            vec![super::expected_value("writer", "$states.result.Parameter.Value")]
        }
        Api::GetParameter => vec![insist("$states.result.Parameter.Value = \"target\"")],
        Api::PutParameter if node.state.effects.contains(&Effect::HoldWrites) => {
            vec![super::expected_value("fencedAt", NOW)]
        }
        // The role accepts the loss of writes with its approval.
        Api::PutObject if node.state.effects.contains(&Effect::Approve) => vec![optional("acceptLoss", "true")],
        Api::ListExecutions => {
            vec![insist(&format!("$count({RUNS}[Name != $execution]) = 0 and $exists({RUNS})"))]
        }
        Api::GetObject if lock::of(&node.state.kind) == Some(Use::Confirm) => {
            vec![insist("$states.result.Body = $execution"), redrives()]
        }
        Api::GetObject => holder(),
        Api::DescribeReplicationTasks => tasks(program, node, gate),
        Api::DescribeTargetHealth => {
            let healthy =
                format!("$exists({HEALTH}) and $count($distinct([{HEALTH}])) = 1 and [{HEALTH}][0] = \"healthy\"");
            with(poll(&healthy, "false", "5..600"), [reasons(&[])])
        }
        Api::GetMetricData if measured::subject(program, id) == Some(Measure::Requests) => requests(),
        Api::GetMetricData if opens(Effect::LagGate) => lag(program),
        Api::GetMetricData => fresh(program),
        Api::DescribeAlarms => alarm(node, gate.map_or(&[], |gate| &gate.state.effects)),
        Api::ModifyRule if node.state.phase == Phase::Shift => {
            vec![super::expected_value("shiftedAt", NOW), super::expected_value("arrived", "\"unknown\"")]
        }
        _ => program
            .comparison(&node.state.name)
            .map(|declared| super::expected_value("confirmed", declared.verdict.as_str()))
            .into_iter()
            .collect(),
    }
}

/// Who holds the lock, and its tags: that of the last write, and that of the own one.
fn holder() -> Vec<Wanted> {
    let (holder, etag) = ("$states.result.Body", "$states.result.ETag");
    let own = format!("{holder} = $execution");
    let foreign = format!("{holder} != \"{FREE}\" and $action != \"rollback\"");
    let tags = [("seen", format!("$exists({etag})")), ("lock", format!("{own} and $exists({etag})"))];
    let tags = tags.map(|(name, known)| super::expected_value(name, &format!("{known} ? {etag} : \"none\"")));
    let reason = reasons(&[format!("\"…\" & $string({holder})")]);
    with(poll(&own, &foreign, "2..10"), tags.into_iter().chain([reason, redrives()]))
}

/// The number of redrives at a look at the lock.
fn redrives() -> Wanted {
    super::expected_value(redrive::CONFIRMED, redrive::COUNT)
}

/// The states of replication tasks, by the gate behind the question.
fn tasks(program: &Program<'_>, node: &Node<'_>, gate: Option<&Node<'_>>) -> Vec<Wanted> {
    let first = format!("{TASKS}[0].");
    let reason = reasons(&[
        format!("\"…\" & $string({first}Status)"),
        loads(&format!("$string({first}Status)"), &first),
        loads(&format!("$join([{TASKS}.Status], \"…\")"), &format!("{TASKS}.")),
    ]);
    let ended = format!("{first}Status in [\"stopped\", \"failed\"]");
    let effects = gate.map_or(&[][..], |gate| &gate.state.effects);
    let forms = match effects {
        [Effect::FullLoad] => load(&suffixes(program)),
        [Effect::ReverseRunning] => {
            let broken = format!("{first}Status in [\"failed\", \"stopped\", \"stopping\"]");
            poll(&format!("{first}Status = \"running\""), &broken, "15..600")
        }
        [Effect::ForwardStopped | Effect::ReverseStopped] => poll(&ended, "false", "15..600"),
        _ => {
            let status = format!("{first}Status");
            let number = suffix(program, node.state.of.as_ref());
            let errors = format!("{first}ReplicationTaskStats.TablesErrored");
            vec![
                super::expected_value("startType", START_TYPE),
                super::expected_value(
                    "verdict",
                    &format!(
                        "{status} = \"running\" and {errors} > 0 and $count($reload{number}) > 0 ? \"reload\" \
                         : {status} in [\"running\", \"starting\"] ? \"running\" : {status} in [\"ready\", \"stopped\", \"failed\"] \
                         ? \"start\" : {status} in [\"creating\", \"modifying\", \"testing\", \"stopping\", \"moving\"] \
                         and $turns + 1 < #5..600 ? \"wait\" : \"fail\""
                    ),
                ),
                super::expected_value("turns", "$turns + 1"),
            ]
        }
    };
    with(forms, [reason])
}

fn loads(status: &str, task: &str) -> String {
    let part = |name: &str| format!("$string({task}ReplicationTaskStats.{name})");
    format!("\"…\" & {status} & \"…\" & {} & \"…\" & {}", part("FullLoadProgressPercent"), part("TablesErrored"))
}

fn load(suffixes: &[String]) -> Vec<Wanted> {
    let count = suffixes.len();
    let lists: Vec<String> = suffixes.iter().map(|number| format!("$reload{number}")).collect();
    let none = match &lists[..] {
        [list] => format!("$count({list}) = 0"),
        _ => format!("$count([{}]) = 0", lists.join(", ")),
    };
    const BROKEN: &str = "[\"failed\", \"stopped\", \"stopping\", \"deleting\", \"failed-move\"]";
    let done = |task: &str| {
        format!(
            "{task}Status = \"running\" and {task}ReplicationTaskStats.FullLoadProgressPercent = 100 \
             and {task}ReplicationTaskStats.TablesErrored = 0"
        )
    };
    let broken = |task: &str| {
        format!(
            "{task}Status in {BROKEN} \
             or {task}ReplicationTaskStats.TablesErrored > 0 and ({none} or $turns >= #1..20)"
        )
    };
    match count {
        1 => {
            let first = format!("{TASKS}[0].");
            poll(&done(&first), &broken(&first), "100..2000")
        }
        _ => {
            let done = format!("$count({TASKS}[{}]) = {count}", done(""));
            poll(&done, &format!("$count({TASKS}[{}]) > 0", broken("")), "100..2000")
        }
    }
}

/// The answers of a measurement that count.
#[derive(Clone, Copy)]
enum Minutes {
    Newest,
    Several,
}

/// The lag of all databases: whether its values are known, and their sums, from the newest minute or from several.
struct Lag {
    known: Vec<String>,
    sums: Vec<String>,
}

impl Lag {
    fn of(program: &Program<'_>, minutes: Minutes) -> Self {
        let values =
            |side: &str, number: &str| format!("$states.result.MetricDataResults[Id = \"{side}{number}\"].Values");
        let pair = |side: &str, number: &str| match minutes {
            Minutes::Several => {
                (format!("$count({}) >= #", values(side, number)), format!("$max({})", values(side, number)))
            }
            Minutes::Newest => {
                (format!("$exists({}[0])", values(side, number)), format!("{}[0]", values(side, number)))
            }
        };
        let all = suffixes(program).into_iter().map(|number| {
            let (source, target) = (pair("source", &number), pair("target", &number));
            (format!("{} and {}", source.0, target.0), format!("{} + {}", source.1, target.1))
        });
        let (known, sums) = all.unzip();
        Self { known, sums }
    }

    /// In words, for people.
    fn reason(&self) -> String {
        let parts = self.known.iter().zip(&self.sums);
        let parts: Vec<String> =
            parts.map(|(known, sum)| format!("\"…\" & (({known}) ? $string({sum}) & \"…\" : \"…\") & \"…\"")).collect();
        parts.join(" & \"…\" & ")
    }
}

fn lag(program: &Program<'_>) -> Vec<Wanted> {
    let mut forms: [Vec<String>; 3] = Default::default();
    for minutes in [Minutes::Newest, Minutes::Several] {
        let lag = Lag::of(program, minutes);
        let low: Vec<String> = lag.sums.iter().map(|sum| format!("{sum} < #")).collect();
        let below = format!("{} and {}", lag.known.join(" and "), low.join(" and "));
        forms[0].push(format!(
            "({below} and $quiet + 1 >= #) ? \"pass\" : (false or $turns + 1 >= #2..2000) ? \"fail\" : \"wait\""
        ));
        forms[1].push(format!("({below}) ? $quiet + 1 : 0"));
        forms[2].push(lag.reason());
    }
    let [verdict, quiet, reason] = forms;
    let of = |variable: &str, patterns| Wanted { variable: variable.to_owned(), form: Form::one_of(patterns) };
    vec![of("verdict", verdict), of("quiet", quiet), of("reason", reason), super::expected_value("turns", "$turns + 1")]
}

/// Whether the target's answers are new enough for reads.
fn fresh(program: &Program<'_>) -> Vec<Wanted> {
    let Lag { known, sums } = Lag::of(program, Minutes::Newest);
    let fresh: Vec<String> = sums.iter().map(|sum| format!("{sum} <= #")).collect();
    let known = known.join(" and ");
    vec![super::expected_value(
        "fresh",
        &format!("({known}) ? ({} ? \"yes\" : \"no\") : \"unknown\"", fresh.join(" and ")),
    )]
}

/// The number of requests that have reached the target's compute, and whether they are enough.
fn requests() -> Vec<Wanted> {
    const VALUES: &str = "$states.result.MetricDataResults[Id = \"requests\"].Values";
    vec![
        super::expected_value("requests", &format!("$exists({VALUES}[0]) ? $sum({VALUES}) : 0")),
        super::expected_value(
            "arrived",
            &format!("$exists({VALUES}[0]) ? ($sum({VALUES}) >= # ? \"yes\" : \"no\") : \"unknown\""),
        ),
    ]
}

/// An answer about an alarm, and about the measurements that the gate's effects name.
fn alarm(node: &Node<'_>, effects: &[Effect]) -> Vec<Wanted> {
    let mut calm = format!("{ALARM} = \"OK\"");
    let mut bad = format!("{ALARM} = \"ALARM\"");
    let mut reason = format!("\"…\" & ($exists({ALARM}) ? {ALARM} : \"…\")");
    if effects.contains(&Effect::LagGate) {
        calm.push_str(" and $fresh = \"yes\"");
        bad.push_str(" or $fresh = \"no\"");
        reason.push_str(" & \"…\" & $fresh");
    }
    let silent = format!("$not({calm}) and $unknown + 1 > #5..120");
    let counts = effects.contains(&Effect::RequestGate);
    let mut good = calm.clone();
    if counts {
        good.push_str(" and $arrived = \"yes\"");
        reason.push_str(" & \"…\" & $string($requests) & \"…\" & $arrived");
    }
    let pass = format!("{good} and $quiet + 1 >= #");
    let verdict = match node.state.phase >= Phase::Watch {
        true => format!(
            "({pass}) ? \"pass\" : ({silent} or $turns + 1 >= #2..2000) ? \"page\" : \
             (({bad}) and ($quiet > 0 or $turns + 1 > #5..60)) ? \"fail\" : \"wait\""
        ),
        // A night without requests may pass, and people are notified once.
        false if counts => format!(
            "({pass}) ? \"pass\" : ({bad} or {silent} or $arrived != \"yes\" and $turns + 1 >= #20..200 \
             or $turns + 1 >= #2..2000) ? \"fail\" : ($arrived != \"yes\" and $turns + 1 = #5..120) ? \"notify\" : \"wait\""
        ),
        false => format!("({pass}) ? \"pass\" : (({bad} or {silent}) or $turns + 1 >= #2..2000) ? \"fail\" : \"wait\""),
    };
    vec![
        super::expected_value("verdict", &verdict),
        super::expected_value("quiet", &format!("({good}) ? $quiet + 1 : $quiet")),
        super::expected_value("unknown", &format!("({calm}) ? 0 : $unknown + 1")),
        super::expected_value("turns", "$turns + 1"),
        reasons(&[reason]),
    ]
}

fn approval(roles: usize) -> Vec<Wanted> {
    let agreed: Vec<String> =
        (0..roles).map(|i| format!("$states.result[{i}].answer.decision = \"approve\"")).collect();
    vec![insist(&agreed.join(" and ")), super::expected_value("approvals", "$append($approvals, $states.result)")]
}

/// An iteration begins with its input.
fn group() -> Vec<Wanted> {
    vec![
        optional("chunk", "$states.input"),
        optional("cursor", "\"\""),
        optional("groupTurns", "0"),
        optional("groupVerdict", "\"wait\""),
    ]
}

fn window() -> Vec<Wanted> {
    let shape =
        |variable: &str, accepts, words| Wanted { variable: variable.to_owned(), form: Form::Shape(accepts, words) };
    vec![
        shape("verdict", opens_in_window, "`pass` within a window, `fail` after the last turn, else `wait`"),
        shape("pause", waits_for_window, "0 within a window, else the seconds until the next one"),
        super::expected_value("turns", "$turns + 1"),
        reasons(&[]),
    ]
}

fn opens_in_window(verdict: &Expression) -> bool {
    let Expression::Ternary(open, pass, rest) = verdict else { return false };
    is_text(pass, "pass") && is_window(open) && fits("false or $turns + 1 >= #2..1000 ? \"fail\" : \"wait\"", rest)
}

fn waits_for_window(pause: &Expression) -> bool {
    let Expression::Ternary(open, nothing, wait) = pause else { return false };
    let Expression::Call(round, items) = &**wait else { return false };
    let [Expression::Binary(Operator::Divide, millis, thousand)] = items.as_slice() else { return false };
    number(nothing) == Some(0.0)
        && &**round == "ceil"
        && number(thousand) == Some(1000.0)
        && is_window(open)
        && is_wait(millis)
}

/// The milliseconds until the next window of this week, or the first one of the next week.
fn is_wait(expression: &Expression) -> bool {
    let until = |expression: &Expression| match expression {
        Expression::Binary(Operator::Subtract, begin, position) if is_position(position) => number(begin),
        _ => None,
    };
    match expression {
        Expression::Ternary(condition, a, b) => match &**condition {
            Expression::Binary(Operator::Less, position, begin) if is_position(position) => {
                number(begin).is_some() && number(begin) == until(a) && is_wait(b)
            }
            letter => jsonata::text(letter).contains("$calendar") && is_wait(a) && is_wait(b),
        },
        last => until(last).is_some_and(|begin| (WEEK..2.0 * WEEK).contains(&begin)),
    }
}

/// A pause that is computed for other times than the verdict.
pub(super) fn other_window(program: &Program<'_>, id: NodeId) -> Option<String> {
    let node = &program.nodes[id];
    let open = |variable: &str| {
        let index = program.variables.get_index_of(variable)?;
        let (_, term) = node.assign.iter().find(|(set, _)| *set == index)?;
        match term {
            Term::Expression(e) => match &**e {
                Expression::Ternary(open, ..) => Some(jsonata::text(&jsonata::normal(open))),
                _ => None,
            },
            _ => None,
        }
    };
    let reads = gate(program, node).is_some_and(|gate| gate.state.effects.contains(&Effect::Window));
    (reads && open("verdict") != open("pause")).then(|| {
        format!("`{}` sets `$pause` by another window than `$verdict`, and should use the same times", node.state.name)
    })
}

/// Times of the week, in each kind of week.
fn is_window(expression: &Expression) -> bool {
    match expression {
        Expression::Binary(Operator::Or, a, b) => is_window(a) && is_window(b),
        Expression::Binary(Operator::And, a, b) => match (edge(a), edge(b)) {
            (Some((begin, true)), Some((end, false))) | (Some((end, false)), Some((begin, true))) => {
                begin < end && end < WEEK
            }
            _ => false,
        },
        Expression::Ternary(letter, a, b) => {
            jsonata::text(letter).contains("$calendar") && is_window(a) && is_window(b)
        }
        Expression::Literal(Value::Bool(false)) => true,
        _ => false,
    }
}

/// The begin of a window, or its end, in milliseconds of the week.
fn edge(expression: &Expression) -> Option<(f64, bool)> {
    let Expression::Binary(Operator::LessOrEqual, a, b) = expression else { return None };
    match (number(a), number(b)) {
        (Some(begin), None) if is_position(b) => Some((begin, true)),
        (None, Some(end)) if is_position(a) => Some((end, false)),
        _ => None,
    }
}

/// The milliseconds since the begin of the week.
fn is_position(expression: &Expression) -> bool {
    let Expression::Binary(Operator::Remainder, since, week) = expression else { return false };
    let Expression::Binary(Operator::Subtract, now, origin) = &**since else { return false };
    number(week) == Some(WEEK) && jsonata::text(now) == NOW && number(origin).is_some_and(|origin| origin > 0.0)
}

fn number(expression: &Expression) -> Option<f64> {
    match expression {
        Expression::Literal(Value::Number(Number(n))) => Some(*n),
        _ => None,
    }
}

fn is_text(expression: &Expression, wanted: &str) -> bool {
    matches!(expression, Expression::Literal(Value::Text(text)) if &**text == wanted)
}
