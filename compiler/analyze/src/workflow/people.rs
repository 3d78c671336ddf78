//! What people read and answer: each role gets the commands for its own token, is reminded once, and its silence is
//! recorded; each message about an end has its names.

use migspec_ir::workflow::{Api, Argument, Effect, Kind, State};

use crate::workflow::arguments::normal;
use crate::workflow::measured;
use crate::workflow::offence::Offence;
use crate::workflow::program::{NodeId, Program, Target};
use crate::workflow::routes::waits_for_person;

pub(crate) fn offences(program: &Program<'_>) -> Vec<Offence> {
    let mut found = Vec::new();
    for (id, node) in program.nodes.iter().enumerate() {
        match &node.state.kind {
            Kind::Task { api: Api::Publish, arguments, .. } => {
                let asks = match node.next {
                    Target::Node(next) if waits_for_person(program.nodes[next].state) => {
                        Some(program.nodes[next].state)
                    }
                    _ => None,
                };
                let waits = match node.next {
                    Target::Node(next) => matches!(program.nodes[next].state.kind, Kind::Wait { .. }),
                    _ => false,
                };
                let lacks = match asks {
                    Some(asks) => request(asks, arguments),
                    None if waits => interim(program, id, arguments),
                    None => report(program, node.state, arguments),
                };
                let name = &node.state.name;
                found.extend(lacks.map(|lacks| {
                    offence(
                        "wrong-argument",
                        id,
                        format!("`{name}` sends a message without {lacks}, and should have it"),
                    )
                }));
            }
            Kind::Task { .. } if waits_for_person(node.state) => found.extend(silence(program, id)),
            Kind::Task { .. } if node.state.heartbeat.is_some() => {
                let message =
                    format!("`{}` has a heartbeat, and nobody sends one; it should have none", node.state.name);
                found.push(offence("call-cut-short", id, message));
            }
            _ => {}
        }
        if node.outer.is_some() {
            found.extend(answer(program, id));
        }
    }
    found
}

fn offence(code: &'static str, node: NodeId, message: String) -> Offence {
    Offence {
        code,
        node,
        message,
        seen: "people rely on it".to_owned(),
        help: "write the part that the message names, as `migspec build` does",
        path: Vec::new(),
    }
}

/// The text of an argument: a literal, or an expression in its normal form.
fn text(argument: Option<&Argument>) -> String {
    match argument {
        Some(Argument::Text(text)) => text.to_string(),
        Some(Argument::Expression(e)) => normal(e.as_str()),
        _ => String::new(),
    }
}

/// The part that the request to a role lacks: commands to approve and to refuse, each with the key of the token.
fn request(asks: &State, arguments: &Argument) -> Option<String> {
    let Kind::Task { arguments: token, .. } = &asks.kind else { return None };
    let message = text(arguments.get("Message"));
    let bucket = text(token.get("Bucket"));
    let key = text(token.get("Key"));
    let role =
        asks.output.as_ref().and_then(|output| output.get("role")).and_then(Argument::as_text).unwrap_or_default();
    // A role may have another region by default.
    let topic = text(arguments.get("TopicArn"));
    let region = topic.split(':').nth(3).unwrap_or_default();
    let place = format!("$(aws s3 cp --region {region} s3://{bucket}/\" & {key} & \" -)");
    let (approval, refusal) = message.split_once("send-task-failure").unwrap_or((&message, ""));
    let lacks = |part: &str, word: &str| (!part.contains(word)).then(|| word.to_owned());
    let quoted = "{\\\\\\\"decision\\\\\\\":\\\\\\\"approve\\\\\\\"}";
    lacks(&message, &format!("As {role}, "))
        .or_else(|| {
            lacks(approval, &format!("approve:\\naws stepfunctions send-task-success --region {region} --task-output"))
        })
        .or_else(|| lacks(approval, quoted))
        .or_else(|| {
            lacks(&message, &format!("refuse:\\naws stepfunctions send-task-failure --region {region} --error"))
        })
        .or_else(|| [approval, refusal].into_iter().find_map(|part| lacks(part, &place)))
}

