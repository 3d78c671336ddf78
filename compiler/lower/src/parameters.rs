//! Parameters that the application and the workflow read at run time.

use std::sync::Arc;

use migspec_ir::{Datum, Id, Map, Origin, Resource, Value, map};
use migspec_syntax::value::{ColumnClass, FileName, TablePattern};
use migspec_syntax::{Setting, ast};

use crate::cx::{self, Cx, datum, path};
use crate::index::Relation;
use crate::{database, demand, logins, names, replication, source};

const BY: &str = "parameters";

pub(crate) fn lower(cx: &mut Cx) {
    topic(cx);
    if !demand::functions(cx).is_empty() {
        for relation in cx.index.relations.clone() {
            replication(cx, &relation);
            authority(cx, &relation);
            validation(cx, &relation);
        }
    }
    for api in &cx.spec.api {
        authorizer(cx, api);
    }
    for cutover in &cx.spec.cutover {
        switches(cx, cutover);
    }
}

fn topic(cx: &mut Cx) {
    let origin = Origin::derived(BY, cx.spec.monitor.as_ref().map_or(cx.spec.place.header, |m| m.place.header));
    let value = Datum::new(Value::reference(names::topic()), origin);
    add(
        cx,
        "sns/topic-arn",
        "The topic of the notifications to the operations team",
        value,
        "monitor".to_owned(),
        origin,
    );
}

/// A pointer: the keys themselves stay in the secret.
fn authorizer(cx: &mut Cx, api: &ast::Api) {
    let Some(authorizer) = &api.authorizer else { return };
    let parameter = if cx.spec.api.len() == 1 { "api/secret".to_owned() } else { format!("api/{}/secret", api.key) };
    let origin = Origin::derived(BY, authorizer.place.header);
    let value = datum(&authorizer.secret, |name| Value::from(name.as_str()));
    let path = format!("{} > authorizer", path("api", &api.key));
    add(cx, &parameter, "The name of the secret with the keys of the API's callers", value, path, origin);
}

/// Parameters that the workflow changes. A deployment writes only the first
/// value.
fn switches(cx: &mut Cx, cutover: &ast::Cutover) {
    let path = path("cutover", &cutover.key);
    let origin = Origin::derived(BY, cutover.place.header);
    let routing = of_cutover(cx, cutover, "routing/target");
    let writer = writer(cutover);
    let source = || Datum::new("source", origin);
    let id = add(cx, &routing, "The destination of requests: source or target", source(), path.clone(), origin);
    ignore_value(cx, &id);
    let rotation = of_cutover(cx, cutover, "rotation");
    let allowed = Datum::new("allowed", origin);
    let text = "The rotation hold: allowed, or held while replication runs";
    let id = add(cx, &rotation, text, allowed, path.clone(), origin);
    ignore_value(cx, &id);
    let writer_origin = cutover.writer_switch.as_ref().map_or(origin, |w| Origin::derived(BY, w.place.header));
    let path = format!("{path} > writer-switch");
    let id = add(cx, &writer, "The writer switch: source, none or target", source(), path, writer_origin);
    ignore_value(cx, &id);
}

fn ignore_value(cx: &mut Cx, id: &Id) {
    if let Some(resource) = cx.graph.resources.get_mut(id) {
        resource.lifecycle.ignore = vec!["Value"];
    }
}

