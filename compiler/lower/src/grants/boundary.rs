//! The boundary of all roles: what none of them may exceed, whatever is
//! attached to it later.

use std::collections::BTreeSet;

use migspec_ir::{Grant, Origin, Resource};

use super::{BY, document};
use crate::cx::Cx;
use crate::names;
use crate::policy::Statement;

/// What would take the evidence, the keys or the bounds themselves away.
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

/// Allows what any role is granted, and denies what no role ever may.
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
        .set("ManagedPolicyName", cx.physical(cx.spec.key.as_str(), "boundary"))
        .set("Description", "What no role of the migration may exceed")
        .set("PolicyDocument", document(vec![allow, deny], origin));
    cx.add(policy);
}
