//! Graphviz: the same picture as text, for tools that lay it out themselves.

use std::fmt::Write;

use crate::picture::{GroupId, Line, Look, Picture, Shape};

/// A picture as a directed graph in the language of Graphviz.
pub fn dot(picture: &Picture) -> String {
    let mut out = String::new();
    let mut line = |depth: usize, text: String| {
        writeln!(out, "{:indent$}{text}", "", indent = depth * 4).expect("a string takes all");
    };
    line(0, format!("digraph {} {{", quoted([&picture.title])));
    line(1, format!("label={}; tooltip={};", quoted([&picture.title]), quoted([&picture.description])));
    line(1, "rankdir=LR; compound=true; fontname=\"Helvetica\"; labelloc=t;".to_owned());
    line(1, "node [fontname=\"Helvetica\", fontsize=11]; edge [fontname=\"Helvetica\", fontsize=9];".to_owned());
    inside(picture, None, 1, &mut line);
    for edge in &picture.edges {
        let style = match edge.line {
            Line::Solid => "solid",
            Line::Dashed => "dashed",
            Line::Thick => "bold",
            Line::Dotted => "dotted",
            Line::Link => "dashed, dir=none",
        };
        let label = quoted(&edge.label);
        line(1, format!("n{} -> n{} [label={label}, style={style}];", edge.from.0, edge.to.0));
    }
    line(0, "}".to_owned());
    out
}

/// The boxes and groups directly inside a group.
fn inside(picture: &Picture, parent: Option<GroupId>, depth: usize, line: &mut dyn FnMut(usize, String)) {
    for (index, node) in picture.nodes.iter().enumerate().filter(|(_, node)| node.group == parent) {
        let label = quoted(std::iter::once(&node.label).chain(node.lines.iter().map(|line| &line.text)));
        let (shape, look) = (shape(node.shape), look(node.look));
        line(depth, format!("n{index} [label={label}, tooltip={}, shape={shape}, {look}];", quoted([&node.note])));
    }
    for (index, group) in picture.groups.iter().enumerate().filter(|(_, group)| group.parent == parent) {
        line(depth, format!("subgraph cluster_g{index} {{"));
        line(depth + 1, format!("label={}; {};", quoted([&group.label]), look(group.look).replace(", ", "; ")));
        inside(picture, Some(GroupId(index)), depth + 1, line);
        line(depth, "}".to_owned());
    }
}

fn shape(shape: Shape) -> &'static str {
    match shape {
        Shape::Box | Shape::Round => "box",
        Shape::Store => "cylinder",
        Shape::Choice => "hexagon",
    }
}

fn look(look: Look) -> &'static str {
    match look {
        Look::Strong => "style=\"filled\", fillcolor=\"#d0d7de\", penwidth=3",
        Look::Marked => "style=\"filled\", fillcolor=\"#eaeef2\", penwidth=2",
        Look::Plain => "style=\"solid\"",
        Look::Faint => "style=\"dashed\"",
    }
}

/// Lines of text as one string. Graphviz reads no markup in it.
fn quoted<'a>(lines: impl IntoIterator<Item = &'a String>) -> String {
    let escaped = |line: &String| {
        let plain = line.chars().map(|c| if c.is_control() { ' ' } else { c });
        plain.collect::<String>().replace('\\', "\\\\").replace('"', "\\\"")
    };
    format!("\"{}\"", lines.into_iter().map(escaped).collect::<Vec<_>>().join("\\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Edge, Group, Node};

    #[test]
    fn a_picture_reads_as_a_graph() {
        let mut picture = Picture::new("net", "Network", "paths");
        let group = picture.add_group(Group::new("tier"));
        let app = picture.add_node(Node::new("app"));
        let ledger = picture.add_node(Node::new("ledger").line("a").within(group).shape(Shape::Store));
        picture.add_edge(Edge::new(app, ledger).label("tcp 5432").line(Line::Dashed));
        let text = dot(&picture);
        for line in [
            "digraph \"Network\" {",
            "    subgraph cluster_g0 {",
            "        n1 [label=\"ledger\\na\", tooltip=\"\", shape=cylinder, style=\"solid\"];",
            "    n0 -> n1 [label=\"tcp 5432\", style=dashed];",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
    }

    #[test]
    fn text_ends_no_string() {
        let mut picture = Picture::new("x", "t", "");
        picture.add_node(Node::new("a\"]; n9 [URL=\"x\n\\"));
        let text = dot(&picture);
        assert!(text.contains("label=\"a\\\"]; n9 [URL=\\\"x \\\\\""), "{text}");
    }
}
