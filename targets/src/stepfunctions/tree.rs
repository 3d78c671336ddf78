//! A workflow as a tree of the Amazon States Language.
//! <https://states-language.net/spec.html>

use std::sync::Arc;

use indexmap::IndexMap;
use migspec_ir::workflow::{
    Argument, Branch, Catch, Expression, Hold, Kind, Machine, Pattern, Retry, State, Workflow, redrive,
};
use serde_json::{Map, Value, json};

type Object = Map<String, Value>;

pub(super) fn machine(workflow: &Workflow) -> Value {
    json!({
        "Comment": &*workflow.comment,
        "QueryLanguage": "JSONata",
        "StartAt": &*workflow.start_at,
        "TimeoutSeconds": workflow.timeout,
        "States": states(&workflow.states, workflow.partition),
    })
}

fn states(states: &IndexMap<Arc<str>, State>, partition: &str) -> Value {
    Value::Object(states.iter().map(|(name, s)| (name.to_string(), state(s, partition))).collect())
}

fn state(state: &State, partition: &str) -> Value {
    let mut tree = Object::new();
    tree.insert("Type".into(), state.kind.name().into());
    tree.insert("Comment".into(), comment(state).into());
    kind(state, partition, &mut tree);
    if let Some(seconds) = state.timeout {
        tree.insert("TimeoutSeconds".into(), seconds.into());
    }
    if let Some(seconds) = state.heartbeat {
        tree.insert("HeartbeatSeconds".into(), seconds.into());
    }
    if !state.retry.is_empty() {
        tree.insert("Retry".into(), state.retry.iter().map(retry).collect());
    }
    if !state.catch.is_empty() {
        tree.insert("Catch".into(), state.catch.iter().map(catch).collect());
    }
    assign(&state.assign, &mut tree);
    if let Some(output) = &state.output {
        tree.insert("Output".into(), argument(output));
    }
    match (&state.next, &state.kind) {
        (Some(next), _) => drop(tree.insert("Next".into(), (**next).into())),
        (None, Kind::Choice { .. } | Kind::Succeed | Kind::Fail { .. }) => {}
        (None, _) => drop(tree.insert("End".into(), true.into())),
    }
    Value::Object(tree)
}

/// The annotations for a verifier and a reader of the console, as JSON text.
fn comment(state: &State) -> String {
    let effects: Vec<String> = state.effects.iter().map(ToString::to_string).collect();
    let mut comment =
        json!({ "phase": state.phase.name(), "effects": effects, "does": &*state.does, "node": &*state.path });
    if let Some(of) = &state.of {
        comment["of"] = (**of).into();
    }
    match state.hold {
        Some(Hold::Answers(answers)) => comment["hold"] = json!({ "answers": answers }),
        Some(Hold::Seconds(seconds)) => comment["hold"] = json!({ "seconds": seconds }),
        None => {}
    }
    if let Kind::Task { api, .. } = &state.kind {
        comment["repeat"] = api.info().repeat.name().into();
    }
    comment.to_string()
}

fn kind(state: &State, partition: &str, tree: &mut Object) {
    match &state.kind {
        Kind::Task { api, pattern, arguments } => {
            let suffix = match pattern {
                Pattern::RequestResponse => "",
                Pattern::WaitForTaskToken => ".waitForTaskToken",
            };
            let resource = format!("arn:{partition}:states:::{}{suffix}", api.info().resource);
            tree.insert("Resource".into(), resource.into());
            tree.insert("Arguments".into(), argument(&redrive::write(state, *api, arguments)));
        }
        Kind::Foreign { resource, arguments } => {
            tree.insert("Resource".into(), (**resource).into());
            tree.insert("Arguments".into(), argument(arguments));
        }
        Kind::Choice { branches, default } => {
            tree.insert("Choices".into(), branches.iter().map(branch).collect());
            tree.insert("Default".into(), (**default).into());
        }
        Kind::Wait { seconds } => drop(tree.insert("Seconds".into(), argument(seconds))),
        Kind::Parallel { branches } => {
            tree.insert("Branches".into(), branches.iter().map(|m| inner(m, partition)).collect());
        }
        Kind::Map { items, item, concurrency, distributed, processor, .. } => {
            tree.insert("Items".into(), argument(items));
            if let Some(item) = item {
                tree.insert("ItemSelector".into(), argument(item));
            }
            tree.insert("MaxConcurrency".into(), (*concurrency).into());
            if let Some(label) = distributed {
                tree.insert("Label".into(), (**label).into());
                // One iteration that fails, fails the state.
                tree.insert("ToleratedFailureCount".into(), 0.into());
            }
            let mode = match distributed {
                Some(_) => json!({ "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" }),
                None => json!({ "Mode": "INLINE" }),
            };
            tree.insert("ItemProcessor".into(), item_processor(processor, mode, partition));
        }
        Kind::Fail { error, cause } => {
            tree.insert("Error".into(), argument(error));
            tree.insert("Cause".into(), argument(cause));
        }
        Kind::Pass | Kind::Succeed => {}
    }
}

