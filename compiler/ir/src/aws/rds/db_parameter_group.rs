use super::parameters;
use crate::class::{Classes, TEXT};
use crate::resource_type::{Column, Concern, Fixed, Form, Property, ResourceType, Terraform, argument};

/// Parameters wait for a reboot, as those of the cluster do.
pub const TYPE: ResourceType = ResourceType {
    name: "AWS::RDS::DBParameterGroup",
    concern: Concern::Database,
    terraform: Terraform::Column(Column {
        resource: "aws_db_parameter_group",
        reference: "name",
        attributes: &[("DBParameterGroupArn", "arn")],
        properties: &[
            argument("DBParameterGroupName", "name"),
            argument("Description", "description"),
            argument("Family", "family"),
            Property::new(
                "Parameters",
                Form::Entries {
                    block: "parameter",
                    key: "name",
                    value: "value",
                    fixed: &[("apply_method", Fixed::String("pending-reboot"))],
                },
            ),
            Property::new("Tags", Form::Tags("tags")),
        ],
        ..Column::BASE
    }),
    facts: parameters::FACTS,
    classes: Classes { identity: &["DBParameterGroupName", "Family"], free: &[("Description", TEXT)], ..Classes::NONE },
};
