//! Whether a difference is safe, and why.

use migspec_ir::workflow::{Api, Phase, Repeat};
use serde_json::Value as Json;

use super::At;
use super::form::{expression, form};
use crate::workflow::jsonata::{Expression, Operator};
use crate::workflow::value::{Number, Value};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Verdict {
    /// Every guarantee still holds.
    Safe,
    /// A guarantee is lost.
    Weaker,
    /// No rule proves that it is as safe.
    Unknown,
}

impl Verdict {
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Safe => "safe",
            Verdict::Weaker => "weaker",
            Verdict::Unknown => "unknown",
        }
    }
}

/// The state that a difference is in, as the compiler emits it.
pub(super) struct Context<'e> {
    pub kind: &'e str,
    state: &'e Json,
    phase: Option<Phase>,
    api: Option<Api>,
}

impl<'e> Context<'e> {
    pub(super) fn new(_document: &'e Json, state: &'e Json) -> Self {
        let text = |key: &str| state.get(key).and_then(Json::as_str).unwrap_or_default();
        let comment: Json = serde_json::from_str(text("Comment")).unwrap_or_default();
        let call = text("Resource").split_once(":states:::").map_or("", |(_, call)| call);
        let call = call.strip_suffix(".waitForTaskToken").unwrap_or(call);
        let named = |api: &&Api| api.info().resource == call;
        Self {
            kind: text("Type"),
            state,
            phase: comment["phase"].as_str().and_then(Phase::parse),
            api: Api::ALL.iter().find(named).copied(),
        }
    }

    /// Whether writers wait while the state runs.
    fn in_pause(&self) -> bool {
        self.phase.is_none_or(|phase| (Phase::Fence..=Phase::Unfence).contains(&phase))
    }

    fn repeats(&self) -> bool {
        self.api.is_some()
    }

    /// Whether a person acts on the message: it calls an operator, or asks for an approval.
    fn decides(&self) -> bool {
        let text = |key: &str| self.state.pointer(key).map(Json::to_string).unwrap_or_default();
        text("/Comment").contains("\"page\\\"") || text("/Arguments/Message").contains("send-task-")
    }

    fn tells(&self) -> bool {
        self.api.is_some_and(|api| api.info().repeat == Repeat::Tells)
    }
}

type Judged = (Verdict, String);

fn safe(reason: &str) -> Judged {
    (Verdict::Safe, reason.to_owned())
}

fn weaker(reason: impl Into<String>) -> Judged {
    (Verdict::Weaker, reason.into())
}

pub(super) fn judge(document: &Json, at: &At<'_>, expected: Option<&Json>, found: Option<&Json>) -> Judged {
    let Some(context) = at.context else {
        return of_document(document, at, expected, found);
    };
    let last = at.place.rsplit(['.', '[']).next().unwrap_or_default();
    let first = at.place.split(['.', '[']).next().unwrap_or_default();
    let numbers = (expected.and_then(whole), found.and_then(whole));
    let judged = match first {
        "TimeoutSeconds" => Some(timeout(context, numbers)),
        "Seconds" => Some(wait(context, numbers)),
        "Retry" => Some(retry(context, last, numbers)),
        "Assign" if unread(document, &at.place, expected, found) => Some(safe("no state reads the variable")),
        // States pass values by variables only; the iterations of a map read their input.
        "Output" if context.kind == "Task" && found.is_none() && expected.is_some_and(is_empty) => {
            Some(safe("no state reads its output"))
        }
        "MaxConcurrency" => match numbers {
            (Some(expected), Some(found)) if found >= 1.0 && found < expected => {
                Some(safe("fewer iterations run at once, and all of them run"))
            }
            _ => Some(weaker("more iterations run at once than the databases have connections for")),
        },
        "Arguments" if context.tells() => message(context, last, expected, found),
        "Cause" if context.kind == "Fail" && found.is_some() => Some(safe("the text is for people")),
        _ => None,
    };
    let judged = judged.or_else(|| expressions(last, expected, found));
    judged.unwrap_or_else(|| known_weaker(document, at, context, expected, found))
}

fn is_empty(json: &Json) -> bool {
    json.as_object().is_some_and(serde_json::Map::is_empty)
}

/// Whether a literal is assigned to a variable that the workflow does not have. A state that reads it differs itself.
fn unread(document: &Json, place: &str, expected: Option<&Json>, found: Option<&Json>) -> bool {
    let name = place.strip_prefix("Assign.").unwrap_or_default();
    let plain = |json: &Json| !json.as_str().is_some_and(|text| text.starts_with("{%")) && !json.is_object();
    let text = document.to_string();
    expected.is_none() && found.is_some_and(plain) && !name.is_empty() && !text.contains(&format!("${name}"))
}

