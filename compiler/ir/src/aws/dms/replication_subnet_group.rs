use crate::aws::ec2::zones;
use crate::class::{Classes, TEXT};
use crate::fact::{Fact, FactType};
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::DMS::ReplicationSubnetGroup",
    concern: Concern::Replication,
    terraform: Terraform::Column(Column {
        resource: "aws_dms_replication_subnet_group",
        reference: "replication_subnet_group_id",
        properties: &[
            argument("ReplicationSubnetGroupIdentifier", "replication_subnet_group_id"),
            argument("ReplicationSubnetGroupDescription", "replication_subnet_group_description"),
            argument("SubnetIds", "subnet_ids"),
            Property::new("Tags", Form::Tags("tags")),
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::string("replicationSubnetGroupIdentifier", "ReplicationSubnetGroupIdentifier", ""),
        // fact: dms-subnet-group-zones
        Fact::computed("zones", FactType::Long, |group, graph| zones::zone_count(group, "SubnetIds", graph)),
    ],
    classes: Classes {
        identity: &["ReplicationSubnetGroupIdentifier"],
        free: &[("ReplicationSubnetGroupDescription", TEXT)],
        ..Classes::NONE
    },
};
