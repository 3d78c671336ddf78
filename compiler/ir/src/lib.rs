//! The graph: resources in AWS's own vocabulary, the flows and grants between
//! them, and the workflow.
//!
//! Must not know: KDL, the spec language, Cedar, HCL text, the file system.

pub mod addresses;
mod arguments;
pub mod aws;
mod certificate;
pub mod class;
pub mod comparisons;
mod datum;
pub mod fact;
mod graph;
pub mod iam;
mod id;
mod index;
pub mod json;
pub mod limits;
pub mod method_path;
pub mod metrics;
pub mod naming;
pub mod overriding;
pub mod partition;
pub mod resource_type;
pub mod schema;
pub mod secret;
pub mod tags;
#[cfg(test)]
mod testing;
mod unmapped;
pub mod update;
mod week;
pub mod workflow;
pub mod zones;

pub use arguments::{Argument, arguments};
pub use certificate::expiry_date;
pub use datum::{Datum, IntoDatum, Map, Origin, Value};
pub use graph::{
    Actor, Condition, Deployer, Environment, Existing, Flow, Grant, Graph, Lifecycle, Moment, Output, Parameter,
    Protocol, Request, Resource, Settings, StateStore, Waiver, WaiverSpans, Zone,
};
pub use id::Id;
pub use index::Index;
pub use overriding::{Change, Override};
pub use unmapped::{Unmapped, unmapped_properties};
