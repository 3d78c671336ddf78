use super::{parameters, support};
use crate::aws::ec2::security_group;
use crate::aws::events::rule;
use crate::class::Classes;
use crate::fact::{Fact, FactType, FactValue};
use crate::graph::{Graph, Resource};
use crate::index::Index;
use crate::resource_type::{
    Column, Concern, Drift, FinalSnapshot, Form, Property, ResourceType, Satellite, Terraform, argument,
};
use crate::{secret, week};

/// `AvailabilityZones` has no column: AWS always returns three zones, and the
/// provider would replace the cluster.
pub const TYPE: ResourceType = ResourceType {
    name: "AWS::RDS::DBCluster",
    concern: Concern::Database,
    terraform: Terraform::Column(Column {
        resource: "aws_rds_cluster",
        reference: "cluster_identifier",
        attributes: &[
            ("DBClusterArn", "arn"),
            ("DBClusterResourceId", "cluster_resource_id"),
            ("Endpoint.Address", "endpoint"),
            ("Endpoint.Port", "port"),
            ("ReadEndpoint.Address", "reader_endpoint"),
            ("MasterUserSecret.SecretArn", "master_user_secret[0].secret_arn"),
        ],
        properties: PROPERTIES,
        final_snapshot: Some(FinalSnapshot {
            skip: "skip_final_snapshot",
            identifier: "final_snapshot_identifier",
            name_from: "DBClusterIdentifier",
        }),
        timeouts: &[("create", "120m"), ("update", "120m"), ("delete", "120m")],
        drift: &[
            // fact: aurora-copy-is-promoted
            Drift {
                argument: "replication_source_identifier",
                when: |cluster, _| is_copy(cluster),
                otherwise: "the second apply promotes the copy to a cluster of its own",
            },
            // fact: aurora-members-follow-global-version, fact: minor-versions-come-back
            Drift {
                argument: "engine_version",
                when: |cluster, graph| {
                    cluster.get("GlobalClusterIdentifier").is_some() || upgrades_itself(cluster, graph)
                },
                otherwise: "an apply after an upgrade by AWS asks for the older version",
            },
        ],
        ..Column::BASE
    }),
    facts: FACTS,
    classes: Classes {
        identity: &["DBClusterIdentifier", "Engine", "DatabaseName", "Port", "GlobalClusterIdentifier"],
        judged: &[
            ("PreferredMaintenanceWindow", "maintainedDuringCutover"),
            ("MasterUserPassword", "hasLiteralMasterUserPassword"),
        ],
        free: &[("PreferredBackupWindow", "the time of a backup, not how long it is kept")],
        undecided: &["EngineVersion", "MasterUsername"],
    },
};