fn of_document(document: &Json, at: &At<'_>, expected: Option<&Json>, found: Option<&Json>) -> Judged {
    const YEAR: f64 = 365.0 * 24.0 * 3600.0;
    match (at.state, at.place.as_str()) {
        (Some(name), "") if found.is_none() => weaker(format!("{} is missing", summary(document, name))),
        (Some(_), "") => (Verdict::Unknown, "the compiler emits no such state".to_owned()),
        (None, "TimeoutSeconds") => match (expected.and_then(whole), found.and_then(whole)) {
            (Some(expected), Some(found)) if (expected..=YEAR).contains(&found) => {
                safe("the timeout still covers every state")
            }
            (_, None) => weaker("an execution that hangs never ends"),
            _ => weaker("the execution can time out before its states do, without an error route"),
        },
        _ => unproven(),
    }
}

fn unproven() -> Judged {
    (Verdict::Unknown, "no rule proves that it is as safe".to_owned())
}

/// The summary of a state from its comment.
fn summary(document: &Json, name: &str) -> String {
    let comment = document["States"][name]["Comment"].as_str().unwrap_or_default();
    let comment: Json = serde_json::from_str(comment).unwrap_or_default();
    let effects: Vec<&str> = comment["effects"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
    if effects.is_empty() { "a step that the compiler emits".to_owned() } else { format!("`{}`", effects.join("`, `")) }
}

fn whole(json: &Json) -> Option<f64> {
    form(json).as_f64()
}

fn timeout(context: &Context<'_>, numbers: (Option<f64>, Option<f64>)) -> Judged {
    match numbers {
        (_, None) => weaker("without a timeout a call that is never answered holds the execution for ever"),
        (Some(expected), Some(found)) if found < expected => {
            weaker("the state times out while its call still runs, and no state waits for the call")
        }
        (Some(expected), Some(found)) if !context.in_pause() && found <= 2.0 * expected && context.repeats() => {
            safe("the call has up to twice its time, outside the write pause")
        }
        _ if context.in_pause() => weaker("the write pause exceeds the limit of the fence"),
        _ => unproven(),
    }
}

fn wait(context: &Context<'_>, numbers: (Option<f64>, Option<f64>)) -> Judged {
    match numbers {
        (Some(expected), Some(found)) if found < expected => weaker("the wait is shorter than it must be"),
        (Some(_), Some(_)) if context.in_pause() => weaker("the write pause exceeds the limit of the fence"),
        (Some(expected), Some(found)) if found <= 2.0 * expected => safe("the wait is longer, outside the write pause"),
        (Some(_), Some(_)) => weaker("changes during the wait are detected too late"),
        _ => unproven(),
    }
}

fn retry(context: &Context<'_>, last: &str, numbers: (Option<f64>, Option<f64>)) -> Judged {
    if !context.repeats() {
        return unproven();
    }
    match (last, numbers) {
        ("JitterStrategy", _) => safe("the call is repeated as often, at other times"),
        ("MaxAttempts", (None, Some(_))) => {
            (Verdict::Unknown, "the compiler does not retry the call after this error".to_owned())
        }
        ("MaxAttempts", (Some(0.0), _)) => weaker("a retry cannot repair this error, or makes it worse"),
        ("MaxAttempts", (Some(expected), found)) if found.is_none_or(|found| found < expected) => {
            weaker("a transient error ends the migration")
        }
        (_, (Some(_), Some(_))) if context.in_pause() => weaker("the write pause may exceed the limit of the fence"),
        ("MaxAttempts", (Some(expected), Some(found))) if found <= 2.0 * expected => {
            safe("the call can be repeated, outside the write pause")
        }
        ("IntervalSeconds" | "MaxDelaySeconds", (Some(expected), Some(found)))
            if (expected / 2.0..=2.0 * expected).contains(&found) =>
        {
            safe("the call is repeated as often, at other times")
        }
        _ => unproven(),
    }
}

/// Words by which a person decides: which side, which answer, which end.
const DECIDING: [&str; 28] = [
    "approval",
    "approve",
    "back",
    "cannot",
    "failed",
    "failure",
    "later",
    "lose",
    "lost",
    "may",
    "move",
    "needed",
    "needs",
    "never",
    "no",
    "not",
    "nothing",
    "operator",
    "person",
    "refuse",
    "rolled",
    "runbook",
    "source",
    "succeeded",
    "success",
    "target",
    "wait",
    "writer",
];

/// A message to people. Other words are free; the names, the commands that a person executes and the words by which a
/// person decides are not.
fn message(context: &Context<'_>, last: &str, expected: Option<&Json>, found: Option<&Json>) -> Option<Judged> {
    let (Some(Json::String(expected)), Some(Json::String(found))) = (expected, found) else { return None };
    let (wanted, given) = (template(expected)?, template(found)?);
    let deciding = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !c.is_ascii_alphanumeric()).map(str::to_ascii_lowercase);
        words.filter(|word| DECIDING.contains(&&**word)).collect()
    };
    let weighty = |text: &str| deciding(&text.lines().filter(|line| !is_command(line)).collect::<Vec<_>>().join("\n"));
    let unknown = |reason: &str| Some((Verdict::Unknown, reason.to_owned()));
    match last {
        "Subject" => {
            let (before, after) = (deciding(&wanted), deciding(&given));
            let kept = match context.decides() {
                true => before == after,
                false => after.iter().all(|word| before.contains(word)),
            };
            match kept && !given.is_empty() && given.len() <= 100 && !found.starts_with("{%") {
                true => Some(safe("the words are for people")),
                false => unknown("a person decides by this subject"),
            }
        }
        "Message" => {
            let commands =
                |text: &str| text.lines().filter(|line| is_command(line)).map(str::to_owned).collect::<Vec<_>>();
            if commands(&wanted) != commands(&given) {
                return Some(weaker("a person executes another command, or reads it at another place"));
            }
            if context.decides() && wanted.contains("send-task-") && wanted != given {
                return unknown("a person decides by these words");
            }
            match weighty(&wanted) == weighty(&given) && names(&wanted) == names(&given) {
                true => Some(safe("it has the commands, the names and the words to decide by, in other words")),
                false => unknown("a person decides by these words"),
            }
        }
        _ => None,
    }
}

