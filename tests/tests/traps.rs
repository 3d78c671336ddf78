//! What goes wrong in practice with these back ends, each with a test over
//! everything that is emitted. A trap that no resource could fall into fails:
//! a test that sees nothing proves nothing.

#![allow(clippy::panic, reason = "a test fails by panicking")]

use migspec_targets::terraform::hcl::{Block, Expression, Item};
use migspec_tests::emitted::{self, Emitted};
use migspec_tests::hcl;
use serde_json::Value as Json;

/// A resource of a template.
struct Resource<'a> {
    id: &'a str,
    json: &'a Json,
    template: &'a Json,
    emitted: &'a Emitted,
}

impl Resource<'_> {
    fn property(&self, path: &str) -> &Json {
        path.split('.').fold(&self.json["Properties"], |json, name| &json[name])
    }

    fn text(&self, path: &str) -> &str {
        self.property(path).as_str().unwrap_or_default()
    }

    fn waits_for(&self, type_name: &str) -> bool {
        let ids = self.json["DependsOn"].as_array().into_iter().flatten().filter_map(Json::as_str);
        let mut types = ids.filter_map(|id| self.template["Resources"][id]["Type"].as_str());
        types.any(|t| t == type_name)
    }

    /// The document inside a property that is text.
    fn document(&self, path: &str) -> Json {
        serde_json::from_str(self.text(path)).unwrap_or(Json::Null)
    }

    fn refuses_updates(&self) -> bool {
        let policy: Json = serde_json::from_str(self.emitted.text("cloudformation/stack-policy.json")).expect("JSON");
        let id = format!("LogicalResourceId/{}", self.id);
        let denies = |s: &Json| s["Effect"] == "Deny" && s["Action"][0] == "Update:*";
        policy["Statement"]
            .as_array()
            .into_iter()
            .flatten()
            .any(|s| denies(s) && s["Resource"].as_array().is_some_and(|ids| ids.iter().any(|i| *i == *id)))
    }
}

/// Asks about every resource of a CloudFormation type.
fn every(type_name: &str, holds: impl Fn(&Resource) -> bool) {
    let mut seen = 0;
    let mut failures = Vec::new();
    for emitted in emitted::all() {
        for (_, text) in emitted.files("cloudformation/", ".template.json") {
            let template: Json = serde_json::from_str(text).expect("a template is JSON");
            for (id, json) in template["Resources"].as_object().into_iter().flatten() {
                if json["Type"] == type_name {
                    seen += 1;
                    let resource = Resource { id, json, template: &template, emitted };
                    failures.extend((!holds(&resource)).then(|| format!("{}: {id}", emitted.name)));
                }
            }
        }
    }
    assert!(seen > 0, "no {type_name} is emitted");
    assert!(failures.is_empty(), "{type_name}: {failures:#?}");
}

/// Asks about every block of a Terraform type.
fn every_block(resource: &str, holds: impl Fn(&Block) -> bool) {
    let mut seen = 0;
    let mut failures = Vec::new();
    for emitted in emitted::all() {
        for (path, text) in emitted.files("terraform/", ".tf") {
            for item in hcl::parse(text).items {
                if let Item::Block(block) = item
                    && block.labels.first().is_some_and(|label| label == resource)
                {
                    seen += 1;
                    failures.extend((!holds(&block)).then(|| format!("{} {path}: {}", emitted.name, block.labels[1])));
                }
            }
        }
    }
    assert!(seen > 0, "no {resource} is emitted");
    assert!(failures.is_empty(), "{resource}: {failures:#?}");
}

/// No back end writes the type or the argument anywhere.
fn nobody_writes(words: &[&str]) {
    for emitted in emitted::all() {
        for (path, text) in emitted.files("terraform/", ".tf").chain(emitted.files("cloudformation/", ".json")) {
            for word in words {
                assert!(!text.contains(word), "{} {path} holds {word}", emitted.name);
            }
        }
    }
}

fn nested<'b>(block: &'b Block, name: &str) -> Option<&'b Block> {
    block.body.items.iter().find_map(|item| match item {
        Item::Block(inner) if inner.kind == name => Some(inner),
        _ => None,
    })
}

fn is(block: &Block, name: &str, value: impl Into<Expression>) -> bool {
    block.body.get(name) == Some(&value.into())
}

