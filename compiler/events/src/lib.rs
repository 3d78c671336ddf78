//! Event and reply types of the runtime functions: the workflow builds its
//! payloads from them, and the functions read them. Replies are small, because
//! they pass through the workflow's variables. The content of the functions'
//! parameters is here as well.
//!
//! Must not know: anything but serde.
//!
//! The authorizer and the rotation function have no types here: their events
//! are those of API Gateway and of Secrets Manager.

pub mod checks;
mod fence;
pub mod lock;
mod monitor;
mod phase;
mod preflight;
mod replication;
mod reverse;
mod rollback;
mod run;
mod sequences;
pub mod setup;
pub mod sql;
pub mod types;
pub mod undo;
mod validator;

pub use fence::{Cut, Drained, FenceEvent, Fenced, Frozen, Restored, Thawed, TokenWritten, Unfenced};
pub use monitor::{MonitorEvent, MonitorReply, task_identifier};
pub use phase::{Phase, Side};
pub use preflight::{Demand, Grade, PreflightEvent, PreflightReply, Problem, TableToReload};
pub use replication::{CONTROL_SCHEMA, Checksums, End, Invariant, REHEARSAL, Replication, Validation};
pub use reverse::{Rehearsed, ReverseEvent, ReverseSlot, SlotReport, SlotsDropped, slot_prefix};
pub use rollback::{Checkpoint, FailedState, Replicated, RollbackEvent, RollbackReply, Traffic, Writer};
pub use run::{Run, error};
pub use sequences::{SEQUENCE_MARGIN, SequencesEvent, SequencesReply};
pub use validator::{Compared, Group, Measured, Planned, ValidatorEvent, ValidatorReply};
