//! The names of both databases. The functions resolve them here, from their own network; AWS DMS resolves them in the test
//! of each endpoint, from the network of its instance.

use migspec_events::{Problem, Side, checks};
use migspec_function::Sides;
use tokio::net::lookup_host;

/// The hosts without an address. Nothing can connect to them, so that nothing else is known.
pub(crate) async fn problems(sides: &Sides) -> Vec<Problem> {
    let mut problems = Vec::new();
    for side in [Side::Source, Side::Target] {
        let end = sides.end(side);
        let found = lookup_host((end.host.as_str(), end.port)).await.map(Iterator::count);
        let reason = match found {
            Ok(0) => "no address".to_owned(),
            Ok(_) => continue,
            Err(error) => error.to_string(),
        };
        problems.push(checks::NAME.problem(&[("host", &end.host), ("side", &side.name()), ("reason", &reason)]));
    }
    problems
}
