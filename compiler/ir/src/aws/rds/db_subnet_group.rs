use crate::aws::ec2::zones;
use crate::class::{Classes, TEXT};
use crate::fact::{Fact, FactType};
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::RDS::DBSubnetGroup",
    concern: Concern::Database,
    terraform: Terraform::Column(Column {
        resource: "aws_db_subnet_group",
        reference: "name",
        attributes: &[("DBSubnetGroupArn", "arn")],
        properties: &[
            argument("DBSubnetGroupName", "name"),
            argument("DBSubnetGroupDescription", "description"),
            argument("SubnetIds", "subnet_ids"),
            Property::new("Tags", Form::Tags("tags")),
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::string("name", "DBSubnetGroupName", ""),
        Fact::computed("zones", FactType::Long, |group, graph| zones::zone_count(group, "SubnetIds", graph)),
    ],
    classes: Classes { identity: &["DBSubnetGroupName"], free: &[("DBSubnetGroupDescription", TEXT)], ..Classes::NONE },
};
