use std::collections::BTreeSet;

use crate::class::{Classes, TEXT};
use crate::fact::{Fact, FactType, FactValue};
use crate::iam;
use crate::resource_type::{Column, Compare, Concern, Form, Lookup, Property, ResourceType, Terraform, argument};

/// Roles name the policies that they have: `Roles`, `Users` and `Groups` have no
/// column.
pub const TYPE: ResourceType = ResourceType {
    name: "AWS::IAM::ManagedPolicy",
    concern: Concern::Security,
    terraform: Terraform::Column(Column {
        resource: "aws_iam_policy",
        reference: "arn",
        attributes: &[("PolicyArn", "arn"), ("PolicyId", "policy_id")],
        properties: &[
            argument("ManagedPolicyName", "name"),
            argument("Path", "path"),
            argument("Description", "description"),
            Property::new("PolicyDocument", Form::Json("policy")),
        ],
        lookup: Some(&Lookup {
            data: "aws_iam_policy",
            by: "arn",
            same: &["PolicyArn"],
            compares: &[("PolicyDocument", Compare::Json("policy"))],
            ..Lookup::BASE
        }),
        ..Column::BASE
    }),
    facts: FACTS,
    classes: Classes { identity: &["ManagedPolicyName"], free: &[("Description", TEXT)], ..Classes::NONE },
};

const FACTS: &[Fact] = &[
    // How many roles it bounds.
    Fact::computed("bounds", FactType::Long, |policy, graph| {
        let roles = graph.referring(&policy.id, "AWS::IAM::Role", "PermissionsBoundary").count();
        FactValue::Long(i64::try_from(roles).unwrap_or(i64::MAX))
    }),
    super::allowed::ALLOWS_EVERYTHING,
    // Actions that no role may have and that this policy does not deny.
    Fact::computed("leavesOpen", FactType::StringSet, |policy, _| {
        let open = policy.get("PolicyDocument").and_then(|d| iam::read(d, iam::left_open));
        open.map_or(FactValue::Unknown, |actions| FactValue::set(actions.into_iter().map(Some)))
    }),
    // Reads of secrets and uses of keys that it allows on every resource. The boundary of an organisation exists for the
    // roles of all its accounts, and can name no key of one migration.
    Fact::actions("opensSecrets", |policy, _| {
        if policy.is_declared() {
            return FactValue::set([None::<&str>; 0]);
        }
        let reads = policy.get("PolicyDocument").and_then(|d| iam::read(d, iam::broad_reads));
        let of_secrets = |read: &&str| read.starts_with("kms:") || read.starts_with("secretsmanager:");
        let set = |reads: BTreeSet<&'static str>| FactValue::set(reads.into_iter().filter(of_secrets).map(Some));
        reads.map_or(FactValue::Unknown, set)
    }),
];
