//! The picture of rights: roles, and the services that their grants reach.

use std::collections::{BTreeMap, BTreeSet};

use migspec_analyze::scope::Scope;
use migspec_draw::{Edge, Line, Look, Node, Picture, Shape, Sign};
use migspec_ir::schema::{self, Level};
use migspec_ir::{Graph, Id};

use super::{explain_levels, explain_outlines, folded, kind, look, reasons};

/// How many actions a label lists.
const MOST: usize = 6;

/// Each role with grants, and an arrow to each AWS service that it may call.
pub fn rights(graph: &Graph, scope: &Scope) -> Picture {
    let title = format!("Rights of {} in {}", graph.migration, graph.environment.name);
    let mut by_role: BTreeMap<&Id, BTreeMap<&str, BTreeSet<String>>> = BTreeMap::new();
    for grant in &graph.grants {
        for action in &grant.actions {
            let (service, name) = action.split_once(':').unwrap_or(("", action));
            by_role.entry(&grant.role).or_default().entry(service).or_default().insert(name.to_owned());
        }
    }
    let count: usize = by_role.values().flat_map(BTreeMap::values).map(BTreeSet::len).sum();
    let description =
        format!("{} roles with {count} actions. Every grant follows from a node of the spec.", by_role.len());
    let mut picture = Picture::new("rights", title, description);
    let mut known = BTreeMap::new();
    for (role, granted) in by_role {
        let actor = graph.actors.get(role).map(|actor| actor.name().to_owned());
        let level = scope.level(role);
        let mut node = Node::new(role.to_string()).line(kind(graph, role)).note(reasons(scope, role));
        node = actor.into_iter().fold(node, Node::line);
        let from = picture.add_node(node.shape(Shape::Round).look(look(level)));
        for (service, actions) in granted {
            let to = *known
                .entry(service.to_owned())
                .or_insert_with(|| picture.add_node(Node::new(service).line("service")));
            let writes = actions.iter().any(|action| !is_read(service, action));
            let line = if writes { Line::Solid } else { Line::Dashed };
            picture.add_edge(label(Edge::new(from, to), &actions).line(line));
        }
    }
    explain_levels(&mut picture);
    picture.explain(Sign::Box(Look::Plain), "an AWS service");
    explain_outlines(&mut picture, &[(Shape::Round, "a role"), (Shape::Box, "a service that it calls")]);
    picture.explain(Sign::Arrow(Line::Solid), "may change something");
    picture.explain(Sign::Arrow(Line::Dashed), "reads only");
    picture
}

fn label(edge: Edge, actions: &BTreeSet<String>) -> Edge {
    let shown: BTreeSet<String> = actions.iter().take(MOST).cloned().collect();
    let edge = folded(&shown, 2).into_iter().fold(edge, Edge::label);
    let more = actions.len().saturating_sub(MOST);
    if more > 0 { edge.label(format!("and {more} more")) } else { edge }
}

/// Whether AWS classes an action as reading. An unknown action may change something.
fn is_read(service: &str, action: &str) -> bool {
    schema::action(&format!("{service}:{action}"))
        .is_some_and(|known| matches!(known.level(), Level::List | Level::Read))
}