fn is_command(line: &str) -> bool {
    line.trim_start().starts_with("aws ") || line.contains("RUNBOOK.md")
}

/// The variables of a template.
fn names(template: &str) -> Vec<&str> {
    let mut names: Vec<&str> = template.split("${").skip(1).filter_map(|rest| rest.split('}').next()).collect();
    names.sort_unstable();
    names
}

/// A text with `${…}` for each part that is no literal. None if it is an expression that cannot be read.
fn template(text: &str) -> Option<String> {
    if !text.starts_with("{%") {
        return Some(text.to_owned());
    }
    fn write(part: &Expression, out: &mut String) {
        match part {
            Expression::Literal(Value::Text(text)) => out.push_str(text),
            Expression::Binary(Operator::Join, left, right) => {
                write(left, out);
                write(right, out);
            }
            other => out.push_str(&format!("${{{}}}", crate::workflow::jsonata::text(other))),
        }
    }
    let mut out = String::new();
    write(&expression(text)?, &mut out);
    Some(out)
}

/// Expressions that differ in literals only, each of which is judged.
fn expressions(last: &str, expected: Option<&Json>, found: Option<&Json>) -> Option<Judged> {
    let (Some(Json::String(expected)), Some(Json::String(found))) = (expected, found) else { return None };
    if last == "reason" && !expected.starts_with("{%") && !found.starts_with("{%") {
        return Some(safe("the text is for people"));
    }
    let (expected, found) = (expression(expected)?, expression(found)?);
    let mut changes = Vec::new();
    pair(&expected, &found, Role::Opens, &mut changes).then_some(())?;
    changes.into_iter().max_by_key(|(verdict, _)| *verdict)
}

/// The role of an expression at its place.
#[derive(Clone, Copy, PartialEq)]
enum Role {
    /// A gate opens if it is true.
    Opens,
    /// A gate fails if it is true: a timeout or a failed check.
    Fails,
    Other,
}

