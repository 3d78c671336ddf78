//! Error routes and retries, by the errors that they match.

use indexmap::IndexSet;
use migspec_ir::workflow::{ALL_ERRORS, takes};
use serde_json::{Value as Json, json};

/// Represents every error that neither list names.
const OTHER: &str = "any other error";

/// The errors that either list distinguishes, each once.
pub(super) fn names(expected: &Json, found: &Json, list: &str) -> Vec<String> {
    let names = |json: &Json| -> Vec<String> {
        let items = json.get(list).and_then(Json::as_array).cloned().unwrap_or_default();
        let errors = items.iter().flat_map(|item| item["ErrorEquals"].as_array().cloned().unwrap_or_default());
        errors.filter_map(|error| error.as_str().map(str::to_owned)).collect()
    };
    let all = names(expected).into_iter().chain(names(found)).filter(|name| name != ALL_ERRORS);
    let always = ["States.Timeout", OTHER].map(str::to_owned);
    all.chain(always).collect::<IndexSet<_>>().into_iter().collect()
}

/// The first item that matches an error.
pub(super) fn first_match<'j>(state: &'j Json, list: &str, error: &str) -> Option<&'j Json> {
    let items = state.get(list).and_then(Json::as_array)?;
    items.iter().find(|item| {
        let names = item["ErrorEquals"].as_array();
        names.into_iter().flatten().filter_map(Json::as_str).any(|name| takes(name, error))
    })
}

/// A retry with the defaults of Step Functions.
pub(super) fn with_defaults(retry: &Json) -> Json {
    let mut complete = json!({ "IntervalSeconds": 1, "MaxAttempts": 3, "BackoffRate": 2, "JitterStrategy": "NONE" });
    for (name, value) in retry.as_object().into_iter().flatten().filter(|(name, _)| *name != "ErrorEquals") {
        complete[name] = value.clone();
    }
    complete
}