fn ignores(block: &Block, argument: &str) -> bool {
    nested(block, "lifecycle").and_then(|l| l.body.get("ignore_changes")).is_some_and(|list| match list {
        Expression::List(items) => items.contains(&Expression::Traversal(argument.to_owned())),
        _ => false,
    })
}

const TASK: &str = "AWS::DMS::ReplicationTask";
const INSTANCE: &str = "AWS::DMS::ReplicationInstance";
const ENDPOINT: &str = "AWS::DMS::Endpoint";

/// 1, 2: the provider sees a change for ever where settings hold an array
/// other than the log components, or where the read-only log group is named.
#[test]
fn trap_01_task_settings_settle() {
    fn arrays(json: &Json, key: &str, found: &mut Vec<String>) {
        match json {
            Json::Array(_) => found.push(key.to_owned()),
            Json::Object(map) => map.iter().for_each(|(key, value)| arrays(value, key, found)),
            _ => {}
        }
    }
    every(TASK, |task| {
        let mut found = Vec::new();
        arrays(&task.document("ReplicationTaskSettings"), "", &mut found);
        task.document("ReplicationTaskSettings").is_object() && found.iter().all(|key| key == "LogComponents")
    });
    nobody_writes(&["CloudWatchLogGroup\\\"", "CloudWatchLogStream"]);
}

#[test]
fn trap_03_log_context_needs_logging() {
    every(TASK, |task| {
        let logging = &task.document("ReplicationTaskSettings")["Logging"];
        logging["EnableLogContext"] != true || logging["EnableLogging"] == true
    });
}

/// 4, 6, 7: the account-wide role has a fixed name, and its policy is there
/// before the subnet group; identifiers are lower case.
#[test]
fn trap_04_subnet_groups_wait_for_the_role() {
    every("AWS::DMS::ReplicationSubnetGroup", |group| {
        let creates = group.template.to_string().contains("\"dms-vpc-role\"");
        let identifier = group.text("ReplicationSubnetGroupIdentifier");
        let zones = group.property("SubnetIds").as_array().map_or(0, Vec::len);
        (!creates || group.waits_for("AWS::IAM::Role")) && identifier == identifier.to_lowercase() && zones >= 2
    });
    every_block("aws_dms_replication_subnet_group", |group| group.body.get("depends_on").is_some());
}

#[test]
fn trap_05_instances_wait_for_the_log_role() {
    every(INSTANCE, |instance| {
        let creates = instance.template.to_string().contains("\"dms-cloudwatch-logs-role\"");
        !creates || instance.waits_for("AWS::IAM::Role")
    });
}

/// 8, 9, 10: Terraform neither starts nor pauses a task, and a stack never
/// touches one in flight.
#[test]
fn trap_08_deployments_leave_running_tasks_alone() {
    every_block("aws_dms_replication_task", |task| task.body.get("start_replication_task").is_none());
    every_block("aws_dms_endpoint", |e| !is(e, "pause_replication_tasks", true));
    every(TASK, |r| r.refuses_updates());
    every(ENDPOINT, |r| r.refuses_updates());
}

/// 11, 12, 13: a replaced task loads everything again; its resource
/// identifier is set at birth, so that metrics can be named.
#[test]
fn trap_11_tasks_are_never_replaced() {
    every(TASK, |task| task.json["DeletionPolicy"] == "Retain" && task.json["UpdateReplacePolicy"] == "Retain");
    every_block("aws_dms_replication_task", |task| {
        nested(task, "lifecycle").is_some_and(|l| is(l, "prevent_destroy", true))
    });
}

#[test]
fn trap_13_metrics_name_the_resource_identifier() {
    every(TASK, |task| (1..=31).contains(&task.text("ResourceIdentifier").len()));
    every("AWS::CloudWatch::Alarm", |alarm| {
        let dimensions = alarm.property("Dimensions").as_array();
        let of_task = dimensions.into_iter().flatten().find(|d| d["Name"] == "ReplicationTaskIdentifier");
        of_task.is_none_or(|d| {
            let tasks = alarm.template["Resources"].as_object().into_iter().flatten();
            tasks.filter(|(_, r)| r["Type"] == TASK).any(|(_, r)| r["Properties"]["ResourceIdentifier"] == d["Value"])
        })
    });
}

