//! Databases on AWS: an Aurora cluster each, encrypted, in its own subnets,
//! ready for logical replication from the first day.

mod administrators;
mod checks;
mod classes;

pub(crate) use classes::instance_classes;
mod monitoring;
mod parameters;
mod replica;

use migspec_ir::aws::rds::support;
use migspec_ir::{Datum, Origin, Resource, Value, list, map};
use migspec_syntax::ast;
use migspec_syntax::value::{ClusterStorage, DailyWindow, Engine, TierPurpose};

use crate::cx::{Cx, datum, origin, path};
use crate::{keys, logins, logs, names, placement, protection, source};

const BY: &str = "database";

/// The key of a master secret, in place of a purpose.
pub(crate) const MASTER: &str = "master";

/// Neither `postgres` nor `admin`: the names that are tried first.
pub(crate) const MASTER_USER: &str = "migspec_admin";

/// A certificate authority that clients trust until 2061.
const CA: &str = "rds-ca-rsa2048-g1";

pub(crate) fn lower(cx: &mut Cx) {
    let spec = cx.spec;
    for database in &spec.database {
        checks::check(cx, database);
        let known: Vec<&str> = spec.network.iter().map(|n| n.key.as_str()).collect();
        match cx.index.networks.get(database.network.as_str()).copied() {
            Some(network) => add(cx, database, network),
            None => cx.unknown_reference(&["network"], &database.network, known),
        }
    }
}

fn add(cx: &mut Cx, database: &ast::Database, network: &ast::Network) {
    let key = database.key.as_str();
    let at = path("database", &database.key);
    let origin = Origin::derived(BY, database.place.header);
    let subnets = placement::subnets(cx, network, TierPurpose::Database, database.network.span());
    let group_text = format!("Aurora cluster {key}");
    placement::group(cx, names::cluster_group(key), names::vpc(network.key.as_str()), &group_text, at.as_str(), origin);
    let subnet_group = subnet_group(cx, database, names::cluster_subnets(key), subnets, &at, origin);
    cx.add(subnet_group);
    let parameters = parameters::group(cx, database, names::cluster_parameters(key), &at);
    cx.add(parameters);
    for export in log_exports(*database.engine) {
        let group = format!("/aws/rds/cluster/{}/{export}", cluster_name(cx, database));
        logs::masked(cx, names::log_group(&format!("{key}-{export}")), group, at.as_str(), origin);
    }
    if let Some(node) = &database.replica {
        replica::add_global(cx, database, node, &at);
    }
    let cluster = cluster(cx, database, &at, origin);
    cx.add(cluster);
    add_instances(cx, database, &at, origin);
    if let Some(node) = &database.replica {
        replica::add(cx, database, node, &at);
    }
    administrators::lower(cx, database);
    for login in logins::all_of_database(cx, database) {
        source::add_login(cx, key, &names::cluster(key), &login, &at);
    }
}

fn subnet_group(
    cx: &Cx,
    database: &ast::Database,
    id: migspec_ir::Id,
    subnets: Vec<Value>,
    at: &str,
    origin: Origin,
) -> Resource {
    Resource::new("AWS::RDS::DBSubnetGroup", id, at, origin)
        .set("DBSubnetGroupName", cx.physical(names::CLUSTER_SUBNETS, &format!("{}-aurora-subnets", database.key)))
        .set("DBSubnetGroupDescription", format!("Subnets of the database {}", database.key))
        .set("SubnetIds", subnets)
}