/// Compares two expressions of one shape. False where their shapes differ.
fn pair(expected: &Expression, found: &Expression, role: Role, changes: &mut Vec<Judged>) -> bool {
    use Expression::{Binary, Call, List, Literal, Negative, Object, Path, Ternary};
    if expected == found {
        return true;
    }
    match (expected, found) {
        (Literal(_), Literal(_)) => {
            changes.push(unproven());
            true
        }
        (Binary(a, el, er), Binary(b, fl, fr)) if a == b => match a {
            Operator::And | Operator::Or => pair(el, fl, role, changes) && pair(er, fr, role, changes),
            Operator::Less | Operator::LessOrEqual => judge_bound((el, er), (fl, fr), role, changes),
            _ => pair(el, fl, Role::Other, changes) && pair(er, fr, Role::Other, changes),
        },
        (Ternary(ec, ey, en), Ternary(fc, fy, fn_)) => {
            let decides = |yes: &Expression, word: &str| matches!(yes, Literal(Value::Text(text)) if **text == *word);
            let inner = match (decides(ey, "pass"), decides(ey, "fail")) {
                (true, _) => Role::Opens,
                (_, true) => Role::Fails,
                _ => Role::Other,
            };
            pair(ec, fc, inner, changes) && pair(ey, fy, Role::Other, changes) && pair(en, fn_, role, changes)
        }
        (Call(a, e), Call(b, f)) if a == b && e.len() == f.len() => {
            if &**a == "error" {
                changes.push(safe("the text is for people"));
                return true;
            }
            e.iter().zip(f).all(|(e, f)| pair(e, f, Role::Other, changes))
        }
        (Negative(e), Negative(f)) => pair(e, f, Role::Other, changes),
        (List(e), List(f)) if e.len() == f.len() => e.iter().zip(f).all(|(e, f)| pair(e, f, Role::Other, changes)),
        (Object(e), Object(f)) if e.len() == f.len() => {
            e.iter().zip(f).all(|((en, ev), (fn_, fv))| en == fn_ && pair(ev, fv, Role::Other, changes))
        }
        (Path(..), Path(..)) => {
            changes.push((Verdict::Unknown, "another answer is read".to_owned()));
            true
        }
        _ => false,
    }
}

/// A measure and its bound. For a gate that opens below its bound, a smaller bound is stricter; for one that opens
/// above, a larger one.
fn judge_bound(
    expected: (&Expression, &Expression),
    found: (&Expression, &Expression),
    role: Role,
    changes: &mut Vec<Judged>,
) -> bool {
    let number = |expression: &Expression| match expression {
        Expression::Literal(Value::Number(Number(n))) => Some(*n),
        _ => None,
    };
    let stricter = match (number(expected.0), number(expected.1), number(found.0), number(found.1)) {
        (None, Some(e), None, Some(f)) if expected.0 == found.0 => f < e,
        (Some(e), None, Some(f), None) if expected.1 == found.1 => f > e,
        _ => return pair(expected.0, found.0, Role::Other, changes) && pair(expected.1, found.1, Role::Other, changes),
    };
    changes.push(match (role, stricter) {
        (Role::Opens, true) => safe("the gate opens for fewer answers"),
        (Role::Opens, false) => weaker("the gate opens for answers for which it must stay closed"),
        (Role::Fails, _) => weaker("the gate times out at another moment than the budget assumes"),
        (Role::Other, _) => unproven(),
    });
    true
}

/// Differences with a known harm. A difference outside the list is not proven safe either.
fn known_weaker(
    document: &Json,
    at: &At<'_>,
    context: &Context<'_>,
    expected: Option<&Json>,
    found: Option<&Json>,
) -> Judged {
    let first = at.place.split(['.', '[']).next().unwrap_or_default();
    let last = at.place.rsplit('.').next().unwrap_or_default();
    match (first, last) {
        ("Catch", _) if found.is_none() && expected.is_some() => weaker("the error has no route: the execution ends"),
        ("Catch", "Next") => weaker("the error takes another route than the rollback of its phase"),
        ("Catch", "phase") => weaker("the rollback gets another phase than the one to undo"),
        ("Next" | "End", _) => weaker(skipped_states(document, context.state, found)),
        ("Default", _) => weaker("a gate that stays closed takes another route"),
        ("Choices", "Next") => weaker("a gate that opens leads to another state"),
        ("ToleratedFailureCount" | "ToleratedFailurePercentage", _) => weaker("iterations may fail undetected"),
        (_, "FunctionName") => weaker("another function is called"),
        (_, "action") => weaker("the function gets another action"),
        (_, "side") => weaker("the call affects the other database"),
        (_, "ReplicationTaskArn") => weaker("the call affects another task"),
        ("Comment", _) => (Verdict::Unknown, "the annotation differs from the state".to_owned()),
        _ => unproven(),
    }
}

/// The states of the main path that a route leaves out.
fn skipped_states(document: &Json, state: &Json, found: Option<&Json>) -> String {
    let onwards = |state: &Json| {
        let first = state["Choices"][0]["Next"].as_str();
        state["Next"].as_str().or(first).map(str::to_owned)
    };
    let wanted = found.and_then(Json::as_str);
    let mut names: Vec<String> = Vec::new();
    let mut at = onwards(state);
    while let Some(name) = at {
        if Some(&*name) == wanted && !names.is_empty() {
            let more = names.len().saturating_sub(4);
            let shown = names.iter().take(4).map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ");
            return if more > 0 { format!("it skips {shown} and {more} more") } else { format!("it skips {shown}") };
        }
        if names.contains(&name) {
            break;
        }
        at = onwards(&document["States"][&*name]);
        names.push(name);
    }
    "it leaves the main path".to_owned()
}
