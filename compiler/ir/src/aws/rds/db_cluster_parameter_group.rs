use super::parameters;
use crate::class::{Classes, TEXT};
use crate::resource_type::{Column, Concern, Fixed, Form, Property, ResourceType, Terraform, argument};

/// Every parameter waits for a reboot: static ones (`rds.logical_replication`,
/// `shared_preload_libraries`) refuse to be applied at once, and for the others
/// the group exists before the first instance boots.
pub const TYPE: ResourceType = ResourceType {
    name: "AWS::RDS::DBClusterParameterGroup",
    concern: Concern::Database,
    terraform: Terraform::Column(Column {
        resource: "aws_rds_cluster_parameter_group",
        reference: "name",
        properties: &[
            argument("DBClusterParameterGroupName", "name"),
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
    classes: Classes {
        identity: &["DBClusterParameterGroupName", "Family"],
        free: &[("Description", TEXT)],
        ..Classes::NONE
    },
};

#[cfg(test)]
mod tests {
    use super::super::db_cluster;
    use super::*;
    use crate::fact::FactValue;
    use crate::testing::{fact, resource};

    fn read(name: &str, family: &str, parameters: &str) -> FactValue {
        let properties = format!(r#"{{"Family": "{family}", "Parameters": {parameters}}}"#);
        fact(&TYPE, name, [resource("AWS::RDS::DBClusterParameterGroup", "g", &properties)])
    }

    #[test]
    fn pgaudit_is_found_among_the_preloaded_libraries() {
        for (libraries, classes, expected) in [
            ("pg_stat_statements, pgaudit", "ddl, role, read, write", true),
            ("pgaudit", "all", true),
            ("pgaudit", "ddl,role", false),
            ("pgaudit", "ddl\", \"pgaudit.role\": \"rds_pgaudit", false),
            ("pgaudit", "ddl,role\", \"pgaudit.role\": \"rds_pgaudit", true),
            ("pgaudit", "ddl,role\", \"pgaudit.role\": \"auditor", false),
            ("pg_stat_statements, pgaudit", "none", false),
            ("pgaudit_like", "all", false),
        ] {
            let parameters = format!(r#"{{"shared_preload_libraries": "{libraries}", "pgaudit.log": "{classes}"}}"#);
            assert_eq!(read("audits", "aurora-postgresql16", &parameters), FactValue::Bool(expected), "{libraries}");
        }
    }

    #[test]
    fn mysql_forces_ssl_by_another_name() {
        let forces = |parameters: &str| {
            let group = format!(r#"{{"Family": "aurora-mysql8.0", "Parameters": {parameters}}}"#);
            let group = resource("AWS::RDS::DBClusterParameterGroup", "g", &group);
            let cluster = resource("AWS::RDS::DBCluster", "c", r#"{"DBClusterParameterGroupName": {"Ref": "g"}}"#);
            fact(&db_cluster::TYPE, "forcesSsl", [cluster, group])
        };
        assert_eq!(forces(r#"{"require_secure_transport": "ON"}"#), FactValue::Bool(true));
        assert_eq!(forces(r#"{"rds.force_ssl": "1"}"#), FactValue::Bool(false));
    }

    #[test]
    fn connections_are_logged_when_both_ends_are() {
        let both =
            read("logsConnections", "aurora-postgresql16", r#"{"log_connections": 1, "log_disconnections": "on"}"#);
        let one = read("logsConnections", "aurora-postgresql16", r#"{"log_connections": "1"}"#);
        assert_eq!((both, one), (FactValue::Bool(true), FactValue::Bool(false)));
    }
}
