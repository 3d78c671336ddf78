use crate::class::Classes;
use crate::fact::Fact;
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::RDS::GlobalCluster",
    concern: Concern::Database,
    terraform: Terraform::Column(Column {
        resource: "aws_rds_global_cluster",
        reference: "global_cluster_identifier",
        properties: &[
            argument("GlobalClusterIdentifier", "global_cluster_identifier"),
            argument("SourceDBClusterIdentifier", "source_db_cluster_identifier"),
            argument("Engine", "engine"),
            argument("EngineVersion", "engine_version"),
            argument("EngineLifecycleSupport", "engine_lifecycle_support"),
            argument("StorageEncrypted", "storage_encrypted"),
            argument("DeletionProtection", "deletion_protection"),
            Property::new("Tags", Form::Tags("tags")),
        ],
        timeouts: &[("create", "60m"), ("update", "120m"), ("delete", "60m")],
        ..Column::BASE
    }),
    facts: &[
        Fact::string("engine", "Engine", ""),
        Fact::string("engineVersion", "EngineVersion", ""),
        Fact::false_by_default("storageEncrypted", "StorageEncrypted"),
        Fact::false_by_default("deletionProtection", "DeletionProtection"),
        Fact::entity("sourceDbCluster", "SourceDBClusterIdentifier", "AWS::RDS::DBCluster"),
    ],
    classes: Classes {
        identity: &["GlobalClusterIdentifier", "Engine", "SourceDBClusterIdentifier"],
        undecided: &["EngineVersion"],
        ..Classes::NONE
    },
};
