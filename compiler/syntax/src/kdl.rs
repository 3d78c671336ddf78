//! KDL 2 text to the untyped tree. Takes time linear in the text, nests at
//! most [`MAX_DEPTH`] deep and goes on after an error.
//!
//! Must not know: which nodes the language has.

mod lexer;
mod number;
#[cfg(test)]
mod oracle;
mod parser;
mod reference;
mod space;
mod string;
mod value;
mod word;

use migspec_diag::{Change, Diagnostic, FileId, Fix, Span};

pub(crate) use lexer::{Token, TokenKind, tokens};
pub(crate) use reference::{disagrees, same_meaning};

use ::kdl::KdlDocument;
use parser::Types;

use crate::tree::Node;

/// The text of a word or a string; of a malformed string, its content as it stands.
pub(crate) fn text_of(token: Token, text: &str) -> String {
    let whole = token.text(text);
    let strings = [TokenKind::String, TokenKind::MultilineString, TokenKind::RawString];
    let value = strings.contains(&token.kind).then(|| string::string(token.kind, whole).ok()).flatten();
    value.unwrap_or_else(|| whole.trim_matches('"').to_owned())
}

/// The longest text that is read, in bytes.
pub const MAX_BYTES: usize = 8 << 20;
/// The deepest nesting of blocks.
pub const MAX_DEPTH: usize = 128;
/// How many errors of one file are reported.
pub const MAX_ERRORS: usize = 100;

/// The parsed part of a text.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub nodes: Vec<Node>,
    pub diagnostics: Vec<Diagnostic>,
    /// Nodes are where the author put them: no block is left open, none is
    /// closed twice.
    pub balanced: bool,
}

/// Parses a text. The result contains every node that could be parsed, even if
/// the text has errors.
pub(crate) fn parse(file: FileId, text: &str) -> Parsed {
    parse_with(file, text, Types::Refused)
}

fn parse_with(file: FileId, text: &str, types: Types) -> Parsed {
    if let Some(refusal) = refuse(file, text) {
        return Parsed { nodes: Vec::new(), diagnostics: vec![refusal], balanced: false };
    }
    let mut parsed = parser::parse(file, text, types);
    parsed.diagnostics.extend(forbidden_characters(file, text));
    parsed
}

/// Reads KDL that is not a spec, types before values included: first within
/// the limits of this reader, then as the reference implementation has it.
/// The first thing that is wrong with it is the error.
///
/// # Errors
///
/// The first error of the text, or the text is too large.
pub fn document(file: FileId, text: &str) -> Result<KdlDocument, Box<Diagnostic>> {
    let parsed = parse_with(file, text, Types::Taken);
    match parsed.diagnostics.into_iter().next() {
        Some(first) => Err(Box::new(first)),
        None => reference::document(text, &parsed.nodes).ok_or_else(|| {
            let message = "the file has too many comments or is too large to be read";
            let refusal = Diagnostic::error("file-too-large", message).at(Span::new(file, 0, 0), "not read");
            Box::new(refusal.help("split it, or use fewer block comments and `/-`"))
        }),
    }
}

fn refuse(file: FileId, text: &str) -> Option<Diagnostic> {
    if text.len() > MAX_BYTES {
        let message = format!("the file is larger than {} MiB", MAX_BYTES >> 20);
        return Some(
            Diagnostic::error("file-too-large", message)
                .at(Span::new(file, 0, 0), "not read")
                .help("split it and `import` the parts"),
        );
    }
    let nul = text.find('\0')?;
    Some(
        Diagnostic::error("binary-file", "the file is not text: it holds a NUL byte")
            .at(Span::new(file, nul, nul + 1), "NUL")
            .help("a spec is UTF-8 text"),
    )
}

/// Control characters, and those that reverse the direction of text so that
/// it reads otherwise than it is.
fn forbidden_characters(file: FileId, text: &str) -> impl Iterator<Item = Diagnostic> {
    let found = text.char_indices().filter(|(at, c)| is_forbidden(*c) && !(*at == 0 && *c == '\u{feff}'));
    found.take(MAX_ERRORS).map(move |(at, c)| {
        Diagnostic::error("forbidden-character", format!("the character U+{:04X} is not allowed in a spec", c as u32))
            .at(Span::new(file, at, at + c.len_utf8()), "invisible here")
            .help("delete it; inside a string write it as `\\u{…}`")
            .fix(Fix::safe(
                "delete the character",
                Change::Text { at: Span::new(file, at, at + c.len_utf8()), text: String::new() },
            ))
    })
}

fn is_forbidden(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{7f}' | '\u{200e}' | '\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Text of the spec as messages quote it: on one line, and not too long.
pub(crate) fn excerpt(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut shown = String::with_capacity(text.len().min(LONGEST));
    for c in text.chars().take(LONGEST) {
        match c {
            '"' | '\'' | '\\' => shown.push(c),
            _ => shown.extend(c.escape_debug()),
        }
    }
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}
