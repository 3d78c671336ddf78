//! Parameter groups: TLS only, logical replication from the first day, audit
//! without the values of statements.

use migspec_ir::aws::rds::support;
use migspec_ir::{Datum, Id, Map, Origin, Resource, map};
use migspec_syntax::ast;
use migspec_syntax::value::Engine;

use super::BY;
use crate::cx::{Cx, origin};
use crate::names;

/// The parameter group of a cluster of this engine and version.
pub(super) fn group(cx: &Cx, database: &ast::Database, id: Id, at: &str) -> Resource {
    let here = Origin::derived(BY, database.place.header);
    let parameters = if database.engine.is_postgresql() { postgresql(here) } else { mysql(here) };
    let family = family(*database.engine, &database.version).unwrap_or_default();
    let name = cx.physical(names::CLUSTER_PARAMETERS, &format!("{}-aurora-parameters", database.key));
    Resource::new("AWS::RDS::DBClusterParameterGroup", id, at, here)
        .set("DBClusterParameterGroupName", name)
        .set("Description", format!("Parameters of the database {}", database.key))
        .set("Family", Datum::new(family, origin(&database.version)))
        .set("Parameters", parameters)
}

/// The parameter group family of an engine's version; `None` for versions
/// that are not known or not pinned to a minor version.
pub(super) fn family(engine: Engine, version: &str) -> Option<String> {
    let parts: Vec<&str> = version.split('.').collect();
    let numbers = |parts: &[&str]| parts.iter().all(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()));
    match (engine, parts.as_slice()) {
        (Engine::AuroraPostgresql, [major, minor]) if numbers(&[major, minor]) => {
            support::is_known(engine.word(), version).then(|| format!("aurora-postgresql{major}"))
        }
        (Engine::AuroraMysql, ["8", "0", "mysql_aurora", rest @ ..]) if rest.len() == 3 && numbers(rest) => {
            Some("aurora-mysql8.0".to_owned())
        }
        _ => None,
    }
}

fn postgresql(here: Origin) -> Map {
    map!(here, {
        "rds.force_ssl": "1",
        "ssl_min_protocol_version": "TLSv1.2",
        // Static: a value that comes with the cutover would need a restart then.
        "rds.logical_replication": "1",
        "shared_preload_libraries": "pg_stat_statements,pgaudit",
        // Definitions and privileges in every statement; reads and writes only of the tables on which the setup gives
        // the audit role privileges (fact: aurora-pgaudit-role, fact: pgaudit-classes).
        "pgaudit.log": "ddl,role",
        "pgaudit.log_parameter": "0",
        "pgaudit.role": migspec_events::setup::AUDIT_ROLE,
        "log_connections": "1",
        "log_disconnections": "1",
        // Not `mod` or `all`: statements hold account data.
        "log_statement": "ddl",
    })
}

fn mysql(here: Origin) -> Map {
    map!(here, {
        "require_secure_transport": "ON",
        "tls_version": "TLSv1.2,TLSv1.3",
        "binlog_format": "ROW",
        "server_audit_logging": "1",
        "server_audit_events": "CONNECT,QUERY_DCL,QUERY_DDL",
    })
}
