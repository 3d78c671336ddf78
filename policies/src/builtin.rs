//! The policies and the catalogue that are part of the program.

/// A built-in policy file and what its scope says, so that only the policies
/// that a graph needs are parsed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Builtin {
    /// The file's stem.
    pub id: &'static str,
    /// The file's folder.
    pub family: &'static str,
    /// `deploy`, `grant`, `connect`, an effect of the workflow or `step` for all of those.
    pub action: &'static str,
    /// The actor of a ceiling.
    pub actor: Option<&'static str>,
    /// The resource type it concerns, where it is only one.
    pub on: Option<&'static str>,
    pub text: &'static str,
    /// What it says, of [`crate::compiled`]; empty if that is older than the text.
    pub compiled: &'static str,
    /// The file of its cases; empty if it has none.
    pub cases: &'static str,
}

pub(crate) const POLICIES: &[Builtin] = include!(concat!(env!("OUT_DIR"), "/builtin.rs"));

/// The files of the catalogue: family and JSON text.
pub(crate) const CATALOGUE: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/catalogue.rs"));
