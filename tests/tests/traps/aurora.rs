//! Clusters, their parameters, secrets, and values that the workflow writes at
//! run time.

use migspec_targets::terraform::hcl::{Block, Expression, Item};
use serde_json::Value as Json;

use super::{
    ENDPOINT, Resource, every, every_block, every_block_by_protection, every_such, ignores, is, prevents_destroy,
    protected, serves_an_endpoint,
};

/// No password in the state, no zones that force a replacement,
/// and a cluster of production does not go without a snapshot.
#[test]
fn clusters() {
    every_block("aws_rds_cluster", |cluster| {
        cluster.body.get("master_password").is_none()
            && cluster.body.get("availability_zones").is_none()
            && (is(cluster, "skip_final_snapshot", true) != cluster.body.get("final_snapshot_identifier").is_some())
    });
    every_block_by_protection(
        "aws_rds_cluster",
        |cluster| is(cluster, "deletion_protection", true),
        |cluster| !is(cluster, "deletion_protection", true) && !prevents_destroy(cluster),
    );
    every("AWS::RDS::DBCluster", |cluster| {
        let password = cluster.property("MasterUserPassword");
        cluster.property("AvailabilityZones").is_null()
            && (*cluster.property("DeletionProtection") == true) == protected(cluster.emitted)
            && (password.is_null() || password.to_string().contains("{{resolve:secretsmanager:"))
    });
}

#[test]
fn static_parameters_wait_for_a_reboot() {
    const STATIC: &[&str] = &["rds.logical_replication", "shared_preload_libraries"];
    every_block("aws_rds_cluster_parameter_group", |group| {
        let parameters = group.body.items.iter().filter_map(|item| match item {
            Item::Block(block) if block.kind == "parameter" => Some(block),
            _ => None,
        });
        let statics = parameters.filter(|p| STATIC.iter().any(|name| is(p, "name", *name)));
        statics.into_iter().all(|p| is(p, "apply_method", "pending-reboot"))
    });
}

#[test]
fn members_are_not_upgraded_in_flight() {
    // Where no cutover ends the migration, patches come as to any database.
    every_such(
        "AWS::RDS::DBInstance",
        |instance| !instance.emitted.graph.workflows.is_empty(),
        |instance| *instance.property("AutoMinorVersionUpgrade") == false,
    );
}

#[test]
fn triggers_stay_on_for_other_sessions() {
    let silent = |group: &Resource| !group.property("Parameters").to_string().contains("session_replication_role");
    every("AWS::RDS::DBClusterParameterGroup", silent);
}

/// A rotation does not run before its function may be called.
#[test]
fn rotation_waits() {
    every("AWS::SecretsManager::RotationSchedule", |rotation| {
        *rotation.property("RotateImmediatelyOnUpdate") == false && rotation.waits_for("AWS::Lambda::Permission")
    });
    every_block("aws_secretsmanager_secret_rotation", |rotation| {
        is(rotation, "rotate_immediately", false) && rotation.body.get("depends_on").is_some()
    });
}

#[test]
fn no_secret_is_in_a_state() {
    every_block("aws_secretsmanager_secret_version", |version| {
        version.kind == "ephemeral"
            || version.body.get("secret_string").is_none() && version.body.get("secret_string_wo").is_some()
    });
}

#[test]
fn names_of_secrets_come_back() {
    // The name of a deleted secret is free again at once where nothing is protected.
    let window = |secret: &Block| match secret.body.get("recovery_window_in_days") {
        Some(Expression::Integer(days)) => Some(*days),
        _ => None,
    };
    every_block_by_protection(
        "aws_secretsmanager_secret",
        |secret| window(secret).is_some_and(|days| days >= 7),
        |secret| window(secret) == Some(0) && !prevents_destroy(secret),
    );
    every("AWS::SecretsManager::Secret", |resource| resource.is_kept_in_production_alone());
}

#[test]
fn secrets_manager_may_call_the_rotation() {
    every("AWS::Lambda::Permission", |permission| {
        permission.text("Principal") != "secretsmanager.amazonaws.com"
            || !permission.property("SourceAccount").is_null()
    });
}

/// A deployment does not revert a value that the workflow has set.
#[test]
fn the_routing_parameter_stays() {
    let at_run_time = ["/routing/target", "/database/writer"];
    every_block("aws_ssm_parameter", |parameter| {
        let name = match parameter.body.get("name") {
            Some(Expression::String(name)) => name.clone(),
            _ => String::new(),
        };
        !at_run_time.iter().any(|end| name.ends_with(end))
            || ignores(parameter, "value")
            || ignores(parameter, "insecure_value")
    });
    every("AWS::SSM::Parameter", |parameter| {
        !at_run_time.iter().any(|end| parameter.text("Name").ends_with(end)) || parameter.refuses_updates()
    });
}

/// RDS changes the master password every week, at a time of its choice. If the
/// service cannot manage it, its secret rotates like the others.
#[test]
fn nobody_logs_in_with_the_password_of_the_master() {
    every(ENDPOINT, |endpoint| !endpoint.json.to_string().contains("MasterUserSecret"));
    every_such("AWS::SecretsManager::Secret", serves_an_endpoint, |secret| {
        let master = format!("${{{}", secret.id);
        !secret.others().any(|(_, r)| r["Properties"]["MasterUserPassword"].to_string().contains(&master))
    });
    every("AWS::SecretsManager::Secret", |secret| {
        let of_secret = |r: &Json| r["Properties"]["SecretId"]["Ref"] == secret.id;
        secret.others().any(|(_, r)| r["Type"] == "AWS::SecretsManager::RotationSchedule" && of_secret(r))
    });
}

/// Sessions with the old password can still log in. The rotation creates the
/// second user as the master user, whose secret the login's secret names.
#[test]
fn rotation_can_alternate_between_two_users() {
    every_such("AWS::SecretsManager::Secret", serves_an_endpoint, |secret| {
        let template = secret.document("GenerateSecretString.SecretStringTemplate.Fn::Sub");
        template["masterarn"].as_str().is_some_and(|arn| arn.contains("Master"))
    });
}
