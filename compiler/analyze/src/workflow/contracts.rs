//! The events of each function, from the types that the functions read. A payload that fits none is an unknown call.

use std::sync::OnceLock;

use migspec_events as events;
use migspec_ir::workflow::{Api, Argument, Kind};
use serde_json::Value as Json;
use thiserror::Error;

/// A function, by the word in its name.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Function {
    Fence,
    Preflight,
    ReverseSlot,
    Rollback,
    Sequences,
    Validator,
}

impl Function {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Function::Fence => "fence",
            Function::Preflight => "preflight",
            Function::ReverseSlot => "reverse-slot",
            Function::Rollback => "rollback-handler",
            Function::Sequences => "sequences",
            Function::Validator => "data-validator",
        }
    }
}

struct Contract {
    function: Function,
    event: Json,
}

/// The reason for which no function accepts a payload.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub(crate) enum ContractError {
    #[error("there is no payload")]
    NoPayload,
    #[error("no function has the action `{0}`")]
    UnknownAction(String),
    #[error("{0}")]
    Misfit(String),
}

/// The function and the action that a task calls. None if it calls no function; an error if no function accepts the
/// payload.
pub(crate) fn contract(kind: &Kind) -> Option<Result<(Function, &str), ContractError>> {
    let Kind::Task { api: Api::InvokeFunction, arguments, .. } = kind else { return None };
    let Some(payload) = arguments.get("Payload") else { return Some(Err(ContractError::NoPayload)) };
    Some(of_payload(payload))
}

/// The function and the action of a payload, or of an item selector.
pub(crate) fn of_payload(payload: &Argument) -> Result<(Function, &str), ContractError> {
    let action = payload.get("action").and_then(Argument::as_text).unwrap_or_default();
    let candidates = || contracts().iter().filter(|c| c.event["action"].as_str().unwrap_or_default() == action);
    if candidates().next().is_none() {
        return Err(ContractError::UnknownAction(action.to_owned()));
    }
    if let Some(contract) = candidates().find(|contract| misfit("", &contract.event, payload).is_none()) {
        return Ok((contract.function, action));
    }
    // The nearest contract gives the reason.
    let misfits = candidates().filter_map(|contract| misfit("", &contract.event, payload));
    Err(ContractError::Misfit(misfits.min_by_key(String::len).unwrap_or_default()))
}

/// The first difference of a payload from an event. An expression fits everything.
fn misfit(path: &str, event: &Json, payload: &Argument) -> Option<String> {
    let inner = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match (event, payload) {
        (_, Argument::Expression(_)) => None,
        (Json::Object(members), Argument::Object(given)) => {
            let lacks = members.keys().find(|name| payload.get(name).is_none());
            let surplus = given.iter().find(|(name, _)| !members.contains_key(&**name));
            match (lacks, surplus) {
                (Some(name), Some((other, _))) => Some(format!("`{}` is written `{other}`", inner(name))),
                (Some(name), None) => Some(format!("`{}` is missing", inner(name))),
                (None, Some((name, _))) => Some(format!("no function reads `{}`", inner(name))),
                (None, None) => {
                    members.iter().find_map(|(name, event)| misfit(&inner(name), event, payload.get(name)?))
                }
            }
        }
        (Json::Array(items), Argument::List(given)) => {
            items.first().and_then(|event| given.iter().find_map(|item| misfit(path, event, item)))
        }
        (Json::String(_), Argument::Text(_))
        | (Json::Number(_), Argument::Integer(_))
        | (Json::Bool(_), Argument::Bool(_)) => None,
        _ => Some(format!("`{path}` has a value of another kind")),
    }
}

fn contracts() -> &'static [Contract] {
    static ALL: OnceLock<Vec<Contract>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut all = Vec::new();
        add(&mut all, Function::Fence, &fence());
        add(&mut all, Function::ReverseSlot, &reverse());
        add(&mut all, Function::Validator, &validator());
        add(&mut all, Function::Preflight, &[preflight()]);
        add(&mut all, Function::Sequences, &[sequences()]);
        add(&mut all, Function::Rollback, &[rollback()]);
        all
    })
}

fn add<T: serde::Serialize>(all: &mut Vec<Contract>, function: Function, events: &[T]) {
    let json = events.iter().filter_map(|event| serde_json::to_value(event).ok());
    all.extend(json.map(|event| Contract { function, event }));
}

fn text() -> String {
    String::new()
}

fn run() -> events::Run {
    events::Run { migration: text(), environment: text(), cutover: text(), execution: text() }
}

fn fence() -> Vec<events::FenceEvent> {
    use events::FenceEvent as E;
    let (run, side) = (run(), events::Side::Source);
    vec![
        E::Fence { run: run.clone(), side },
        E::WriteToken { run: run.clone(), token: text() },
        E::Drain { run: run.clone(), token: text(), position: text() },
        E::Unfence { run: run.clone(), side },
        E::Cut { run: run.clone(), side },
        E::Restore { run: run.clone(), side },
        E::Freeze { run: run.clone(), side },
        E::CheckSchema { run: run.clone(), side },
        E::Thaw { run, side },
    ]
}

fn reverse() -> Vec<events::ReverseEvent> {
    use events::ReverseEvent as E;
    vec![
        E::Create { run: run(), after: text() },
        E::Find { run: run() },
        E::Rehearse { run: run() },
        E::Drop { run: run() },
        E::Report { run: run() },
    ]
}

fn validator() -> Vec<events::ValidatorEvent> {
    use events::ValidatorEvent as E;
    let group = events::Group { number: 0, table: text(), after: text(), to: text() };
    vec![
        E::Plan { run: run() },
        E::Chunk { run: run(), pass: text(), group, cursor: text() },
        E::Summarise { run: run(), pass: text(), groups: 0 },
        E::FenceWindow { run: run() },
        E::MeasureWindow { run: run(), at_most: 0 },
    ]
}

fn preflight() -> events::PreflightEvent {
    let demand = events::Demand { task: text(), slots: 0, connections: 0 };
    events::PreflightEvent { run: run(), reverse: true, source: vec![demand.clone()], target: vec![demand] }
}

fn sequences() -> events::SequencesEvent {
    events::SequencesEvent { run: run(), side: events::Side::Source, margin: 0, at_least: 0 }
}

fn rollback() -> events::RollbackEvent {
    let phase = events::Phase::Load;
    events::RollbackEvent {
        run: run(),
        failure: events::FailedState { state: text(), phase, error: text(), cause: text() },
        checkpoint: events::Checkpoint { bucket: text(), key: text() },
        replications: vec![events::Replicated { key: text(), forward_task: text(), reverse_task: text() }],
        writers: vec![events::Writer { parameter: text() }],
        routing_parameter: text(),
        traffic: events::Traffic { rules: vec![text()], source_targets: text(), target_targets: text() },
        accept_loss: false,
    }
}
