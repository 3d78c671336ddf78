//! What AWS says of an IAM action.

/// An action of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Action {
    /// `List`, `Read`, `Write`, `Permissions management` or `Tagging`.
    pub level: &'static str,
    /// Whether it can be limited to resources.
    pub scoped: bool,
}

pub(crate) fn action(_name: &str) -> Option<Action> {
    None
}
