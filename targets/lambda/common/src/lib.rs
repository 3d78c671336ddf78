//! Shared parts of the runtime functions: the ports to AWS as traits,
//! connections to both databases, logs and metrics that cannot carry account
//! data.
//!
//! A function is a library with a handler over these ports, and a `main` of a
//! few lines. The feature `aws` contains the ports over the AWS SDK and the
//! Lambda runtime: a handler is compiled and tested without them.
//!
//! Must not know: the purpose of any one function.

#![allow(clippy::disallowed_methods, reason = "a function lives from its environment and the clock")]

#[cfg(feature = "aws")]
pub mod aws;
mod call;
mod failure;
mod log;
mod metrics;
mod ports;
pub mod postgres;
mod retry;
mod session;
mod sides;
mod tls;

pub use call::{Call, Settings};
pub use failure::{Failure, name};
pub use log::{Field, Level, Log, Name};
pub use metrics::{Metric, Metrics, Unit};
pub use ports::{
    Key, Notices, Object, Objects, Parameters, Put, Secrets, Stages, StartType, TableStatistics, Task, Tasks, Traffic,
    Versions,
};
pub use retry::{Retry, retry};
pub use secrecy::{ExposeSecret, SecretString};
pub use session::{Access, Credentials, Opening, Session};
pub use sides::{Purpose, Sides};
pub use tls::Roots;
