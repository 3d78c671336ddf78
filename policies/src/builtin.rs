//! The built-in policies and the catalogue.

/// A built-in policy file and its scope, so that only the policies that a graph
/// needs are parsed.
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
    /// The resource type of the policy, if it has only one.
    pub on: Option<&'static str>,
    pub text: &'static str,
    /// The policy's line in [`crate::compiled`]; empty if the line is older
    /// than the text.
    pub compiled: &'static str,
    /// The file of its cases; empty without cases.
    pub cases: &'static str,
}

pub(crate) const POLICIES: &[Builtin] = include!(concat!(env!("OUT_DIR"), "/builtin.rs"));

/// The files of the catalogue: family and JSON text.
pub(crate) const CATALOGUE: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/catalogue.rs"));
