//! The secrets that DMS reads: it connects with four of their members.

use migspec_events::{Problem, checks};
use migspec_function::{ExposeSecret, Secrets, Sides};
use serde_json::Value;

use crate::logins::of_tasks;
use crate::ways::Ways;

/// The members that are missing, or differ from the replication's parameter. A
/// secret that cannot be read at all is a finding of its login.
pub(crate) async fn problems<P: Secrets>(ports: &P, sides: &Sides, ways: Ways) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (side, purpose) in of_tasks(ways) {
        let Some(id) = sides.secret_id(side, purpose) else { continue };
        let Ok(secret) = ports.secret(id).await else { continue };
        let Ok(secret) = serde_json::from_str::<Value>(secret.expose_secret()) else { continue };
        let end = sides.end(side);
        let expected = [("host", end.host.clone()), ("port", end.port.to_string())];
        for (member, expected) in expected {
            let found = match &secret[member] {
                Value::String(text) => Some(text.clone()),
                Value::Number(number) => Some(number.to_string()),
                _ => None,
            };
            let difference = match found {
                Some(found) if found == expected => continue,
                Some(_) => "differs from the spec",
                None => "is missing",
            };
            problems.push(checks::SECRET.problem(&[
                ("member", &member),
                ("purpose", &purpose.word()),
                ("side", &side.name()),
                ("difference", &difference),
                ("expected", &expected),
            ]));
        }
    }
    problems
}
