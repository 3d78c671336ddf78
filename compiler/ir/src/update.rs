//! What a deployment does to a resource when a property of it changes.
//!
//! AWS's schemas name the properties whose change makes a new resource. No
//! schema names those that restart or stop it, so `SAFE` lists the properties
//! of resources that replicate which change without an interruption. A property
//! of such a resource that neither names may interrupt it.

use crate::schema::cloudformation;

/// The effect of a change on a resource that exists. Ordered: the last is the worst.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Effect {
    /// The resource keeps working.
    InPlace,
    /// The resource restarts, or has to be stopped first.
    Interrupts,
    /// AWS makes a new resource for some values.
    MayReplace,
    /// AWS makes a new resource and deletes the old one.
    Replaces,
}

impl Effect {
    pub const ALL: &'static [Effect] = &[Effect::InPlace, Effect::Interrupts, Effect::MayReplace, Effect::Replaces];

    pub fn name(self) -> &'static str {
        match self {
            Effect::InPlace => "in place",
            Effect::Interrupts => "interrupts",
            Effect::MayReplace => "may replace",
            Effect::Replaces => "replaces",
        }
    }
}

/// Whether an unknown property is taken to interrupt its resource.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unknown {
    Interrupts,
    InPlace,
}

/// Properties that change without an interruption, for the types that replicate
/// and those that they need. `Tags` is in every row.
/// (fact: rds-update-behaviour; fact: dms-update-behaviour)
const SAFE: &[(&str, &[&str])] = &[
    (
        "AWS::DMS::ReplicationInstance",
        &["AutoMinorVersionUpgrade", "PreferredMaintenanceWindow", "VpcSecurityGroupIds"],
    ),
    ("AWS::DMS::ReplicationSubnetGroup", &["ReplicationSubnetGroupDescription", "SubnetIds"]),
    ("AWS::EC2::Subnet", &["MapPublicIpOnLaunch"]),
    ("AWS::IAM::Role", &["Description", "MaxSessionDuration"]),
    ("AWS::KMS::Key", &["Description", "EnableKeyRotation", "PendingWindowInDays", "RotationPeriodInDays"]),
    (
        "AWS::RDS::DBCluster",
        &[
            "BackupRetentionPeriod",
            "CopyTagsToSnapshot",
            "DeleteAutomatedBackups",
            "DeletionProtection",
            "EnableCloudwatchLogsExports",
            "EnableIAMDatabaseAuthentication",
            "MonitoringInterval",
            "MonitoringRoleArn",
            "PerformanceInsightsEnabled",
            "PerformanceInsightsRetentionPeriod",
            "PreferredBackupWindow",
            "PreferredMaintenanceWindow",
            "VpcSecurityGroupIds",
        ],
    ),
    (
        "AWS::RDS::DBInstance",
        &[
            "CopyTagsToSnapshot",
            "DeletionProtection",
            "EnablePerformanceInsights",
            "MonitoringInterval",
            "MonitoringRoleArn",
            "PerformanceInsightsRetentionPeriod",
            "PreferredBackupWindow",
            "PromotionTier",
        ],
    ),
    ("AWS::RDS::DBSubnetGroup", &["DBSubnetGroupDescription", "SubnetIds"]),
    ("AWS::RDS::GlobalCluster", &["DeletionProtection"]),
    ("AWS::SecretsManager::Secret", &["Description"]),
];

/// The effect of a change of the property at a path such as `A.0.B`.
pub fn effect(type_name: &str, path: &str, unknown: Unknown) -> Effect {
    let path: Vec<&str> = path.split('.').filter(|step| step.parse::<usize>().is_err()).collect();
    let path = path.join(".");
    let top = path.split('.').next().unwrap_or_default();
    let Some(schema) = cloudformation(type_name) else { return Effect::InPlace };
    // A change of an object concerns each property in it.
    let concerns = |listed: String| within(&listed, &path) || within(&path, &listed);
    if schema.create_only().any(concerns) {
        return Effect::Replaces;
    }
    let safe = SAFE.iter().find(|(name, _)| *name == type_name);
    if top == "Tags" || safe.is_some_and(|(_, names)| names.contains(&top)) {
        return Effect::InPlace;
    }
    match (schema.conditional_create_only().any(concerns), unknown) {
        (true, _) => Effect::MayReplace,
        (false, Unknown::Interrupts) => Effect::Interrupts,
        (false, Unknown::InPlace) => Effect::InPlace,
    }
}

/// Whether a path is the other one or lies below it.
fn within(path: &str, above: &str) -> bool {
    path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_names_a_property_that_aws_changes_in_place() {
        let mut names: Vec<&str> = SAFE.iter().map(|(name, _)| *name).collect();
        assert!(names.len() > 5 && names.is_sorted());
        names.dedup();
        assert_eq!(names.len(), SAFE.len());
        for (name, properties) in SAFE {
            let schema = cloudformation(name).unwrap_or_else(|| panic!("{name} has no schema"));
            for property in *properties {
                assert!(schema.property(property).is_some(), "{name} has no {property}");
                assert!(!schema.is_create_only(property), "{name}.{property} makes a new resource");
                assert_eq!(effect(name, property, Unknown::Interrupts), Effect::InPlace, "{name}.{property}");
            }
        }
    }

    #[test]
    fn an_effect_follows_from_the_schema() {
        let of = |path| effect("AWS::RDS::DBCluster", path, Unknown::Interrupts);
        assert_eq!(of("StorageEncrypted"), Effect::Replaces);
        assert_eq!(of("Engine"), Effect::MayReplace);
        assert_eq!(of("EngineVersion"), Effect::Interrupts);
        assert_eq!(of("BackupRetentionPeriod"), Effect::InPlace);
        assert_eq!(of("Tags.0.Value"), Effect::InPlace);
        assert_eq!(of("NoSuchProperty"), Effect::Interrupts);
        assert_eq!(effect("AWS::RDS::DBCluster", "NoSuchProperty", Unknown::InPlace), Effect::InPlace);
        // A change of the whole object and one inside it.
        let endpoint = |path| effect("AWS::DMS::Endpoint", path, Unknown::InPlace);
        assert_eq!(endpoint("MongoDbSettings"), Effect::Replaces);
        assert_eq!(endpoint("MongoDbSettings.AuthType"), Effect::Replaces);
        assert_eq!(endpoint("MongoDbSettings.Port"), Effect::InPlace);
    }
}
