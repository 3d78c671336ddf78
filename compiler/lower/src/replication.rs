//! Replication: an AWS DMS instance, endpoints, the forward task and the reverse task of each `replication`.

mod account;
mod certificates;
mod checks;

pub(crate) use checks::instance_classes;
mod endpoints;
mod mappings;
mod query;
mod settings;
mod tables;

use migspec_ir::{Datum, Id, Origin, Resource, Value, Zone, list};
use migspec_syntax::value::{ColumnClass, DailyWindow, TierPurpose};
use migspec_syntax::{Provenance, ast};

use crate::cx::{Cx, datum, origin, path};
use crate::index::Relation;
use crate::patterns::{copies, like};
use crate::{database, keys, logs, names, placement, source};
use endpoints::{Endpoint, Side};

pub(crate) use endpoints::reverse_slot;
pub(crate) use mappings::FENCE;
pub(crate) use settings::{LOADED_AT_ONCE, lob_limit};

const BY: &str = "replication";

/// Reads PostgreSQL 17 and all before it.
const ENGINE_VERSION: &str = "3.6.1";

pub(crate) fn lower(cx: &mut Cx) {
    checks::references(cx);
    account::lower(cx);
    for relation in cx.index.relations.clone() {
        checks::check(cx, &relation);
        tables::check(cx, &relation);
        add(cx, &relation);
    }
}

fn add(cx: &mut Cx, relation: &Relation) {
    let at = path("replication", &relation.node.key);
    add_instance(cx, relation, &at);
    add_task(cx, relation, &at);
    add_forward_flows(cx, relation);
    if relation.reversed() {
        add_reverse(cx, relation, &format!("{at} > reverse"));
    }
    add_entity(cx, relation, &at);
}

fn add_instance(cx: &mut Cx, relation: &Relation, at: &str) {
    let key = relation.key();
    let origin = Origin::derived(BY, relation.node.place.header);
    let vpc = names::vpc(relation.network.key.as_str());
    let text = format!("Replication instance {key}");
    placement::group(cx, names::replication_group(key), vpc, &text, at, origin);
    let subnets = placement::subnets(cx, relation.network, TierPurpose::Replication, relation.node.network.span());
    let subnet_group = Resource::new("AWS::DMS::ReplicationSubnetGroup", names::replication_subnets(key), at, origin)
        .set(
            "ReplicationSubnetGroupIdentifier",
            cx.physical(names::REPLICATION_SUBNETS, &format!("{key}-replication-subnets")),
        )
        .set("ReplicationSubnetGroupDescription", format!("Subnets of the replication {key}"))
        .set("SubnetIds", subnets);
    let subnet_group = account::after(cx, subnet_group, account::VPC);
    cx.add(subnet_group);
    let log_group = format!("dms-tasks-{}", instance_name(cx, key));
    logs::masked(cx, names::log_group(&format!("{key}-replication")), log_group, at, origin);
    let instance = instance(cx, relation, at, origin);
    cx.add(instance);
    for service in ["secretsmanager", "kms", "logs", "monitoring"] {
        let why = format!("{at} > instance");
        cx.flow(Zone::Group(names::replication_group(key)), Zone::Service(service.into()), 443, why, origin);
    }
}

