//! Whether a document has a complete deny statement. A statement with fewer
//! actions or resources, or with an additional condition, leaves a gap.

use super::document::{Condition, Document, Statement};
use super::text::text;
use crate::datum::Value;

/// The resources of a statement.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Parts<'a> {
    /// The resource: a topic, a queue, a secret.
    Itself,
    /// The resource with its contents: a bucket and its objects.
    WithContents,
    /// The contents below this path: `""` for all.
    Below(&'a str),
}

/// A predicate for a required condition of a deny statement.
pub type Predicate<'a> = &'a dyn Fn(&Condition<'_>) -> bool;

/// Whether one statement denies these actions to all principals, on all of
/// `parts`, under exactly these conditions.
pub fn denies(document: &Document<'_>, actions: &[&str], parts: Parts<'_>, conditions: &[Predicate<'_>]) -> bool {
    document.denying().any(|s| {
        !s.not_principal
            && (s.principals.is_empty() || s.is_for_everyone())
            && actions.iter().all(|action| s.covers_action(action))
            && covers_parts(s, parts)
            && s.conditions.len() == conditions.len()
            && conditions.iter().all(|asked| s.conditions.iter().any(asked))
    })
}

/// Whether anyone who speaks without TLS is denied these actions.
pub fn denies_insecure_transport(document: &Document<'_>, actions: &[&str], parts: Parts<'_>) -> bool {
    let is_false = |value: &&Value| match value {
        Value::Bool(b) => !b,
        Value::String(text) => text.eq_ignore_ascii_case("false"),
        _ => false,
    };
    denies(document, actions, parts, &[&|c| c.is("Bool", "aws:SecureTransport") && c.values.iter().all(is_false)])
}

/// Whether everybody outside the account `own` is denied these actions.
pub fn denies_other_accounts(document: &Document<'_>, own: &str, actions: &[&str], parts: Parts<'_>) -> bool {
    let outside = |c: &Condition<'_>| c.is("StringNotEquals", "aws:PrincipalAccount") && c.values_are(own);
    denies(document, actions, parts, &[&outside])
}

fn covers_parts(statement: &Statement<'_>, parts: Parts<'_>) -> bool {
    if statement.not_resource {
        return false;
    }
    let texts: Vec<String> = statement.resources.iter().map(|resource| text(resource)).collect();
    let contents = |end: &str| texts.iter().any(|text| text.ends_with(end));
    let itself = || texts.iter().any(|text| !text.ends_with("/*"));
    statement.covers_every_resource()
        || match parts {
            Parts::Itself => itself(),
            Parts::WithContents => itself() && contents("/*"),
            Parts::Below(path) => contents(&format!("{path}/*")),
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::read;
    use crate::testing::resource;

    fn ask(statement: &str, question: impl FnOnce(&Document<'_>) -> bool) -> bool {
        let holder = resource("AWS::S3::BucketPolicy", "p", &format!(r#"{{"P": {{"Statement": {statement}}}}}"#));
        read(holder.get("P").expect("it is set"), question).expect("a policy")
    }

    const BOTH: &str = r#"["arn:aws:s3:::b", "arn:aws:s3:::b/*"]"#;
    const INSECURE: &str = r#"{"Bool": {"aws:SecureTransport": "false"}}"#;

    #[test]
    fn a_denial_of_plain_text_covers_bucket_and_objects() {
        let other = r#"{"Bool": {"aws:SecureTransport": "false"}, "StringEquals": {"aws:PrincipalAccount": "1"}}"#;
        for (principal, resources, condition, denies) in [
            (r#""*""#, BOTH, INSECURE, true),
            (r#""*""#, r#""*""#, INSECURE, true),
            (r#""*""#, r#""arn:aws:s3:::b/*""#, INSECURE, false),
            (r#""*""#, r#""arn:aws:s3:::b""#, INSECURE, false),
            (r#""*""#, BOTH, r#"{"Bool": {"aws:SecureTransport": "true"}}"#, false),
            (r#""*""#, BOTH, other, false),
            (r#"{"AWS": "1"}"#, BOTH, INSECURE, false),
        ] {
            let statement = format!(
                r#"{{"Effect": "Deny", "Principal": {principal}, "Action": "s3:*", "Resource": {resources}, "Condition": {condition}}}"#
            );
            let found = ask(&statement, |d| denies_insecure_transport(d, &["s3:GetObject"], Parts::WithContents));
            assert_eq!(found, denies, "{principal} {resources} {condition}");
        }
    }

    #[test]
    fn a_denial_names_every_action() {
        let denies = |actions: &str| {
            let statement = format!(
                r#"{{"Effect": "Deny", "Principal": "*", "Action": {actions}, "Resource": {BOTH},
                    "Condition": {{"StringNotEquals": {{"aws:PrincipalAccount": "1"}}}}}}"#
            );
            let wanted = ["s3:GetObject", "s3:PutObject"];
            ask(&statement, |d| denies_other_accounts(d, "1", &wanted, Parts::WithContents))
        };
        assert!(denies(r#""s3:*""#));
        assert!(denies(r#"["s3:GetObject", "s3:PutObject"]"#));
        assert!(!denies(r#"["s3:GetObject"]"#));
    }

    #[test]
    fn what_is_below_a_path_is_denied_there() {
        let denies = |resource: &str| {
            let statement =
                format!(r#"{{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "{resource}"}}"#);
            ask(&statement, |d| super::denies(d, &["s3:GetObject"], Parts::Below("/a/b"), &[]))
        };
        assert!(denies("arn:aws:s3:::b/a/b/*"));
        assert!(!denies("arn:aws:s3:::b/a/c/*"));
        assert!(!denies("arn:aws:s3:::b/a/b"));
    }
}
