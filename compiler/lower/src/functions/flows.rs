//! The flows of a function to databases and services.

use migspec_ir::{Actor, Origin, Zone};

use crate::cx::{Cx, path};
use crate::index::Relation;
use crate::{database, names};

use super::BY;

/// Adds the flows of a function.
pub(super) fn add(cx: &mut Cx, name: &str, actor: Actor) {
    let group = || Zone::Group(names::function_group(name));
    let relations = cx.index.relations.clone();
    for relation in relations.iter().filter(|relation| serves(actor, relation)) {
        let key = path("replication", &relation.node.key);
        let origin = Origin::derived(BY, relation.node.place.header);
        if reads_source(actor) {
            let site = Zone::Site(names::site(relation.source.site.as_str()));
            let port = relation.source.at.address.port;
            cx.flow(group(), site, port, format!("function {name} > {key} > from"), origin);
        }
        let cluster = Zone::Group(names::cluster_group(relation.database.key.as_str()));
        let port = database::port(relation.database);
        cx.flow(group(), cluster, port, format!("function {name} > {key} > to"), origin);
    }
    if relations.is_empty() {
        return;
    }
    let origin = Origin::derived(BY, cx.spec.place.header);
    for service in services(actor) {
        let why = format!("function {name} > {service}");
        cx.flow(group(), Zone::Service((*service).into()), 443, why, origin);
    }
}

/// The function works on this replication.
pub(super) fn serves(actor: Actor, relation: &Relation) -> bool {
    match actor {
        Actor::Validator => relation.validation.is_some(),
        Actor::Preflight | Actor::Fence | Actor::Sequences | Actor::Rollback => relation.cutover.is_some(),
        Actor::Reverse => relation.cutover.is_some() && relation.reversed(),
        Actor::Rotation | Actor::Monitor => true,
        _ => false,
    }
}

/// Rotation concerns the database on AWS alone.
fn reads_source(actor: Actor) -> bool {
    actor != Actor::Rotation
}

/// The AWS services that a function calls. Logs and traces do not pass the
/// function's network.
fn services(actor: Actor) -> &'static [&'static str] {
    match actor {
        Actor::Rotation => &["secretsmanager", "ssm"],
        Actor::Validator => &["secretsmanager", "ssm", "s3", "monitoring", "dms"],
        Actor::Preflight => &["secretsmanager", "ssm", "s3", "dms"],
        Actor::Rollback => &["secretsmanager", "ssm", "s3", "sns", "dms", "elasticloadbalancing"],
        Actor::Reverse => &["secretsmanager", "ssm", "dms"],
        Actor::Fence | Actor::Sequences => &["secretsmanager", "ssm"],
        _ => &[],
    }
}
