//! Text to tokens. The tokens cover the text without a gap, so that the
//! formatter can print every one of them again.

/// The kind of a token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum TokenKind {
    ByteOrderMark,
    /// A run of blanks.
    Space,
    /// One line break of any kind.
    Newline,
    /// `// …` without its line break.
    LineComment,
    /// `/* … */`, nested ones inside.
    BlockComment,
    UnclosedComment,
    /// `/-`
    Slashdash,
    /// `\` outside of strings: the line goes on.
    Continuation,
    /// `"…"` on one line.
    String,
    /// `"""…"""` over several lines.
    MultilineString,
    /// `#"…"#` or `#"""…"""#`.
    RawString,
    /// `r"…"` of KDL 1.
    OldRawString,
    UnclosedString,
    /// Names, numbers and keywords.
    Word,
    Equals,
    BlockOpen,
    BlockClose,
    TypeOpen,
    TypeClose,
    Semicolon,
    /// A character that starts nothing.
    Stray,
    End,
}

/// A piece of the text, in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Token {
    pub kind: TokenKind,
    pub start: u32,
    pub end: u32,
}

impl Token {
    pub fn text(self, text: &str) -> &str {
        &text[self.start as usize..self.end as usize]
    }
}

/// All tokens of a text, the last of which is `End`.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(text.len() / 4 + 1);
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let (kind, length) = token(text, at, first);
        tokens.push(Token { kind, start: at as u32, end: (at + length) as u32 });
        at += length;
    }
    tokens.push(Token { kind: TokenKind::End, start: at as u32, end: at as u32 });
    tokens
}

/// The kind and the length in bytes of the token at an offset.
fn token(text: &str, at: usize, first: char) -> (TokenKind, usize) {
    let rest = &text[at..];
    match first {
        '\u{feff}' if at == 0 => (TokenKind::ByteOrderMark, first.len_utf8()),
        '"' => string(rest),
        '#' => hash(rest),
        'r' => old_raw_string(rest).unwrap_or((TokenKind::Word, run(rest, is_word))),
        '/' => slash(rest),
        '\\' => (TokenKind::Continuation, 1),
        '=' => (TokenKind::Equals, 1),
        '{' => (TokenKind::BlockOpen, 1),
        '}' => (TokenKind::BlockClose, 1),
        '(' => (TokenKind::TypeOpen, 1),
        ')' => (TokenKind::TypeClose, 1),
        ';' => (TokenKind::Semicolon, 1),
        '[' | ']' => (TokenKind::Stray, 1),
        '\r' if rest.starts_with("\r\n") => (TokenKind::Newline, 2),
        c if is_newline(c) => (TokenKind::Newline, c.len_utf8()),
        c if is_space(c) => (TokenKind::Space, run(rest, is_space)),
        _ => (TokenKind::Word, run(rest, is_word)),
    }
}

fn run(rest: &str, belongs: fn(char) -> bool) -> usize {
    rest.find(|c| !belongs(c)).unwrap_or(rest.len())
}

pub(super) fn is_newline(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{b}' | '\u{c}' | '\u{2028}' | '\u{2029}')
}

pub(super) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}')
}

fn is_word(c: char) -> bool {
    !is_newline(c)
        && !is_space(c)
        && !matches!(c, '\\' | '/' | '(' | ')' | '{' | '}' | ';' | '[' | ']' | '"' | '#' | '=')
}

fn slash(rest: &str) -> (TokenKind, usize) {
    match rest.as_bytes().get(1) {
        Some(b'/') => (TokenKind::LineComment, run(rest, |c| !is_newline(c))),
        Some(b'*') => block_comment(rest),
        Some(b'-') => (TokenKind::Slashdash, 2),
        _ => (TokenKind::Stray, 1),
    }
}

fn block_comment(rest: &str) -> (TokenKind, usize) {
    let bytes = rest.as_bytes();
    let (mut at, mut depth) = (0, 0_usize);
    while at < bytes.len() {
        match &bytes[at..] {
            [b'/', b'*', ..] => (at, depth) = (at + 2, depth + 1),
            [b'*', b'/', ..] if depth == 1 => return (TokenKind::BlockComment, at + 2),
            [b'*', b'/', ..] => (at, depth) = (at + 2, depth - 1),
            _ => at += 1,
        }
    }
    (TokenKind::UnclosedComment, rest.len())
}

fn string(rest: &str) -> (TokenKind, usize) {
    if rest.starts_with("\"\"\"") {
        return multiline_string(rest);
    }
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (TokenKind::String, at + 1),
            // A backslash hides the next character, or all blanks after it.
            '\\' if chars.next_if(|(_, c)| !is_newline(*c) && !is_space(*c)).is_none() => {
                while chars.next_if(|(_, c)| is_newline(*c) || is_space(*c)).is_some() {}
            }
            '\\' => {}
            c if is_newline(c) => return (TokenKind::UnclosedString, at),
            _ => {}
        }
    }
    (TokenKind::UnclosedString, rest.len())
}

fn multiline_string(rest: &str) -> (TokenKind, usize) {
    let bytes = rest.as_bytes();
    // Quotes that close on the same line still form a string; the parser
    // reports its error.
    let mut at = 3;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' if rest[at..].starts_with("\"\"\"") => return (TokenKind::MultilineString, at + 3),
            _ => at += 1,
        }
    }
    (TokenKind::UnclosedString, rest.len())
}

/// A raw string, a keyword such as `#true`, or hashes that start nothing.
fn hash(rest: &str) -> (TokenKind, usize) {
    let hashes = run(rest, |c| c == '#');
    if rest[hashes..].starts_with('"') {
        return raw_string(rest, hashes);
    }
    match hashes {
        1 => (TokenKind::Word, 1 + run(&rest[1..], is_word)),
        _ => (TokenKind::Stray, hashes),
    }
}

/// `#"…"#` with any number of `#`.
fn raw_string(rest: &str, hashes: usize) -> (TokenKind, usize) {
    let quotes = if rest[hashes..].starts_with("\"\"\"") { 3 } else { 1 };
    let closing = format!("{}{}", "\"".repeat(quotes), "#".repeat(hashes));
    let body = hashes + quotes;
    for (at, c) in rest[body..].char_indices() {
        if c == '"' && rest[body + at..].starts_with(&closing) {
            return (TokenKind::RawString, body + at + closing.len());
        }
        if quotes == 1 && is_newline(c) {
            return (TokenKind::UnclosedString, body + at);
        }
    }
    (TokenKind::UnclosedString, rest.len())
}

/// `r"…"` or `r#"…"#`. In KDL 2 no string may follow a name without a space.
fn old_raw_string(rest: &str) -> Option<(TokenKind, usize)> {
    let hashes = run(&rest[1..], |c| c == '#');
    rest[1 + hashes..].strip_prefix('"')?;
    let body = 1 + hashes + 1;
    let closing = format!("\"{}", "#".repeat(hashes));
    Some(match rest[body..].find(&closing) {
        Some(length) => (TokenKind::OldRawString, body + length + closing.len()),
        None => (TokenKind::UnclosedString, rest.len()),
    })
}
