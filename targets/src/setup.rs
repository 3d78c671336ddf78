//! `setup/{replication}/source.sql` and `target.sql`: the logins, privileges and schemas of each database, for those who
//! set it up by hand.

use migspec_events::Side;
use migspec_events::setup::{Login, Setup};
use migspec_ir::{Graph, Resource};

use crate::Artifacts;

pub(crate) fn add(graph: &Graph, artifacts: &mut Artifacts) {
    for replication in graph.of_type("Migspec::Replication") {
        let end = |name: &str| replication.get(name).and_then(|d| graph.get(d.value.target()?));
        let (Some(source), Some(target)) = (end("Source"), end("Target")) else { continue };
        let Some(folder) = replication.get("Name").and_then(|d| d.value.as_str()) else { continue };
        let schemas = texts(source, "Schemas");
        let audited = texts(replication, "Audited");
        for (side, owner) in [(Side::Source, source), (Side::Target, target)] {
            let engine = owner.get("Engine").and_then(|d| d.value.as_str()).unwrap_or_default();
            let logins = logins(graph, owner);
            if logins.is_empty() || !engine.ends_with("postgresql") {
                continue;
            }
            let setup = Setup { side, logins, schemas: schemas.clone(), audited: audited.clone() };
            artifacts.add(format!("setup/{folder}/{}.sql", side.name()), file(graph, &setup, owner));
        }
    }
}

fn file(graph: &Graph, setup: &Setup, owner: &Resource) -> String {
    let mut text = format!(
        "-- The setup of {} for the migration {} in {}.\n\
         -- Run it in the database of the application, as an administrator, after the application's schemas exist:\n\
         -- psql --set ON_ERROR_STOP=1 --file {}.sql. Every statement can be repeated.\n\
         -- It sets no password: give each login the password of its secret, with \\password.\n",
        owner.path,
        graph.migration,
        graph.environment.name,
        setup.side.name()
    );
    for (purpose, statements) in setup.statements() {
        text.push_str(&format!("\n-- {purpose}\n{statements}"));
    }
    text
}

fn logins<'g>(graph: &'g Graph, owner: &Resource) -> Vec<Login<'g>> {
    let own = graph.of_type("Migspec::Login");
    let own = own.filter(|login| login.get("Owner").is_some_and(|d| d.value.target() == Some(&owner.id)));
    let login = |login: &'g Resource| {
        let text = |name: &str| login.get(name).and_then(|d| d.value.as_str());
        Some(Login { purpose: text("Purpose")?, user: text("User")? })
    };
    own.filter_map(login).collect()
}

fn texts<'g>(resource: &'g Resource, property: &str) -> Vec<&'g str> {
    let list = resource.get(property).and_then(|d| d.value.as_list()).unwrap_or_default();
    list.iter().filter_map(|d| d.value.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use migspec_ir::{Datum, Value};

    use super::*;
    use crate::terraform::tests::graph;

    /// The key of a replication names its folder, whatever its end.
    #[test]
    fn each_replication_has_its_own_folder() {
        let (mut graph, at) = graph();
        let mut add = |resource: Resource| drop(graph.resources.insert(resource.id.clone(), resource));
        for key in ["x", "x-replication"] {
            let end = |side: &str| format!("{key}-{side}");
            for side in ["source", "target"] {
                let owner = Resource::new("Migspec::Source", end(side).as_str(), "test", at)
                    .set("Engine", "postgresql")
                    .set("Schemas", Value::List(vec![Datum::new("app", at)]));
                add(owner);
                let login = Resource::new("Migspec::Login", format!("{key}-{side}-login").as_str(), "test", at)
                    .set("Owner", Value::reference(end(side).as_str()))
                    .set("Purpose", "replication")
                    .set("User", "migspec_replication");
                add(login);
            }
            let replication = Resource::new("Migspec::Replication", format!("{key}-replication").as_str(), "test", at)
                .set("Name", key)
                .set("Source", Value::reference(end("source").as_str()))
                .set("Target", Value::reference(end("target").as_str()));
            add(replication);
        }
        let mut artifacts = Artifacts::new();
        super::add(&graph, &mut artifacts);
        for path in ["x/source", "x/target", "x-replication/source", "x-replication/target"] {
            assert!(artifacts.get(&format!("setup/{path}.sql")).is_some(), "{path}");
        }
    }
}