fn cluster(cx: &Cx, database: &ast::Database, at: &str, origin: Origin) -> Resource {
    let key = database.key.as_str();
    let cluster = Resource::new("AWS::RDS::DBCluster", names::cluster(key), at, origin)
        .because("instances", database.instances.as_ref().map(|node| crate::cx::origin(&node.count)))
        .set("DBClusterIdentifier", cluster_name(cx, database))
        .set("DatabaseName", name(database))
        .set("PreferredBackupWindow", window(database))
        .set("PreferredMaintenanceWindow", maintenance(cx, database))
        .set("DBSubnetGroupName", Value::reference(names::cluster_subnets(key)))
        .set("VpcSecurityGroupIds", list!(origin, [placement::group_id(names::cluster_group(key))]))
        .set("DBClusterParameterGroupName", Value::reference(names::cluster_parameters(key)))
        .set("KmsKeyId", keys::arn("database"))
        .set_all(shared_properties(cx, database, origin));
    let cluster = cluster.set_if("StorageType", database.storage.as_ref().map(|s| datum(s, |s| storage_type(*s))));
    let cluster = match &database.replica {
        Some(node) => cluster
            .set(
                "GlobalClusterIdentifier",
                Datum::new(Value::reference(names::global_cluster(key)), Origin::derived(BY, node.place.header)),
            )
            .set("MasterUsername", MASTER_USER)
            .set("MasterUserPassword", Value::Generated(names::login_secret(key, MASTER))),
        None => cluster
            .set("MasterUsername", MASTER_USER)
            .set("ManageMasterUserPassword", true)
            .set("MasterUserSecret", map!(origin, { "KmsKeyId": keys::arn("secrets") })),
    };
    let cluster = log_exports(*database.engine)
        .iter()
        .fold(cluster, |cluster, export| cluster.after(names::log_group(&format!("{key}-{export}"))));
    retain(cluster)
}

/// The properties that a cluster and its replica share.
fn shared_properties(cx: &Cx, database: &ast::Database, origin: Origin) -> migspec_ir::Map {
    let retain = match &database.backup {
        Some(backup) => datum(&backup.retain, |d| d.days() as i64),
        None => Datum::new(35, Origin::Default { of: "retain", node: database.place.header }),
    };
    let exports: Vec<&str> = log_exports(*database.engine).to_vec();
    let mut shared = map!(origin, {
        "Engine": datum(&database.engine, |e| e.word()),
        "EngineVersion": datum(&database.version, |v| v.clone()),
        "Port": port_datum(database),
        "StorageEncrypted": true,
        "EnableIAMDatabaseAuthentication": true,
        "BackupRetentionPeriod": retain,
        "DeletionProtection": protection::choose(cx, true, false),
        "DeleteAutomatedBackups": protection::choose(cx, false, true),
        "CopyTagsToSnapshot": true,
        "EnableCloudwatchLogsExports": exports,
    });
    if let Some(capacity) = &database.capacity {
        let units = map!(origin, {
            "MinCapacity": datum(&capacity.min, |units| units.units()),
            "MaxCapacity": datum(&capacity.max, |units| units.units()),
        });
        shared.set("ServerlessV2ScalingConfiguration", Datum::new(units, Origin::derived(BY, capacity.place.header)));
    }
    shared
}

/// A cluster outlives its stack in a snapshot, and no deployment replaces it
/// while data flows into it.
fn retain(mut cluster: Resource) -> Resource {
    cluster.lifecycle.snapshot = true;
    cluster.lifecycle.frozen = true;
    cluster
}

fn add_instances(cx: &mut Cx, database: &ast::Database, at: &str, origin: Origin) {
    let key = database.key.as_str();
    let role = monitoring::role(cx, &cx.graph.environment.region.clone(), at, origin);
    for n in 1..=count(database) {
        let instance = Resource::new("AWS::RDS::DBInstance", names::cluster_instance(key, &n.to_string()), at, origin)
            .set("DBInstanceIdentifier", cx.physical(names::DB_INSTANCE, &format!("{key}-aurora-{n}")))
            .set("DBClusterIdentifier", Value::reference(names::cluster(key)))
            .set("PromotionTier", n - 1)
            .set("PreferredMaintenanceWindow", maintenance(cx, database))
            .set("PerformanceInsightsKMSKeyId", keys::arn("database"))
            .set("MonitoringRoleArn", Value::attribute(role.clone(), "Arn"))
            .set_all(instance(cx, database, origin))
            // RDS tries the role's rights when it makes the instance.
            .after(names::role_policy(&role));
        cx.add(instance);
    }
}

