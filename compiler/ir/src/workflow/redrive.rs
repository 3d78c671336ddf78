//! Redrives: Step Functions continues a failed or stopped execution at the state that it stopped in, with the variables
//! of that time. Meanwhile another execution may have moved everything.
//!
//! A state that changes something therefore refuses a redrive that begins at it: one of its arguments compares the
//! number of redrives with the number at the last confirmation of the lock. A redrive that begins earlier passes a
//! confirmation first, and one that begins later changes nothing before the next one.
//! (fact: states-redrive-count)

use super::{Api, Argument, Effect, Expression, Kind, Repeat, State};

/// The variable with the number of redrives at the last confirmation of the lock.
pub const CONFIRMED: &str = "redrives";
/// The number of redrives of this execution.
pub const COUNT: &str = "$states.context.Execution.RedriveCount";

/// What happens where a redrive begins at a state.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Redrive {
    /// The state runs again.
    #[default]
    Repeats,
    /// The state fails.
    Refuses,
}

impl Redrive {
    /// What a state needs: one that changes something outside of the execution's own records refuses.
    pub fn of(kind: &Kind, effects: &[Effect]) -> Self {
        let Kind::Task { api, .. } = kind else { return Redrive::Repeats };
        let changes = match (api, api.info().repeat) {
            // A rollback refuses by its own record of executions that were undone.
            (Api::InvokeFunction, _) => effects
                .iter()
                .any(|e| e.lasts() || matches!(e, Effect::FenceToken | Effect::Rehearse | Effect::AdvanceSequences)),
            // Objects are records of this execution, or the lock itself.
            (Api::PutObject, _) | (_, Repeat::Reads | Repeat::Tells) => false,
            (_, Repeat::Sets | Repeat::Already | Repeat::Promised) => true,
        };
        if changes { Redrive::Refuses } else { Redrive::Repeats }
    }
}

/// The path of the argument that refuses.
fn refusing_argument(api: Api) -> Option<&'static str> {
    match api {
        Api::InvokeFunction => Some("Payload.run.execution"),
        Api::PutParameter => Some("Value"),
        Api::ModifyRule => Some("RuleArn"),
        Api::StartReplicationTask | Api::StopReplicationTask | Api::ReloadTables => Some("ReplicationTaskArn"),
        _ => None,
    }
}

/// The arguments of a call as the document writes them.
pub fn write(state: &State, api: Api, arguments: &Argument) -> Argument {
    let path = refusing_argument(api).filter(|_| state.redrive == Redrive::Refuses);
    let refusing = path.and_then(|path| {
        let value = match arguments.at(path)? {
            Argument::Text(text) => Expression::quote(text),
            Argument::Expression(expression) => expression.to_string(),
            _ => return None,
        };
        arguments.clone().replacing(path, Expression::new(format!("{} ? {value} : {}", comparison(), refusal())))
    });
    refusing.unwrap_or_else(|| arguments.clone())
}

/// The arguments of a call that a document writes, and what the call does after a redrive.
pub fn read(api: Api, arguments: Argument) -> (Argument, Redrive) {
    let value = refusing_argument(api).and_then(|path| Some((path, without_refusal(arguments.at(path)?)?)));
    match value {
        Some((path, value)) => (arguments.clone().replacing(path, value).unwrap_or(arguments), Redrive::Refuses),
        None => (arguments, Redrive::Repeats),
    }
}

/// The value of an argument without its refusal: a text or a variable. Any other expression could hold a condition of
/// its own, which would leave the refusal to a branch that is never taken.
fn without_refusal(argument: &Argument) -> Option<Argument> {
    let Argument::Expression(expression) = argument else { return None };
    let inner = expression.as_str().strip_prefix(&comparison())?.strip_prefix(" ? ")?;
    let inner = inner.strip_suffix(&refusal())?.strip_suffix(" : ")?;
    match serde_json::from_str::<String>(inner) {
        Ok(text) => Some(Argument::Text(text.into())),
        Err(_) => is_variable(inner).then(|| Argument::Expression(Expression::new(inner))),
    }
}

fn is_variable(expression: &str) -> bool {
    let name = expression.strip_prefix('$').unwrap_or_default();
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn comparison() -> String {
    format!("{COUNT} = ${CONFIRMED}")
}

fn refusal() -> String {
    format!("$error({})", Expression::quote("a redrive cannot begin here: the lock is not confirmed"))
}
