//! The DMS endpoints of databases. Credentials come from a secret, through a role of the endpoint's own; TLS is always
//! verified.

use migspec_ir::partition::regional_service;
use migspec_ir::{Actor, Datum, Id, Map, Origin, Resource, Value, map};
use migspec_syntax::value::{Engine, LoginPurpose};

use super::{BY, certificates};
use crate::cx::{Cx, datum};
use crate::index::Relation;
use crate::logins::{self, Login};
use crate::roles::{self, Role};
use crate::secret_rights::grant_secret;
use crate::{database, keys, names, source};

/// The direction of data through an endpoint.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Source,
    Target,
}

pub(super) struct Endpoint {
    pub(super) id: Id,
    /// `{replication}-{stem}-{environment}` is its name.
    pub(super) stem: &'static str,
    pub(super) side: Side,
}

/// The endpoint of the database outside AWS.
pub(super) fn outside(cx: &mut Cx, relation: &Relation, endpoint: &Endpoint, at: &str) {
    let purpose = match endpoint.side {
        Side::Source => LoginPurpose::Replication,
        Side::Target => LoginPurpose::ReverseApply,
    };
    // An absent login was reported with the source.
    let Some(login) = logins::of_source(relation.source, purpose) else { return };
    let engine = *relation.source.engine;
    let (mode, mode_origin) = source::tls_mode(relation.source);
    let certificate = certificates::of_source(cx, relation.source);
    let resource = resource(cx, relation, endpoint, engine, &login, at)
        .set("SslMode", Datum::new(mode.word(), mode_origin))
        .set_if("CertificateArn", certificate.filter(|_| source::verifies(mode)).map(Value::reference));
    // A server of MySQL is replicated as a whole.
    let resource = if engine.is_mysql() {
        resource
    } else {
        resource.set("DatabaseName", datum(&relation.source.at.database, |d| d.clone()))
    };
    cx.add(resource);
}

/// The endpoint of the cluster.
pub(super) fn cluster(cx: &mut Cx, relation: &Relation, endpoint: &Endpoint, at: &str) {
    let purpose = match endpoint.side {
        Side::Source => LoginPurpose::ReverseCapture,
        Side::Target => LoginPurpose::Replication,
    };
    let login = logins::of_database(relation.database, purpose);
    let engine = *relation.database.engine;
    let here = Origin::derived(BY, relation.node.to.span());
    let certificate = certificates::of_clusters(cx, here);
    let resource = resource(cx, relation, endpoint, engine, &login, at)
        .set("SslMode", "verify-full")
        .set_if("CertificateArn", certificate.map(Value::reference));
    let resource =
        if engine.is_postgresql() { resource.set("DatabaseName", database::name(relation.database)) } else { resource };
    cx.add(resource);
}

fn resource(
    cx: &mut Cx,
    relation: &Relation,
    endpoint: &Endpoint,
    engine: Engine,
    login: &Login,
    at: &str,
) -> Resource {
    let here = Origin::derived(BY, relation.node.place.header);
    let role = secret_role(cx, relation, endpoint, login, at);
    let kind = match endpoint.side {
        Side::Source => "source",
        Side::Target => "target",
    };
    let policy = names::role_policy(&role);
    let secret = map!(login.origin, {
        "SecretsManagerSecretId": login.secret.id(cx),
        "SecretsManagerAccessRoleArn": Value::attribute(role, "Arn"),
    });
    let (name, settings) = match engine {
        Engine::Postgresql | Engine::AuroraPostgresql => {
            ("PostgreSqlSettings", postgresql(relation, endpoint.side, endpoint.stem, here))
        }
        Engine::Mysql | Engine::AuroraMysql | Engine::Mariadb => ("MySqlSettings", mysql(endpoint.side, here)),
        // The defaults of DMS: it reads the redo log by LogMiner, and the owner of the database logs the keys.
        Engine::Oracle => ("OracleSettings", Map::default()),
        Engine::SqlServer => ("MicrosoftSqlServerSettings", Map::default()),
    };
    let mut all = secret;
    for (name, datum) in settings.iter() {
        all.set(name, datum.clone());
    }
    let mut resource = Resource::new("AWS::DMS::Endpoint", endpoint.id.clone(), at, here)
        .set("EndpointIdentifier", cx.physical(names::ENDPOINT, &format!("{}-{}", relation.key(), endpoint.stem)))
        .set("EndpointType", kind)
        .set("EngineName", engine_name(engine))
        .set("KmsKeyId", keys::arn("replication"))
        .set(name, all)
        // DMS reads the secret when it makes the endpoint.
        .after(policy);
    resource.lifecycle.frozen = true;
    resource
}

