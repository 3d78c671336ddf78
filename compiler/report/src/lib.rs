//! Reports for people: pictures of the graph, the evidence for an assessor, the
//! timeline of a simulated run, and the manual of policies and codes.
//!
//! Must not know: the spec language, Cedar, the back ends, the file system.

pub mod evidence;
pub mod manual;
pub mod picture;
pub mod timeline;