const PROPERTIES: &[Property] = &[
    argument("DBClusterIdentifier", "cluster_identifier"),
    argument("Engine", "engine"),
    argument("EngineVersion", "engine_version"),
    argument("EngineMode", "engine_mode"),
    argument("EngineLifecycleSupport", "engine_lifecycle_support"),
    argument("DatabaseName", "database_name"),
    argument("DBSystemId", "db_system_id"),
    argument("Port", "port"),
    argument("GlobalClusterIdentifier", "global_cluster_identifier"),
    argument("ReplicationSourceIdentifier", "replication_source_identifier"),
    argument("SourceRegion", "source_region"),
    argument("EnableGlobalWriteForwarding", "enable_global_write_forwarding"),
    argument("EnableLocalWriteForwarding", "enable_local_write_forwarding"),
    argument("SnapshotIdentifier", "snapshot_identifier"),
    at_restore("SourceDBClusterIdentifier", &Form::Argument("source_cluster_identifier")),
    at_restore("SourceDbClusterResourceId", &Form::Argument("source_cluster_resource_id")),
    at_restore("RestoreType", &Form::Argument("restore_type")),
    at_restore("RestoreToTime", &Form::Argument("restore_to_time")),
    at_restore("UseLatestRestorableTime", &Form::Argument("use_latest_restorable_time")),
    argument("MasterUsername", "master_username"),
    Property::new(
        "MasterUserPassword",
        Form::WriteOnly { argument: "master_password_wo", version: "master_password_wo_version" },
    ),
    argument("ManageMasterUserPassword", "manage_master_user_password"),
    Property::new("MasterUserSecret", Form::Inline(&[argument("KmsKeyId", "master_user_secret_kms_key_id")])),
    argument("EnableIAMDatabaseAuthentication", "iam_database_authentication_enabled"),
    argument("Domain", "domain"),
    argument("DomainIAMRoleName", "domain_iam_role_name"),
    argument("EnableHttpEndpoint", "enable_http_endpoint"),
    argument("DBSubnetGroupName", "db_subnet_group_name"),
    argument("VpcSecurityGroupIds", "vpc_security_group_ids"),
    argument("NetworkType", "network_type"),
    argument("DBClusterParameterGroupName", "db_cluster_parameter_group_name"),
    argument("DBInstanceParameterGroupName", "db_instance_parameter_group_name"),
    argument("StorageEncrypted", "storage_encrypted"),
    argument("KmsKeyId", "kms_key_id"),
    argument("StorageType", "storage_type"),
    argument("AllocatedStorage", "allocated_storage"),
    argument("Iops", "iops"),
    argument("DBClusterInstanceClass", "db_cluster_instance_class"),
    argument("ClusterScalabilityType", "cluster_scalability_type"),
    Property::new(
        "ServerlessV2ScalingConfiguration",
        Form::Block(
            "serverlessv2_scaling_configuration",
            &[
                argument("MinCapacity", "min_capacity"),
                argument("MaxCapacity", "max_capacity"),
                argument("SecondsUntilAutoPause", "seconds_until_auto_pause"),
            ],
        ),
    ),
    argument("BackupRetentionPeriod", "backup_retention_period"),
    argument("BacktrackWindow", "backtrack_window"),
    argument("PreferredBackupWindow", "preferred_backup_window"),
    argument("PreferredMaintenanceWindow", "preferred_maintenance_window"),
    argument("CopyTagsToSnapshot", "copy_tags_to_snapshot"),
    argument("DeleteAutomatedBackups", "delete_automated_backups"),
    argument("DeletionProtection", "deletion_protection"),
    argument("EnableCloudwatchLogsExports", "enabled_cloudwatch_logs_exports"),
    argument("DatabaseInsightsMode", "database_insights_mode"),
    argument("PerformanceInsightsEnabled", "performance_insights_enabled"),
    argument("PerformanceInsightsKmsKeyId", "performance_insights_kms_key_id"),
    argument("PerformanceInsightsRetentionPeriod", "performance_insights_retention_period"),
    argument("MonitoringInterval", "monitoring_interval"),
    argument("MonitoringRoleArn", "monitoring_role_arn"),
    Property::new(
        "AssociatedRoles",
        Form::Satellites {
            name_from: "FeatureName",
            each: Satellite {
                resource: "aws_rds_cluster_role_association",
                links: &[("db_cluster_identifier", "cluster_identifier")],
                fixed: &[],
                form: &Form::Inline(&[argument("FeatureName", "feature_name"), argument("RoleArn", "role_arn")]),
                after: &[],
            },
        },
    ),
    Property::new("Tags", Form::Tags("tags")),
];

const fn at_restore(name: &'static str, form: &'static Form) -> Property {
    Property::new(name, Form::Within("restore_to_point_in_time", form))
}