/// The properties that the instances of a cluster and of its replica share.
fn instance(cx: &Cx, database: &ast::Database, origin: Origin) -> migspec_ir::Map {
    let class = match (&database.capacity, &database.instances) {
        (Some(capacity), _) => Datum::new(SERVERLESS, Origin::derived(BY, capacity.place.header)),
        (None, Some(instances)) => datum(&instances.class, |c| c.clone()),
        (None, None) => Datum::new(DEFAULT_CLASS, Origin::Default { of: "instances", node: database.place.header }),
    };
    map!(origin, {
        "Engine": datum(&database.engine, |e| e.word()),
        "DBInstanceClass": class,
        "PubliclyAccessible": false,
        // A new minor version in the middle of a load or a cutover restarts it:
        // the version is frozen for as long as a cutover is declared.
        "AutoMinorVersionUpgrade": !is_migrated(cx, database),
        "EnablePerformanceInsights": true,
        "PerformanceInsightsRetentionPeriod": 7,
        "MonitoringInterval": 60,
        "CACertificateIdentifier": CA,
    })
}

/// Whether a cutover ends the replication into the database.
fn is_migrated(cx: &Cx, database: &ast::Database) -> bool {
    cx.index.relations.iter().any(|r| r.database.key.as_str() == database.key.as_str() && r.cutover.is_some())
}

const DEFAULT_CLASS: &str = "db.r6g.large";
/// The class of instances whose capacity the cluster determines.
const SERVERLESS: &str = "db.serverless";
const DEFAULT_WINDOW: DailyWindow = DailyWindow { from: 180, to: 240 };

fn window(database: &ast::Database) -> Datum {
    match &database.backup {
        Some(backup) => datum(&backup.window, |w| w.aws()),
        None => Datum::new(DEFAULT_WINDOW.aws(), Origin::Default { of: "window", node: database.place.header }),
    }
}

/// An hour in which the cluster and each instance may be restarted: left out,
/// AWS picks one at random (fact: rds-maintenance-window).
fn maintenance(cx: &Cx, database: &ast::Database) -> String {
    placement::maintenance(cx, database.backup.as_ref().map_or(DEFAULT_WINDOW, |backup| *backup.window))
}

/// How many instances the cluster has.
pub(crate) fn count(database: &ast::Database) -> u32 {
    database.instances.as_ref().map_or(2, |i| i.count.0)
}

/// As RDS names the storage of an Aurora cluster (fact: aurora-storage).
fn storage_type(storage: ClusterStorage) -> &'static str {
    match storage {
        ClusterStorage::Standard => "aurora",
        ClusterStorage::IoOptimized => "aurora-iopt1",
    }
}

/// The port on which the database listens.
pub(crate) fn port(database: &ast::Database) -> u16 {
    database.port.as_ref().map_or_else(|| support::default_port(database.engine.word()), |port| port.0)
}

/// The same with its origin.
pub(crate) fn port_datum(database: &ast::Database) -> Datum {
    let default = Origin::Default { of: "port", node: database.place.header };
    Datum::new(port(database), database.port.as_ref().map_or(default, origin))
}

/// `{database}-aurora-cluster-{environment}`.
pub(crate) fn cluster_name(cx: &Cx, database: &ast::Database) -> String {
    cx.physical(names::DB_CLUSTER, &format!("{}-aurora-cluster", database.key))
}

/// `{database}-aurora-replica-{environment}`: the copy in another region.
pub(crate) fn replica_name(cx: &Cx, database: &ast::Database) -> String {
    cx.physical(names::DB_CLUSTER, &format!("{}-aurora-replica", database.key))
}

/// The name of the initial database.
pub(crate) fn name(database: &ast::Database) -> Datum {
    match &database.name {
        Some(name) => datum(&name.name, |n| n.clone()),
        None => {
            let origin = Origin::Default { of: "name", node: database.place.header };
            Datum::new(database.key.as_str().replace('-', "_"), origin)
        }
    }
}

/// The ARN of the master's secret: our own where there is a copy in another
/// region, since AWS then refuses to manage it (fact: aurora-managed-passwords).
pub(crate) fn master_secret(database: &ast::Database) -> Value {
    let key = database.key.as_str();
    match database.replica {
        Some(_) => Value::reference(names::login_secret(key, MASTER)),
        None => Value::attribute(names::cluster(key), "MasterUserSecret.SecretArn"),
    }
}

/// The logs that a cluster sends to CloudWatch.
pub(crate) fn log_exports(engine: Engine) -> &'static [&'static str] {
    if engine.is_postgresql() { &["postgresql"] } else { &["audit", "error"] }
}