fn instance(cx: &Cx, relation: &Relation, at: &str, origin: Origin) -> Resource {
    let key = relation.key();
    let node = relation.node.place.header;
    let (class, storage) = match &relation.node.instance {
        Some(instance) => (datum(&instance.class, |c| c.clone()), datum(&instance.storage, |s| s.gib() as i64)),
        None => {
            let default = Origin::Default { of: "instance", node };
            (Datum::new("dms.c5.xlarge", default), Datum::new(200, default))
        }
    };
    let standby = match &relation.node.instance {
        Some(instance) => datum(&instance.multi_az, |multi_az| *multi_az),
        None => Datum::new(true, Origin::Default { of: "instance", node }),
    };
    let version = match &relation.node.instance {
        Some(instance) => datum(&instance.version, |version| version.clone()),
        None => Datum::new(ENGINE_VERSION, Origin::Default { of: "version", node }),
    };
    let group = placement::group_id(names::replication_group(key));
    let mut instance = Resource::new("AWS::DMS::ReplicationInstance", names::replication_instance(key), at, origin)
        .set("ReplicationInstanceIdentifier", instance_name(cx, key))
        .set("ReplicationInstanceClass", class)
        .set("AllocatedStorage", storage)
        .set("EngineVersion", version)
        .set("MultiAZ", standby)
        .set("PubliclyAccessible", false)
        // A new version in the middle of a load or a cutover restarts it: the
        // version is frozen for as long as a cutover is declared.
        .set("AutoMinorVersionUpgrade", relation.cutover.is_none())
        .set("AllowMajorVersionUpgrade", false)
        .set("PreferredMaintenanceWindow", placement::maintenance(cx, DailyWindow { from: 180, to: 240 }))
        .set("ReplicationSubnetGroupIdentifier", Value::reference(names::replication_subnets(key)))
        .set("VpcSecurityGroupIds", list!(origin, [group]))
        .set("KmsKeyId", keys::arn("replication"))
        .after(names::log_group(&format!("{key}-replication")));
    instance.lifecycle.frozen = true;
    account::after(cx, instance, account::LOGS)
}

/// `{replication}-replication-{environment}`: also the dimension of metrics.
pub(crate) fn instance_name(cx: &Cx, key: &str) -> String {
    cx.physical(names::REPLICATION_INSTANCE, &format!("{key}-replication"))
}

/// The last part of the task's ARN, chosen in advance so that metrics and grants can name it. At most 31 characters.
pub(crate) fn task_resource(cx: &Cx, key: &str) -> String {
    resource_identifier(cx, &format!("{key}-fwd"))
}

/// The same of the reverse task.
pub(crate) fn reverse_task_resource(cx: &Cx, key: &str) -> String {
    resource_identifier(cx, &format!("{key}-rev"))
}

/// The same of the task that rehearses the start of the reverse task.
pub(crate) fn rehearsal_task_resource(cx: &Cx, key: &str) -> String {
    resource_identifier(cx, &format!("{key}-reh"))
}

fn resource_identifier(cx: &Cx, stem: &str) -> String {
    let (type_name, property) = names::TASK_RESOURCE;
    let longest = migspec_ir::naming::longest(type_name, property);
    names::task_resource(&cx.pattern, &cx.graph.migration, stem, cx.env(), longest)
}

/// The ARN of a task from its resource identifier.
pub(crate) fn task_arn(cx: &Cx, resource: &str) -> Value {
    cx.arn("dms", &format!("task:{resource}"))
}

fn add_task(cx: &mut Cx, relation: &Relation, at: &str) {
    let key = relation.key();
    let from = Endpoint { id: names::source_endpoint(key), stem: "source", side: Side::Source };
    let to = Endpoint { id: names::target_endpoint(key), stem: "target", side: Side::Target };
    endpoints::outside(cx, relation, &from, at);
    endpoints::cluster(cx, relation, &to, at);
    let origin = Origin::derived(BY, relation.node.place.header);
    let task = Task {
        id: names::task(key),
        stem: "forward",
        resource: task_resource(cx, key),
        kind: "full-load-and-cdc",
        tables: mappings::mappings(relation, "full-load-and-cdc", origin),
        source: from.id,
        target: to.id,
        origin,
    };
    task.add(cx, relation, at);
}

/// The reverse task, provisioned from the first day. The cutover starts it after
/// the writer has moved.
fn add_reverse(cx: &mut Cx, relation: &Relation, at: &str) {
    let key = relation.key();
    let from =
        Endpoint { id: names::reverse_source_endpoint(key), stem: endpoints::REVERSE_SOURCE, side: Side::Source };
    let to = Endpoint { id: names::reverse_target_endpoint(key), stem: "reverse-target", side: Side::Target };
    endpoints::cluster(cx, relation, &from, at);
    endpoints::outside(cx, relation, &to, at);
    let node = relation.node.reverse.as_ref().map_or(relation.node.place.header, |r| r.place.header);
    let origin = Origin::derived(BY, node);
    let task = Task {
        id: names::reverse_task(key),
        stem: "reverse",
        resource: reverse_task_resource(cx, key),
        kind: "cdc",
        tables: mappings::mappings(relation, "cdc", origin),
        source: from.id.clone(),
        target: to.id.clone(),
        origin,
    };
    task.add(cx, relation, at);
    if relation.rehearses() {
        let task = Task {
            id: names::rehearsal_task(key),
            stem: "rehearsal",
            resource: rehearsal_task_resource(cx, key),
            kind: "cdc",
            tables: mappings::rehearsal(origin),
            source: from.id,
            target: to.id,
            origin,
        };
        task.add(cx, relation, at);
    }
}

