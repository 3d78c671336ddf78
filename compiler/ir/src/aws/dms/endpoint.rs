use crate::class::Classes;
use crate::datum::{Datum, Value};
use crate::fact::{Fact, FactType, FactValue};
use crate::graph::Resource;
use crate::index::Index;
use crate::resource_type::{Column, Concern, Fixed, Form, Property, ResourceType, Terraform, argument};
use crate::secret;

/// Secrets are in the settings of the engine in CloudFormation, and beside
/// them in Terraform.
pub const TYPE: ResourceType = ResourceType {
    name: "AWS::DMS::Endpoint",
    concern: Concern::Replication,
    terraform: Terraform::Column(Column {
        resource: "aws_dms_endpoint",
        reference: "endpoint_arn",
        attributes: &[("EndpointArn", "endpoint_arn")],
        properties: PROPERTIES,
        // The workflow stops and starts tasks, never a deployment.
        fixed: &[("pause_replication_tasks", Fixed::Bool(false))],
        timeouts: &[("create", "30m"), ("delete", "30m")],
        ..Column::BASE
    }),
    facts: FACTS,
    classes: Classes {
        identity: &["EndpointIdentifier", "EndpointType", "EngineName", "ServerName", "Port", "DatabaseName"],
        judged: &[("Username", "usesPassword"), ("Password", "usesPassword")],
        undecided: &["CertificateArn"],
        ..Classes::NONE
    },
};

const PROPERTIES: &[Property] = &[
    argument("EndpointIdentifier", "endpoint_id"),
    argument("EndpointType", "endpoint_type"),
    argument("EngineName", "engine_name"),
    argument("ServerName", "server_name"),
    argument("Port", "port"),
    argument("DatabaseName", "database_name"),
    argument("Username", "username"),
    argument("Password", "password"),
    argument("SslMode", "ssl_mode"),
    argument("CertificateArn", "certificate_arn"),
    argument("KmsKeyId", "kms_key_arn"),
    argument("ExtraConnectionAttributes", "extra_connection_attributes"),
    settings("PostgreSqlSettings", &["postgres", "aurora-postgresql"], &Form::Inline(POSTGRESQL)),
    settings("MySqlSettings", &["mysql", "mariadb", "aurora"], &Form::Inline(MYSQL)),
    settings("OracleSettings", &["oracle"], &Form::Inline(ORACLE)),
    settings("MicrosoftSqlServerSettings", &["sqlserver"], &Form::Inline(SECRETS)),
    settings("SybaseSettings", &["sybase"], &Form::Inline(SECRETS)),
    settings("IbmDb2Settings", &["db2", "db2-zos"], &Form::Inline(SECRETS)),
    Property::new("Tags", Form::Tags("tags")),
];

