//! Mermaid: the same picture as text, for pages that draw it themselves.

use std::fmt::Write;

use crate::picture::{Edge, GroupId, Line, Look, Node, Picture, Shape};

/// A picture as a Mermaid flowchart.
pub fn mermaid(picture: &Picture) -> String {
    let mut out = String::new();
    let mut line = |depth: usize, text: String| {
        writeln!(out, "{:indent$}{text}", "", indent = depth * 4).expect("a string takes all");
    };
    line(0, "---".to_owned());
    line(0, format!("title: {}", yaml(&picture.title)));
    line(0, "---".to_owned());
    line(0, "flowchart TB".to_owned());
    line(1, format!("accTitle: {}", plain(&picture.title)));
    line(1, format!("accDescr: {}", plain(&picture.description)));
    inside(picture, None, 1, &mut line);
    for edge in &picture.edges {
        line(1, arrow(edge));
    }
    for (look, style) in LOOKS {
        line(1, format!("classDef {} {style}", name(*look)));
    }
    for (index, group) in picture.groups.iter().enumerate() {
        line(1, format!("class g{index} {}", name(group.look)));
    }
    out
}

const LOOKS: &[(Look, &str)] = &[
    (Look::Strong, "fill:#d0d7de,stroke:#1b1f24,stroke-width:3px,color:#1b1f24"),
    (Look::Marked, "fill:#eaeef2,stroke:#1b1f24,stroke-width:2px,color:#1b1f24"),
    (Look::Plain, "fill:#ffffff,stroke:#57606a,color:#1b1f24"),
    (Look::Faint, "fill:#ffffff,stroke:#57606a,stroke-dasharray:4 3,color:#1b1f24"),
];

fn name(look: Look) -> &'static str {
    match look {
        Look::Strong => "strong",
        Look::Marked => "marked",
        Look::Plain => "plain",
        Look::Faint => "faint",
    }
}

/// The boxes and groups directly inside a group, groups in their order.
fn inside(picture: &Picture, parent: Option<GroupId>, depth: usize, line: &mut dyn FnMut(usize, String)) {
    for (index, node) in picture.nodes.iter().enumerate().filter(|(_, n)| n.group == parent) {
        line(depth, format!("n{index}{}:::{}", shape(node), name(node.look)));
    }
    for (index, group) in picture.groups.iter().enumerate().filter(|(_, g)| g.parent == parent) {
        line(depth, format!("subgraph g{index}[{}]", quoted([&group.label])));
        inside(picture, Some(GroupId(index)), depth + 1, line);
        line(depth, "end".to_owned());
    }
}

fn shape(node: &Node) -> String {
    let text = quoted(std::iter::once(&node.label).chain(node.lines.iter().map(|line| &line.text)));
    match node.shape {
        Shape::Box => format!("[{text}]"),
        Shape::Round => format!("({text})"),
        Shape::Store => format!("[({text})]"),
        Shape::Choice => format!("{{{{{text}}}}}"),
    }
}

fn arrow(edge: &Edge) -> String {
    let line = match edge.line {
        Line::Solid => "-->",
        Line::Dashed => "-.->",
        Line::Thick => "==>",
        Line::Dotted => "--x",
        Line::Link => "-.-",
    };
    let label = if edge.label.is_empty() { String::new() } else { format!("|{}|", quoted(&edge.label)) };
    format!("n{} {line}{label} n{}", edge.from.0, edge.to.0)
}

/// Lines of text in quotes, with nothing that Mermaid or Markdown reads.
fn quoted<'a>(lines: impl IntoIterator<Item = &'a String>) -> String {
    let lines: Vec<String> = lines.into_iter().map(|line| escaped(line)).collect();
    format!("\"{}\"", lines.join("<br/>"))
}

/// All but letters, digits and a few marks as character references.
fn escaped(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            c if c.is_alphanumeric() || matches!(c, ' ' | '-' | '/' | ':' | ',' | '.') => c.to_string(),
            c if c.is_control() => " ".to_owned(),
            c => format!("#{};", u32::from(c)),
        })
        .collect()
}

/// One line of free text.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || matches!(c, '{' | '}' | ';' | '#') { ' ' } else { c }).collect()
}

fn yaml(text: &str) -> String {
    let plain = plain(text);
    let harmless = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | ',' | '.');
    if plain.chars().all(harmless) { plain } else { format!("\"{}\"", plain.replace(['"', '\\'], "'")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Group;

    #[test]
    fn a_picture_reads_as_a_flowchart() {
        let mut picture = Picture::new("net", "Network", "who reaches whom");
        let group = picture.add_group(Group::new("tier \"data\""));
        let app = picture.add_node(Node::new("app").shape(Shape::Round));
        let ledger =
            picture.add_node(Node::new("ledger").line("a|b").within(group).shape(Shape::Store).look(Look::Strong));
        picture.add_edge(Edge::new(app, ledger).label("tcp 5432").line(Line::Thick));
        let text = mermaid(&picture);
        for line in [
            "title: Network",
            "    n0(\"app\"):::plain",
            "    subgraph g0[\"tier #34;data#34;\"]",
            "        n1[(\"ledger<br/>a#124;b\")]:::strong",
            "    n0 ==>|\"tcp 5432\"| n1",
        ] {
            assert!(text.lines().any(|l| l == line), "{line}\n{text}");
        }
    }

    #[test]
    fn no_text_of_an_author_is_read() {
        let mut picture = Picture::new("x", "a: b\n%%{init}%%", "");
        picture.add_node(Node::new("end\"]; click n0 \"javascript:x\""));
        let text = mermaid(&picture);
        assert!(!text.contains("\"];") && !text.contains("{init}"), "{text}");
    }
}
