//! Rotation of a generated login in the four steps of Secrets Manager.
//!
//! Two users take turns: the password that is in use is never changed, so at
//! every moment - also after a crash between any two steps - the current
//! version of the secret logs in. The password never reaches the server as
//! text: what is sent is its SCRAM verifier, so no log can hold it.

mod database;
mod handler;
mod login;

pub use database::{Database, Real};
pub use handler::{Event, Ports, Step, Switches, handle};
pub use login::Login;

/// Rotation is held off while a migration needs its logins as they are.
pub const HELD: &str = "Migration.RotationHeld";
