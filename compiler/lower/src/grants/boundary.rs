//! The permissions boundary of all roles, which also limits policies that are
//! attached later.

use std::collections::BTreeSet;

use migspec_ir::{Grant, Origin, Resource};

use super::{BY, document};
use crate::cx::Cx;
use crate::names;
use crate::policy::Statement;

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
    let origin = Origin::derived(BY, cx.spec.place.header);
    let actions: Vec<&str> = actions.into_iter().collect();
    let allow = Statement::allow("GrantedToSomeRole", origin).actions(&actions).resources(vec!["*".into()]);
    let deny = Statement::deny("Never", origin).actions(&NEVER).resources(vec!["*".into()]);
    let path = format!("migration \"{}\"", cx.spec.key.as_str());
    let policy = Resource::new("AWS::IAM::ManagedPolicy", names::permissions_boundary(), path, origin)
        .set("ManagedPolicyName", cx.physical(names::MANAGED_POLICY, "boundary"))
        .set("Description", "Permissions boundary of the roles of the migration")
        .set("PolicyDocument", document(vec![allow, deny], origin));
    cx.add(policy);
}
