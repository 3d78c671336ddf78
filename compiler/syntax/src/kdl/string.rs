//! The content of strings: escapes, and the indentation of multi-line strings.

use super::excerpt;
use super::lexer::{TokenKind, is_newline, is_space};

/// An error in a string, with its place in bytes from the token's start.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct StringError {
    pub message: String,
    pub help: &'static str,
    pub start: usize,
    pub end: usize,
}

/// The value of a string token.
pub(super) fn string(kind: TokenKind, token: &str) -> Result<String, StringError> {
    match kind {
        TokenKind::MultilineString => {
            let body = &token[3..token.len() - 3];
            let joined = join_lines(body);
            let unindented = unindent(&joined, token.len())?;
            // Escapes are resolved last, so that an escaped blank is never indentation.
            unescape(&unindented, 0).map_err(|_| first_bad_escape(body))
        }
        TokenKind::RawString => raw(token),
        _ => {
            let body = &token[1..token.len() - 1];
            if body.contains('\\') { unescape(body, 1) } else { Ok(body.to_owned()) }
        }
    }
}

fn raw(token: &str) -> Result<String, StringError> {
    let hashes = token.len() - token.trim_start_matches('#').len();
    let inner = &token[hashes..token.len() - hashes];
    match inner.strip_prefix("\"\"\"").and_then(|rest| rest.strip_suffix("\"\"\"")) {
        Some(body) => unindent(body, token.len()),
        None => Ok(inner[1..inner.len() - 1].to_owned()),
    }
}

/// The place of the first invalid escape of a multi-line string.
fn first_bad_escape(body: &str) -> StringError {
    match unescape(body, 3) {
        Err(error) => error,
        Ok(_) => StringError { message: "unknown escape".to_owned(), help: ESCAPES, start: 0, end: 3 },
    }
}

const ESCAPES: &str =
    "use `\\\"` `\\\\` `\\n` `\\r` `\\t` `\\s` `\\b` `\\f` or `\\u{…}`; a raw string `#\"…\"#` has no escapes";

/// Resolves escapes. `offset` is the position of `body` in its token.
fn unescape(body: &str, offset: usize) -> Result<String, StringError> {
    let mut value = String::with_capacity(body.len());
    let mut rest = body;
    while let Some(position) = rest.find('\\') {
        value.push_str(&rest[..position]);
        let start = body.len() - rest.len() + position;
        let after = &rest[position + 1..];
        let (character, length) = escape(after).ok_or_else(|| {
            let end = start + 1 + escape_length(after);
            let message = format!("unknown escape `{}`", excerpt(&body[start..end]));
            StringError { message, help: ESCAPES, start: offset + start, end: offset + end }
        })?;
        value.extend(character);
        rest = &after[length..];
    }
    value.push_str(rest);
    Ok(value)
}

/// How much after a backslash is meant as the escape.
fn escape_length(after: &str) -> usize {
    let unicode = after
        .strip_prefix("u{")
        .map(|rest| rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_hexdigit()).len());
    match unicode {
        Some(digits) if after[2 + digits..].starts_with('}') => digits + 3,
        Some(digits) => digits + 2,
        None => after.chars().next().map_or(0, char::len_utf8),
    }
}

/// Parses an escape after its backslash: the character, if valid, and the
/// length in bytes.
fn escape(after: &str) -> Option<(Option<char>, usize)> {
    let first = after.chars().next()?;
    let character = match first {
        '"' | '\\' => first,
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        's' => ' ',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'u' => return unicode(after),
        c if is_space(c) || is_newline(c) => {
            let blanks = after.find(|c| !is_space(c) && !is_newline(c)).unwrap_or(after.len());
            return Some((None, blanks));
        }
        _ => return None,
    };
    Some((Some(character), first.len_utf8()))
}

/// `u{1F600}`
fn unicode(after: &str) -> Option<(Option<char>, usize)> {
    let digits = after.strip_prefix("u{")?.split('}').next()?;
    let length = digits.len() + 3;
    let valid =
        (1..=6).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_hexdigit()) && after.len() >= length;
    let character = char::from_u32(u32::from_str_radix(digits, 16).ok()?)?;
    valid.then_some((Some(character), length))
}

/// Drops backslashes before blanks together with the blanks, and keeps all
/// other escapes.
fn join_lines(body: &str) -> String {
    let mut joined = String::with_capacity(body.len());
    let mut chars = body.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            joined.push(c);
        } else if chars.peek().is_some_and(|c| is_space(*c) || is_newline(*c)) {
            while chars.next_if(|c| is_space(*c) || is_newline(*c)).is_some() {}
        } else {
            joined.push(c);
            joined.extend(chars.next());
        }
    }
    joined
}

/// Takes the indentation of the last line from every line.
fn unindent(body: &str, token: usize) -> Result<String, StringError> {
    let opening = 3.min(token);
    let lines = lines(body);
    let ([first, middle @ .., last], true) = (lines.as_slice(), lines.len() > 1) else {
        return Err(StringError {
            message: "a string with three quotes starts with a line break".to_owned(),
            help: "put the text on lines of its own, or use one quote on each side",
            start: 0,
            end: opening,
        });
    };
    if !first.is_empty() {
        return Err(StringError {
            message: "text follows the three quotes that open a string".to_owned(),
            help: "put a line break after the opening quotes",
            start: 0,
            end: opening,
        });
    }
    if !last.chars().all(is_space) {
        return Err(StringError {
            message: "text precedes the three quotes that close a string".to_owned(),
            help: "put the closing quotes on a line of their own",
            start: token - 3,
            end: token,
        });
    }
    let mut value = Vec::with_capacity(middle.len());
    for line in middle {
        match line.strip_prefix(last) {
            Some(rest) if !line.chars().all(is_space) => value.push(rest),
            _ if line.chars().all(is_space) => value.push(""),
            _ => {
                return Err(StringError {
                    message: format!("the line `{}` is indented less than the closing quotes", excerpt(line.trim())),
                    help: "indent every line like the closing quotes, with the same blanks",
                    start: 0,
                    end: opening,
                });
            }
        }
    }
    Ok(value.join("\n"))
}

/// The lines of a text; every kind of line break counts, and CR LF is one.
fn lines(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(is_newline) {
        lines.push(&rest[..at]);
        let length =
            if rest[at..].starts_with("\r\n") { 2 } else { rest[at..].chars().next().map_or(1, char::len_utf8) };
        rest = &rest[at + length..];
    }
    lines.push(rest);
    lines
}
