//! The untyped tree: KDL nodes with a span on every name and value, and with
//! the places that an environment overrides.

use std::sync::Arc;

use migspec_diag::{Span, Spanned};

/// A KDL value.
#[derive(Clone, PartialEq, Debug)]
pub enum Literal {
    String(Arc<str>),
    Integer(i128),
    Float(f64),
    Bool(bool),
    Null,
}

impl Literal {
    /// The kind of the literal with its article, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Literal::String(_) => "a string",
            Literal::Integer(_) => "an integer",
            Literal::Float(_) => "a number that is not whole",
            Literal::Bool(_) => "a boolean",
            Literal::Null => "#null",
        }
    }
}

impl From<&str> for Literal {
    fn from(value: &str) -> Self {
        Literal::String(value.into())
    }
}

impl From<i64> for Literal {
    fn from(value: i64) -> Self {
        Literal::Integer(value.into())
    }
}

impl From<bool> for Literal {
    fn from(value: bool) -> Self {
        Literal::Bool(value)
    }
}

/// A positional argument or a property's value.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    /// `None` for a positional argument.
    pub name: Option<Spanned<Arc<str>>>,
    pub value: Spanned<Literal>,
    /// The place of the base value that an environment replaced by this one.
    pub base: Option<Span>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Node {
    pub name: Spanned<Arc<str>>,
    pub entries: Vec<Entry>,
    pub children: Vec<Node>,
    /// From the name to the last entry, without children.
    pub header: Span,
    /// The place of the base node that an environment merged this one into.
    pub base: Option<Span>,
}

impl Node {
    /// From the name to the end of the last child.
    pub fn extent(&self) -> Span {
        let last = self.children.iter().map(|child| child.extent().end).max();
        Span { end: last.unwrap_or(self.header.end).max(self.header.end), ..self.header }
    }

    pub fn arguments(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|e| e.name.is_none())
    }

    pub fn properties(&self) -> impl Iterator<Item = (&Spanned<Arc<str>>, &Entry)> {
        self.entries.iter().filter_map(|e| e.name.as_ref().map(|n| (n, e)))
    }

    pub fn property(&self, name: &str) -> Option<&Entry> {
        self.properties().find(|(n, _)| &*n.value == name).map(|(_, e)| e)
    }

    /// The node without its children.
    pub(crate) fn clone_header(&self) -> Node {
        Node {
            name: self.name.clone(),
            entries: self.entries.clone(),
            children: Vec::new(),
            header: self.header,
            base: self.base,
        }
    }

    /// The first argument, if it is a string: the key of a keyed node.
    pub fn key(&self) -> Option<Spanned<&Arc<str>>> {
        self.arguments().next().and_then(|e| match &e.value.value {
            Literal::String(s) => Some(Spanned::new(s, e.value.span)),
            _ => None,
        })
    }
}