const fn settings(name: &'static str, engines: &'static [&'static str], form: &'static Form) -> Property {
    Property::new(name, Form::When { property: "EngineName", values: engines, form })
}

const SECRETS: &[Property] = &[SECRET, ACCESS_ROLE];
const SECRET: Property = Property::new("SecretsManagerSecretId", Form::Secret("secrets_manager_arn"));
const ACCESS_ROLE: Property = argument("SecretsManagerAccessRoleArn", "secrets_manager_access_role_arn");

const POSTGRESQL: &[Property] = &[
    SECRET,
    ACCESS_ROLE,
    postgresql("AfterConnectScript", &Form::Argument("after_connect_script")),
    postgresql("BabelfishDatabaseName", &Form::Argument("babelfish_database_name")),
    postgresql("CaptureDdls", &Form::Argument("capture_ddls")),
    postgresql("DatabaseMode", &Form::Argument("database_mode")),
    postgresql("DdlArtifactsSchema", &Form::Argument("ddl_artifacts_schema")),
    postgresql("ExecuteTimeout", &Form::Argument("execute_timeout")),
    postgresql("FailTasksOnLobTruncation", &Form::Argument("fail_tasks_on_lob_truncation")),
    postgresql("HeartbeatEnable", &Form::Argument("heartbeat_enable")),
    postgresql("HeartbeatFrequency", &Form::Argument("heartbeat_frequency")),
    postgresql("HeartbeatSchema", &Form::Argument("heartbeat_schema")),
    postgresql("MapBooleanAsBoolean", &Form::Argument("map_boolean_as_boolean")),
    postgresql("MaxFileSize", &Form::Argument("max_file_size")),
    postgresql("PluginName", &Form::Argument("plugin_name")),
    postgresql("SlotName", &Form::Argument("slot_name")),
];

const fn postgresql(name: &'static str, form: &'static Form) -> Property {
    Property::new(name, Form::Within("postgres_settings", form))
}

const MYSQL: &[Property] = &[
    SECRET,
    ACCESS_ROLE,
    mysql("AfterConnectScript", &Form::Argument("after_connect_script")),
    mysql("CleanSourceMetadataOnMismatch", &Form::Argument("clean_source_metadata_on_mismatch")),
    mysql("EventsPollInterval", &Form::Argument("events_poll_interval")),
    mysql("MaxFileSize", &Form::Argument("max_file_size")),
    mysql("ParallelLoadThreads", &Form::Argument("parallel_load_threads")),
    mysql("ServerTimezone", &Form::Argument("server_timezone")),
    mysql("TargetDbType", &Form::Argument("target_db_type")),
];

const fn mysql(name: &'static str, form: &'static Form) -> Property {
    Property::new(name, Form::Within("mysql_settings", form))
}

const ORACLE: &[Property] = &[
    SECRET,
    ACCESS_ROLE,
    oracle("AccessAlternateDirectly", &Form::Argument("access_alternate_directly")),
    oracle("AddSupplementalLogging", &Form::Argument("add_supplemental_logging")),
    oracle("AdditionalArchivedLogDestId", &Form::Argument("additional_archived_log_dest_id")),
    oracle("ArchivedLogDestId", &Form::Argument("archived_log_dest_id")),
    oracle("ArchivedLogsOnly", &Form::Argument("archived_logs_only")),
    oracle("CharLengthSemantics", &Form::Argument("char_length_semantics")),
    oracle("DirectPathNoLog", &Form::Argument("direct_path_no_log")),
    oracle("DirectPathParallelLoad", &Form::Argument("direct_path_parallel_load")),
    oracle("EnableHomogenousTablespace", &Form::Argument("enable_homogenous_tablespace")),
    oracle("FailTasksOnLobTruncation", &Form::Argument("fail_task_on_lob_truncation")),
    oracle("NumberDatatypeScale", &Form::Argument("number_datatype_scale")),
    oracle("ParallelAsmReadThreads", &Form::Argument("parallel_asm_read_threads")),
    oracle("ReadAheadBlocks", &Form::Argument("read_ahead_blocks")),
    oracle("ReadTableSpaceName", &Form::Argument("read_table_space_name")),
    oracle("RetryInterval", &Form::Argument("retry_interval")),
    oracle("StandbyDelayTime", &Form::Argument("standby_delay_time")),
    oracle("UseBFile", &Form::Argument("use_bfile")),
    oracle("UseDirectPathFullLoad", &Form::Argument("use_direct_path_full_load")),
    oracle("UseLogminerReader", &Form::Argument("use_logminer_reader")),
];

const fn oracle(name: &'static str, form: &'static Form) -> Property {
    Property::new(name, Form::Within("oracle_settings", form))
}

const FACTS: &[Fact] = &[
    Fact::string("endpointType", "EndpointType", ""),
    Fact::string("engineName", "EngineName", ""),
    Fact::string("sslMode", "SslMode", "none"),
    Fact::computed("sslModeSupported", FactType::Bool, ssl_mode_supported),
    Fact::computed("verifiesServer", FactType::Bool, verifies_server),
    Fact::entity("certificate", "CertificateArn", "AWS::DMS::Certificate"),
    Fact::computed("hasCertificate", FactType::Bool, |endpoint, _| endpoint.get("CertificateArn").is_some().into()),
    Fact::key("kmsKey", "KmsKeyId"),
    Fact::computed("secret", FactType::Entity("AWS::SecretsManager::Secret"), |endpoint, _| {
        let secret = secret(endpoint).map(|d| FactType::Entity("AWS::SecretsManager::Secret").convert(&d.value));
        secret.unwrap_or(FactValue::AwsOwned)
    }),
    Fact::computed("hasSecret", FactType::Bool, |endpoint, _| {
        (secret(endpoint).is_some() && in_settings(endpoint, "SecretsManagerAccessRoleArn").is_some()).into()
    }),
    // Whether DMS would log in as the owner of the database.
    Fact::computed("usesMasterLogin", FactType::Bool, uses_master_login),
    // Fields that DMS reads and the generated secret lacks.
    Fact::computed("secretLacks", FactType::StringSet, secret_lacks),
    Fact::computed("usesPassword", FactType::Bool, |endpoint, _| {
        ["Username", "Password"].iter().any(|name| endpoint.get(name).is_some()).into()
    }),
    Fact::computed("hasLiteralPassword", FactType::Bool, |endpoint, _| {
        endpoint.get("Password").is_some_and(|password| secret::is_literal(&password.value)).into()
    }),
    Fact::computed("extraAttributesWeaken", FactType::Bool, extra_attributes_weaken),
    Fact::computed("stagesUnderKey", FactType::Bool, stages_under_key),
    Fact::computed("failsOnLobTruncation", FactType::Bool, |endpoint, _| {
        let setting = in_settings(endpoint, "FailTasksOnLobTruncation");
        setting.map_or(FactValue::Bool(false), |d| FactType::Bool.convert(&d.value))
    }),
    Fact::computed("heartbeats", FactType::Bool, |endpoint, _| {
        let setting = in_settings(endpoint, "HeartbeatEnable");
        setting.map_or(FactValue::Bool(false), |d| FactType::Bool.convert(&d.value))
    }),
];

/// The secret with the credentials.
pub(super) fn secret(endpoint: &Resource) -> Option<&Datum> {
    in_settings(endpoint, "SecretsManagerSecretId")
}

/// The secret of a cluster's own user: the one that RDS manages, or the one
/// that the cluster takes its password from.
fn uses_master_login(endpoint: &Resource, graph: &Index<'_>) -> FactValue {
    let Some(id) = secret(endpoint).and_then(|d| d.value.target()) else { return FactValue::Bool(false) };
    let Some(holder) = graph.get(id) else { return FactValue::Unknown };
    let takes_password = |referrer: &Resource| matches!(referrer.get("MasterUserPassword").map(|d| &d.value), Some(Value::Generated(of)) if of == id);
    (holder.type_name == "AWS::RDS::DBCluster" || graph.referrers(id).any(takes_password)).into()
}

/// fact: dms-secret-members
const SECRET_KEYS: [&str; 4] = ["host", "password", "port", "username"];

fn secret_lacks(endpoint: &Resource, graph: &Index<'_>) -> FactValue {
    let secret = secret(endpoint).and_then(|d| graph.get(d.value.target()?));
    let Some(generate) = secret.and_then(|secret| secret.get("GenerateSecretString")) else {
        return FactValue::StringSet(std::collections::BTreeSet::new());
    };
    let template = generate.get("SecretStringTemplate").and_then(crate::json::document);
    let generated = generate.get("GenerateStringKey").and_then(|d| d.value.as_str());
    let has = |key: &str| generated == Some(key) || template.as_deref().is_some_and(|t| t.get(key).is_some());
    FactValue::set(SECRET_KEYS.into_iter().filter(|key| !has(key)).map(Some))
}

/// The slot that changes are read from.
pub(super) fn slot(endpoint: &Resource) -> Option<&Datum> {
    in_settings(endpoint, "SlotName")
}

/// A setting of whichever engine the endpoint is for.
fn in_settings<'r>(endpoint: &'r Resource, name: &str) -> Option<&'r Datum> {
    let settings = endpoint.properties.iter().filter(|(property, _)| property.ends_with("Settings"));
    settings.filter_map(|(_, datum)| datum.get(name)).next()
}

