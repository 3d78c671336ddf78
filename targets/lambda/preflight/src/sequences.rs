//! The step of the sequences, rehearsed on their current positions.

use migspec_events::{Problem, SEQUENCE_MARGIN, Side, checks};
use migspec_fence::Scope;
use migspec_function::Failure;
use migspec_sequences::{Numbers, Trouble};

use crate::ways::Ways;

/// The sequences that one side could not set past those of the other, read by the fence's logins.
pub(crate) async fn problems(
    [source, target]: [&impl Numbers; 2],
    scope: &Scope,
    ways: Ways,
) -> Result<Vec<Problem>, Failure> {
    let mut problems = Vec::new();
    for (side, set, other) in [(Side::Target, target, source), (Side::Source, source, target)] {
        if side == Side::Source && ways == Ways::There {
            continue;
        }
        for (sequence, trouble) in set.rehearse_past(other, scope, SEQUENCE_MARGIN).await? {
            problems.push(match trouble {
                Trouble::OtherStep => checks::SEQUENCE_STEP.problem(&[("sequence", &sequence)]),
                Trouble::Exhausted => checks::SEQUENCE_END.problem(&[
                    ("sequence", &sequence),
                    ("side", &side.name()),
                    ("margin", &SEQUENCE_MARGIN),
                ]),
            });
        }
    }
    Ok(problems)
}
