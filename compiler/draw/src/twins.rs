//! Boxes that differ in their labels only, as one box.

use std::collections::{BTreeMap, BTreeSet};

use crate::picture::{Edge, GroupId, Line, Look, Node, NodeId, Picture, Shape, Text};

/// Fewer boxes stay apart.
const FEWEST: usize = 3;

/// One end of an arrow, seen from the other one: whether it leads there, its box, label and line.
type Spoke<'p> = (Way, usize, &'p [String], Line);

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    In,
    Out,
}

/// The properties that twins share.
type Likeness<'p> = (Option<GroupId>, Shape, Look, &'p [Text], BTreeSet<Spoke<'p>>);

impl Picture {
    /// Merges boxes of one kind: three or more with the same group, outline, look and lines, and with the same arrows.
    /// The box lists their labels. Ids from before are no longer valid.
    #[must_use]
    pub fn merge_twins(self) -> Self {
        merge(self)
    }
}

fn merge(mut picture: Picture) -> Picture {
    let sets = twins(&picture);
    if sets.is_empty() {
        return picture;
    }
    // The box that replaces each box: the first of its set, or the box itself.
    let mut first: Vec<usize> = (0..picture.nodes.len()).collect();
    for set in &sets {
        set.iter().for_each(|member| first[*member] = set[0]);
        picture.nodes[set[0]] = combine(set.iter().map(|member| &picture.nodes[*member]));
    }
    let mut place = vec![0; first.len()];
    let mut nodes = Vec::new();
    for (index, node) in std::mem::take(&mut picture.nodes).into_iter().enumerate() {
        if first[index] == index {
            place[index] = nodes.len();
            nodes.push(node);
        }
    }
    picture.nodes = nodes;
    let known = std::mem::take(&mut picture.edges);
    picture.edges = known
        .into_iter()
        // The arrows of the first one represent those of all.
        .filter(|edge| first[edge.from.0] == edge.from.0 && first[edge.to.0] == edge.to.0)
        .map(|edge| Edge { from: NodeId(place[edge.from.0]), to: NodeId(place[edge.to.0]), ..edge })
        .collect();
    picture
}

fn twins(picture: &Picture) -> Vec<Vec<usize>> {
    let mut spokes: Vec<BTreeSet<Spoke<'_>>> = vec![BTreeSet::new(); picture.nodes.len()];
    for edge in &picture.edges {
        spokes[edge.from.0].insert((Way::Out, edge.to.0, &edge.label, edge.line));
        spokes[edge.to.0].insert((Way::In, edge.from.0, &edge.label, edge.line));
    }
    let mut sets: BTreeMap<Likeness<'_>, Vec<usize>> = BTreeMap::new();
    for (index, (node, spokes)) in picture.nodes.iter().zip(spokes).enumerate() {
        sets.entry((node.group, node.shape, node.look, &node.lines, spokes)).or_default().push(index);
    }
    sets.into_values().filter(|set| set.len() >= FEWEST).collect()
}

/// One box for several: their common lines, then their labels with their links.
fn combine<'p>(members: impl Iterator<Item = &'p Node> + Clone) -> Node {
    let count = members.clone().count();
    let labels = members.clone().map(|node| Text { text: node.label.clone(), link: node.link.clone() });
    let notes: Vec<&str> = members.clone().map(|node| &*node.note).filter(|note| !note.is_empty()).collect();
    let mut members = members.clone();
    let mut node = members.next().cloned().unwrap_or_else(|| Node::new(""));
    node.note = notes.join("\n");
    node.link = None;
    node.label = match node.lines.first() {
        Some(line) => format!("{count} × {}", line.text),
        None => format!("{count} boxes"),
    };
    node.lines = node.lines.drain(..).skip(1).chain(labels).collect();
    node
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{mermaid, svg};

    fn functions(count: usize) -> Picture {
        let mut picture = Picture::new("p", "p", "");
        let store = picture.add_node(Node::new("ledger").shape(Shape::Store));
        for number in 0..count {
            let node =
                Node::new(format!("f{number}")).line("Lambda").note(format!("n{number}")).link(format!("#f{number}"));
            let node = picture.add_node(node);
            picture.add_edge(Edge::new(node, store).label("tcp 5432"));
        }
        picture
    }

    #[test]
    fn three_of_a_kind_are_one_box_that_names_each() {
        let picture = functions(3).merge_twins();
        assert_eq!((picture.nodes.len(), picture.edges.len()), (2, 1));
        let text = svg(&picture);
        for part in ["3 × Lambda", "href=\"#f0\"", "href=\"#f2\"", ">f1<"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(mermaid(&picture).contains("n1 -->|\"tcp 5432\"| n0"));
    }

    #[test]
    fn two_of_a_kind_and_boxes_with_arrows_of_their_own_stay() {
        assert_eq!(functions(2).merge_twins().nodes.len(), 3);
        let mut picture = functions(4);
        picture.add_edge(Edge::new(NodeId(1), NodeId(0)).line(Line::Dashed));
        assert_eq!(picture.merge_twins().nodes.len(), 3);
    }
}
