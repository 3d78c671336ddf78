//! Questions about policies that name principals: of trust, and of resources.

use std::collections::BTreeSet;

use super::callers;
use super::document::{Condition, Document, Principal, Statement, service_principals};
use super::stranger::{Arrival, admits_stranger};
use super::text::text;
use crate::datum::Value;

/// Whether the document allows all principals without a condition that only
/// callers of the account `own` satisfy.
pub fn grants_to_everyone(document: &Document<'_>, own: &str) -> bool {
    document.allowing().any(|s| s.is_for_everyone() && admits_stranger(&s.conditions, Arrival::Direct, own))
}

/// The services that the document trusts or allows.
pub fn services<'d>(document: &Document<'d>) -> BTreeSet<&'d str> {
    document.allowing().flat_map(service_principals).collect()
}

/// The statements that let a service do this.
pub fn allowing_service<'s, 'd>(
    document: &'s Document<'d>,
    service: &'s str,
    action: &'s str,
) -> impl Iterator<Item = &'s Statement<'d>> {
    document.allowing().filter(move |s| s.principals.contains(&Principal::Service(service)) && s.covers_action(action))
}

/// Whether a statement lets all principals of an account do this.
pub fn allows_account(document: &Document<'_>, account: &str, action: &str) -> bool {
    let is_account = |principal: &Principal<'_>| match principal {
        Principal::Aws(value) => {
            let name = text(value);
            name == account || name.ends_with(&format!("::{account}:root"))
        }
        _ => false,
    };
    let mut statements = document.allowing().filter(|s| s.conditions.is_empty() && s.covers_action(action));
    statements.any(|s| s.principals.iter().any(is_account))
}

/// The services among them without a condition that only sources of the account
/// `own` satisfy, so that any account can use them (the confused deputy). A
/// service that sends no condition key with its calls cannot be bound.
pub fn unbound_services<'d>(document: &Document<'d>, policy: &str, own: &str) -> BTreeSet<&'d str> {
    let bindable = |service: &&str| callers::caller(service, policy).is_none_or(|row| !row.keys.is_empty());
    let open = |s: &&Statement<'_>| admits_stranger(&s.conditions, Arrival::Service, own);
    document.allowing().filter(open).flat_map(service_principals).filter(bindable).collect()
}

/// Whether a statement allows everything that another one does: to the same
/// principals, and without conditions or with the same ones.
pub fn includes(statement: &Statement<'_>, other: &Statement<'_>) -> bool {
    let plain = |s: &Statement<'_>| !s.not_principal && !s.not_action && !s.not_resource;
    let same_conditions = || {
        let is_in = |c: &Condition<'_>, list: &[Condition<'_>]| {
            list.iter().any(|d| d.operator == c.operator && d.key == c.key && d.values == c.values)
        };
        statement.conditions.iter().all(|c| is_in(c, &other.conditions))
    };
    plain(statement)
        && plain(other)
        && other.principals.iter().all(|principal| statement.principals.contains(principal))
        && other.actions.iter().all(|action| statement.covers_action(action))
        && statement.covers_every_resource()
        && same_conditions()
}

/// Whether nobody but services is trusted or allowed.
pub fn trusts_only_services(document: &Document<'_>) -> bool {
    document.allowing().all(|s| !s.not_principal && s.principals.iter().all(|p| matches!(p, Principal::Service(_))))
}

/// Whether a whole account is trusted: its id, or its root's ARN.
pub fn trusts_account_root(document: &Document<'_>) -> bool {
    document.allowing().flat_map(|s| &s.principals).any(|p| matches!(p, Principal::Aws(value) if is_root(value)))
}

/// The accounts among the principals that are not `own`. A text that is not
/// known before deployment may be any account.
pub fn other_accounts(document: &Document<'_>, own: &str) -> BTreeSet<String> {
    document.allowing().flat_map(accounts).filter(|account| account != own).collect()
}

/// The accounts among them without a condition on an external id or on the
/// organization.
pub fn unbound_accounts(document: &Document<'_>, own: &str) -> BTreeSet<String> {
    let open = |s: &&Statement<'_>| admits_stranger(&s.conditions, Arrival::Named, own);
    document.allowing().filter(open).flat_map(accounts).filter(|account| account != own).collect()
}

