//! A workflow walked under a scenario, in virtual time: what happens when, who
//! takes writes at each moment, and how it ends.

mod answers;
mod pause;
mod run;
mod scenario;
mod worlds;

pub use pause::{Pause, pauses};
pub use run::{Call, EXECUTION, Entry, Redrive, Run, START, simulate};
pub use scenario::{Answering, CallResult, Scenario};
pub use worlds::Worlds;