struct Task {
    id: Id,
    stem: &'static str,
    resource: String,
    kind: &'static str,
    tables: Datum,
    source: Id,
    target: Id,
    origin: Origin,
}

impl Task {
    fn add(self, cx: &mut Cx, relation: &Relation, at: &str) {
        let key = relation.key();
        let mut task = Resource::new("AWS::DMS::ReplicationTask", self.id, at, self.origin)
            .set("ReplicationTaskIdentifier", cx.physical(names::TASK, &format!("{key}-{}", self.stem)))
            .set("ResourceIdentifier", self.resource)
            .set("MigrationType", self.kind)
            .set("ReplicationInstanceArn", Value::reference(names::replication_instance(key)))
            .set("SourceEndpointArn", Value::reference(self.source))
            .set("TargetEndpointArn", Value::reference(self.target))
            .set("TableMappings", Value::JsonText(Box::new(self.tables)))
            .set("ReplicationTaskSettings", Value::JsonText(Box::new(settings::settings(relation, self.origin))))
            .retained();
        task.lifecycle.frozen = true;
        cx.add(task);
    }
}

/// The replication instance opens connections to both sides, in both
/// directions of the data: one flow to each serves there and back.
fn add_forward_flows(cx: &mut Cx, relation: &Relation) {
    let key = relation.key();
    let group = || Zone::Group(names::replication_group(key));
    let node = &relation.node;
    let why = |end: &str| format!("{} > {end}", path("replication", &node.key));
    let source_port = relation.source.at.address.port;
    let site = Zone::Site(names::site(relation.source.site.as_str()));
    cx.flow(group(), site, source_port, why("from"), Origin::derived(BY, node.from.span()));
    let cluster = Zone::Group(names::cluster_group(relation.database.key.as_str()));
    let port = database::port(relation.database);
    cx.flow(group(), cluster, port, why("to"), Origin::derived(BY, node.to.span()));
}

/// The alarm where the spec sets it, or else the gate.
fn loose_alarm(lag: &ast::Lag) -> Origin {
    let is_written = matches!(lag.alarm.provenance, Provenance::Written { .. });
    if is_written { origin(&lag.alarm) } else { origin(&lag.gate) }
}

/// The policy entity of the replication.
fn add_entity(cx: &mut Cx, relation: &Relation, at: &str) {
    let key = relation.key();
    let here = Origin::derived(BY, relation.node.place.header);
    let lag = relation.node.lag.as_ref();
    let seconds = |written: Option<Datum>, of: &'static str| {
        written.unwrap_or_else(|| Datum::new(5, Origin::Default { of, node: relation.node.place.header }))
    };
    let gate = seconds(lag.map(|l| datum(&l.gate, |d| d.secs() as i64)), "gate");
    let alarm = seconds(lag.map(|l| datum(&l.alarm, |d| d.secs() as i64)), "alarm");
    let (mode, mode_origin) = source::tls_mode(relation.source);
    let resource = Resource::new("Migspec::Replication", names::replication(key), at, here)
        .set("Name", key)
        .set("Source", Value::reference(names::source(relation.source.key.as_str())))
        .set("Target", Value::reference(names::cluster(relation.database.key.as_str())))
        .set("Task", Value::reference(names::task(key)))
        .set("Reverse", reverse_datum(relation))
        .set("Rehearse", rehearse_datum(relation))
        .set("TlsMode", Datum::new(mode.word(), mode_origin))
        .set("LagGate", gate)
        .set("LagAlarm", alarm)
        .because("alarmLooserThanGate", lag.map(loose_alarm))
        .set("LobLimit", settings::lob_limit(relation))
        .set_if("MaxLob", largest_lob(relation))
        .set("HasValidation", relation.validation.is_some())
        .set("HasCutover", relation.cutover.is_some())
        .set("Complete", mappings::completeness(relation.node, here))
        // The functions compare and fence PostgreSQL only.
        .set("Proven", relation.source.engine.is_postgresql());
    let resource = match excluded_tables(relation) {
        tables if tables.is_empty() || relation.cutover.is_none() => resource,
        tables => {
            let origin = tables[0].origin;
            resource.set("ExcludedTables", Datum::new(Value::List(tables), origin))
        }
    };
    let resource = match audited_tables(relation) {
        tables if tables.is_empty() => resource,
        tables => resource.set("Audited", Datum::new(Value::List(tables), here)),
    };
    cx.add(resource);
    if let Some(validation) = relation.validation {
        add_validation(cx, relation, validation);
    }
}