/// The addresses and logins of a replication's databases, which the runtime
/// functions read instead of names of their own. The type is
/// [`migspec_events::Replication`].
fn replication(cx: &mut Cx, relation: &Relation) {
    let origin = Origin::derived(BY, relation.node.place.header);
    let mut fields = map!(origin, {
        "source": source_end(cx, relation, origin),
        "target": target_end(relation, origin),
        "sourceLogins": source_logins(cx, relation, origin),
        "targetLogins": target_logins(cx, relation, origin),
        "forwardTask": replication::task_arn(cx, &replication::task_resource(cx, relation.key())),
        "fenceTable": format!("{}.{}", replication::FENCE.0, replication::FENCE.1),
        "include": relation.node.include.iter().map(|i| pattern(&i.pattern)).collect::<Vec<_>>(),
        "exclude": relation.node.exclude.iter().map(|e| pattern(&e.pattern)).collect::<Vec<_>>(),
    });
    fields.set("lobLimit", replication::lob_limit(relation));
    if relation.reversed() {
        let task = replication::reverse_task_resource(cx, relation.key());
        fields.set("reverseTask", Datum::new(replication::task_arn(cx, &task), origin));
        fields.set("reverseSlot", Datum::new(replication::reverse_slot(relation.key()), origin));
    }
    if relation.rehearses() {
        let task = replication::rehearsal_task_resource(cx, relation.key());
        fields.set("rehearsalTask", Datum::new(replication::task_arn(cx, &task), origin));
    }
    if let Some(application) = &relation.source.application {
        fields.set("roles", Datum::new(source::texts(&application.roles.names), origin));
        fields.set("schemas", Datum::new(source::texts(&application.schemas.names), origin));
    }
    let audited = replication::audited_tables(relation);
    if !audited.is_empty() {
        fields.set("audited", Datum::new(Value::List(audited), origin));
    }
    let value = Datum::new(Value::JsonText(Box::new(Datum::new(fields, origin))), origin);
    let description = "The addresses and logins of the databases of a replication";
    add(cx, &of_replication(relation), description, value, path("replication", &relation.node.key), origin);
}

fn pattern(pattern: &Setting<TablePattern>) -> Datum {
    datum(pattern, |p| p.as_str().to_owned())
}

fn source_end(cx: &Cx, relation: &Relation, origin: Origin) -> Map {
    let (mode, mode_origin) = source::tls_mode(relation.source);
    let mut end = map!(origin, {
        "engine": datum(&relation.source.engine, |e| e.word()),
        "host": datum(&relation.source.at.address, |a| a.host.clone()),
        "port": datum(&relation.source.at.address, |a| a.port),
        "database": datum(&relation.source.at.database, |d| d.clone()),
        "tls": Datum::new(mode.word(), mode_origin),
    });
    if let Some((ca, _)) = authority_text(cx, relation) {
        end.set("authority", Datum::new(cx.path_name(&of_authority(relation)), cx::origin(ca)));
    }
    end
}

/// The file with the certificate of the source's authority, and its text.
fn authority_text<'a>(cx: &Cx<'a>, relation: &Relation<'a>) -> Option<(&'a Setting<FileName>, Arc<str>)> {
    let ca = relation.source.tls.as_ref()?.ca.as_ref()?;
    Some((ca, cx.file(ca.as_str())?.clone()))
}

/// The functions verify the source by the same authority as DMS does.
fn authority(cx: &mut Cx, relation: &Relation) {
    let Some((ca, text)) = authority_text(cx, relation) else { return };
    let value = Datum::new(text, cx::origin(ca));
    let description = "The CA certificate of a replication's source";
    let path = format!("{} > tls", path("source", &relation.source.key));
    add(cx, &of_authority(relation), description, value, path, Origin::derived(BY, ca.span()));
}

/// The comparisons, and the columns to mask: [`migspec_events::Validation`].
fn validation(cx: &mut Cx, relation: &Relation) {
    let Some(node) = relation.validation else { return };
    let origin = Origin::derived(BY, node.place.header);
    let invariant = |invariant: &ast::Invariant| {
        Value::from(map!(origin, { "name": invariant.key.as_str(), "sql": datum(&invariant.sql, |sql| sql.clone()) }))
    };
    let mut fields = map!(origin, {
        "rows": node.rows.is_some(),
        "invariants": Value::List(node.invariant.iter().map(|i| Datum::new(invariant(i), origin)).collect()),
        "protected": protected_columns(relation),
    });
    if let Some(checksums) = &node.checksums {
        let millis = datum(&checksums.chunk_time, |time| time.millis() as i64);
        fields.set("checksums", Datum::new(map!(origin, { "chunkMillis": millis }), origin));
    }
    let value = Datum::new(Value::JsonText(Box::new(Datum::new(fields, origin))), origin);
    let path = path("validation", &node.key);
    add(cx, &of_validation(relation), "The validation of a replication", value, path, origin);
}