/// The part that a message between two polls lacks: how many requests have arrived, and how many are needed.
fn interim(program: &Program<'_>, id: NodeId, arguments: &Argument) -> Option<String> {
    let message = text(arguments.get("Message"));
    let severity = text(arguments.at("MessageAttributes.severity.StringValue"));
    let wait = program.ways(id).next()?;
    let mut at = wait;
    let mut least = None;
    for _ in 0..3 {
        let Target::Node(next) = program.nodes[at].next else { break };
        least = least.or_else(|| measured::least_requests(program, next));
        at = next;
    }
    let lacks = |word: &str| (!message.contains(word)).then(|| format!("`{word}`"));
    lacks("$requests")
        .or_else(|| least.and_then(|least| lacks(&format!("needs {least}."))))
        .or_else(|| (severity != "warning").then(|| "the severity `warning`".to_owned()))
}

/// The part that a message about an end lacks.
fn report(program: &Program<'_>, state: &State, arguments: &Argument) -> Option<String> {
    let message = text(arguments.get("Message"));
    let severity = text(arguments.at("MessageAttributes.severity.StringValue"));
    let failed = ["$failure.state", "$failure.error", "$failure.cause"];
    let writer = program.writer_parameter.unwrap_or_default();
    let lacks = |word: &str| (!message.contains(word)).then(|| format!("`{word}`"));
    if message.contains("send-task-") {
        return Some("the result of the execution".to_owned());
    }
    if state.effects.contains(&Effect::Page) {
        let more = ["$failure.phase", "$states.context.Execution.Name", "aws ssm get-parameter", writer, "RUNBOOK.md"];
        return failed.into_iter().chain(more).find_map(lacks);
    }
    let succeeds = leads_to(program, state, |state| matches!(state.kind, Kind::Succeed));
    if !succeeds {
        let lost = failed.into_iter().chain(["$loss"]).find_map(lacks);
        return lost.or_else(|| (severity != "warning").then(|| "the severity `warning`".to_owned()));
    }
    (severity != "info")
        .then(|| "the severity `info`".to_owned())
        .or_else(|| message.is_empty().then(|| "a text".to_owned()))
}

/// Whether the execution ends soon after a state in an end of a kind.
fn leads_to(program: &Program<'_>, state: &State, is: impl Fn(&State) -> bool) -> bool {
    let mut at = program.find(&state.name);
    for _ in 0..4 {
        let Some(Target::Node(next)) = at.map(|at| program.nodes[at].next) else { return false };
        if is(program.nodes[next].state) {
            return true;
        }
        at = Some(next);
    }
    false
}

/// Silence of a role that nobody reminds, or that ends the question of the other roles.
fn silence(program: &Program<'_>, id: NodeId) -> Vec<Offence> {
    let node = &program.nodes[id];
    let name = &node.state.name;
    let mut found = Vec::new();
    let asks = |other: NodeId| matches!(program.nodes[other].state.kind, Kind::Task { api: Api::Publish, .. });
    let mut before = (0..program.nodes.len()).filter(|other| program.nodes[*other].next == Target::Node(id)).peekable();
    let asked = before.peek().is_some() && before.all(asks);
    let begins = node.outer.is_some_and(|outer| program.nodes[outer].inner.contains(&id));
    if !asked || begins {
        let message = format!("`{name}` waits for a role that no message has asked; a message should come before");
        found.push(offence("wrong-argument", id, message));
    }
    if node.state.heartbeat.is_none() {
        let message = format!("`{name}` has no heartbeat, so nobody reminds the role; it should have one");
        found.push(offence("call-cut-short", id, message));
    }
    for error in ["States.HeartbeatTimeout", "States.Timeout"] {
        if !node.state.catch.iter().any(|catch| catch.takes(error)) {
            let message = format!("`{name}` does not catch `{error}`; silence should be the answer of this role alone");
            found.push(offence("call-cut-short", id, message));
        }
    }
    found
}

/// The record of an answer within an approval: the question, the role and the time of each answer.
fn answer(program: &Program<'_>, id: NodeId) -> Option<Offence> {
    let node = &program.nodes[id];
    let outer = &program.nodes[node.outer?].state;
    let output = node.state.output.as_ref()?;
    output.get("answer")?;
    let question = output.get("question").and_then(Argument::as_text);
    let at = text(output.get("at"));
    let name = &node.state.name;
    let wrong = match () {
        () if question != Some(&outer.name) => format!("`question` should be `{}`", outer.name),
        () if at != "$states.context.State.EnteredTime" => {
            "`at` should be `{% $states.context.State.EnteredTime %}`".to_owned()
        }
        () => return None,
    };
    Some(offence("wrong-argument", id, format!("`{name}` records its answer wrongly: {wrong}")))
}
