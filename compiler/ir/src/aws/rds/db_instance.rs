use crate::aws::migspec;
use crate::class::Classes;
use crate::datum::Value;
use crate::fact::{Fact, FactType, FactValue};
use crate::graph::Resource;
use crate::index::Index;
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Terraform, argument};
use crate::week;

/// A member of a cluster. The properties of standalone instances (storage,
/// credentials, groups) have no column.
pub const TYPE: ResourceType = ResourceType {
    name: "AWS::RDS::DBInstance",
    concern: Concern::Database,
    terraform: Terraform::Column(Column {
        resource: "aws_rds_cluster_instance",
        reference: "identifier",
        attributes: &[
            ("DBInstanceArn", "arn"),
            ("DbiResourceId", "dbi_resource_id"),
            ("Endpoint.Address", "endpoint"),
            ("Endpoint.Port", "port"),
        ],
        properties: &[
            argument("DBInstanceIdentifier", "identifier"),
            argument("DBClusterIdentifier", "cluster_identifier"),
            argument("DBInstanceClass", "instance_class"),
            argument("Engine", "engine"),
            argument("EngineVersion", "engine_version"),
            argument("AutoMinorVersionUpgrade", "auto_minor_version_upgrade"),
            argument("PromotionTier", "promotion_tier"),
            argument("AvailabilityZone", "availability_zone"),
            argument("DBSubnetGroupName", "db_subnet_group_name"),
            argument("PubliclyAccessible", "publicly_accessible"),
            argument("DBParameterGroupName", "db_parameter_group_name"),
            argument("CACertificateIdentifier", "ca_cert_identifier"),
            argument("CopyTagsToSnapshot", "copy_tags_to_snapshot"),
            argument("PreferredBackupWindow", "preferred_backup_window"),
            argument("PreferredMaintenanceWindow", "preferred_maintenance_window"),
            argument("EnablePerformanceInsights", "performance_insights_enabled"),
            argument("PerformanceInsightsKMSKeyId", "performance_insights_kms_key_id"),
            argument("PerformanceInsightsRetentionPeriod", "performance_insights_retention_period"),
            argument("MonitoringInterval", "monitoring_interval"),
            argument("MonitoringRoleArn", "monitoring_role_arn"),
            argument("CustomIAMInstanceProfile", "custom_iam_instance_profile"),
            Property::new("Tags", Form::Tags("tags")),
        ],
        timeouts: &[("create", "90m"), ("update", "90m"), ("delete", "90m")],
        ..Column::BASE
    }),
    facts: &[
        Fact::entity("dbCluster", "DBClusterIdentifier", "AWS::RDS::DBCluster"),
        Fact::computed("inCluster", FactType::Bool, |instance, _| instance.get("DBClusterIdentifier").is_some().into()),
        Fact::computed("storageEncrypted", FactType::Bool, storage_encrypted),
        Fact::string("dbInstanceClass", "DBInstanceClass", ""),
        // Left out, it follows from whether the network has an internet
        // gateway: the open reading is the safe one.
        Fact::true_by_default("publiclyAccessible", "PubliclyAccessible"),
        Fact::string("caCertificateIdentifier", "CACertificateIdentifier", ""),
        Fact::true_by_default("autoMinorVersionUpgrade", "AutoMinorVersionUpgrade"),
        Fact::false_by_default("copyTagsToSnapshot", "CopyTagsToSnapshot"),
        Fact::false_by_default("enablePerformanceInsights", "EnablePerformanceInsights"),
        Fact::key("performanceInsightsKmsKey", "PerformanceInsightsKMSKeyId"),
        Fact::long("monitoringInterval", "MonitoringInterval", 0),
        Fact::string("preferredMaintenanceWindow", "PreferredMaintenanceWindow", ""),
        Fact::computed("maintainedDuringCutover", FactType::Bool, week::maintained_during_cutover),
        Fact::computed("sharesZone", FactType::Bool, shares_zone),
        Fact::computed("inFreeze", FactType::Bool, in_freeze),
    ],
    classes: Classes {
        identity: &["DBInstanceIdentifier", "DBClusterIdentifier", "Engine"],
        free: &[("PreferredBackupWindow", "the time of a backup, not how long it is kept")],
        judged: &[("PreferredMaintenanceWindow", "maintainedDuringCutover")],
        undecided: &["AutoMinorVersionUpgrade", "DBInstanceClass", "CopyTagsToSnapshot"],
    },
};