const FACTS: &[Fact] = &[
    Fact::string("engine", "Engine", ""),
    Fact::string("engineVersion", "EngineVersion", ""),
    // The last day of the version's standard support, in days since 1970-01-01. Left
    // out, AWS takes a version that it supports.
    Fact::computed("supportedUntil", FactType::Long, supported_until),
    Fact::false_by_default("storageEncrypted", "StorageEncrypted"),
    Fact::key("kmsKey", "KmsKeyId"),
    Fact::false_by_default("manageMasterUserPassword", "ManageMasterUserPassword"),
    Fact::key("masterUserSecretKey", "MasterUserSecret.KmsKeyId"),
    Fact::computed("hasLiteralMasterUserPassword", FactType::Bool, has_literal_password),
    Fact::string("masterUsername", "MasterUsername", ""),
    Fact::false_by_default("enableIamDatabaseAuthentication", "EnableIAMDatabaseAuthentication"),
    Fact::false_by_default("enableHttpEndpoint", "EnableHttpEndpoint"),
    Fact::computed("forcesSsl", FactType::Bool, |cluster, graph| of_parameters(cluster, graph).forces_ssl().into()),
    Fact::computed("lowestTls", FactType::String, |cluster, graph| {
        of_parameters(cluster, graph).lowest_tls().as_deref().into()
    }),
    Fact::computed("replicatesLogically", FactType::Bool, |cluster, graph| {
        of_parameters(cluster, graph).replicates_logically().into()
    }),
    Fact::set("enableCloudwatchLogsExports", "EnableCloudwatchLogsExports"),
    Fact::false_by_default("performanceInsightsEnabled", "PerformanceInsightsEnabled"),
    Fact::key("performanceInsightsKmsKey", "PerformanceInsightsKmsKeyId"),
    Fact::false_by_default("deletionProtection", "DeletionProtection"),
    Fact::long("backupRetentionPeriod", "BackupRetentionPeriod", 1),
    Fact::false_by_default("copyTagsToSnapshot", "CopyTagsToSnapshot"),
    Fact::true_by_default("deleteAutomatedBackups", "DeleteAutomatedBackups"),
    Fact::string("preferredMaintenanceWindow", "PreferredMaintenanceWindow", ""),
    Fact::computed("maintainedDuringCutover", FactType::Bool, week::maintained_during_cutover),
    Fact::computed("keepsFinalSnapshot", FactType::Bool, |cluster, _| {
        (cluster.lifecycle.snapshot || cluster.lifecycle.retain).into()
    }),
    Fact::computed("restoresSnapshot", FactType::Bool, |cluster, _| {
        ["SnapshotIdentifier", "SourceDBClusterIdentifier", "SourceDbClusterResourceId"]
            .iter()
            .any(|name| cluster.get(name).is_some())
            .into()
    }),
    Fact::computed("inSubnetGroup", FactType::Bool, |cluster, _| cluster.get("DBSubnetGroupName").is_some().into()),
    Fact::computed("onDefaultPort", FactType::Bool, is_on_default_port),
    Fact::computed("admitsAddresses", FactType::Bool, |cluster, graph| {
        let groups = cluster.get("VpcSecurityGroupIds").and_then(|d| d.value.as_list()).unwrap_or_default();
        let mut groups = groups.iter().filter_map(|group| graph.get(group.value.target()?));
        groups.any(|group| security_group::admits_addresses(group, graph)).into()
    }),
    Fact::computed("eventsAreTold", FactType::Bool, rule::tells),
    Fact::computed("instances", FactType::Long, |cluster, graph| {
        let members = graph.referring(&cluster.id, "AWS::RDS::DBInstance", "DBClusterIdentifier");
        i64::try_from(members.count()).unwrap_or(i64::MAX).into()
    }),
    // In another region, without a writer of its own.
    Fact::computed("isCopy", FactType::Bool, |cluster, _| is_copy(cluster).into()),
    Fact::computed("inGlobalCluster", FactType::Bool, |cluster, graph| {
        let is_source = graph.referring(&cluster.id, "AWS::RDS::GlobalCluster", "SourceDBClusterIdentifier").next();
        (cluster.get("GlobalClusterIdentifier").is_some() || is_source.is_some()).into()
    }),
];

fn is_copy(cluster: &Resource) -> bool {
    cluster.get("GlobalClusterIdentifier").is_some() && cluster.get("MasterUsername").is_none()
}

/// Whether AWS upgrades the minor version of the cluster's instances.
fn upgrades_itself(cluster: &Resource, graph: &Graph) -> bool {
    let is_member = |i: &&Resource| i.get("DBClusterIdentifier").and_then(|d| d.value.target()) == Some(&cluster.id);
    let upgrades = |i: &Resource| i.get("AutoMinorVersionUpgrade").is_none_or(|d| d.value.as_bool() != Some(false));
    graph.of_type("AWS::RDS::DBInstance").filter(is_member).any(upgrades)
}

fn supported_until(cluster: &Resource, _: &Index<'_>) -> FactValue {
    let Some(version) = cluster.get("EngineVersion") else { return i64::MAX.into() };
    match (cluster.get("Engine").and_then(|d| d.value.as_str()), version.value.as_str()) {
        (Some(engine), Some(version)) => support::until(engine, version).into(),
        _ => FactValue::Unknown,
    }
}

