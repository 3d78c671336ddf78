//! Positions of sequences and identity columns: replication copies rows, not
//! these. One side's are set past the other's, with a margin for numbers that
//! sessions hold without a trace; never backwards.

mod handler;
mod position;
mod synchronize;

pub use handler::handle;
pub use position::{Margin, Position, Sequence, Trouble};
pub use synchronize::{Numbers, rehearse, synchronize};
