//! The reference implementation of KDL as a second opinion.

use ::kdl::{KdlDocument, KdlNode, KdlValue};

use crate::tree::{Entry, Literal, Node};

/// The largest text that the reference implementation is asked about, in bytes.
const MOST_BYTES: usize = 256 << 10;
/// How many comments and `/-` it may hold: the reference implementation takes
/// stack for each comment and twice the time for each nested `/-`.
const MOST_COMMENTS: usize = 64;
const MOST_SLASHDASHES: usize = 12;

/// Whether the reference implementation finds other nodes in a text than these.
/// Texts on which it may run out of stack or time are not put to it.
pub(crate) fn disagrees(text: &str, nodes: &[Node]) -> bool {
    is_safe(text) && !KdlDocument::parse_v2(text).is_ok_and(|document| same_nodes(nodes, document.nodes()))
}

/// A text that this reader takes, as the reference implementation reads it.
/// `None` where it might run out of stack or time, or takes it for something
/// else.
pub(crate) fn document(text: &str, nodes: &[Node]) -> Option<KdlDocument> {
    if !is_safe(text) {
        return None;
    }
    KdlDocument::parse_v2(text).ok().filter(|document| same_nodes(nodes, document.nodes()))
}

fn is_safe(text: &str) -> bool {
    text.len() <= MOST_BYTES
        && text.matches("/*").count() <= MOST_COMMENTS
        && text.matches("/-").count() <= MOST_SLASHDASHES
}

/// Whether two readings of the language's own reader are the same but for places.
pub(crate) fn same_meaning(a: &[Node], b: &[Node]) -> bool {
    let same_entries = |a: &Node, b: &Node| {
        a.entries.len() == b.entries.len()
            && a.entries.iter().zip(&b.entries).all(|(a, b)| {
                a.name.as_ref().map(|n| &n.value) == b.name.as_ref().map(|n| &n.value) && a.value.value == b.value.value
            })
    };
    a.len() == b.len()
        && a.iter()
            .zip(b)
            .all(|(a, b)| a.name.value == b.name.value && same_entries(a, b) && same_meaning(&a.children, &b.children))
}

fn same_nodes(ours: &[Node], theirs: &[KdlNode]) -> bool {
    ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(ours, theirs)| same_node(ours, theirs))
}

fn same_node(ours: &Node, theirs: &KdlNode) -> bool {
    let entries = theirs.entries();
    let children = theirs.children().map_or(&[][..], KdlDocument::nodes);
    *ours.name.value == *theirs.name().value()
        && ours.entries.len() == entries.len()
        && ours.entries.iter().zip(entries).all(|(ours, theirs)| same_entry(ours, theirs))
        && same_nodes(&ours.children, children)
}

fn same_entry(ours: &Entry, theirs: &::kdl::KdlEntry) -> bool {
    let name = ours.name.as_ref().map(|n| &*n.value);
    name == theirs.name().map(|n| n.value()) && same_value(&ours.value.value, theirs.value())
}

fn same_value(ours: &Literal, theirs: &KdlValue) -> bool {
    match (ours, theirs) {
        (Literal::String(a), KdlValue::String(b)) => **a == **b,
        (Literal::Integer(a), KdlValue::Integer(b)) => a == b,
        // The same text gives the same bits; infinities and NaN included.
        (Literal::Float(a), KdlValue::Float(b)) => a.to_bits() == b.to_bits(),
        (Literal::Bool(a), KdlValue::Bool(b)) => a == b,
        (Literal::Null, KdlValue::Null) => true,
        _ => false,
    }
}
