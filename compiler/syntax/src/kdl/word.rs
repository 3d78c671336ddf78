//! Words that are no value of KDL, or one of another notation.

use super::{TokenKind, excerpt};

pub(super) fn is_text(kind: TokenKind) -> bool {
    use TokenKind::{MultilineString, OldRawString, RawString, String, Word};
    matches!(kind, String | MultilineString | RawString | OldRawString | Word)
}

pub(super) fn is_bare_keyword(word: &str) -> bool {
    matches!(word, "true" | "false" | "null" | "inf" | "-inf" | "nan")
}

/// Single and typographic quotes, in which KDL encloses nothing.
const FOREIGN_QUOTES: [char; 10] =
    ['\'', '\u{2018}', '\u{2019}', '\u{201a}', '\u{201c}', '\u{201d}', '\u{201e}', '\u{ab}', '\u{bb}', '`'];

/// The help for a word of another notation, such as a comma or single quotes.
pub(super) fn foreign_help(word: &str) -> Option<String> {
    if word.starts_with(',') || word.ends_with(',') {
        return Some("separate values by spaces, not commas".to_owned());
    }
    let inner = word.strip_prefix(FOREIGN_QUOTES)?;
    Some(format!("use double quotes, which are straight: \"{}\"", excerpt(inner.trim_end_matches(FOREIGN_QUOTES))))
}
