//! The names of a spec: where they are declared and where they are used.

use std::ops::Range;

use crate::cursor::scope;
use crate::outline::{Outline, OutlineNode, Word};

/// The nodes of a migration that others name by their key.
pub const KINDS: [&str; 8] = ["network", "site", "transit", "source", "database", "replication", "api", "cutover"];

/// A use of a name: the node, its setting (a property, or `*` for every argument),
/// and the kinds of nodes that it may name.
const USES: [(&str, &str, &[&str]); 17] = [
    ("source", "site", &["site"]),
    ("database", "network", &["network"]),
    ("administrators", "from", &["site"]),
    ("replication", "from", &["source"]),
    ("replication", "to", &["database"]),
    ("replication", "network", &["network"]),
    ("upstream", "network", &["network"]),
    ("compute", "network", &["network"]),
    ("cutover", "api", &["api"]),
    ("attach", "*", &["network", "site"]),
    ("route-table", "*", &["network", "site"]),
    ("moves", "*", &["replication"]),
    ("after", "*", &["cutover"]),
    // A workload with the key of an API is its targets.
    ("compute", "*", &["api"]),
    // The key of a validation, and of a cutover without `moves`, is the key of a replication.
    ("validation", "*", &["replication"]),
    ("cutover", "*", &["replication"]),
    ("waive", "on", &KINDS),
];

/// One occurrence of a name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Name {
    pub kinds: &'static [&'static str],
    pub text: String,
    /// The name without its quotes, in bytes.
    pub range: Range<usize>,
    /// A node with this key, rather than a setting that names one.
    pub declares: bool,
    /// The node that it belongs to.
    pub node: usize,
}

impl Name {
    /// Whether both may be the name of one node.
    pub fn agrees(&self, other: &Name) -> bool {
        self.text == other.text && self.kinds.iter().any(|kind| other.kinds.contains(kind))
    }
}

/// The kinds of nodes that a setting names. `setting` is `*` for arguments.
pub fn kinds_of(node: &str, setting: &str) -> &'static [&'static str] {
    USES.iter().find(|(of, name, _)| *of == node && *name == setting).map_or(&[], |(_, _, kinds)| kinds)
}

/// All names of a text, in their order.
pub fn names(outline: &Outline) -> Vec<Name> {
    let mut names = Vec::new();
    for (index, node) in outline.nodes.iter().enumerate() {
        if node.name.text == "remove" {
            add_removed(node, index, &mut names);
        } else if scope(outline, Some(index)).is_some() {
            of_node(outline, node, index, &mut names);
        }
    }
    names
}

fn of_node(outline: &Outline, node: &OutlineNode, index: usize, names: &mut Vec<Name>) {
    let kind = node.name.text.as_str();
    let parent = node.parent.and_then(|parent| outline.nodes.get(parent)).map_or("migration", |node| &node.name.text);
    let top = matches!(parent, "migration" | "environment");
    if let (Some(kind), Some(key), true) = (KINDS.iter().position(|known| *known == kind), node.key(), top) {
        names.extend(occurrence(key, &KINDS[kind..=kind], index).map(|name| Name { declares: true, ..name }));
    }
    let moves = outline.children(Some(index)).any(|(_, child)| child.name.text == "moves");
    for entry in &node.entries {
        let setting = entry.name.as_ref().map_or("*", |name| &name.text);
        let kinds = match kinds_of(kind, setting) {
            [] => continue,
            _ if kind == "cutover" && setting == "*" && moves => continue,
            kinds => kinds,
        };
        match entry.value.text.split_once('.').filter(|_| kind == "waive") {
            Some((of, _)) => {
                let Some(of) = KINDS.iter().position(|known| *known == of) else { continue };
                let mut name = entry.value.clone();
                let dot = name.text.find('.').map_or(0, |at| at + 1);
                name.text.drain(..dot);
                name.range.start += dot;
                names.extend(occurrence(&name, &KINDS[of..=of], index));
            }
            None if kind == "waive" => {}
            None => names.extend(occurrence(&entry.value, kinds, index)),
        }
    }
}

