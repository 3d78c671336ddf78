//! Checks of a database before resources are derived from it.

use migspec_diag::{Diagnostic, count};
use migspec_ir::aws::rds::support;
use migspec_ir::partition::partition_of;
use migspec_syntax::value::{Duration, Engine};
use migspec_syntax::{Provenance, ast};

use super::classes;
use super::parameters::family;
use crate::cx::Cx;
use crate::{ports, source};

pub(super) fn check(cx: &mut Cx, database: &ast::Database) {
    crate::logins::check(cx, &database.login);
    engine(cx, database);
    port(cx, database);
    name(cx, database);
    instances(cx, database);
    backup(cx, database);
    replica(cx, database);
}

fn engine(cx: &mut Cx, database: &ast::Database) {
    let engine = *database.engine;
    if !engine.is_aurora() {
        cx.report(
            Diagnostic::error("unsupported-engine", format!("`{engine}` is no engine of a database on AWS"))
                .at(database.engine.span(), "not supported here")
                .help("use `aurora-postgresql` or `aurora-mysql`"),
        );
    } else if family(engine, &database.version).is_none() {
        let example = if engine == Engine::AuroraMysql { "8.0.mysql_aurora.3.08.2" } else { "16.6" };
        let known = support::known_versions(engine.word());
        cx.report(
            Diagnostic::error(
                "unknown-engine-version",
                format!("`{}` is no minor version of a known major version of `{engine}`", database.version.value),
            )
            .at(database.version.span(), "not known")
            .help(format!("pin a minor version, such as \"{example}\"; the known major versions are {known}. RDS decides which minor versions exist")),
        );
    }
}

fn name(cx: &mut Cx, database: &ast::Database) {
    if let Some(node) = &database.name {
        source::report_of_system(cx, *database.engine, &node.name);
    }
}

fn port(cx: &mut Cx, database: &ast::Database) {
    let Some(port) = &database.port else { return };
    let (first, last) = (support::PORTS.start(), support::PORTS.end());
    let (why, label) = match (support::PORTS.contains(&port.0), ports::not_of_database(*database.engine, port.0)) {
        (false, _) => (format!("Aurora cannot listen on port {}", port.0), "out of range"),
        (true, Some(why)) => (why, "no port of a database"),
        (true, None) => return,
    };
    cx.report(
        Diagnostic::error("database-port", why)
            .at(port.span(), label)
            .help(format!("choose a port from {first} to {last}, such as the default port of the engine")),
    );
}

fn instances(cx: &mut Cx, database: &ast::Database) {
    capacity(cx, database);
    let Some(instances) = &database.instances else { return };
    let (engine, class) = (database.engine.word(), &**instances.class);
    let regions = std::iter::once(&*cx.graph.environment.region);
    let regions = regions.chain(database.replica.as_ref().map(|replica| replica.region.as_str()));
    let missing: Vec<&str> = regions.filter(|region| classes::is_missing(engine, class, region)).collect();
    if let Some(region) = missing.first() {
        cx.report(
            Diagnostic::warning("class-not-in-region", format!("`{region}` has no instance class `{class}` of Aurora"))
                .at(instances.class.span(), "not in this region")
                .with(cx.graph.environment.span, "this environment")
                .help("use a class that `aws rds describe-orderable-db-instance-options` shows there"),
        );
    }
    if !classes::is_known(engine, class) && class != "db.serverless" {
        cx.report(
            Diagnostic::error(
                "unknown-instance-class",
                format!("`{}` is no instance class of Aurora", instances.class.value),
            )
            .at(instances.class.span(), "not known")
            .help("use a class such as \"db.r6g.large\""),
        );
    }
    if instances.count.0 == 0 || instances.count.0 > 15 {
        cx.report(
            Diagnostic::error(
                "instance-count",
                format!("a cluster cannot have {}", count(instances.count.0, "instance")),
            )
            .at(instances.count.span(), "out of range")
            .help("a cluster has one writer and up to 14 readers here"),
        );
    }
}

