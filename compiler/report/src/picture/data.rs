//! The picture of account data.

use std::collections::BTreeMap;

use migspec_analyze::scope::{Handling, Level, Scope};
use migspec_draw::{Edge, Group, GroupId, Line, Node, NodeId, Picture, Shape, Sign};
use migspec_ir::resource_type::Concern;
use migspec_ir::{Graph, Id, Resource};

use super::{Links, explain_levels, explain_outlines, folded, kind, look, reasons};

/// Every passage of account data, from the columns of the sources to the resources that store, process or transmit it.
pub fn data(graph: &Graph, scope: &Scope, links: Links) -> Picture {
    let title = format!("Account data of {} in {}", graph.migration, graph.environment.name);
    let mut drawing = Drawing {
        graph,
        scope,
        links,
        picture: Picture::new("data-flow", title, describe(graph, scope)),
        groups: BTreeMap::new(),
        nodes: BTreeMap::new(),
    };
    for id in graph.resources.keys().filter(|id| scope.level(id) == Level::AccountData) {
        if graph.get(id).is_some_and(|r| r.type_name != "Migspec::Column") {
            drawing.node(id);
        }
    }
    for passage in &scope.passages {
        let (from, to) = (drawing.node(&passage.from), drawing.node(&passage.to));
        let (from, to) = if passage.against { (to, from) } else { (from, to) };
        let classes = folded(&passage.classes, 3);
        let edge = if passage.keys_only {
            Edge::new(from, to).label("keys of rows").line(Line::Dashed)
        } else {
            classes.into_iter().fold(Edge::new(from, to), Edge::label)
        };
        drawing.picture.add_edge(edge);
    }
    if drawing.picture.is_empty() {
        let node = Node::new("no account data").line("every source is marked `live #false`");
        drawing.picture.add_node(node.shape(Shape::Round).look(look(Level::Outside)));
    }
    explain_levels(&mut drawing.picture);
    let outlines = [(Shape::Store, "keeps account data"), (Shape::Round, "processes or transmits it")];
    explain_outlines(&mut drawing.picture, &outlines);
    drawing.picture.explain(Sign::Arrow(Line::Solid), "rows, with the classes of account data in them");
    drawing.picture.explain(Sign::Arrow(Line::Dashed), "only keys of rows, which hold account data here");
    drawing.picture
}

fn describe(graph: &Graph, scope: &Scope) -> String {
    let ways = scope.passages.iter().map(|p| {
        let classes: Vec<&str> = p.classes.iter().map(String::as_str).collect();
        let (from, to) = if p.against { (&p.to, &p.from) } else { (&p.from, &p.to) };
        format!("{from} to {to}: {}", classes.join(", "))
    });
    let ways: Vec<String> = ways.collect();
    if ways.is_empty() {
        return format!("No account data reaches the environment {}.", graph.environment.name);
    }
    format!("The passages of account data. {}.", ways.join("; "))
}

struct Drawing<'a> {
    graph: &'a Graph,
    scope: &'a Scope,
    links: Links<'a>,
    picture: Picture,
    groups: BTreeMap<String, GroupId>,
    nodes: BTreeMap<Id, NodeId>,
}

impl Drawing<'_> {
    fn node(&mut self, id: &Id) -> NodeId {
        if let Some(known) = self.nodes.get(id) {
            return *known;
        }
        let entry = self.scope.get(id);
        let does: Vec<&str> = entry.handling.iter().map(|h| h.name()).collect();
        let shape = if entry.handling.contains(&Handling::Stores) { Shape::Store } else { Shape::Round };
        let mut node = Node::new(id.to_string()).line(kind(self.graph, id)).shape(shape).look(look(entry.level));
        node = node.line(does.join(", ")).note(reasons(self.scope, id));
        node = self.columns(id).into_iter().fold(node, Node::line);
        if let Some(link) = (self.links)(id) {
            node = node.link(link);
        }
        let group = self.group(id);
        let node = self.picture.add_node(node.within(group));
        self.nodes.insert(id.clone(), node);
        node
    }

    /// The columns with account data of a source.
    fn columns(&self, id: &Id) -> Vec<String> {
        let columns = self.graph.of_type("Migspec::Column");
        let of_it = columns.filter(|c| c.get("Source").and_then(|d| d.value.target()) == Some(id));
        let inside = of_it.filter(|column| self.scope.level(&column.id) == Level::AccountData);
        let text = |column: &Resource, name: &str| {
            column.get(name).and_then(|d| d.value.as_str()).unwrap_or_default().to_owned()
        };
        inside
            .map(|column| {
                let words = [text(column, "Class"), text(column, "Protection")];
                let words: Vec<&str> = words.iter().map(String::as_str).filter(|word| !word.is_empty()).collect();
                format!("{}.{}: {}", text(column, "Table"), text(column, "Name"), words.join(", "))
            })
            .collect()
    }

    fn group(&mut self, id: &Id) -> GroupId {
        let label = self.place(id);
        if let Some(known) = self.groups.get(&label) {
            return *known;
        }
        let group = self.picture.add_group(Group::new(label.clone()));
        self.groups.insert(label, group);
        group
    }

    /// The place of a resource, in words.
    fn place(&self, id: &Id) -> String {
        let Some(resource) = self.graph.get(id) else { return "elsewhere".to_owned() };
        if resource.type_name == "Migspec::Source" {
            return "outside AWS".to_owned();
        }
        let region = resource.region.as_deref().unwrap_or(&self.graph.environment.region);
        let concern = resource.resource_type().map_or(Concern::Configuration, |t| t.concern);
        format!("{} in {region}", concern.name())
    }
}
