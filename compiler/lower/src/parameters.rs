//! Parameters that the application and the workflow read at run time.

use migspec_ir::{Datum, Id, Map, Origin, Resource, Value, map};
use migspec_syntax::value::{TablePattern, Text};
use migspec_syntax::{Setting, ast};

use crate::cx::{Cx, datum, path};
use crate::index::Relation;
use crate::{database, functions, logins, names, replication, source};

const BY: &str = "parameters";

pub(crate) fn lower(cx: &mut Cx) {
    topic(cx);
    if !functions::needed(cx).is_empty() {
        for relation in cx.index.relations.clone() {
            replication(cx, &relation);
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
    add(cx, "sns/topic-arn", "The topic that tells the operations team", value, "monitor".to_owned(), origin);
}

/// A pointer: the keys themselves stay in the secret.
fn authorizer(cx: &mut Cx, api: &ast::Api) {
    let Some(authorizer) = &api.authorizer else { return };
    let parameter = if cx.spec.api.len() == 1 { "api/secret".to_owned() } else { format!("api/{}/secret", api.key) };
    let origin = Origin::derived(BY, authorizer.place.header);
    let value = datum(&authorizer.secret, |name| Value::from(name.as_str()));
    let path = format!("{} > authorizer", path("api", &api.key));
    add(cx, &parameter, "The name of the secret that holds the keys of the API's callers", value, path, origin);
}

/// What the workflow changes: a deployment writes the first value and then
/// leaves it alone.
fn switches(cx: &mut Cx, cutover: &ast::Cutover) {
    let path = path("cutover", &cutover.key);
    let origin = Origin::derived(BY, cutover.place.header);
    let routing = of_cutover(cx, cutover, "routing/target");
    let writer = writer(cutover);
    let source = || Datum::new("source", origin);
    let id = add(cx, &routing, "Where traffic goes: source or target", source(), path.clone(), origin);
    ignore_value(cx, &id);
    let rotation = of_cutover(cx, cutover, "rotation");
    let allowed = Datum::new("allowed", origin);
    let text = "Whether passwords may be rotated: allowed, or held while the migration runs";
    let id = add(cx, &rotation, text, allowed, path.clone(), origin);
    ignore_value(cx, &id);
    let writer_origin = cutover.writer_switch.as_ref().map_or(origin, |w| Origin::derived(BY, w.place.header));
    let path = format!("{path} > writer-switch");
    let id = add(cx, &writer, "Which database accepts writes: source, none or target", source(), path, writer_origin);
    ignore_value(cx, &id);
}

fn ignore_value(cx: &mut Cx, id: &Id) {
    if let Some(resource) = cx.graph.resources.get_mut(id) {
        resource.lifecycle.ignore = vec!["Value"];
    }
}

/// Where a replication's databases are and how they are logged in to: what the
/// runtime functions read, so that they hold no names of their own.
fn replication(cx: &mut Cx, relation: &Relation) {
    let origin = Origin::derived(BY, relation.node.place.header);
    let mut fields = map!(origin, {
        "source": source_end(relation, origin),
        "target": target_end(relation, origin),
        "sourceLogins": source_logins(cx, relation, origin),
        "targetLogins": target_logins(cx, relation, origin),
        "forwardTask": replication::task_resource(cx, relation.key()),
        "fenceTable": format!("{}.{}", replication::FENCE.0, replication::FENCE.1),
        "include": relation.node.include.iter().map(|i| pattern(&i.pattern)).collect::<Vec<_>>(),
        "exclude": relation.node.exclude.iter().map(|e| pattern(&e.pattern)).collect::<Vec<_>>(),
    });
    if relation.reversed() {
        let task = replication::reverse_task_resource(cx, relation.key());
        fields.set("reverseTask", Datum::new(task, origin));
        fields.set("reverseSlot", Datum::new(replication::reverse_slot(relation.key()), origin));
    }
    if let Some(application) = &relation.source.application {
        let texts = |settings: &[Setting<Text>]| settings.iter().map(|s| datum(s, |t| t.clone())).collect();
        fields.set("roles", Datum::new(Value::List(texts(&application.roles.names)), origin));
        fields.set("schemas", Datum::new(Value::List(texts(&application.schemas.names)), origin));
    }
    let value = Datum::new(Value::JsonText(Box::new(Datum::new(fields, origin))), origin);
    let description = "Where the databases of a replication are";
    add(cx, &of_replication(relation), description, value, path("replication", &relation.node.key), origin);
}

fn pattern(pattern: &Setting<TablePattern>) -> Datum {
    datum(pattern, |p| p.as_str().to_owned())
}

fn source_end(relation: &Relation, origin: Origin) -> Map {
    let (mode, mode_origin) = source::tls_mode(relation.source);
    map!(origin, {
        "engine": datum(&relation.source.engine, |e| e.word()),
        "host": datum(&relation.source.at.address, |a| a.host.clone()),
        "port": datum(&relation.source.at.address, |a| a.port),
        "database": datum(&relation.source.at.database, |d| d.clone()),
        "tls": Datum::new(mode.word(), mode_origin),
    })
}

fn target_end(relation: &Relation, origin: Origin) -> Map {
    let cluster = names::cluster(relation.database.key.as_str());
    map!(origin, {
        "engine": datum(&relation.database.engine, |e| e.word()),
        "host": Value::attribute(cluster, "Endpoint.Address"),
        "port": relation.database.engine.default_port(),
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

fn add(cx: &mut Cx, parameter: &str, description: &str, value: Datum, path: String, origin: Origin) -> Id {
    let resource = Resource::new("AWS::SSM::Parameter", names::parameter(parameter), path, origin)
        .set("Name", cx.parameter_name(parameter))
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
