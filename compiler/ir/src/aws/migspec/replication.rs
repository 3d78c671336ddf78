use crate::fact::Fact;
use crate::resource_type::{Concern, ResourceType, Terraform};

pub const TYPE: ResourceType = ResourceType {
    name: "Migspec::Replication",
    concern: Concern::Replication,
    terraform: Terraform::NotEmitted,
    facts: &[
        Fact::entity("source", "Source", "Migspec::Source"),
        Fact::entity("target", "Target", "AWS::RDS::DBCluster"),
        Fact::entity("task", "Task", "AWS::DMS::ReplicationTask"),
        Fact::bool("reverse", "Reverse", false),
        Fact::string("tlsMode", "TlsMode", ""),
        // Seconds; -1: none.
        Fact::long("lagGate", "LagGate", -1),
        Fact::long("lagAlarm", "LagAlarm", -1),
        // In KiB; what is larger is cut.
        Fact::long("lobLimit", "LobLimit", 0),
        Fact::bool("hasValidation", "HasValidation", false),
        Fact::bool("hasCutover", "HasCutover", false),
    ],
};
