//! The members that the Amazon States Language demands of each state.
//! <https://states-language.net/spec.html>

use serde_json::Value as Json;

/// A fault, and its remedy.
type Fault = (String, &'static str);

/// The errors of Step Functions itself.
/// <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html>
const ERRORS: [&str; 16] = [
    "States.ALL",
    "States.BranchFailed",
    "States.DataLimitExceeded",
    "States.ExceedToleratedFailureThreshold",
    "States.HeartbeatTimeout",
    "States.Http.Socket",
    "States.ItemReaderFailed",
    "States.NoChoiceMatched",
    "States.ParameterPathFailure",
    "States.Permissions",
    "States.QueryEvaluationError",
    "States.ResultPathMatchFailure",
    "States.ResultWriterFailed",
    "States.Runtime",
    "States.TaskFailed",
    "States.Timeout",
];

/// The faults of a state.
pub(super) fn faults(name: &str, json: &Json) -> Vec<Fault> {
    let kind = json.get("Type").and_then(Json::as_str).unwrap_or_default();
    let mut found: Vec<Fault> = ending(name, kind, json).into_iter().collect();
    let needed: &[&str] = match kind {
        "Task" => &["Resource"],
        "Wait" => &["Seconds"],
        "Choice" => &["Choices", "Default"],
        "Parallel" => &["Branches"],
        "Map" => &["Items", "ItemProcessor"],
        _ => &[],
    };
    let empty = |member: &str| match json.get(member) {
        Some(Json::Array(items)) => items.is_empty(),
        Some(Json::String(text)) => text.is_empty(),
        other => other.is_none(),
    };
    let absent = needed.iter().filter(|member| empty(member));
    found.extend(
        absent.map(|member| (format!("`{name}` has no `{member}`"), "write the member, as `migspec build` does")),
    );
    found.extend(members(json, "Choices").filter_map(|choice| undecided_choice(name, choice)));
    for time in ["TimeoutSeconds", "HeartbeatSeconds"] {
        let given = json.get(time).filter(|given| given.as_u64().is_none_or(|seconds| seconds == 0));
        found.extend(
            given.map(|given| (format!("`{time}` of `{name}` is {given}"), "write a number of seconds above 0")),
        );
    }
    found.extend(members(json, "Retry").filter_map(|retry| endless_retry(name, retry)));
    for list in ["Catch", "Retry"] {
        found.extend(members(json, list).filter_map(|part| nameless(name, list, part)));
    }
    found
}

/// A number or a word of a retrier that Step Functions refuses.
fn endless_retry(name: &str, retry: &Json) -> Option<Fault> {
    if let Some(jitter) = retry.get("JitterStrategy").filter(|given| !matches!(given.as_str(), Some("FULL" | "NONE"))) {
        return Some((
            format!("`JitterStrategy` of a `Retry` of `{name}` is {jitter}"),
            "write `\"FULL\"` or `\"NONE\"`",
        ));
    }
    const BOUNDS: [(&str, f64, f64); 4] = [
        ("IntervalSeconds", 1.0, 99_999_999.0),
        ("MaxAttempts", 0.0, 99_999_999.0),
        ("BackoffRate", 1.0, f64::MAX),
        ("MaxDelaySeconds", 1.0, 31_622_399.0),
    ];
    BOUNDS.iter().find_map(|(member, least, most)| {
        let given = retry.get(member)?;
        let whole = *member == "BackoffRate" || given.is_u64();
        let fits = whole && given.as_f64().is_some_and(|n| (*least..=*most).contains(&n));
        (!fits).then(|| {
            (
                format!("`{member}` of a `Retry` of `{name}` is {given}"),
                "write a number within the bounds of Step Functions",
            )
        })
    })
}

fn ending(name: &str, kind: &str, json: &Json) -> Option<Fault> {
    if matches!(kind, "Choice" | "Succeed" | "Fail") {
        return None;
    }
    let (which, help) = match (json["End"] == true, json.get("Next").is_some()) {
        (true, true) => ("both `End` and `Next`", "remove `End`, or `Next`"),
        (false, false) => ("neither `End` nor `Next`", "write `Next`, or `\"End\": true`"),
        _ => return None,
    };
    Some((format!("`{name}` has {which}, and should have one of them"), help))
}

fn undecided_choice(name: &str, choice: &Json) -> Option<Fault> {
    let decides = match choice.get("Condition") {
        Some(Json::String(text)) => text.starts_with("{%") && text.ends_with("%}"),
        Some(Json::Bool(_)) => true,
        _ => false,
    };
    match (decides, choice.get("Next").is_some()) {
        (false, _) => Some((
            format!("a choice of `{name}` has no `Condition` in JSONata"),
            "write the condition between `{%` and `%}`",
        )),
        (true, false) => Some((format!("a choice of `{name}` has no `Next`"), "name the next state")),
        (true, true) => None,
    }
}

fn nameless(name: &str, list: &str, part: &Json) -> Option<Fault> {
    if members(part, "ErrorEquals").next().is_none() {
        return Some((format!("`{list}` of `{name}` names no error"), "write `\"ErrorEquals\": [\"States.ALL\"]`"));
    }
    let strange = |error: &&str| error.starts_with("States.") && !ERRORS.contains(error);
    if let Some(error) = members(part, "ErrorEquals").filter_map(Json::as_str).find(strange) {
        return Some((
            format!("`{list}` of `{name}` names `{error}`, an error that there is none of"),
            "name another error",
        ));
    }
    let leads = list != "Catch" || part.get("Next").is_some();
    (!leads).then(|| (format!("`{list}` of `{name}` has no `Next`"), "name the state that an error leads to"))
}

fn members<'j>(json: &'j Json, name: &str) -> impl Iterator<Item = &'j Json> {
    json.get(name).and_then(Json::as_array).into_iter().flatten()
}