/// The accounts that a statement names. References lead to resources of the own
/// account.
fn accounts(statement: &Statement<'_>) -> Vec<String> {
    let principals = statement.principals.iter().filter_map(|principal| match principal {
        Principal::Aws(Value::Ref(_) | Value::Attribute(..)) => None,
        Principal::Aws(value) => Some(text(value)),
        _ => None,
    });
    let account = |text: String| match text.strip_prefix("arn:") {
        Some(arn) => arn.split(':').nth(3).unwrap_or(&text).to_owned(),
        None => text,
    };
    principals.map(account).collect()
}

/// Whether the document trusts an identity provider without exact conditions on
/// the audience and the subject of its tokens.
pub fn federates_openly(document: &Document<'_>) -> bool {
    let exact = |s: &Statement<'_>, claim: &str| {
        s.conditions.iter().any(|c| {
            let equals = c.operator.eq_ignore_ascii_case("StringEquals");
            let plain = c.values.iter().all(|value| value.as_str().is_some_and(|text| !text.contains('*')));
            equals && plain && !c.values.is_empty() && c.key.to_ascii_lowercase().ends_with(claim)
        })
    };
    let federated = document.allowing().filter(|s| s.principals.contains(&Principal::Federated));
    federated.into_iter().any(|s| !exact(s, ":aud") || !exact(s, ":sub"))
}

/// Whether one principal other than the account itself may both administer a
/// key and use it.
pub fn mixes_administration_and_use(document: &Document<'_>) -> bool {
    let of_principals = |statement: &&Statement<'_>| {
        !statement.principals.iter().all(|p| matches!(p, Principal::Aws(value) if is_root(value)))
    };
    let statements: Vec<_> = document.allowing().filter(of_principals).collect();
    let administers = |s: &Statement<'_>| ADMINISTRATION.iter().any(|action| s.covers_action(action));
    let uses = |s: &Statement<'_>| USE.iter().any(|action| s.covers_action(action));
    statements.iter().filter(|s| administers(s)).any(|administering| {
        statements
            .iter()
            .filter(|s| uses(s))
            .any(|using| administering.principals.iter().any(|p| using.principals.contains(p)))
    })
}

const ADMINISTRATION: &[&str] = &["kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:DisableKey"];
const USE: &[&str] = &["kms:Decrypt", "kms:GenerateDataKey"];

fn ends_in(value: &Value, end: &str) -> bool {
    match value {
        Value::String(text) => text.ends_with(end),
        Value::Concat(parts) => parts.last().is_some_and(|last| ends_in(last, end)),
        _ => false,
    }
}

