//! What AWS says of an IAM action: a digest of the vendored table that costs
//! nothing to load.

/// Sorted lines `ACTION<TAB>LEVEL<TAB>scoped|unscoped`, generated from
/// `compiler/ir/schemas/iam.gz`.
const ACTIONS: &str = include_str!("iam-actions.tsv");

/// An action of the table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Action {
    /// `List`, `Read`, `Write`, `Permissions management` or `Tagging`.
    pub level: &'static str,
    /// Whether it can be limited to resources.
    pub scoped: bool,
}

/// `None`: no such action, or one of a service that is not vendored.
pub(crate) fn action(name: &str) -> Option<Action> {
    let mut rest = ACTIONS;
    while !rest.is_empty() {
        let (before, line, after) = middle(rest);
        let (found, facts) = line.split_once('\t')?;
        match name.cmp(found) {
            std::cmp::Ordering::Less => rest = before,
            std::cmp::Ordering::Greater => rest = after,
            std::cmp::Ordering::Equal => {
                let (level, scope) = facts.split_once('\t')?;
                return Some(Action { level, scoped: scope == "scoped" });
            }
        }
    }
    None
}

/// The line about the middle of the text, and what is before and after it.
fn middle(text: &'static str) -> (&'static str, &'static str, &'static str) {
    // The table is ASCII: every byte is a boundary.
    let start = text[..text.len() / 2].rfind('\n').map_or(0, |i| i + 1);
    let end = text[start..].find('\n').map_or(text.len(), |i| start + i);
    (&text[..start], &text[start..end], text.get(end + 1..).unwrap_or(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_is_found() {
        for line in ACTIONS.lines() {
            let mut parts = line.split('\t');
            let (name, level, scope) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
            assert_eq!(action(name), Some(Action { level, scoped: scope == "scoped" }), "{name}");
        }
        assert!(ACTIONS.is_ascii() && ACTIONS.lines().count() > 1000);
    }

    #[test]
    fn levels_and_scopes_are_aws_s() {
        assert_eq!(action("dms:StartReplicationTask"), Some(Action { level: "Write", scoped: true }));
        assert_eq!(action("dms:DescribeReplicationTasks"), Some(Action { level: "Read", scoped: false }));
        assert_eq!(action("iam:PutRolePolicy").map(|a| a.level), Some("Permissions management"));
        assert_eq!(action("dms:StartReplicationTusk"), None);
        assert_eq!(action(""), None);
    }
}
