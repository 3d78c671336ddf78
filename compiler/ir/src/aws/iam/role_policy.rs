use super::allowed;
use crate::class::Classes;
use crate::fact::Fact;
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Terraform, argument};

/// An inline policy of a role. `AWS::IAM::Policy` is the older equivalent, which
/// is not emitted.
pub const TYPE: ResourceType = ResourceType {
    name: "AWS::IAM::RolePolicy",
    concern: Concern::Security,
    terraform: Terraform::Column(Column {
        resource: "aws_iam_role_policy",
        reference: "id",
        properties: &[
            argument("PolicyName", "name"),
            argument("RoleName", "role"),
            Property::new("PolicyDocument", Form::Json("policy")),
        ],
        ..Column::BASE
    }),
    facts: FACTS,
    classes: Classes { identity: &["PolicyName", "RoleName"], ..Classes::NONE },
};

const FACTS: &[Fact] = &[
    allowed::ALLOWS_EVERYTHING,
    allowed::USES_WILDCARD_ACTIONS,
    allowed::USES_NOT_ACTION,
    allowed::USES_NOT_RESOURCE,
    allowed::READS_BROADLY,
    allowed::PERMISSION_ACTIONS,
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
    allowed::MISSING_RIGHTS,
];
