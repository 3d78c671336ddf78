use super::allowed;
use crate::fact::{Fact, FactType, FactValue};
use crate::iam;
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Terraform, argument};

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
        ..Column::BASE
    }),
    facts: FACTS,
};

const FACTS: &[Fact] = &[
    allowed::ALLOWS_EVERYTHING,
    allowed::WILDCARD_ACTIONS,
    allowed::USES_WILDCARD_ACTIONS,
    allowed::USES_NOT_ACTION,
    allowed::USES_NOT_RESOURCE,
    allowed::BROAD_READS,
    allowed::READS_BROADLY,
    allowed::PERMISSION_ACTIONS,
    allowed::MANAGES_PERMISSIONS,
    allowed::PASSES_ROLES,
    allowed::PASSES_ROLES_TO_ANY_SERVICE,
    allowed::PASSES_UNNAMED_ROLES,
    allowed::CREDENTIAL_ACTIONS,
    allowed::EXPORT_ACTIONS,
    allowed::UNLIMITED_ACTIONS,
    allowed::UNLIMITED_CHANGES,
    allowed::UNKNOWN_ACTIONS,
    allowed::WIDE_RESOURCES,
    allowed::MISPLACED_ACTIONS,
    allowed::IDLE_CONDITIONS,
    allowed::ESCALATIONS,
    allowed::UNNEEDED_RIGHTS,
    // How many roles it bounds.
    Fact::computed("bounds", FactType::Long, |policy, graph| {
        let roles = graph.referring(&policy.id, "AWS::IAM::Role", "PermissionsBoundary").count();
        FactValue::Long(i64::try_from(roles).unwrap_or(i64::MAX))
    }),
    // What no role may ever do and this policy does not deny.
    Fact::computed("leavesOpen", FactType::StringSet, |policy, _| {
        let open = policy.get("PolicyDocument").and_then(|d| iam::read(d, iam::left_open));
        open.map_or(FactValue::Unknown, |actions| FactValue::set(actions.into_iter().map(Some)))
    }),
];
