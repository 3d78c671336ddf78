//! What a graph and its judgement look like to people: pictures, the evidence
//! that an assessor is given, and the manual of what is decided.
//!
//! Must not know: the spec language, Cedar, the back ends, the file system.

pub mod evidence;
pub mod manual;
pub mod picture;
