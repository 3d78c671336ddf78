//! Worlds in which a migration may rest.

use migspec_ir::workflow::{Effect, Side};

use crate::workflow::program::Program;
use crate::workflow::world::World;

/// Wholly on one side.
pub(crate) fn is_settled(program: &Program<'_>, world: World) -> bool {
    let (source, target) = (world.takes_writes(Side::Source), world.takes_writes(Side::Target));
    match world.writer() {
        // A forward task that runs on and is cut off ends with an error. One that has stopped stays cut off where the
        // target was open: it is loaded anew.
        Some(Side::Source) => {
            let reads = world.holds(Effect::ShiftReads(0));
            let cut = world.holds(Effect::CutForward) && world.holds(Effect::StartForward);
            source && !target && !world.shifts_traffic() && !reads && !cut
        }
        Some(Side::Target) => {
            let given_up = world.holds(Effect::StopReverse) || world.holds(Effect::ReverseStopped);
            target && !source && (world.reverse_runs() || !program.reverses() || given_up)
        }
        None => false,
    }
}