/// The modes of each engine; the last is the strongest.
/// (fact: dms-ssl-modes)
const SSL_MODES: &[(&[&str], &[&str])] = &[
    (&["postgres", "aurora-postgresql"], &["none", "require", "verify-ca", "verify-full"]),
    (&["mysql", "mariadb", "aurora"], &["none", "verify-ca", "verify-full"]),
    (&["sqlserver"], &["none", "require", "verify-full"]),
    (&["oracle"], &["none", "verify-ca"]),
];

fn ssl_mode_supported(endpoint: &Resource, _: &Index<'_>) -> FactValue {
    ssl_modes(endpoint).map(|(modes, mode)| modes.contains(&mode)).into()
}

/// Whether the server's certificate is checked as strictly as the engine can.
fn verifies_server(endpoint: &Resource, _: &Index<'_>) -> FactValue {
    ssl_modes(endpoint).map(|(modes, mode)| modes.last() == Some(&mode)).into()
}

fn ssl_modes(endpoint: &Resource) -> Option<(&'static [&'static str], &str)> {
    let engine = endpoint.get("EngineName")?.value.as_str()?;
    let mode = match endpoint.get("SslMode") {
        Some(mode) => mode.value.as_str()?,
        None => "none",
    };
    let (_, modes) = SSL_MODES.iter().find(|(engines, _)| engines.contains(&engine))?;
    Some((*modes, mode))
}