fn is_root(value: &Value) -> bool {
    let is_account = |text: &str| text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
    value.as_str().is_some_and(is_account) || ends_in(value, ":root")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::read;
    use crate::testing::resource;

    const OWN: &str = "111111111111";

    fn ask<T>(statements: &str, question: impl FnOnce(&Document<'_>) -> T) -> T {
        let holder = resource("AWS::KMS::Key", "k", &format!(r#"{{"P": {{"Statement": [{statements}]}}}}"#));
        read(holder.get("P").expect("it is set"), question).expect("a policy")
    }

    #[test]
    fn a_grant_to_everyone_needs_a_limit() {
        let allow = |condition| {
            format!(
                r#"{{"Effect": "Allow", "Principal": {{"AWS": "*"}}, "Action": "kms:*", "Condition": {condition}}}"#
            )
        };
        for (condition, open) in [
            ("{}", true),
            (r#"{"StringEquals": {"kms:CallerAccount": "111111111111"}}"#, false),
            (r#"{"StringEquals": {"kms:calleraccount": "111111111111"}}"#, false),
            (r#"{"StringEqualsIfExists": {"kms:CallerAccount": "111111111111"}}"#, true),
            (r#"{"StringLike": {"aws:PrincipalOrgID": "*"}}"#, true),
            (r#"{"StringEquals": {"kms:CallerAccount": ["111111111111", "999999999999"]}}"#, true),
            (r#"{"StringLike": {"kms:CallerAccount": "1111*"}}"#, true),
            (r#"{"Null": {"kms:CallerAccount": "false"}}"#, true),
            (r#"{"Bool": {"aws:SecureTransport": "true"}}"#, true),
        ] {
            assert_eq!(ask(&allow(condition), |d| grants_to_everyone(d, OWN)), open, "{condition}");
        }
        let not_principal = r#"{"Effect": "Allow", "NotPrincipal": {"AWS": "111111111111"}, "Action": "kms:*"}"#;
        assert!(ask(not_principal, |d| grants_to_everyone(d, OWN)));
        let denial = r#"{"Effect": "Deny", "Principal": "*", "Action": "kms:*"}"#;
        assert!(!ask(denial, |d| grants_to_everyone(d, OWN)));
    }

    #[test]
    fn services_without_source_are_named() {
        let bound = r#"{"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "kms:Decrypt",
                        "Condition": {"StringEquals": {"aws:SourceAccount": "111111111111"}}}"#;
        let unbound = r#"{"Effect": "Allow", "Principal": {"Service": ["a.amazonaws.com", "b.amazonaws.com"]},
                          "Action": "kms:Decrypt"}"#;
        let found = ask(&format!("{bound}, {unbound}"), |d| {
            unbound_services(d, "AWS::KMS::Key", OWN).into_iter().collect::<Vec<_>>().join(" ")
        });
        assert_eq!(found, "a.amazonaws.com b.amazonaws.com");
    }

    #[test]
    fn administration_and_use_are_mixed_in_one_principal_only() {
        let to = |role: &str, action: &str| {
            format!(
                r#"{{"Effect": "Allow", "Principal": {{"AWS": "arn:aws:iam::111111111111:{role}"}}, "Action": "{action}"}}"#
            )
        };
        let apart = format!("{}, {}", to("role/admin", "kms:PutKeyPolicy"), to("role/user", "kms:Decrypt"));
        let mixed = format!("{}, {}", to("role/admin", "kms:PutKeyPolicy"), to("role/admin", "kms:Decrypt"));
        assert!(!ask(&apart, mixes_administration_and_use));
        assert!(ask(&mixed, mixes_administration_and_use));
        assert!(ask(&to("role/admin", "kms:*"), mixes_administration_and_use));
        assert!(!ask(&to("root", "kms:*"), mixes_administration_and_use));
    }

    #[test]
    fn other_accounts_are_bound_by_what_was_agreed() {
        let trust = |principal: &str, condition: &str| {
            format!(
                r#"{{"Effect": "Allow", "Principal": {{"AWS": "{principal}"}}, "Action": "sts:AssumeRole",
                     "Condition": {condition}}}"#
            )
        };
        let other = "arn:aws:iam::222222222222:role/partner";
        for (principal, condition, unbound) in [
            (other, "{}", true),
            ("222222222222", "{}", true),
            (other, r#"{"StringEquals": {"sts:ExternalId": "x1"}}"#, false),
            (other, r#"{"StringLike": {"sts:ExternalId": "*"}}"#, true),
            ("arn:aws:iam::111111111111:role/own", "{}", false),
        ] {
            let found = ask(&trust(principal, condition), |d| !unbound_accounts(d, "111111111111").is_empty());
            assert_eq!(found, unbound, "{principal} {condition}");
        }
        let accounts = ask(&trust(other, "{}"), |d| other_accounts(d, "111111111111").into_iter().collect::<String>());
        assert_eq!(accounts, "222222222222");
    }

    #[test]
    fn tokens_are_taken_from_one_audience_and_one_subject() {
        let trust = |condition: &str| {
            format!(
                r#"{{"Effect": "Allow", "Principal": {{"Federated": "arn:aws:iam::1:oidc-provider/ci.example.com"}},
                     "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {condition}}}"#
            )
        };
        for (condition, open) in [
            ("{}", true),
            (
                r#"{"StringEquals": {"ci.example.com:aud": "sts", "ci.example.com:sub": "repo:a/b:ref:refs/heads/main"}}"#,
                false,
            ),
            (r#"{"StringEquals": {"ci.example.com:aud": "sts"}}"#, true),
            (r#"{"StringLike": {"ci.example.com:aud": "sts", "ci.example.com:sub": "repo:a/*"}}"#, true),
        ] {
            assert_eq!(ask(&trust(condition), federates_openly), open, "{condition}");
        }
    }

    #[test]
    fn an_account_is_its_root() {
        for (principal, root) in
            [("arn:aws:iam::111111111111:root", true), ("111111111111", true), ("arn:aws:iam::1:role/r", false)]
        {
            let statement =
                format!(r#"{{"Effect": "Allow", "Principal": {{"AWS": "{principal}"}}, "Action": "sts:AssumeRole"}}"#);
            assert_eq!(ask(&statement, trusts_account_root), root, "{principal}");
        }
    }
}
