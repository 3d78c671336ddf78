//! Replication: instances, endpoints and tasks.

use migspec_targets::terraform::hcl::Expression;
use migspec_tests::emitted;
use serde_json::Value as Json;

use super::{
    ENDPOINT, INSTANCE, TASK, every, every_block, every_block_by_protection, every_block_where, every_such, is, nested,
    nobody_writes, prevents_destroy, refers, serves_an_endpoint,
};

/// The provider sees a change for ever where settings hold an array
/// other than the log components, or where the read-only log group is named.
#[test]
fn task_settings_settle() {
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
fn log_context_needs_logging() {
    every(TASK, |task| {
        let logging = &task.document("ReplicationTaskSettings")["Logging"];
        logging["EnableLogContext"] != true || logging["EnableLogging"] == true
    });
}

/// The account-wide role has a fixed name, and its policy is there
/// before the subnet group; identifiers are lower case.
#[test]
fn subnet_groups_wait_for_the_role() {
    every("AWS::DMS::ReplicationSubnetGroup", |group| {
        let creates = group.template.to_string().contains("\"dms-vpc-role\"");
        let identifier = group.text("ReplicationSubnetGroupIdentifier");
        let zones = group.property("SubnetIds").as_array().map_or(0, Vec::len);
        (!creates || group.waits_for("AWS::IAM::Role")) && identifier == identifier.to_lowercase() && zones >= 2
    });
    let creates = |emitted: &emitted::Emitted| {
        emitted.files("terraform/", ".tf").any(|(_, text)| text.contains("\"dms-vpc-role\""))
    };
    every_block_where("aws_dms_replication_subnet_group", creates, |group| group.body.get("depends_on").is_some());
}

#[test]
fn instances_wait_for_the_log_role() {
    every(INSTANCE, |instance| {
        let creates = instance.template.to_string().contains("\"dms-cloudwatch-logs-role\"");
        !creates || instance.waits_for("AWS::IAM::Role")
    });
}

/// Terraform neither starts nor pauses a task, and a stack never
/// touches one in flight.
#[test]
fn deployments_leave_running_tasks_alone() {
    every_block("aws_dms_replication_task", |task| task.body.get("start_replication_task").is_none());
    every_block("aws_dms_endpoint", |e| !is(e, "pause_replication_tasks", true));
    every(TASK, |r| r.refuses_updates());
    every(ENDPOINT, |r| r.refuses_updates());
}

/// A replaced task loads everything again; its resource
/// identifier is set at birth, so that metrics can be named.
#[test]
fn tasks_are_never_replaced() {
    every(TASK, |resource| resource.is_kept_in_production_alone());
    every_block_by_protection("aws_dms_replication_task", prevents_destroy, |task| !prevents_destroy(task));
}

#[test]
fn metrics_name_the_resource_identifier() {
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
fn identifiers_are_what_dms_takes() {
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
fn no_password_in_an_endpoint() {
    every(ENDPOINT, |endpoint| {
        let text = endpoint.json["Properties"].to_string();
        !text.contains("\"Password\"") && text.contains("SecretsManagerSecretId")
    });
    every_block("aws_dms_endpoint", |endpoint| endpoint.body.get("password").is_none());
}

#[test]
fn tls_of_endpoints() {
    every(ENDPOINT, |e| ["verify-full", "verify-ca", "require"].contains(&e.text("SslMode")));
    every_block("aws_dms_endpoint", |e| e.body.get("ssl_mode").is_some_and(|mode| *mode != "none".into()));
}

#[test]
fn positions_are_the_workflows() {
    every(TASK, |task| task.property("CdcStartTime").is_null() && task.property("CdcStartPosition").is_null());
    every_block("aws_dms_replication_task", |task| task.body.get("cdc_start_time").is_none());
}

/// Room, no upgrade in flight, no zone beside multi-AZ,
/// not public, own key from birth.
#[test]
fn replication_instances() {
    every(INSTANCE, |instance| {
        instance.property("AllocatedStorage").as_u64() >= Some(100)
            && (*instance.property("AutoMinorVersionUpgrade") == false || instance.emitted.graph.workflows.is_empty())
            && *instance.property("PubliclyAccessible") == false
            && instance.property("AvailabilityZone").is_null()
            && !instance.property("KmsKeyId").is_null()
    });
    every_block("aws_dms_replication_instance", |i| is(i, "publicly_accessible", false));
}

#[test]
fn underscores_in_mappings_are_no_wildcards() {
    every(TASK, |task| {
        let mappings = task.document("TableMappings");
        let rules = mappings["rules"].as_array().cloned().unwrap_or_default();
        let name = |rule: &Json, key: &str| rule["object-locator"][key].as_str().unwrap_or_default().to_owned();
        let safe = |text: String| !text.replace("[_]", "").contains('_');
        !rules.is_empty() && rules.iter().all(|r| safe(name(r, "schema-name")) && safe(name(r, "table-name")))
    });
}

/// Provisioned replication; events through EventBridge.
#[test]
fn neither_serverless_replication_nor_event_subscriptions() {
    nobody_writes(&["AWS::DMS::ReplicationConfig", "aws_dms_replication_config"]);
    nobody_writes(&["AWS::DMS::EventSubscription", "aws_dms_event_subscription"]);
}

#[test]
fn account_wide_roles_have_their_exact_names() {
    let roles =
        [("AmazonDMSVPCManagementRole", "dms-vpc-role"), ("AmazonDMSCloudWatchLogsRole", "dms-cloudwatch-logs-role")];
    for (policy, name) in roles {
        every_such(
            "AWS::IAM::Role",
            |role| role.property("ManagedPolicyArns").to_string().contains(policy),
            |role| role.text("RoleName") == name,
        );
    }
}

/// Deletion in the order of references succeeds without an error.
#[test]
fn tasks_go_before_their_instance_and_it_before_its_subnets() {
    every(TASK, |task| task.referred("ReplicationInstanceArn") == Some(INSTANCE));
    every(INSTANCE, |instance| {
        instance.referred("ReplicationSubnetGroupIdentifier") == Some("AWS::DMS::ReplicationSubnetGroup")
    });
    every_block("aws_dms_replication_task", |task| {
        refers(task, "replication_instance_arn", "aws_dms_replication_instance")
    });
    every_block("aws_dms_replication_instance", |instance| {
        refers(instance, "replication_subnet_group_id", "aws_dms_replication_subnet_group")
            && nested(instance, "timeouts").is_some_and(|t| t.body.get("delete").is_some())
    });
}

/// DMS leaves its network interfaces for a while: no one else's group waits for them.
#[test]
fn replication_instances_have_security_groups_of_their_own() {
    let rules = ["AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"];
    every(INSTANCE, |instance| {
        let groups: Vec<Json> = instance.property("VpcSecurityGroupIds").as_array().cloned().unwrap_or_default();
        let users = instance.others().filter(|(_, other)| !rules.iter().any(|rule| other["Type"] == *rule));
        let texts: Vec<String> = users.map(|(_, other)| other["Properties"].to_string()).collect();
        let alone = |group: &Json| !texts.iter().any(|text| text.contains(&group.to_string()));
        !groups.is_empty() && groups.iter().all(alone)
    });
}

/// Older providers ask for a password where Aurora's endpoints name a secret.
#[test]
fn endpoints_name_their_secret_for_a_provider_that_knows_it() {
    every_block("aws_dms_endpoint", |endpoint| {
        let settings = nested(endpoint, "postgres_settings");
        endpoint.body.get("secrets_manager_arn").is_some()
            && settings.is_none_or(|s| s.body.get("secrets_manager_arn").is_none())
    });
    for emitted in emitted::all() {
        assert!(emitted.text("terraform/versions.tf").contains("version = \"~> 6."), "{}", emitted.name);
    }
}

/// The managed secret of a cluster contains neither host nor port, and DMS
/// needs both. The master secret cannot name the server that is created with
/// it.
#[test]
fn secrets_say_which_server_they_are_for() {
    every_such("AWS::SecretsManager::Secret", serves_an_endpoint, |secret| {
        let template = secret.document("GenerateSecretString.SecretStringTemplate.Fn::Sub");
        ["username", "host", "port"].iter().all(|key| !template[*key].is_null())
    });
    every_block("aws_secretsmanager_secret_version", |version| {
        if version.kind == "ephemeral" {
            return true;
        }
        let entries = match version.body.get("secret_string_wo") {
            Some(Expression::Call("jsonencode", arguments)) => match &arguments[..] {
                [Expression::Object(entries)] => entries,
                _ => return false,
            },
            _ => return false,
        };
        let has = |key: &str| entries.iter().any(|(name, _)| name == key);
        has("username") && has("port") && (has("host") || !has("masterarn"))
    });
}

/// No second task reads everything again beside the one that replicates, and
/// that one validates with no more threads than the service's default.
#[test]
fn validation_leaves_room_for_replication() {
    every(TASK, |task| {
        let validation = &task.document("ReplicationTaskSettings")["ValidationSettings"];
        validation["ValidationOnly"] == false && validation["ThreadCount"].as_u64().is_some_and(|n| n <= 5)
    });
}
