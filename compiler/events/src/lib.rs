//! Event and reply types of the runtime functions: the workflow builds its
//! payloads from them, and the functions read them.
//!
//! Must not know: anything but serde.
