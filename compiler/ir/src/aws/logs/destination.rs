use crate::class::Classes;
use crate::fact::Fact;
use crate::resource_type::{Column, Concern, Form, Lookup, Part, Property, ResourceType, TAGS, Terraform, argument};

/// Where log groups of other accounts send their events. A spec only names destinations that exist.
pub const TYPE: ResourceType = ResourceType {
    name: "AWS::Logs::Destination",
    concern: Concern::Monitoring,
    terraform: Terraform::Column(Column {
        resource: "aws_cloudwatch_log_destination",
        reference: "name",
        attributes: &[("Arn", "arn")],
        properties: &[
            argument("DestinationName", "name"),
            Property::new(
                "DestinationPolicy",
                Form::Absent("the policy of a destination is a resource of its own, and its owner's"),
            ),
            argument("RoleArn", "role_arn"),
            TAGS,
            argument("TargetArn", "target_arn"),
        ],
        // Only its own account can describe it (fact: logs-destination-access).
        lookup: Some(&Lookup { part: Part::Last, same: &["Arn"], ..Lookup::BASE }),
        ..Column::BASE
    }),
    facts: &[Fact::string("destinationName", "DestinationName", "")],
    classes: Classes { identity: &["DestinationName"], ..Classes::NONE },
};
