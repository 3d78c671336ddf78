//! The verifier: it explores every state of a workflow with every outcome, and the world that the workflow changes.
//!
//! Must not know: the language, Cedar, the back ends, the file system.

mod arguments;
mod assigned;
mod calls;
mod claims;
mod closing;
pub mod compare;
mod consistent;
mod contracts;
mod explore;
mod gates;
pub mod jsonata;
mod limits;
mod live;
mod lock;
mod loops;
mod measured;
mod offence;
mod pause;
mod people;
mod polls;
mod program;
mod property;
mod questions;
mod routes;
mod settled;
pub mod simulate;
mod turn;
mod undo;
mod value;
mod verdict;
mod world;

pub use claims::preparations;
pub use explore::{Depth, Exploration, Hop};
pub use loops::loops;
pub use offence::Offence;
pub use program::{NodeId, Program};
pub use property::{Owner, PROPERTIES, Property};
pub use turn::Passes;
pub use value::{Number, Sort, Value};
pub use verdict::offences;
pub use world::World;
