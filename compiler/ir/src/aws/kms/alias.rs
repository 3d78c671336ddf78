use crate::class::Classes;
use crate::fact::Fact;
use crate::resource_type::{Column, Concern, ResourceType, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::KMS::Alias",
    concern: Concern::Security,
    terraform: Terraform::Column(Column {
        resource: "aws_kms_alias",
        reference: "name",
        properties: &[argument("AliasName", "name"), argument("TargetKeyId", "target_key_id")],
        ..Column::BASE
    }),
    facts: &[Fact::string("aliasName", "AliasName", ""), Fact::key("targetKey", "TargetKeyId")],
    classes: Classes { identity: &["AliasName", "TargetKeyId"], ..Classes::NONE },
};
