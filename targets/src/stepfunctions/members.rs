//! The members that the compiler writes into documents. Other members may have effects that the verifier does not know.

use serde_json::Value as Json;

pub(super) const DOCUMENT: [&str; 6] = ["Comment", "QueryLanguage", "StartAt", "TimeoutSeconds", "Version", "States"];

pub(super) const PROCESSOR: [&str; 4] = ["Comment", "ProcessorConfig", "StartAt", "States"];

/// Of the items of lists.
pub(super) const PARTS: [(&str, &[&str]); 4] = [
    ("Choices", &["Condition", "Assign", "Next", "Comment"]),
    ("Catch", &["ErrorEquals", "Assign", "Next", "Comment"]),
    (
        "Retry",
        &[
            "ErrorEquals",
            "IntervalSeconds",
            "MaxAttempts",
            "BackoffRate",
            "MaxDelaySeconds",
            "JitterStrategy",
            "Comment",
        ],
    ),
    ("Branches", &["Comment", "StartAt", "States"]),
];

/// Of a state, by its type.
pub(super) fn of(state: &Json) -> &'static [&'static str] {
    match state.get("Type").and_then(Json::as_str) {
        Some("Task") => &[
            "Type",
            "Comment",
            "QueryLanguage",
            "Resource",
            "Arguments",
            "TimeoutSeconds",
            "HeartbeatSeconds",
            "Retry",
            "Catch",
            "Assign",
            "Output",
            "Next",
            "End",
        ],
        Some("Choice") => &["Type", "Comment", "QueryLanguage", "Choices", "Default", "Assign"],
        Some("Wait") => &["Type", "Comment", "QueryLanguage", "Seconds", "Assign", "Output", "Next", "End"],
        Some("Pass") => &["Type", "Comment", "QueryLanguage", "Assign", "Output", "Next", "End"],
        Some("Parallel") => {
            &["Type", "Comment", "QueryLanguage", "Branches", "Retry", "Catch", "Assign", "Output", "Next", "End"]
        }
        Some("Map") => &[
            "Type",
            "Comment",
            "QueryLanguage",
            "Items",
            "ItemSelector",
            "MaxConcurrency",
            "Label",
            "ToleratedFailureCount",
            "ToleratedFailurePercentage",
            "ItemProcessor",
            "Retry",
            "Catch",
            "Assign",
            "Output",
            "Next",
            "End",
        ],
        Some("Fail") => &["Type", "Comment", "QueryLanguage", "Error", "Cause"],
        _ => &["Type", "Comment", "QueryLanguage", "Output"],
    }
}