/// Aurora Serverless has a capacity, and instances of a fixed size have none.
fn capacity(cx: &mut Cx, database: &ast::Database) {
    let class = database.instances.as_ref().map(|instances| &instances.class);
    let serverless = class.filter(|class| &*class.value == "db.serverless");
    if let (Some(class), None) = (serverless, &database.capacity) {
        cx.report(
            Diagnostic::error("serverless-without-capacity", "a serverless database has no capacity".to_owned())
                .at(class.span(), "needs `capacity`")
                .help("add to the database: capacity min=2 max=32"),
        );
    }
    let Some(capacity) = &database.capacity else { return };
    let written = class.filter(|class| matches!(class.provenance, Provenance::Written { .. }));
    if let Some(class) = written.filter(|class| &*class.value != "db.serverless") {
        let message = format!("the class `{}` has a fixed size, and the database has a capacity", class.value);
        cx.report(
            Diagnostic::error("capacity-of-fixed-class", message)
                .at(class.span(), "a fixed size")
                .with(capacity.place.header, "the capacity")
                .help("remove `class=`, or `capacity`"),
        );
    }
    if capacity.max.value < capacity.min.value {
        cx.report(
            Diagnostic::error(
                "capacity-reversed",
                format!("the largest capacity {} is below the smallest", capacity.max.value),
            )
            .at(capacity.max.span(), "the largest")
            .with(capacity.min.span(), "the smallest")
            .help(format!("write max={} or more", capacity.min.value)),
        );
    }
}

/// How long Aurora keeps backups by default.
const KEPT: u64 = 35 * 86_400_000;

fn backup(cx: &mut Cx, database: &ast::Database) {
    rollback_window(cx, database);
    let Some(backup) = &database.backup else { return };
    let days = backup.retain.days();
    if days == 0 || days > 35 {
        cx.report(
            Diagnostic::error("backup-retention", format!("Aurora cannot keep backups for {}", backup.retain.value))
                .at(backup.retain.span(), "out of range")
                .help("backups are kept for 1 to 35 days: write retain=\"35d\""),
        );
    }
    if backup.window.length() < 30 {
        cx.report(
            Diagnostic::error("short-backup-window", "a backup window lasts at least 30 minutes")
                .at(backup.window.span(), format!("lasts {}", count(backup.window.length(), "minute")))
                .help("write window=\"03:00-04:00Z\""),
        );
    }
}

/// Whether the backups outlast the rollback window.
fn rollback_window(cx: &mut Cx, database: &ast::Database) {
    let (kept, place) = match &database.backup {
        Some(backup) => (backup.retain.value, backup.retain.span()),
        None => (Duration::from_millis(KEPT), database.place.header),
    };
    let cutovers: Vec<&ast::Cutover> = cx.index.to(database.key.as_str()).filter_map(|r| r.cutover).collect();
    for rollback in cutovers.iter().filter_map(|c| c.rollback.as_ref()) {
        if rollback.window.millis() > kept.millis() {
            let message = format!("backups expire before the rollback window ends: {kept} < {}", rollback.window.value);
            let help = match rollback.window.days() {
                ..=35 => format!("keep backups for at least {}", rollback.window.value),
                _ => "shorten the rollback window: Aurora keeps backups for 35 days at most".to_owned(),
            };
            let places = [(place, "the backup retention"), (rollback.window.span(), "the rollback window")];
            // The place to change comes first.
            let [at, with] = if rollback.window.days() <= 35 { places } else { [places[1], places[0]] };
            cx.report(
                Diagnostic::error("backup-shorter-than-rollback", message)
                    .at(at.0, at.1)
                    .with(with.0, with.1)
                    .help(help),
            );
        }
    }
}

fn replica(cx: &mut Cx, database: &ast::Database) {
    let Some(replica) = &database.replica else { return };
    if replica.region.as_str() == &*cx.graph.environment.region {
        let environment = cx.graph.environment.span;
        cx.report(
            Diagnostic::error(
                "replica-in-same-region",
                format!("the copy is in the database's own region `{}`", replica.region.value),
            )
            .at(replica.region.span(), "the same region")
            .with(environment, "as the environment")
            .help("name another region"),
        );
    }
    if partition_of(replica.region.as_str()) != cx.graph.environment.partition {
        let environment = cx.graph.environment.span;
        cx.report(
            Diagnostic::error(
                "replica-in-other-partition",
                format!("no database of this environment can be copied to `{}`", replica.region.value),
            )
            .at(replica.region.span(), "a region with accounts of its own")
            .with(environment, "the environment")
            .help("name a region of the same partition"),
        );
    }
    let engine_ok = database.instances.as_ref().is_none_or(|i| !i.class.contains(".t3.") && !i.class.contains(".t4g."));
    if let (false, Some(instances)) = (engine_ok, &database.instances) {
        cx.report(
            Diagnostic::error(
                "replica-instance-class",
                format!("a database with a copy cannot use `{}`", instances.class.value),
            )
            .at(instances.class.span(), "burstable classes are refused")
            .with(replica.place.header, "a copy in another region")
            .help("use an instance class such as \"db.r6g.large\""),
        );
    }
}