/// AWS's default follows from the engine.
fn is_on_default_port(cluster: &Resource, _: &Index<'_>) -> FactValue {
    let Some(engine) = cluster.get("Engine").and_then(|d| d.value.as_str()) else { return FactValue::Unknown };
    let usual = i64::from(support::default_port(engine));
    cluster.get("Port").is_none_or(|port| port.value.as_integer() == Some(usual)).into()
}

fn has_literal_password(cluster: &Resource, _: &Index<'_>) -> FactValue {
    cluster.get("MasterUserPassword").is_some_and(|password| secret::is_literal(&password.value)).into()
}

/// The parameters that hold for a cluster: those of its group, else the
/// engine's defaults.
fn of_parameters<'g>(cluster: &'g Resource, graph: &Index<'g>) -> parameters::Parameters<'g> {
    let engine = cluster.get("Engine").and_then(|d| d.value.as_str()).unwrap_or_default();
    let version = cluster.get("EngineVersion").and_then(|d| d.value.as_str()).unwrap_or_default();
    let family = parameters::family(engine, version);
    match (cluster.get("DBClusterParameterGroupName"), graph.follow(cluster, "DBClusterParameterGroupName")) {
        (_, Some(group)) => parameters::Parameters::of(group),
        (None, None) => parameters::Parameters::defaults(family),
        (Some(_), None) => parameters::Parameters::unknown(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fact, resource};

    fn cluster(properties: &str) -> Resource {
        resource("AWS::RDS::DBCluster", "c", properties)
    }

    #[test]
    fn a_cluster_forces_ssl_through_its_parameter_group() {
        for (setting, expected) in [("1", true), ("0", false)] {
            let group =
                format!(r#"{{"Family": "aurora-postgresql16", "Parameters": {{"rds.force_ssl": "{setting}"}}}}"#);
            let group = resource("AWS::RDS::DBClusterParameterGroup", "g", &group);
            let cluster = cluster(r#"{"DBClusterParameterGroupName": {"Ref": "g"}}"#);
            assert_eq!(fact(&TYPE, "forcesSsl", [cluster, group]), FactValue::Bool(expected), "{setting}");
        }
    }

    #[test]
    fn without_a_group_the_engine_decides() {
        for (version, expected) in [("16.6", false), ("17.4", true)] {
            let cluster = cluster(&format!(r#"{{"Engine": "aurora-postgresql", "EngineVersion": "{version}"}}"#));
            assert_eq!(fact(&TYPE, "forcesSsl", [cluster]), FactValue::Bool(expected), "{version}");
        }
    }

    #[test]
    fn a_group_outside_the_graph_is_unknown() {
        let cluster = cluster(r#"{"DBClusterParameterGroupName": "made-by-hand"}"#);
        assert_eq!(fact(&TYPE, "forcesSsl", [cluster]), FactValue::Unknown);
    }

    #[test]
    fn a_password_by_reference_is_no_literal() {
        let cases = [
            (r#"{"MasterUserPassword": "hunter2hunter2"}"#, true),
            (r#"{"MasterUserPassword": "{{resolve:secretsmanager:s}}"}"#, false),
            ("{}", false),
        ];
        for (properties, expected) in cases {
            let value = fact(&TYPE, "hasLiteralMasterUserPassword", [cluster(properties)]);
            assert_eq!(value, FactValue::Bool(expected), "{properties}");
        }
    }

    #[test]
    fn the_key_of_the_managed_secret_is_read_inside_the_object() {
        let keyed = cluster(r#"{"MasterUserSecret": {"KmsKeyId": {"Fn::GetAtt": ["k", "Arn"]}}}"#);
        assert_eq!(fact(&TYPE, "masterUserSecretKey", [keyed]), FactValue::Entity("k".into()));
        assert_eq!(fact(&TYPE, "masterUserSecretKey", [cluster("{}")]), FactValue::AwsOwned);
    }

    #[test]
    fn instances_are_counted_by_their_references() {
        let instance = |id| resource("AWS::RDS::DBInstance", id, r#"{"DBClusterIdentifier": {"Ref": "c"}}"#);
        let resources = [cluster("{}"), instance("one"), instance("two")];
        assert_eq!(fact(&TYPE, "instances", resources), FactValue::Long(2));
    }
}