/// The stem of the endpoint from which the reverse task reads.
pub(super) const REVERSE_SOURCE: &str = "reverse-source";

/// The names of engines in DMS.
fn engine_name(engine: Engine) -> &'static str {
    match engine {
        Engine::Postgresql => "postgres",
        Engine::AuroraPostgresql => "aurora-postgresql",
        Engine::Mysql => "mysql",
        Engine::AuroraMysql => "aurora",
        Engine::Mariadb => "mariadb",
        Engine::Oracle => "oracle",
        Engine::SqlServer => "sqlserver",
    }
}

/// The defaults of DMS. The provider sends 0 for each number of the block that the
/// configuration omits (fact: dms-endpoint-zeros). Seconds.
const EXECUTE_TIMEOUT: u32 = 60;
/// Minutes between two heartbeats, where no heartbeat is enabled.
const HEARTBEAT_MINUTES: u32 = 5;
/// Kilobytes of one file of the load.
const MAX_FILE_SIZE: u32 = 32_768;

fn postgresql(relation: &Relation, side: Side, stem: &str, here: Origin) -> Map {
    // Defaults too: AWS may return them, and the next plan would remove those that the
    // configuration omits (fact: dms-endpoint-defaults).
    let mut map = map!(here, {
        // Tables change by agreement during a migration, not by event trigger.
        "CaptureDdls": false,
        "DatabaseMode": "default",
        "DdlArtifactsSchema": migspec_events::CONTROL_SCHEMA,
        "ExecuteTimeout": EXECUTE_TIMEOUT,
        "HeartbeatSchema": migspec_events::CONTROL_SCHEMA,
        "MapBooleanAsBoolean": true,
        "MaxFileSize": MAX_FILE_SIZE,
    });
    let own = match side {
        Side::Source => map!(here, {
            "FailTasksOnLobTruncation": true,
            // Without it an idle database in a busy cluster keeps its log forever.
            "HeartbeatEnable": true,
            "HeartbeatFrequency": 1,
            "PluginName": "test-decoding",
        }),
        Side::Target => map!(here, {
            // Triggers and foreign keys fired on the source already.
            "AfterConnectScript": "SET session_replication_role='replica'",
            "HeartbeatEnable": false,
            "HeartbeatFrequency": HEARTBEAT_MINUTES,
        }),
    };
    for (name, datum) in own.iter() {
        map.set(name, datum.clone());
    }
    // The forward task reads a slot of its own, from Aurora too.
    if stem == REVERSE_SOURCE {
        map.set("SlotName", Datum::new(reverse_slot(relation.key()), here));
    }
    map
}

/// The slot of the reverse task; the task gets its position at the start
/// (fact: dms-start-position). DMS would name a slot after the task (fact: dms-slot-name).
pub(crate) fn reverse_slot(replication: &str) -> String {
    format!("migspec_rev_{}", replication.replace('-', "_"))
}

fn mysql(side: Side, here: Origin) -> Map {
    match side {
        Side::Source => map!(here, { "EventsPollInterval": 5 }),
        Side::Target => map!(here, {
            "AfterConnectScript": "SET FOREIGN_KEY_CHECKS=0",
            "TargetDbType": "multiple-databases",
        }),
    }
}

/// The role with which DMS reads the secret of one endpoint and no other.
fn secret_role(cx: &mut Cx, relation: &Relation, endpoint: &Endpoint, login: &Login, at: &str) -> Id {
    let stem = format!("{}-{}", relation.key(), endpoint.stem);
    let service = regional_service("dms", &cx.graph.environment.region);
    let role = Role { id: names::role(&stem), stem: &stem, actor: Actor::DmsSecret, service: &service, source: None };
    let here = login.origin;
    let role = roles::add(cx, role, at, here);
    grant_secret(cx, &role, login, &["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"], Vec::new(), at);
    role
}