/// `remove "database" "ledger"`.
fn add_removed(node: &OutlineNode, index: usize, names: &mut Vec<Name>) {
    let mut arguments = node.arguments();
    if let (Some(kind), Some(key)) = (arguments.next(), arguments.next())
        && let Some(kind) = KINDS.iter().position(|known| *known == kind.text)
    {
        names.extend(occurrence(key, &KINDS[kind..=kind], index));
    }
}

/// A name that refers. `None` for a word with escapes, whose text has other places than its value.
fn occurrence(word: &Word, kinds: &'static [&'static str], node: usize) -> Option<Name> {
    let quotes = usize::from(word.quoted);
    let range = word.range.start + quotes..word.range.end.checked_sub(quotes)?;
    let plain = range.len() == word.text.len() && !word.text.is_empty();
    plain.then(|| Name { kinds, text: word.text.clone(), range, declares: false, node })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::ast::Migration;
    use crate::shape::{FieldKind, NodeShape, SpecNode};
    use crate::value::{FromLiteral, Key};

    const TEXT: &str = "migration \"m\" {\n    site \"dc\" cidr=\"10.0.0.0/8\"\n    source \"dc\" site=\"dc\"\n    database \"d\" {\n        administrators from=\"dc\"\n    }\n    cutover \"l\" api=\"p\"\n    environment \"dev\" {\n        remove \"source\" \"dc\"\n        waive \"r\" on=\"source.dc\"\n    }\n}\n";

    #[test]
    fn names_have_kinds() {
        let found = names(&Outline::of(TEXT));
        let shown: Vec<(String, &str, bool)> =
            found.iter().map(|name| (name.kinds.join("|"), &TEXT[name.range.clone()], name.declares)).collect();
        let expected = [
            ("site", "dc", true),
            ("source", "dc", true),
            ("site", "dc", false),
            ("database", "d", true),
            ("site", "dc", false),
            ("cutover", "l", true),
            ("replication", "l", false),
            ("api", "p", false),
            ("source", "dc", false),
            ("source", "dc", false),
        ];
        assert_eq!(shown, expected.map(|(kind, text, declares)| (kind.to_owned(), text, declares)));
        assert!(!found[0].agrees(&found[1]) && found[0].agrees(&found[2]));
    }

    /// Keys that name no other node.
    const OWN: [&str; 7] =
        ["alarm *", "environment *", "invariant *", "migration *", "tier *", "upstream *", "cutover name"];

    /// A setting of the type `Key` names a node, or is listed. Shapes of one name are several: `database` is a node
    /// of the migration and of `keys`.
    #[test]
    fn every_key_is_declared_or_names_a_node() {
        let mut seen: Vec<*const NodeShape> = Vec::new();
        let (mut places, mut wrong) = (BTreeSet::new(), Vec::new());
        let mut open = vec![Migration::shape()];
        while let Some(shape) = open.pop() {
            if seen.contains(&std::ptr::from_ref(shape)) {
                continue;
            }
            seen.push(std::ptr::from_ref(shape));
            for field in &shape.fields {
                let (setting, value) = match &field.kind {
                    FieldKind::Argument(value) | FieldKind::Arguments(value) => ("*", value),
                    FieldKind::Property(value) => (field.name.as_str(), value),
                    FieldKind::Child(shape) | FieldKind::Children(shape) => {
                        open.push(shape());
                        continue;
                    }
                    FieldKind::AnyProperties(_) | FieldKind::AnyChildren => continue,
                };
                let place = format!("{} {setting}", shape.name);
                let known = !kinds_of(shape.name, setting).is_empty()
                    || (setting == "*" && KINDS.contains(&shape.name))
                    || OWN.contains(&place.as_str());
                if value.expects == Key::EXPECTS && !known {
                    wrong.push(place.clone());
                }
                places.insert(place);
            }
        }
        assert!(seen.len() > 80 && wrong.is_empty(), "{} shapes: {wrong:?}", seen.len());
        let uses = USES.iter().map(|(node, setting, _)| format!("{node} {setting}"));
        let listed = uses.chain(OWN.iter().map(|own| (*own).to_owned()));
        let unknown: Vec<String> = listed.filter(|place| !places.contains(place)).collect();
        assert!(unknown.is_empty(), "the grammar has no {unknown:?}");
    }
}
