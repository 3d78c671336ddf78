//! Rotation of a generated login in the four steps of Secrets Manager.
//!
//! Two users alternate: the password in use never changes, so at every moment -
//! also after a crash between any two steps - the current version of the secret
//! logs in. The password never reaches the server as text: the function sends
//! its SCRAM verifier, so no log can contain it.

mod database;
mod event;
mod handler;
mod login;
mod setup;

pub use database::{Database, Postgres};
pub use event::{Event, Request, SetupEvent, Step};
pub use handler::{Ports, Switches, handle};
pub use login::Login;
pub use setup::setup;

/// Rotation is held off while a migration needs its logins as they are.
pub const HELD: &str = "Migration.RotationHeld";
