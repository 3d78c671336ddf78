//! Values that AWS or the provider sets, and that a later apply must not undo.

use migspec_targets::terraform::hcl::{Expression, Item};
use migspec_tests::emitted;
use serde_json::Value as Json;

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

/// The provider will refuse a lifecycle rule that has neither filter nor prefix
/// (fact: s3-lifecycle-filter).
#[test]
fn lifecycle_rules_have_a_filter() {
    every_block("aws_s3_bucket_lifecycle_configuration", |configuration| {
        let rules = configuration.body.items.iter().filter_map(|item| match item {
            Item::Block(block) if block.kind == "rule" => Some(block),
            _ => None,
        });
        let filtered: Vec<bool> = rules.map(|rule| nested(rule, "filter").is_some()).collect();
        !filtered.is_empty() && filtered.iter().all(|filtered| *filtered)
    });
}

/// The first deployment of a template with an invented id as a default fails.
#[test]
fn no_parameter_has_an_id_as_its_default() {
    let mut defaults = 0;
    for emitted in emitted::all() {
        for (path, text) in emitted.files("cloudformation/", ".template.json") {
            let template: Json = serde_json::from_str(text).expect("a template is JSON");
            for (name, parameter) in template["Parameters"].as_object().into_iter().flatten() {
                let Some(default) = parameter["Default"].as_str() else { continue };
                defaults += 1;
                assert!(!is_id(default), "{} {path}: {name} has the default {default}", emitted.name);
            }
        }
    }
    assert!(defaults > 0, "no parameter has a default");
    assert!(is_id("tgw-attach-00000000000000000") && is_id("arn:aws:iam::111111111111:role/x") && !is_id("a/b-c/"));
}

/// Whether a text has the form of an id or ARN that AWS assigns.
fn is_id(text: &str) -> bool {
    let digits = text.rsplit_once('-').map_or("", |(_, digits)| digits);
    text.starts_with("arn:") || (digits.len() >= 8 && digits.chars().all(|c| c.is_ascii_hexdigit()))
}
