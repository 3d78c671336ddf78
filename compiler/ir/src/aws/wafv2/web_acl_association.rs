use crate::class::Classes;
use crate::fact::Fact;
use crate::resource_type::{Column, Concern, ResourceType, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::WAFv2::WebACLAssociation",
    concern: Concern::Api,
    terraform: Terraform::Column(Column {
        resource: "aws_wafv2_web_acl_association",
        properties: &[argument("ResourceArn", "resource_arn"), argument("WebACLArn", "web_acl_arn")],
        ..Column::BASE
    }),
    facts: &[Fact::entity("webAcl", "WebACLArn", "AWS::WAFv2::WebACL")],
    classes: Classes { identity: &["ResourceArn", "WebACLArn"], ..Classes::NONE },
};