/// Whether the files that an endpoint of S3 writes are encrypted with a key
/// that it names.
fn stages_under_key(endpoint: &Resource, _: &Index<'_>) -> FactValue {
    let Some(attributes) = endpoint.get("ExtraConnectionAttributes") else { return FactValue::Bool(false) };
    let Value::String(text) = &attributes.value else { return FactValue::Unknown };
    let value = |name: &str| {
        let pairs = text.split(';').filter_map(|pair| pair.split_once('='));
        pairs.into_iter().find(|(key, _)| key.trim().eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    };
    let encrypts = value("encryptionMode").is_some_and(|mode| mode.eq_ignore_ascii_case("SSE_KMS"));
    (encrypts && value("serverSideEncryptionKmsKeyId").is_some_and(|key| !key.is_empty())).into()
}

/// Whether the extra attributes carry credentials or switch checks of TLS off.
fn extra_attributes_weaken(endpoint: &Resource, _: &Index<'_>) -> FactValue {
    let Some(attributes) = endpoint.get("ExtraConnectionAttributes") else { return FactValue::Bool(false) };
    let Value::String(text) = &attributes.value else { return FactValue::Unknown };
    let weakens = |pair: &str| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (key, value) = (key.trim().to_ascii_lowercase(), value.trim().to_ascii_lowercase());
        let disables = matches!(value.as_str(), "none" | "disable" | "disabled" | "false" | "allow" | "prefer" | "0");
        key.contains("password") || key.contains("pwd") || ((key.contains("ssl") || key.contains("tls")) && disables)
    };
    text.split(';').any(weakens).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fact, resource};

    fn read(name: &str, properties: &str) -> FactValue {
        fact(&TYPE, name, [resource("AWS::DMS::Endpoint", "e", properties)])
    }

    #[test]
    fn each_engine_has_its_ssl_modes() {
        for (engine, mode, supported, verifies) in [
            ("postgres", "verify-full", true, true),
            ("postgres", "verify-ca", true, false),
            ("mysql", "require", false, false),
            ("oracle", "verify-full", false, false),
            ("oracle", "verify-ca", true, true),
            ("postgres", "none", true, false),
        ] {
            let properties = format!(r#"{{"EngineName": "{engine}", "SslMode": "{mode}"}}"#);
            assert_eq!(read("sslModeSupported", &properties), FactValue::Bool(supported), "{engine} {mode}");
            assert_eq!(read("verifiesServer", &properties), FactValue::Bool(verifies), "{engine} {mode}");
        }
    }

    #[test]
    fn an_engine_without_known_modes_is_undecided() {
        assert_eq!(
            read("sslModeSupported", r#"{"EngineName": "postgresql", "SslMode": "require"}"#),
            FactValue::Unknown
        );
    }

    #[test]
    fn a_secret_is_found_in_the_settings_of_the_engine() {
        let settings =
            r#""SecretsManagerSecretId": {"Ref": "s"}, "SecretsManagerAccessRoleArn": {"Fn::GetAtt": ["r", "Arn"]}"#;
        for engine in ["PostgreSqlSettings", "MySqlSettings"] {
            let properties = format!(r#"{{"{engine}": {{{settings}}}}}"#);
            assert_eq!(read("hasSecret", &properties), FactValue::Bool(true), "{engine}");
            assert_eq!(read("secret", &properties), FactValue::Entity("s".into()), "{engine}");
        }
        assert_eq!(
            read("hasSecret", r#"{"PostgreSqlSettings": {"SecretsManagerSecretId": "s"}}"#),
            FactValue::Bool(false)
        );
        assert_eq!(read("hasSecret", "{}"), FactValue::Bool(false));
    }

    #[test]
    fn extra_attributes_may_not_weaken() {
        for (attributes, weakens) in [
            ("trimSpaceInChar=false;", false),
            ("sslmode=disable;", true),
            ("password=hunter2;", true),
            ("unboundedVarcharMaxSize=10000;useTLS=true", false),
        ] {
            let properties = format!(r#"{{"ExtraConnectionAttributes": "{attributes}"}}"#);
            assert_eq!(read("extraAttributesWeaken", &properties), FactValue::Bool(weakens), "{attributes}");
        }
    }
}
