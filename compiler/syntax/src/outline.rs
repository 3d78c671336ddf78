//! The nodes of a text with all their places, for editors. Broken text has an
//! outline too: it comes from the tokens, not from the tree.

use std::ops::Range;

use crate::kdl::{MAX_DEPTH, Token, TokenKind, text_of, tokens};

/// A name or a value, and its place in bytes, with its quotes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Word {
    pub text: String,
    pub range: Range<usize>,
    pub quoted: bool,
}

/// An argument or a property. A property without a value has an empty one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OutlineEntry {
    pub name: Option<Word>,
    pub value: Word,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OutlineNode {
    pub name: Word,
    pub entries: Vec<OutlineEntry>,
    /// From the name to the last entry.
    pub header: Range<usize>,
    /// With its block.
    pub range: Range<usize>,
    /// From `{` to `}`, or to the end of the text.
    pub block: Option<Range<usize>>,
    pub parent: Option<usize>,
    /// A comment lies inside of it.
    pub has_comment: bool,
}

impl OutlineNode {
    pub fn arguments(&self) -> impl Iterator<Item = &Word> {
        self.entries.iter().filter(|entry| entry.name.is_none()).map(|entry| &entry.value)
    }

    pub fn property(&self, name: &str) -> Option<&Word> {
        let is_it = |entry: &&OutlineEntry| entry.name.as_ref().is_some_and(|word| word.text == name);
        self.entries.iter().find(is_it).map(|entry| &entry.value)
    }

    /// The first argument: the key of a keyed node.
    pub fn key(&self) -> Option<&Word> {
        self.arguments().next()
    }
}

/// The nodes of a text, in the order of their names. Blocks that are nested too deep for a spec are left out.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Outline {
    pub nodes: Vec<OutlineNode>,
}

impl Outline {
    pub fn of(text: &str) -> Self {
        let mut reader =
            Reader { text, outline: Self::default(), open: vec![Open::default()], deeper: 0, continued: false };
        tokens(text).into_iter().for_each(|token| reader.token(token));
        reader.outline
    }

    /// The innermost node whose header or block contains a byte offset.
    pub fn innermost(&self, at: usize) -> Option<usize> {
        let holds = |(_, node): &(usize, &OutlineNode)| node.range.start <= at && at <= node.range.end;
        self.nodes.iter().enumerate().filter(holds).min_by_key(|(_, node)| node.range.len()).map(|(index, _)| index)
    }

    /// The innermost node whose block contains a byte offset.
    pub fn block_at(&self, at: usize) -> Option<usize> {
        let inside = |block: &Range<usize>| block.start < at && at < block.end;
        let holds = |(_, node): &(usize, &OutlineNode)| node.block.as_ref().is_some_and(inside);
        self.nodes.iter().enumerate().filter(holds).min_by_key(|(_, node)| node.range.len()).map(|(index, _)| index)
    }

    /// A node after the nodes around it, outermost first.
    pub fn path(&self, index: usize) -> Vec<&OutlineNode> {
        let mut path = Vec::new();
        let mut at = Some(index);
        while let Some(node) = at.and_then(|index| self.nodes.get(index)) {
            path.push(node);
            at = node.parent;
        }
        path.reverse();
        path
    }

    pub fn children(&self, parent: Option<usize>) -> impl Iterator<Item = (usize, &OutlineNode)> {
        self.nodes.iter().enumerate().filter(move |(_, node)| node.parent == parent)
    }
}

/// The node that is read at one level of blocks.
#[derive(Clone, Default)]
struct Open {
    node: Option<usize>,
    /// A value that may turn out to be the name of a property.
    word: Option<Word>,
    /// The name of a property whose value follows.
    name: Option<Word>,
    /// Inside `(…)`.
    typed: bool,
}

struct Reader<'t> {
    text: &'t str,
    outline: Outline,
    open: Vec<Open>,
    /// Open blocks beyond the deepest nesting, whose content is skipped.
    deeper: usize,
    continued: bool,
}

