//! The step of the sequences, rehearsed on their current positions.

use migspec_events::{Problem, SEQUENCE_MARGIN, Side, checks};
use migspec_fence::Scope;
use migspec_function::postgres::Access;
use migspec_function::{Call, Failure, Purpose, Secrets, Sides};
use migspec_sequences::Trouble;

use crate::logins::STATEMENT;
use crate::ways::Ways;

/// The sequences that one side could not set past those of the other.
pub(crate) async fn problems<P: Secrets>(
    ports: &P,
    call: &Call,
    sides: &Sides,
    ways: Ways,
) -> Result<Vec<Problem>, Failure> {
    if ![Side::Source, Side::Target].iter().all(|side| sides.has(*side, Purpose::Fence)) {
        return Ok(Vec::new());
    }
    let open = async |side| sides.open(ports, side, Purpose::Fence, Access::Read, call.statement(STATEMENT)).await;
    let (source, target) = (open(Side::Source).await?, open(Side::Target).await?);
    let scope = Scope::of(sides);
    let mut problems = Vec::new();
    for (side, set, other) in [(Side::Target, &target, &source), (Side::Source, &source, &target)] {
        if side == Side::Source && ways == Ways::There {
            continue;
        }
        for (sequence, trouble) in migspec_sequences::rehearse(set, other, &scope, SEQUENCE_MARGIN).await? {
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
