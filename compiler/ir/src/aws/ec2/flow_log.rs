use crate::class::Classes;
use crate::fact::Fact;
use crate::resource_type::{
    Column, Concern, Describe, Field, Form, Lookup, Property, ResourceType, TAGS, Terraform, argument,
};
use crate::workflow::Described;

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::EC2::FlowLog",
    concern: Concern::Network,
    terraform: Terraform::Column(Column {
        resource: "aws_flow_log",
        attributes: &[("Id", "id")],
        properties: &[
            argument("DeliverCrossAccountRole", "deliver_cross_account_role"),
            argument("DeliverLogsPermissionArn", "iam_role_arn"),
            Property::new(
                "DestinationOptions",
                Form::Block(
                    "destination_options",
                    &[
                        argument("FileFormat", "file_format"),
                        argument("HiveCompatiblePartitions", "hive_compatible_partitions"),
                        argument("PerHourPartition", "per_hour_partition"),
                    ],
                ),
            ),
            argument("LogDestination", "log_destination"),
            argument("LogDestinationType", "log_destination_type"),
            argument("LogFormat", "log_format"),
            Property::new("LogGroupName", Form::Absent("give the log group's ARN as `LogDestination`")),
            argument("MaxAggregationInterval", "max_aggregation_interval"),
            Property::new("ResourceId", Form::Choice { by: "ResourceType", arguments: WATCHED }),
            Property::new("ResourceType", Form::Implied(WATCHED)),
            Property::new("TagFieldSpecifications", Form::Absent("the provider does not know tag fields of flow logs")),
            TAGS,
            argument("TrafficType", "traffic_type"),
        ],
        lookup: Some(&Lookup {
            same: &["Id"],
            describe: &[Describe {
                described: Described::FlowLogs,
                of: None,
                compares: &[
                    ("ResourceId", Field::Equal("ResourceId")),
                    ("TrafficType", Field::Equal("TrafficType")),
                    ("MaxAggregationInterval", Field::Equal("MaxAggregationInterval")),
                ],
            }],
            ..Lookup::BASE
        }),
        ..Column::BASE
    }),
    facts: &[
        Fact::string("resourceType", "ResourceType", ""),
        Fact::string("trafficType", "TrafficType", ""),
        Fact::string("logDestinationType", "LogDestinationType", "cloud-watch-logs"),
        Fact::long("maxAggregationInterval", "MaxAggregationInterval", 600),
    ],
    classes: Classes { identity: &["ResourceId"], undecided: &["LogDestinationType", "ResourceType"], ..Classes::NONE },
};

const WATCHED: &[(&str, &str)] = &[
    ("VPC", "vpc_id"),
    ("Subnet", "subnet_id"),
    ("NetworkInterface", "eni_id"),
    ("TransitGateway", "transit_gateway_id"),
    ("TransitGatewayAttachment", "transit_gateway_attachment_id"),
    ("RegionalNatGateway", "regional_nat_gateway_id"),
];