/// Columns with a class other than `public`, whose values reports omit. A report has values of keys only, so of a table with a
/// class the columns of the key.
fn protected_columns(relation: &Relation) -> Vec<String> {
    let is_kept = |class: &Option<Setting<ColumnClass>>| class.as_ref().is_some_and(|c| **c != ColumnClass::Public);
    let columns = relation.source.table.iter().flat_map(|table| {
        let classified = table.column.iter().filter(|column| is_kept(&column.class)).map(|column| &*column.name.value);
        let key = table.key.iter().filter(|_| is_kept(&table.class)).flat_map(|key| key.value.split(','));
        let own = |name: &str| table.column.iter().any(|column| &*column.name.value == name && column.class.is_some());
        let key = key.map(str::trim).filter(move |name| !own(name));
        classified.chain(key).map(move |column| format!("{}.{column}", table.name.as_str())).collect::<Vec<_>>()
    });
    columns.collect()
}

fn target_end(relation: &Relation, origin: Origin) -> Map {
    let cluster = names::cluster(relation.database.key.as_str());
    map!(origin, {
        "engine": datum(&relation.database.engine, |e| e.word()),
        "host": Value::attribute(cluster, "Endpoint.Address"),
        "port": database::port_datum(relation.database),
        "database": database::name(relation.database),
        "tls": "verify-full",
    })
}

fn source_logins(cx: &Cx, relation: &Relation, origin: Origin) -> Map {
    let mut map = Map::new();
    for login in relation.source_logins().filter_map(|purpose| logins::of_source(relation.source, purpose)) {
        map.set(login.purpose.word(), Datum::new(login.secret.id(cx), origin));
    }
    map
}

fn target_logins(cx: &Cx, relation: &Relation, origin: Origin) -> Map {
    let mut map = Map::new();
    for login in relation.database_logins().map(|purpose| logins::of_database(relation.database, purpose)) {
        map.set(login.purpose.word(), Datum::new(login.secret.id(cx), origin));
    }
    map
}

/// The path of a replication's parameter below `/migration/{environment}`.
pub(crate) fn of_replication(relation: &Relation) -> String {
    format!("replications/{}", relation.key())
}

/// The path of the certificate of a source's authority.
pub(crate) fn of_authority(relation: &Relation) -> String {
    format!("{}/authority", of_replication(relation))
}

/// The path of the validation parameter of a replication.
pub(crate) fn of_validation(relation: &Relation) -> String {
    format!("{}/validation", of_replication(relation))
}

fn add(cx: &mut Cx, parameter: &str, description: &str, value: Datum, path: String, origin: Origin) -> Id {
    let resource = Resource::new("AWS::SSM::Parameter", names::parameter(parameter), path, origin)
        .set("Name", cx.path_name(parameter))
        .set("Type", "String")
        .set("Description", description)
        .set("Value", value);
    cx.add(resource)
}

/// The path of a parameter of a cutover below `/migration/{environment}`; it
/// holds the cutover's key where a spec has several.
pub(crate) fn of_cutover(cx: &Cx, cutover: &ast::Cutover, parameter: &str) -> String {
    match cx.spec.cutover.len() {
        1 => parameter.to_owned(),
        _ => format!("{}/{parameter}", cutover.key),
    }
}

/// The path of the writer switch below `/migration/{environment}`.
pub(crate) fn writer(cutover: &ast::Cutover) -> String {
    cutover.writer_switch.as_ref().map_or_else(|| "database/writer".to_owned(), |w| w.parameter.to_string())
}
