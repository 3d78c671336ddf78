//! What a graph and its judgement look like to people: pictures, and the
//! evidence that an assessor is given.
//!
//! Must not know: the spec language, Cedar, the back ends, the file system.

pub mod evidence;
pub mod picture;
