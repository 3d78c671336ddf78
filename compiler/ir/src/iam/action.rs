//! The table of IAM actions: a digest of the vendored data that needs no parsing.

use std::cmp::Ordering;
use std::sync::LazyLock;

use super::pattern::{covers, overlaps};

/// Lines `ACTION<TAB>LEVEL<TAB>ARNS<TAB>KEYS`, generated from
/// `compiler/ir/schemas/iam.gz` and sorted without regard to case: the ARN
/// patterns without `arn:PARTITION:`, and the condition keys that are not
/// global, both separated by blanks.
const ACTIONS: &str = include_str!("actions.tsv");

/// An action of the table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Action {
    /// As AWS writes it: `dms:StartReplicationTask`.
    pub name: &'static str,
    /// `List`, `Read`, `Write`, `Permissions management` or `Tagging`.
    pub level: &'static str,
    arns: &'static str,
    keys: &'static str,
}

impl Action {
    /// Whether it can be limited to resources.
    pub fn can_name_resources(self) -> bool {
        !self.arns.is_empty()
    }

    /// Whether it changes something.
    pub fn changes(self) -> bool {
        !matches!(self.level, "List" | "Read")
    }

    /// Whether any of its resources can have this ARN, which may hold
    /// wildcards.
    pub fn acts_on(self, arn: &str) -> bool {
        let Some((_, rest)) = arn.strip_prefix("arn:").and_then(|rest| rest.split_once(':')) else { return false };
        // The name of a bucket has no slash, so that a name with a slash is an object.
        let fits = |pattern: &str| overlaps(pattern, rest) && !(pattern == "s3:::*" && rest.contains('/'));
        self.arns.split(' ').any(fits)
    }

    /// Whether a request for it can carry the condition key, apart from the
    /// global ones.
    pub fn knows(self, key: &str) -> bool {
        self.keys.split(' ').any(|pattern| !pattern.is_empty() && covers(pattern, key))
    }

    fn of(line: &'static str) -> Option<Self> {
        let mut fields = line.split('\t');
        Some(Self { name: fields.next()?, level: fields.next()?, arns: fields.next()?, keys: fields.next()? })
    }
}

/// `None`: no such action, or one of a service that is not vendored. Case
/// counts for nothing, as in policies.
pub fn action(name: &str) -> Option<Action> {
    static LINES: LazyLock<Vec<&str>> = LazyLock::new(|| ACTIONS.lines().collect());
    let at = LINES.binary_search_by(|line| compare(line, name)).ok()?;
    Action::of(LINES[at])
}

/// The actions that a pattern matches: one by its name, or several for
/// `dms:Describe*`.
pub fn actions(pattern: &str) -> impl Iterator<Item = Action> {
    let single = (!pattern.contains(['*', '?'])).then(|| action(pattern));
    let many = single.is_none().then(|| ACTIONS.lines().filter_map(Action::of).filter(|a| covers(pattern, a.name)));
    single.flatten().into_iter().chain(many.into_iter().flatten())
}

/// A line of the table and a name.
fn compare(line: &str, name: &str) -> Ordering {
    let of_line = line.bytes().take_while(|b| *b != b'\t').map(|b| b.to_ascii_lowercase());
    of_line.cmp(name.bytes().map(|b| b.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_is_found() {
        for line in ACTIONS.lines() {
            let expected = Action::of(line).unwrap();
            assert_eq!(action(expected.name), Some(expected));
            assert_eq!(action(&expected.name.to_uppercase()), Some(expected));
        }
        assert!(ACTIONS.is_ascii() && ACTIONS.lines().count() > 1000);
    }

    #[test]
    fn levels_and_scopes_are_aws_s() {
        let facts = |name| action(name).map(|a| (a.level, a.can_name_resources()));
        assert_eq!(facts("dms:StartReplicationTask"), Some(("Write", true)));
        assert_eq!(facts("dms:DescribeReplicationTasks"), Some(("Read", false)));
        assert_eq!(facts("iam:PutRolePolicy"), Some(("Permissions management", true)));
        assert_eq!(facts("dms:StartReplicationTusk"), None);
        assert_eq!(facts(""), None);
    }

    #[test]
    fn actions_know_their_resources_and_their_keys() {
        let list = action("s3:ListBucket").unwrap();
        assert!(list.acts_on("arn:aws:s3:::ledger") && !list.acts_on("arn:aws:sqs:us-east-1:1:ledger"));
        let get = action("s3:GetObject").unwrap();
        assert!(get.acts_on("arn:aws:s3:::ledger/a/*") && !get.acts_on("arn:aws:s3:::ledger"));
        let decrypt = action("kms:Decrypt").unwrap();
        assert!(decrypt.knows("kms:ViaService") && decrypt.knows("kms:EncryptionContext:SecretARN"));
        assert!(!decrypt.knows("s3:prefix"));
    }

    #[test]
    fn a_pattern_covers_several() {
        let names: Vec<&str> = actions("states:SendTask*").map(|a| a.name).collect();
        assert_eq!(names, ["states:SendTaskFailure", "states:SendTaskHeartbeat", "states:SendTaskSuccess"]);
        assert_eq!(actions("SQS:sendmessage").map(|a| a.name).collect::<Vec<_>>(), ["sqs:SendMessage"]);
        assert_eq!(actions("sqs:Sendmessages").count(), 0);
    }
}