#[test]
fn trap_14_identifiers_are_what_dms_takes() {
    let valid = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
            && !text.contains("--")
            && !text.ends_with('-')
    };
    every(TASK, |task| valid(task.text("ReplicationTaskIdentifier")) && valid(task.text("ResourceIdentifier")));
    every(INSTANCE, |i| {
        valid(i.text("ReplicationInstanceIdentifier")) && i.text("ReplicationInstanceIdentifier").len() <= 63
    });
    every(ENDPOINT, |endpoint| valid(endpoint.text("EndpointIdentifier")));
}

#[test]
fn trap_18_no_password_in_an_endpoint() {
    every(ENDPOINT, |endpoint| {
        let text = endpoint.json["Properties"].to_string();
        !text.contains("\"Password\"") && text.contains("SecretsManagerSecretId")
    });
    every_block("aws_dms_endpoint", |endpoint| endpoint.body.get("password").is_none());
}

#[test]
fn trap_20_tls_of_endpoints() {
    every(ENDPOINT, |e| ["verify-full", "verify-ca", "require"].contains(&e.text("SslMode")));
    every_block("aws_dms_endpoint", |e| e.body.get("ssl_mode").is_some_and(|mode| *mode != "none".into()));
}

#[test]
fn trap_21_positions_are_the_workflows() {
    every(TASK, |task| task.property("CdcStartTime").is_null() && task.property("CdcStartPosition").is_null());
    every_block("aws_dms_replication_task", |task| task.body.get("cdc_start_time").is_none());
}

/// 23, 24, 25, 26, 76: room, no upgrade in flight, no zone beside multi-AZ,
/// not public, own key from birth.
#[test]
fn trap_23_replication_instances() {
    every(INSTANCE, |instance| {
        instance.property("AllocatedStorage").as_u64() >= Some(100)
            && *instance.property("AutoMinorVersionUpgrade") == false
            && *instance.property("PubliclyAccessible") == false
            && instance.property("AvailabilityZone").is_null()
            && !instance.property("KmsKeyId").is_null()
    });
    every_block("aws_dms_replication_instance", |i| is(i, "publicly_accessible", false));
}

#[test]
fn trap_27_underscores_in_mappings_are_no_wildcards() {
    every(TASK, |task| {
        let mappings = task.document("TableMappings");
        let rules = mappings["rules"].as_array().cloned().unwrap_or_default();
        let name = |rule: &Json, key: &str| rule["object-locator"][key].as_str().unwrap_or_default().to_owned();
        let safe = |text: String| !text.replace("[_]", "").contains('_');
        !rules.is_empty() && rules.iter().all(|r| safe(name(r, "schema-name")) && safe(name(r, "table-name")))
    });
}

/// 28, 78: provisioned replication; events through EventBridge.
#[test]
fn trap_28_neither_serverless_replication_nor_event_subscriptions() {
    nobody_writes(&["AWS::DMS::ReplicationConfig", "aws_dms_replication_config"]);
    nobody_writes(&["AWS::DMS::EventSubscription", "aws_dms_event_subscription"]);
}

/// 31, 36, 37: no password in the state, no zones that force a replacement,
/// and a cluster does not go without a snapshot.
#[test]
fn trap_31_clusters() {
    every_block("aws_rds_cluster", |cluster| {
        cluster.body.get("master_password").is_none()
            && cluster.body.get("availability_zones").is_none()
            && is(cluster, "deletion_protection", true)
            && (is(cluster, "skip_final_snapshot", true) != cluster.body.get("final_snapshot_identifier").is_some())
    });
    every("AWS::RDS::DBCluster", |cluster| {
        let password = cluster.property("MasterUserPassword");
        cluster.property("AvailabilityZones").is_null()
            && *cluster.property("DeletionProtection") == true
            && (password.is_null() || password.to_string().contains("{{resolve:secretsmanager:"))
    });
}