fn inner(machine: &Machine, partition: &str) -> Value {
    json!({ "StartAt": &*machine.start_at, "States": states(&machine.states, partition) })
}

fn item_processor(machine: &Machine, mode: Value, partition: &str) -> Value {
    json!({
        "ProcessorConfig": mode,
        "StartAt": &*machine.start_at,
        "States": states(&machine.states, partition),
    })
}

fn branch(branch: &Branch) -> Value {
    let mut tree = Object::new();
    tree.insert("Condition".into(), expression(&branch.condition));
    assign(&branch.assign, &mut tree);
    tree.insert("Next".into(), (*branch.next).into());
    Value::Object(tree)
}

fn retry(retry: &Retry) -> Value {
    // A whole number is printed as one.
    let backoff = match retry.backoff.fract() == 0.0 {
        true => Value::from(retry.backoff as i64),
        false => Value::from(retry.backoff),
    };
    json!({
        "ErrorEquals": names(&retry.errors),
        "IntervalSeconds": retry.interval,
        "MaxAttempts": retry.attempts,
        "BackoffRate": backoff,
        "MaxDelaySeconds": retry.longest,
        "JitterStrategy": "FULL",
    })
}

fn catch(catch: &Catch) -> Value {
    let mut tree = Object::new();
    tree.insert("ErrorEquals".into(), names(&catch.errors));
    assign(&catch.assign, &mut tree);
    tree.insert("Next".into(), (*catch.next).into());
    Value::Object(tree)
}

fn names(errors: &[Arc<str>]) -> Value {
    errors.iter().map(|name| &**name).collect()
}

fn assign(variables: &[(Arc<str>, Argument)], tree: &mut Object) {
    if !variables.is_empty() {
        let values = variables.iter().map(|(name, value)| (name.to_string(), argument(value))).collect();
        tree.insert("Assign".into(), Value::Object(values));
    }
}

fn argument(value: &Argument) -> Value {
    match value {
        Argument::Null => Value::Null,
        Argument::Bool(b) => (*b).into(),
        Argument::Integer(n) => (*n).into(),
        Argument::Text(plain) => text(plain),
        Argument::Expression(computed) => expression(computed),
        Argument::List(items) => items.iter().map(argument).collect(),
        Argument::Object(members) => {
            Value::Object(members.iter().map(|(name, value)| (name.to_string(), argument(value))).collect())
        }
    }
}

fn expression(expression: &Expression) -> Value {
    format!("{{% {expression} %}}").into()
}

/// Text that stays text. Step Functions evaluates a string that begins with
/// `{%` and ends with `%}`: text with either in it becomes an expression whose
/// value is the text. So does empty text, which some validators refuse
/// (fact: states-expressions).
fn text(plain: &str) -> Value {
    match plain.is_empty() || plain.contains("{%") || plain.contains("%}") {
        true => expression(&Expression::new(Expression::quote(plain))),
        false => plain.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_never_evaluated() {
        assert_eq!(text("plain"), json!("plain"));
        assert_eq!(text(""), json!(r#"{% "" %}"#));
        assert_eq!(text("{% $now() %}"), json!(r#"{% "\u007b\u0025 $now() \u0025\u007d" %}"#));
        assert_eq!(text("50 %}"), json!(r#"{% "50 \u0025\u007d" %}"#));
    }
}
