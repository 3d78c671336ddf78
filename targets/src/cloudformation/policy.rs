//! The policy of a stack: the resources that an update must not touch.

use migspec_ir::Resource;
use serde_json::{Value as Json, json};

use super::stack::{Context, Stack};

/// The policy of a stack; none where an update may touch everything.
pub fn policy(stack: &Stack, context: &Context) -> Option<Json> {
    let frozen = ids(stack, context, |r| r.lifecycle.frozen || !r.lifecycle.ignore.is_empty());
    let kept = ids(stack, context, |r| {
        let lifecycle = &r.lifecycle;
        (lifecycle.retain || lifecycle.snapshot) && !lifecycle.frozen && lifecycle.ignore.is_empty()
    });
    let denials = [denial(&["Update:*"], frozen), denial(&["Update:Replace", "Update:Delete"], kept)];
    let denials: Vec<Json> = denials.into_iter().flatten().collect();
    if denials.is_empty() {
        return None;
    }
    let allowance = json!({ "Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*" });
    let statements: Vec<Json> = std::iter::once(allowance).chain(denials).collect();
    Some(json!({ "Statement": statements }))
}

fn ids(stack: &Stack, context: &Context, filter: impl Fn(&Resource) -> bool) -> Vec<String> {
    let chosen = stack.resources.iter().filter(|r| filter(r));
    chosen.map(|r| format!("LogicalResourceId/{}", context.ids.get(&r.id))).collect()
}

fn denial(actions: &[&str], resources: Vec<String>) -> Option<Json> {
    if resources.is_empty() {
        return None;
    }
    Some(json!({ "Effect": "Deny", "Action": actions, "Principal": "*", "Resource": resources }))
}