#[test]
fn trap_34_static_parameters_wait_for_a_reboot() {
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
fn trap_35_members_are_not_upgraded_in_flight() {
    every("AWS::RDS::DBInstance", |instance| *instance.property("AutoMinorVersionUpgrade") == false);
    every_block("aws_rds_cluster_instance", |instance| is(instance, "auto_minor_version_upgrade", false));
}

#[test]
fn trap_38_triggers_stay_on_for_other_sessions() {
    let silent = |group: &Resource| !group.property("Parameters").to_string().contains("session_replication_role");
    every("AWS::RDS::DBClusterParameterGroup", silent);
}

/// 39, 42: a rotation does not run before its function may be called.
#[test]
fn trap_39_rotation_waits() {
    every("AWS::SecretsManager::RotationSchedule", |rotation| {
        *rotation.property("RotateImmediatelyOnUpdate") == false && rotation.waits_for("AWS::Lambda::Permission")
    });
    every_block("aws_secretsmanager_secret_rotation", |rotation| {
        is(rotation, "rotate_immediately", false) && rotation.body.get("depends_on").is_some()
    });
}

#[test]
fn trap_40_no_secret_is_in_a_state() {
    every_block("aws_secretsmanager_secret_version", |version| {
        version.body.get("secret_string").is_none() && version.body.get("secret_string_wo").is_some()
    });
}

#[test]
fn trap_41_names_of_secrets_come_back() {
    every_block(
        "aws_secretsmanager_secret",
        |secret| matches!(secret.body.get("recovery_window_in_days"), Some(Expression::Integer(days)) if *days >= 7),
    );
    every("AWS::SecretsManager::Secret", |secret| secret.json["DeletionPolicy"] == "Retain");
}

#[test]
fn trap_43_secrets_manager_may_call_the_rotation() {
    every("AWS::Lambda::Permission", |permission| {
        permission.text("Principal") != "secretsmanager.amazonaws.com"
            || !permission.property("SourceAccount").is_null()
    });
}

/// A deployment does not take back what the workflow has switched.
#[test]
fn trap_44_the_routing_parameter_stays() {
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

/// 45, 46: a deployment is made anew when the API changes, before the old goes.
#[test]
fn trap_45_deployments_follow_their_api() {
    every_block("aws_api_gateway_deployment", |deployment| {
        deployment.body.get("triggers").is_some()
            && nested(deployment, "lifecycle").is_some_and(|l| is(l, "create_before_destroy", true))
    });
    every("AWS::ApiGateway::Deployment", |deployment| {
        let hash = deployment.id.get(deployment.id.len() - 10..).unwrap_or_default();
        hash.chars().all(|c| c.is_ascii_hexdigit())
    });
}

#[test]
fn trap_47_stages_are_resources_of_their_own() {
    every("AWS::ApiGateway::Deployment", |deployment| deployment.property("StageName").is_null());
    every("AWS::ApiGateway::Stage", |stage| stage.property("CanarySetting").is_null());
}

#[test]
fn trap_49_weights_are_the_workflows() {
    every_block("aws_lb_listener_rule", |rule| ignores(rule, "action"));
    every("AWS::ElasticLoadBalancingV2::ListenerRule", |r| r.refuses_updates());
}

#[test]
fn trap_51_one_way_to_forward() {
    every("AWS::ElasticLoadBalancingV2::ListenerRule", |rule| {
        let actions = rule.property("Actions").as_array();
        actions.into_iter().flatten().all(|a| a["TargetGroupArn"].is_null() && a["ForwardConfig"].is_object())
    });
    every_block("aws_lb_listener_rule", |rule| {
        nested(rule, "action")
            .is_some_and(|a| a.body.get("target_group_arn").is_none() && nested(a, "forward").is_some())
    });
}

/// 52, 56, 56c: what an integration through a VPC link needs.
#[test]
fn trap_52_integrations() {
    every("AWS::ApiGateway::Method", |method| {
        let integration = method.property("Integration");
        let linked = integration["ConnectionType"] == "VPC_LINK";
        let complete = ["IntegrationHttpMethod", "ConnectionId", "IntegrationTarget", "Uri", "PassthroughBehavior"];
        (!linked || complete.iter().all(|name| !integration[*name].is_null()))
            && integration["TimeoutInMillis"].as_u64().is_some_and(|ms| ms <= 29_000)
    });
    nobody_writes(&["AWS::ApiGateway::VpcLink", "\"aws_api_gateway_vpc_link\""]);
}

#[test]
fn trap_53_only_the_api_calls_its_authorizer() {
    every("AWS::Lambda::Permission", |permission| {
        permission.text("Principal") != "apigateway.amazonaws.com"
            || permission.property("SourceArn").to_string().contains("/authorizers/")
    });
}

#[test]
fn trap_54_no_verdict_is_kept_while_traffic_shifts() {
    every("AWS::ApiGateway::Authorizer", |a| *a.property("AuthorizerResultTtlInSeconds") == 0);
    every_block("aws_api_gateway_authorizer", |a| is(a, "authorizer_result_ttl_in_seconds", 0));
}

/// 57, 58, 59: the definition is one literal document, the same bytes everywhere.
#[test]
fn trap_57_definitions_are_literal() {
    every("AWS::StepFunctions::StateMachine", |machine| {
        machine.property("Definition").is_null()
            && machine.property("DefinitionSubstitutions").is_null()
            && machine
                .emitted
                .files("stepfunctions/", ".asl.json")
                .any(|(_, text)| text == machine.text("DefinitionString"))
    });
    every_block("aws_sfn_state_machine", |machine| {
        let definition = match machine.body.get("definition") {
            Some(Expression::String(text)) => text,
            _ => return false,
        };
        emitted::all().iter().any(|e| e.files("stepfunctions/", ".asl.json").any(|(_, text)| text == definition))
    });
}

/// 60, 61, 62, 63: rights first, an explicit level, a log group that needs no
/// resource policy of its own, and a name that stays.
#[test]
fn trap_60_state_machines() {
    every("AWS::StepFunctions::StateMachine", |machine| {
        let logging = machine.property("LoggingConfiguration");
        let destinations = logging["Destinations"].to_string();
        machine.waits_for("AWS::IAM::RolePolicy")
            && logging["Level"].is_string()
            && destinations.contains(":*\"")
            && destinations.contains("/aws/vendedlogs/")
            && !machine.text("StateMachineName").is_empty()
    });
}

/// 68: four switches, or the default tables fight with ours.
#[test]
fn trap_68_transit_tables_of_our_own() {
    every("AWS::EC2::TransitGateway", |gateway| {
        ["DefaultRouteTableAssociation", "DefaultRouteTablePropagation"]
            .iter()
            .all(|name| gateway.text(name) == "disable")
    });
    every_block("aws_ec2_transit_gateway_vpc_attachment", |attachment| {
        is(attachment, "transit_gateway_default_route_table_association", false)
            && is(attachment, "transit_gateway_default_route_table_propagation", false)
    });
}

#[test]
fn trap_69_routes_wait_for_the_attachment() {
    every("AWS::EC2::Route", |route| {
        route.property("TransitGatewayId").is_null() || route.waits_for("AWS::EC2::TransitGatewayAttachment")
    });
    every_block("aws_route", |route| {
        route.body.get("transit_gateway_id").is_none() || route.body.get("depends_on").is_some()
    });
    nobody_writes(&["AWS::EC2::TransitGatewayVpcAttachment"]);
}

#[test]
fn trap_72_functions_in_networks_go_slowly() {
    every_block("aws_lambda_function", |function| nested(function, "timeouts").is_some());
}

#[test]
fn trap_74_missing_data_has_a_meaning() {
    every("AWS::CloudWatch::Alarm", |alarm| !alarm.text("TreatMissingData").is_empty());
    every_block("aws_cloudwatch_metric_alarm", |alarm| alarm.body.get("treat_missing_data").is_some());
}

#[test]
fn trap_75_buckets_are_kept() {
    every("AWS::S3::Bucket", |bucket| bucket.json["DeletionPolicy"] == "Retain");
    every_block("aws_s3_bucket", |bucket| {
        !is(bucket, "force_destroy", true)
            && nested(bucket, "lifecycle").is_some_and(|l| is(l, "prevent_destroy", true))
    });
}

#[test]
fn trap_80_tags() {
    every(TASK, |task| {
        let tags = task.property("Tags").as_array();
        let keys: Vec<&str> = tags.into_iter().flatten().filter_map(|tag| tag["Key"].as_str()).collect();
        (1..=50).contains(&keys.len()) && keys.iter().all(|key| !key.to_lowercase().starts_with("aws:"))
    });
}
