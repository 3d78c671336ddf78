//! The permissions boundary of all roles, which also limits policies that are
//! attached later.

use std::collections::BTreeSet;

use migspec_diag::Diagnostic;
use migspec_ir::{Grant, Origin, Resource, Settings, json};
use migspec_syntax::value::Arn;
use migspec_syntax::{Setting, ast};

use super::{BY, document};
use crate::cx::Cx;
use crate::policy::Statement;
use crate::{names, roles};

/// Actions that would remove the evidence, the keys or the boundary itself.
const NEVER: [&str; 9] = [
    "cloudtrail:DeleteTrail",
    "cloudtrail:StopLogging",
    "iam:*",
    "kms:PutKeyPolicy",
    "kms:ScheduleKeyDeletion",
    "logs:DeleteLogGroup",
    "organizations:*",
    "s3:DeleteBucket",
    "s3:PutBucketPolicy",
];

/// Allows the grants of all roles, and denies the actions of `NEVER`.
pub(super) fn lower(cx: &mut Cx, grants: &[Grant]) {
    let actions: BTreeSet<&str> = grants.iter().flat_map(|grant| grant.actions.iter().copied()).collect();
    if actions.is_empty() {
        return;
    }
    let rules = cx.spec.roles.as_ref();
    if let Some((rules, arn)) = rules.and_then(|rules| Some((rules, rules.boundary.as_ref()?))) {
        return existing(cx, rules, arn);
    }
    let origin = Origin::derived(BY, cx.spec.place.header);
    let actions: Vec<&str> = actions.into_iter().collect();
    let allow = Statement::allow("GrantedToSomeRole", origin).actions(&actions).resources(vec!["*".into()]);
    let deny = Statement::deny("Never", origin).actions(&NEVER).resources(vec!["*".into()]);
    let path = format!("migration \"{}\"", cx.spec.key.as_str());
    let policy = Resource::new("AWS::IAM::ManagedPolicy", names::permissions_boundary(), path, origin)
        .set("ManagedPolicyName", roles::name(cx, names::MANAGED_POLICY, "boundary"))
        .set_if("Path", roles::path_of(cx))
        .set("Description", "Permissions boundary of the roles of the migration")
        .set("PolicyDocument", document(vec![allow, deny], origin));
    cx.add(policy);
}

const DECLARES: Settings = &[("allowsEverything", "`document=` of `roles`"), ("leavesOpen", "`document=` of `roles`")];

/// The boundary of the organisation, with its declared document.
fn existing(cx: &mut Cx, rules: &ast::RoleRules, arn: &Setting<Arn>) {
    let origin = Origin::derived(BY, arn.span());
    let text = rules.document.as_ref().and_then(|name| Some((name, cx.file(name.as_str())?.clone())));
    let document = text.map(|(name, text)| (name, json::parse(&text, Origin::derived(BY, name.span()))));
    if let Some((name, None)) = &document {
        cx.report(
            Diagnostic::error("not-a-document", format!("`{}` contains no JSON", name.as_str()))
                .at(name.span(), "not JSON")
                .help("write the policy document that AWS shows for the boundary to this file"),
        );
    }
    let policy = Resource::new("AWS::IAM::ManagedPolicy", names::permissions_boundary(), "roles", origin)
        .existing(arn.as_str(), DECLARES)
        .set_if("PolicyDocument", document.and_then(|(_, document)| document));
    cx.add(policy);
}