/// Whether another member of the cluster is put into the same zone.
fn shares_zone(instance: &Resource, graph: &Index<'_>) -> FactValue {
    let zone = |instance: &Resource| instance.get("AvailabilityZone").map(|d| d.value.clone());
    let (Some(own), Some(cluster)) = (zone(instance), graph.follow(instance, "DBClusterIdentifier")) else {
        return false.into();
    };
    let mut members = graph.referring(&cluster.id, "AWS::RDS::DBInstance", "DBClusterIdentifier");
    members.any(|other| other.id != instance.id && zone(other).as_ref() == Some(&own)).into()
}

/// Whether the cluster is migrated and a cutover ends that: versions are
/// frozen until then.
fn in_freeze(instance: &Resource, graph: &Index<'_>) -> FactValue {
    let Some(cluster) = graph.follow(instance, "DBClusterIdentifier") else { return false.into() };
    // The copy in another region has the version of the one that it copies.
    let copied = global(cluster, graph).into_iter().flat_map(|name| {
        let of = move |other: &&Resource| global(other, graph) == Some(name);
        graph.all("AWS::RDS::DBCluster").filter(of)
    });
    let is_migrated =
        |cluster: &Resource| graph.referring(&cluster.id, "Migspec::Replication", "Target").any(migspec::has_cutover);
    std::iter::once(cluster).chain(copied).any(is_migrated).into()
}

/// The name of a cluster's global cluster. In another region it is a text,
/// because references do not cross regions.
fn global<'g>(cluster: &'g Resource, graph: &'g Index<'_>) -> Option<&'g Value> {
    const NAME: &str = "GlobalClusterIdentifier";
    let named = &cluster.get(NAME)?.value;
    let written = named.target().and_then(|id| graph.get(id)?.get(NAME)).map(|d| &d.value);
    Some(written.unwrap_or(named))
}

/// A member of a cluster is as its cluster is.
fn storage_encrypted(instance: &Resource, graph: &Index<'_>) -> FactValue {
    let decides = match instance.get("DBClusterIdentifier") {
        None => instance,
        Some(_) => match graph.follow(instance, "DBClusterIdentifier") {
            Some(cluster) => cluster,
            None => return FactValue::Unknown,
        },
    };
    decides.get("StorageEncrypted").map_or(FactValue::Bool(false), |d| FactType::Bool.convert(&d.value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fact, resource};

    #[test]
    fn a_member_is_encrypted_as_its_cluster_is() {
        let member = resource("AWS::RDS::DBInstance", "i", r#"{"DBClusterIdentifier": {"Ref": "c"}}"#);
        for encrypted in [true, false] {
            let cluster = resource("AWS::RDS::DBCluster", "c", &format!(r#"{{"StorageEncrypted": {encrypted}}}"#));
            assert_eq!(fact(&TYPE, "storageEncrypted", [member.clone(), cluster]), FactValue::Bool(encrypted));
        }
        assert_eq!(fact(&TYPE, "storageEncrypted", [member]), FactValue::Unknown);
    }

    #[test]
    fn what_says_nothing_of_public_access_is_public() {
        let silent = resource("AWS::RDS::DBInstance", "i", "{}");
        assert_eq!(fact(&TYPE, "publiclyAccessible", [silent]), FactValue::Bool(true));
    }
}
