//! Values that AWS or the provider sets, and that a later apply must not undo.

use migspec_targets::terraform::hcl::Expression;

use super::{every_block, ignores, is, nested};

/// The provider sends 0 for a number that the block omits, and DMS takes it.
#[test]
fn endpoints_set_every_number_of_their_settings() {
    every_block("aws_dms_endpoint", |endpoint| {
        let Some(settings) = nested(endpoint, "postgres_settings") else { return true };
        ["execute_timeout", "heartbeat_frequency", "max_file_size"]
            .iter()
            .all(|name| matches!(settings.body.get(name), Some(Expression::Integer(n)) if *n > 0))
    });
}

/// AWS sets the source of a copy and the version of a member: an apply that undoes
/// it promotes the copy, or asks for an older version.
#[test]
fn members_of_a_global_cluster_keep_what_aws_sets() {
    every_block("aws_rds_cluster", |cluster| {
        let member = cluster.body.get("global_cluster_identifier").is_some();
        let copy = member && cluster.body.get("master_username").is_none();
        (!member || ignores(cluster, "engine_version")) && copy == ignores(cluster, "replication_source_identifier")
    });
}

/// An upgrade by AWS would come back as a downgrade.
#[test]
fn versions_that_aws_upgrades_are_ignored() {
    every_block("aws_dms_replication_instance", |instance| {
        is(instance, "auto_minor_version_upgrade", true) == ignores(instance, "engine_version")
    });
}

/// The password of the cluster is the stored one, also after an apply that broke.
#[test]
fn clusters_take_the_stored_password() {
    every_block("aws_rds_cluster", |cluster| match cluster.body.get("master_password_wo") {
        Some(Expression::Traversal(path)) => {
            path.starts_with("jsondecode(ephemeral.aws_secretsmanager_secret_version.") && path.ends_with(".password")
        }
        other => other.is_none(),
    });
}

/// A replaced link or balancer has another id, which the deployment's snapshot
/// contains.
#[test]
fn deployments_follow_the_link_and_the_balancer() {
    every_block("aws_api_gateway_deployment", |deployment| match deployment.body.get("triggers") {
        Some(Expression::Object(triggers)) => ["aws_apigatewayv2_vpc_link.", "aws_lb."].iter().all(|kind| {
            triggers.iter().any(|(_, value)| matches!(value, Expression::Traversal(path) if path.starts_with(kind)))
        }),
        _ => false,
    });
}
