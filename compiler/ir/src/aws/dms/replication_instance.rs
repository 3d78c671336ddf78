use super::alarmed;
use crate::aws::events::rule;
use crate::aws::migspec;
use crate::class::Classes;
use crate::fact::{Fact, FactType, FactValue};
use crate::graph::Resource;
use crate::index::Index;
use crate::resource_type::{Column, Concern, Drift, Form, Property, ResourceType, Terraform, argument};
use crate::week;

/// `ResourceIdentifier` has no column: the provider does not know it, and
/// metrics name an instance by its identifier.
pub const TYPE: ResourceType = ResourceType {
    name: "AWS::DMS::ReplicationInstance",
    concern: Concern::Replication,
    terraform: Terraform::Column(Column {
        resource: "aws_dms_replication_instance",
        reference: "replication_instance_arn",
        attributes: &[
            ("ReplicationInstancePrivateIpAddresses", "replication_instance_private_ips"),
            ("ReplicationInstancePublicIpAddresses", "replication_instance_public_ips"),
        ],
        properties: &[
            argument("ReplicationInstanceIdentifier", "replication_instance_id"),
            argument("ReplicationInstanceClass", "replication_instance_class"),
            argument("AllocatedStorage", "allocated_storage"),
            argument("EngineVersion", "engine_version"),
            argument("AutoMinorVersionUpgrade", "auto_minor_version_upgrade"),
            argument("AllowMajorVersionUpgrade", "allow_major_version_upgrade"),
            argument("MultiAZ", "multi_az"),
            argument("AvailabilityZone", "availability_zone"),
            argument("ReplicationSubnetGroupIdentifier", "replication_subnet_group_id"),
            argument("VpcSecurityGroupIds", "vpc_security_group_ids"),
            argument("PubliclyAccessible", "publicly_accessible"),
            argument("NetworkType", "network_type"),
            argument("DnsNameServers", "dns_name_servers"),
            argument("KmsKeyId", "kms_key_arn"),
            argument("PreferredMaintenanceWindow", "preferred_maintenance_window"),
            Property::new("Tags", Form::Tags("tags")),
        ],
        timeouts: &[("create", "60m"), ("update", "60m"), ("delete", "60m")],
        // fact: minor-versions-come-back
        drift: &[Drift {
            argument: "engine_version",
            when: |instance, _| {
                instance.get("AutoMinorVersionUpgrade").is_none_or(|d| d.value.as_bool() != Some(false))
            },
            otherwise: "an apply after an upgrade by AWS asks for the older version",
        }],
        ..Column::BASE
    }),
    facts: &[
        Fact::string("replicationInstanceClass", "ReplicationInstanceClass", ""),
        // fact: dms-burstable-classes
        Fact::computed("burstable", FactType::Bool, |instance, _| {
            match instance.get("ReplicationInstanceClass").map(|d| d.value.as_str()) {
                Some(None) => FactValue::Unknown,
                Some(Some(class)) => class.starts_with("dms.t").into(),
                None => false.into(),
            }
        }),
        // In GiB.
        Fact::long("allocatedStorage", "AllocatedStorage", 50),
        Fact::key("kmsKey", "KmsKeyId"),
        Fact::false_by_default("multiAz", "MultiAZ"),
        Fact::true_by_default("publiclyAccessible", "PubliclyAccessible"),
        Fact::true_by_default("autoMinorVersionUpgrade", "AutoMinorVersionUpgrade"),
        Fact::string("preferredMaintenanceWindow", "PreferredMaintenanceWindow", ""),
        Fact::computed("maintainedDuringCutover", FactType::Bool, week::maintained_during_cutover),
        Fact::computed("inFreeze", FactType::Bool, in_freeze),
        Fact::entity("replicationSubnetGroup", "ReplicationSubnetGroupIdentifier", "AWS::DMS::ReplicationSubnetGroup"),
        Fact::computed("inSubnetGroup", FactType::Bool, |instance, _| {
            instance.get("ReplicationSubnetGroupIdentifier").is_some().into()
        }),
        // DMS writes the logs of all tasks of an instance into one group.
        Fact::computed("hasLogGroup", FactType::Bool, |instance, graph| {
            let name = instance.get("ReplicationInstanceIdentifier").and_then(|d| d.value.as_str());
            name.is_some_and(|name| graph.log_group(&format!("dms-tasks-{name}")).is_some()).into()
        }),
        Fact::computed("eventsAreTold", FactType::Bool, rule::tells),
        Fact::computed("alarmedMetrics", FactType::StringSet, |instance, graph| {
            alarmed::metrics(instance, "ReplicationInstanceIdentifier", graph)
        }),
    ],
    classes: Classes {
        identity: &["ReplicationInstanceIdentifier", "ReplicationSubnetGroupIdentifier"],
        judged: &[("PreferredMaintenanceWindow", "maintainedDuringCutover")],
        undecided: &["AutoMinorVersionUpgrade", "ReplicationInstanceClass", "AllocatedStorage"],
        ..Classes::NONE
    },
};

/// Whether a cutover ends the use of the instance, until which its version is
/// frozen.
fn in_freeze(instance: &Resource, graph: &Index<'_>) -> FactValue {
    let tasks = graph.referring(&instance.id, "AWS::DMS::ReplicationTask", "ReplicationInstanceArn");
    let mut replications = tasks.flat_map(|task| graph.referring(&task.id, "Migspec::Replication", "Task"));
    replications.any(migspec::has_cutover).into()
}
