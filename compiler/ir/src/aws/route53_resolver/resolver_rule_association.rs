use crate::class::Classes;
use crate::fact::Fact;
use crate::resource_type::{Column, Concern, ResourceType, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::Route53Resolver::ResolverRuleAssociation",
    concern: Concern::Network,
    terraform: Terraform::Column(Column {
        resource: "aws_route53_resolver_rule_association",
        attributes: &[("ResolverRuleAssociationId", "id")],
        properties: &[
            argument("Name", "name"),
            argument("ResolverRuleId", "resolver_rule_id"),
            argument("VPCId", "vpc_id"),
        ],
        ..Column::BASE
    }),
    facts: &[Fact::entity("vpc", "VPCId", "AWS::EC2::VPC")],
    classes: Classes { identity: &["Name", "ResolverRuleId", "VPCId"], ..Classes::NONE },
};