impl Reader<'_> {
    fn token(&mut self, token: Token) {
        match token.kind {
            TokenKind::BlockOpen if self.open.len() > MAX_DEPTH => self.deeper += 1,
            TokenKind::BlockClose if self.deeper > 0 => self.deeper -= 1,
            kind if self.deeper > 0 && kind != TokenKind::End => {}
            TokenKind::Newline if self.continued => self.continued = false,
            TokenKind::Newline | TokenKind::Semicolon => self.end_node(),
            TokenKind::End => {
                while self.open.len() > 1 {
                    self.end_block(token);
                }
                self.end_node();
            }
            TokenKind::BlockOpen => self.start_block(token),
            TokenKind::BlockClose => self.end_block(token),
            TokenKind::Continuation => self.continued = true,
            TokenKind::LineComment | TokenKind::BlockComment => self.comment(),
            TokenKind::Equals => self.equals(token),
            TokenKind::TypeOpen | TokenKind::TypeClose => {
                if let Some(open) = self.last() {
                    open.typed = token.kind == TokenKind::TypeOpen;
                }
            }
            TokenKind::Space | TokenKind::ByteOrderMark => {}
            _ => self.word(token),
        }
    }

    fn last(&mut self) -> Option<&mut Open> {
        self.open.last_mut()
    }

    fn word(&mut self, token: Token) {
        let word = word_of(token, self.text);
        let parent = self.open.len().checked_sub(2).and_then(|outer| self.open[outer].node);
        let Some(open) = self.open.last_mut() else { return };
        if open.typed {
            return;
        }
        let Some(index) = open.node else {
            open.node = Some(self.outline.nodes.len());
            let range = word.range.clone();
            let (header, entries) = (range.clone(), Vec::new());
            self.outline.nodes.push(OutlineNode {
                name: word,
                entries,
                header,
                range,
                block: None,
                parent,
                has_comment: false,
            });
            return;
        };
        self.outline.nodes[index].reach(word.range.end);
        match open.name.take() {
            Some(name) => self.outline.nodes[index].entries.push(OutlineEntry { name: Some(name), value: word }),
            None => {
                if let Some(argument) = open.word.replace(word) {
                    self.outline.nodes[index].entries.push(OutlineEntry { name: None, value: argument });
                }
            }
        }
    }

    fn equals(&mut self, token: Token) {
        let Some(open) = self.open.last_mut() else { return };
        if let (Some(index), Some(name)) = (open.node, open.word.take()) {
            open.name = Some(name);
            self.outline.nodes[index].reach(token.end as usize);
        }
    }

    /// Moves the last word or name to the entries of its node.
    fn settle(&mut self) {
        let Some(open) = self.open.last_mut() else { return };
        let (word, name) = (open.word.take(), open.name.take());
        let Some(node) = open.node.and_then(|index| self.outline.nodes.get_mut(index)) else { return };
        if let Some(word) = word {
            node.entries.push(OutlineEntry { name: None, value: word });
        }
        if let Some(name) = name {
            let at = node.header.end;
            let value = Word { text: String::new(), range: at..at, quoted: false };
            node.entries.push(OutlineEntry { name: Some(name), value });
        }
    }

    fn end_node(&mut self) {
        self.settle();
        if let Some(open) = self.last() {
            *open = Open::default();
        }
    }

    fn start_block(&mut self, token: Token) {
        self.settle();
        let node = self.open.last().and_then(|open| open.node);
        if let Some(node) = node.and_then(|index| self.outline.nodes.get_mut(index)) {
            node.block = Some(token.start as usize..self.text.len());
            node.range.end = token.end as usize;
        }
        self.open.push(Open::default());
    }

    fn end_block(&mut self, token: Token) {
        self.end_node();
        if self.open.len() > 1 {
            self.open.pop();
        }
        let node = self.open.last().and_then(|open| open.node);
        let Some(node) = node.and_then(|index| self.outline.nodes.get_mut(index)) else { return };
        if let Some(block) = &mut node.block {
            block.end = token.end as usize;
            node.range.end = token.end as usize;
        }
    }

    /// A comment lies in all nodes whose block is open.
    fn comment(&mut self) {
        for index in self.open.iter().rev().skip(1).filter_map(|open| open.node) {
            self.outline.nodes[index].has_comment = true;
        }
    }
}

impl OutlineNode {
    /// Extends the header to a place.
    fn reach(&mut self, end: usize) {
        self.header.end = end;
        self.range.end = end;
    }
}

fn word_of(token: Token, text: &str) -> Word {
    let range = token.start as usize..token.end as usize;
    let quoted = token.kind != TokenKind::Word;
    Word { text: text_of(token, text), range, quoted }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "a \"k\" p=\"v\" {\n    b (list)1 \\\n        q=#true // why\n    c { d }\n}\ne x= {\n    f \"open\n";

    #[test]
    fn nodes_have_entries_and_blocks() {
        let outline = Outline::of(TEXT);
        let names: Vec<&str> = outline.nodes.iter().map(|node| node.name.text.as_str()).collect();
        assert_eq!(names, ["a", "b", "c", "d", "e", "f"]);
        let a = &outline.nodes[0];
        assert_eq!(
            (a.key().map(|key| key.text.as_str()), a.property("p").map(|p| p.text.as_str())),
            (Some("k"), Some("v"))
        );
        assert!(a.has_comment && TEXT[a.range.clone()].ends_with("c { d }\n}"));
        let b = &outline.nodes[1];
        assert_eq!(b.property("q").map(|q| q.text.as_str()), Some("#true"));
        assert_eq!(outline.path(3).iter().map(|node| node.name.text.as_str()).collect::<Vec<_>>(), ["a", "c", "d"]);
        assert!(outline.nodes[4].property("x").is_some_and(|x| x.text.is_empty()), "a property without a value");
        assert_eq!(outline.nodes[5].parent, Some(4), "the last block is open");
    }

    #[test]
    fn nesting_is_limited() {
        let outline = Outline::of(&format!("{}x {}\nz", "a {".repeat(1000), "}".repeat(1000)));
        assert_eq!(outline.nodes.len(), MAX_DEPTH + 2, "a node at each depth, and the last one");
        assert_eq!(outline.nodes.last().map(|node| (node.name.text.as_str(), node.parent)), Some(("z", None)));
        let open = Outline::of(&"a {".repeat(1000));
        assert_eq!((open.nodes.len(), open.path(MAX_DEPTH).len()), (MAX_DEPTH + 1, MAX_DEPTH + 1));
    }

    #[test]
    fn offsets_have_nodes() {
        let outline = Outline::of(TEXT);
        let at = |part: &str| TEXT.find(part).expect("the part occurs");
        assert_eq!(outline.innermost(at("q=")), Some(1));
        assert_eq!(outline.block_at(at("b (")), Some(0));
        assert_eq!(outline.block_at(at("d }")), Some(2));
        assert_eq!(outline.block_at(0), None);
    }
}
