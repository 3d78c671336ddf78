use crate::span::Span;

/// Whether a fix may be applied without a review.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Safety {
    /// It restores a default, or writes the form that the help of the finding names.
    Safe,
    /// It drops something that may be wanted.
    Unsafe,
}

/// A change of the spec's text that resolves a finding.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fix {
    /// Imperative, without a full stop: "remove the override of `Engine`".
    pub title: String,
    pub safety: Safety,
    pub change: Change,
}

/// One change of a text, by place. The language turns it into edits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Change {
    /// Another word in place of the text, in quotes if the text has some.
    Word { at: Span, word: String },
    /// Other text in place of the text.
    Text { at: Span, text: String },
    /// The text in quotes.
    Quotes { at: Span },
    /// Nothing in place of the node that starts here.
    Nothing { at: Span },
}

impl Change {
    pub fn at(&self) -> Span {
        match self {
            Change::Word { at, .. } | Change::Text { at, .. } | Change::Quotes { at } | Change::Nothing { at } => *at,
        }
    }
}

impl Fix {
    pub fn safe(title: impl Into<String>, change: Change) -> Self {
        Self { title: title.into(), safety: Safety::Safe, change }
    }

    pub fn risky(title: impl Into<String>, change: Change) -> Self {
        Self { title: title.into(), safety: Safety::Unsafe, change }
    }

    pub fn is_safe(&self) -> bool {
        self.safety == Safety::Safe
    }

    /// Writes another word.
    pub fn word(at: Span, word: &str) -> Self {
        Self::safe(format!("write `{word}`"), Change::Word { at, word: word.to_owned() })
    }

    /// Writes other text.
    pub fn text(at: Span, text: impl Into<String>) -> Self {
        let text = text.into();
        Self::safe(format!("write `{text}`"), Change::Text { at, text })
    }
}

/// A part of a file and the text that replaces it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edit {
    pub at: Span,
    pub text: String,
}
