//! The simulation of a workflow under a scenario, in virtual time: its states with their times, the writers at each
//! moment, and its end.

mod answers;
mod described;
mod pause;
mod run;
mod scenario;
mod worlds;

pub use pause::{Pause, pauses, phases};
pub use run::{Call, EXECUTION, Entry, NoEnd, Redrive, Run, START, simulate};
pub use scenario::{Answering, CallResult, Scenario, USUAL_DMS};
pub use worlds::Worlds;
