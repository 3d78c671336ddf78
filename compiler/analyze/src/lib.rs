//! Analyses of a graph: the connections that its resources allow, the reach of
//! account data, and every execution of its workflow.
//!
//! A graph goes in, typed results come out. The crate decides nothing about
//! them: severities, controls and messages belong to `policies`.
//!
//! Must not know: the spec language, Cedar, the catalogue, the back ends, the
//! file system.

mod analysis;
pub mod diff;
pub mod inventory;
pub mod reach;
pub mod safety;
pub mod scope;
pub mod workflow;

pub use analysis::Analysis;
