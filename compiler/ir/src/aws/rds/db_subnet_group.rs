use crate::fact::Fact;
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Terraform};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::RDS::DBSubnetGroup",
    concern: Concern::Database,
    terraform: Terraform::Column(Column {
        resource: "aws_db_subnet_group",
        reference: "name",
        attributes: &[],
        properties: &[
            Property { name: "DBSubnetGroupName", form: Form::Argument("name") },
            Property { name: "DBSubnetGroupDescription", form: Form::Argument("description") },
            Property { name: "SubnetIds", form: Form::Argument("subnet_ids") },
            Property { name: "Tags", form: Form::Tags("tags") },
        ],
        ..Column::BASE
    }),
    facts: &[Fact::string("name", "DBSubnetGroupName", "")],
};
