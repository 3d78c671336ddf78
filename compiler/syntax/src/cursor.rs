//! The meaning of a place in a text, broken or not: what may be written there.

use std::ops::Range;

use crate::check::Scope;
use crate::kdl::{TokenKind, tokens};
use crate::outline::{Outline, OutlineNode};

/// The part of a node at a place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Spot {
    /// The name of a node.
    Name,
    /// An argument, or the name of a property.
    Entry { node: usize, argument: usize },
    /// The value of a property.
    Value { node: usize, property: String },
}

/// A place in a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cursor {
    pub spot: Spot,
    /// The node whose block contains the place.
    pub parent: Option<usize>,
    /// The word at the place, which a completion replaces. Empty between words.
    pub replace: Range<usize>,
}

impl Cursor {
    /// `None` inside a comment.
    pub fn at(text: &str, outline: &Outline, at: usize) -> Option<Self> {
        let comment =
            |kind| matches!(kind, TokenKind::LineComment | TokenKind::BlockComment | TokenKind::UnclosedComment);
        let inside = |start: u32, end: u32| (start as usize) < at && at <= end as usize;
        if tokens(text).into_iter().any(|token| comment(token.kind) && inside(token.start, token.end)) {
            return None;
        }
        let parent = outline.block_at(at);
        let current = outline.children(parent).filter(|(_, node)| is_current(text, node, at)).last();
        let Some((index, node)) = current else {
            return Some(Self { spot: Spot::Name, parent, replace: at..at });
        };
        let holds = |range: &Range<usize>| range.start <= at && at <= range.end;
        if holds(&node.name.range) {
            return Some(Self { spot: Spot::Name, parent, replace: node.name.range.clone() });
        }
        let mut argument = 0;
        for entry in &node.entries {
            let value = &entry.value;
            // The value of `x=` lies behind the sign.
            let here = holds(&value.range);
            match &entry.name {
                Some(name) if holds(&name.range) => {
                    return Some(Self {
                        spot: Spot::Entry { node: index, argument },
                        parent,
                        replace: name.range.clone(),
                    });
                }
                Some(name) if here => {
                    let spot = Spot::Value { node: index, property: name.text.clone() };
                    return Some(Self { spot, parent, replace: value.range.clone() });
                }
                None if here => {
                    let spot = Spot::Entry { node: index, argument };
                    return Some(Self { spot, parent, replace: value.range.clone() });
                }
                None if value.range.end < at => argument += 1,
                _ => {}
            }
        }
        Some(Self { spot: Spot::Entry { node: index, argument }, parent, replace: at..at })
    }
}

/// Whether a place belongs to the header of a node: no line break and no block lies between.
fn is_current(text: &str, node: &OutlineNode, at: usize) -> bool {
    if at < node.name.range.start || node.block.as_ref().is_some_and(|block| at > block.start) {
        return false;
    }
    match text.get(node.header.end..at) {
        Some(between) => {
            let continued = between.trim_start_matches([' ', '\t']).starts_with('\\');
            !between.contains(';') && (continued || !between.contains('\n'))
        }
        None => at <= node.header.end,
    }
}

/// The grammar inside a node, or at the top of a file for `None`. A file without a
/// `migration` contains the inside of one. `None` for a node that the language does not have.
pub fn scope(outline: &Outline, index: Option<usize>) -> Option<Scope> {
    let whole = outline.children(None).any(|(_, node)| node.name.text == "migration");
    let mut path = index.map(|index| outline.path(index)).unwrap_or_default().into_iter();
    let mut scope = Scope::migration();
    if whole {
        path.next().filter(|first| first.name.text == "migration")?;
    }
    for node in path {
        scope = scope.inside(&node.name.text)?;
    }
    Some(scope)
}

/// Whether a place lies outside of the `migration` of a whole file.
pub fn is_outside(outline: &Outline, parent: Option<usize>) -> bool {
    parent.is_none() && outline.children(None).any(|(_, node)| node.name.text == "migration")
}

/// The path of a node as findings name it: `database "ledger" > backup`. Without
/// the migration and the environment around it.
pub fn path(outline: &Outline, index: usize) -> String {
    let steps = outline.path(index).into_iter().filter(|node| !matches!(&*node.name.text, "migration" | "environment"));
    let mut scope = Scope::migration();
    let mut path = Vec::new();
    for node in steps {
        let inside = scope.inside(&node.name.text);
        let keyed = inside.is_some_and(|scope| scope.shape().keys > 0);
        path.push(match node.key().filter(|_| keyed) {
            Some(key) => format!("{} \"{}\"", node.name.text, key.text),
            None => node.name.text.clone(),
        });
        scope = inside.unwrap_or(scope);
    }
    path.join(" > ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "migration \"m\" {\n    // a comment\n    database \"ledger\" engine=\"aur\" version= {\n        \n        backup re\n    }\n}\n";

    fn cursor(mark: &str, behind: usize) -> (Outline, Option<Cursor>) {
        let outline = Outline::of(TEXT);
        let at = TEXT.find(mark).expect("the mark occurs") + behind;
        let cursor = Cursor::at(TEXT, &outline, at);
        (outline, cursor)
    }

    #[test]
    fn a_place_is_a_name_an_entry_or_a_value() {
        let spot = |mark: &str, behind: usize| cursor(mark, behind).1.map(|cursor| cursor.spot);
        assert_eq!(spot("database", 4), Some(Spot::Name));
        assert_eq!(spot("\"aur", 4), Some(Spot::Value { node: 1, property: "engine".to_owned() }));
        assert_eq!(spot("version=", 8), Some(Spot::Value { node: 1, property: "version".to_owned() }));
        assert_eq!(spot("        \n", 8), Some(Spot::Name), "an empty line");
        assert_eq!(spot("backup re", 9), Some(Spot::Entry { node: 2, argument: 0 }));
        assert_eq!(spot("comment", 3), None);
    }

    #[test]
    fn a_place_has_a_grammar_and_a_path() {
        let (outline, cursor) = cursor("backup re", 9);
        let scope = scope(&outline, cursor.and_then(|cursor| cursor.parent)).expect("the grammar of databases");
        assert_eq!(scope.shape().name, "database");
        assert_eq!(path(&outline, 2), "database \"ledger\" > backup");
        let part = Outline::of("database \"d\" {\n    backup\n}\n");
        assert_eq!(super::scope(&part, Some(1)).map(|scope| scope.shape().name), Some("backup"));
    }
}
