use crate::class::Classes;
use crate::fact::{Fact, FactType, FactValue};
use crate::resource_type::{Column, Concern, ResourceType, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::ApiGatewayV2::VpcLink",
    concern: Concern::Api,
    terraform: Terraform::Column(Column {
        resource: "aws_apigatewayv2_vpc_link",
        attributes: &[("VpcLinkId", "id")],
        properties: &[
            argument("Name", "name"),
            argument("SecurityGroupIds", "security_group_ids"),
            argument("SubnetIds", "subnet_ids"),
            // A map, unlike the tags of most types.
            argument("Tags", "tags"),
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::string("name", "Name", ""),
        Fact::computed("securityGroups", FactType::Long, |link, _| {
            let groups = link.get("SecurityGroupIds").and_then(|d| d.value.as_list());
            FactValue::Long(groups.map_or(0, |groups| groups.len() as i64))
        }),
    ],
    classes: Classes { identity: &["Name"], ..Classes::NONE },
};
