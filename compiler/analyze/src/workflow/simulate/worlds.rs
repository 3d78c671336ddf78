use migspec_events::undo::Way;
use migspec_ir::workflow::{Effect, Phase, Side, State, Workflow};

use crate::workflow::undo::Back;
use crate::workflow::world::World;

/// The world of each database whose writer moves, in the order of the workflow's units; a single one if one database
/// moves.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Worlds(Vec<World>);

impl Worlds {
    /// The same for each of them.
    pub(super) fn new(workflow: &Workflow, world: World) -> Self {
        Self(vec![world; workflow.units.len().max(1)])
    }

    pub fn iter(&self) -> impl Iterator<Item = World> + '_ {
        self.0.iter().copied()
    }

    /// The one of a database.
    pub(super) fn of(&self, unit: usize) -> World {
        self.0.get(unit).copied().unwrap_or_default()
    }

    /// An effect of a state, on the database that the state concerns, or on all.
    pub(super) fn take(&mut self, workflow: &Workflow, state: &State, effect: Effect) {
        match unit(workflow, state) {
            Some(unit) => self.0[unit] = self.0[unit].after(effect),
            None => self.0.iter_mut().for_each(|world| *world = world.after(effect)),
        }
    }

    /// Applies the effects of a complete rollback.
    pub(super) fn go_back(&mut self, told: Phase, way: Way) {
        for world in &mut self.0 {
            *world = Back::new(told, way, *world).end().unwrap_or(*world);
        }
    }

    /// The writer switch: one for all applications.
    pub fn writer_name(&self) -> &'static str {
        self.of(0).writer_name()
    }

    pub fn shifts_traffic(&self) -> bool {
        self.of(0).shifts_traffic()
    }

    pub fn has_notified(&self) -> bool {
        self.iter().all(World::has_notified)
    }

    /// Whether some database takes writes on both sides at once.
    pub fn two_writers(&self) -> bool {
        self.iter().any(|world| world.takes_writes(Side::Source) && world.takes_writes(Side::Target))
    }
}

/// The database that a state concerns alone.
pub(super) fn unit(workflow: &Workflow, state: &State) -> Option<usize> {
    let of = state.of.as_ref()?;
    workflow.units.iter().position(|unit| unit == of)
}
