//! The environment for tests of the runtime functions: PostgreSQL servers of
//! their own, AWS, Lambda's Runtime API, and ports in memory. Everything
//! listens on 127.0.0.1 and ends with the test process.
//!
//! A tool that is missing skips a test, loudly; under `CI=true` it fails it.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "tests start programs, read files and fail by panicking"
)]

mod certificates;
mod cluster;
pub mod decoding;
mod lambda;
mod line;
mod memory;
mod metrics;
mod moto;
mod pooler;
mod process;
mod testbed;
mod tools;

pub use certificates::Authority;
pub use cluster::{Cluster, NEWEST, OLD, OLDEST, Options};
pub use lambda::{Answer, Function};
pub use line::Line;
pub use memory::{CRASH, Memory};
pub use metrics::{lines, metric_values};
pub use moto::{Moto, ServiceCall};
pub use pooler::Pooler;
pub use testbed::{Login, Testbed};
pub use tools::block_on;