/// The copied tables with account data, whose reads and changes the target records with their user.
pub(crate) fn audited_tables(relation: &Relation) -> Vec<Datum> {
    let is_account = |class: ColumnClass| matches!(class, ColumnClass::Pan | ColumnClass::Cardholder);
    let holds = |table: &&ast::Table| {
        let mut classes = table.column.iter().filter_map(|column| column.class.as_ref());
        classes.any(|class| is_account(**class))
    };
    let tables = relation.source.table.iter().filter(holds).filter(|table| copies(relation, &table.name));
    tables.map(|table| datum(&table.name, |name| name.as_str().to_owned())).collect()
}

/// The largest large object that was measured on the source, in kilobytes.
fn largest_lob(relation: &Relation) -> Option<Datum> {
    let lobs = relation.source.table.iter().flat_map(|table| &table.lob);
    lobs.max_by_key(|lob| lob.max.bytes()).map(|lob| datum(&lob.max, |size| size.kib() as i64))
}

/// Whether a table has account data that must not be copied, so that it stays behind for a reason.
fn cannot_move(table: &ast::Table) -> bool {
    let is_open = |column: &ast::Column| match column.class.as_ref().map(|class| class.value) {
        Some(ColumnClass::AuthenticationData) => true,
        Some(ColumnClass::Pan) => column.protection.is_none(),
        _ => false,
    };
    table.column.iter().any(is_open)
}

/// Tables that the source declares and an `exclude` removes, at the `exclude`.
fn excluded_tables(relation: &Relation) -> Vec<Datum> {
    let tables = relation.source.table.iter().filter(|table| !cannot_move(table)).map(|table| table.name.as_str());
    let removal = |name: &&str| {
        let exclude = relation.node.exclude.iter().find(|node| like(node.pattern.as_str(), name))?;
        Some(Datum::new(*name, origin(&exclude.pattern)))
    };
    tables.filter_map(|name| removal(&name)).collect()
}

fn reverse_datum(relation: &Relation) -> Datum {
    match &relation.node.reverse {
        Some(reverse) => datum(&reverse.enabled, |e| *e),
        None => Datum::new(relation.reversed(), Origin::Default { of: "reverse", node: relation.node.place.header }),
    }
}

fn rehearse_datum(relation: &Relation) -> Datum {
    match &relation.node.reverse {
        Some(reverse) => datum(&reverse.rehearse, |rehearse| *rehearse),
        None => Datum::new(true, Origin::Default { of: "reverse", node: relation.node.place.header }),
    }
}

fn add_validation(cx: &mut Cx, relation: &Relation, validation: &ast::Validation) {
    let at = path("validation", &validation.key);
    let here = Origin::derived("validation", validation.place.header);
    let resource = Resource::new("Migspec::Validation", names::validation(validation.key.as_str()), at, here)
        .set("Replication", Value::reference(names::replication(relation.key())))
        .set("Rows", validation.rows.is_some())
        .set("Checksums", validation.checksums.is_some())
        .set("Invariants", validation.invariant.len() as i64);
    cx.add(resource);
}
