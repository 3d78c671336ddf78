//! Rust sources as tokens: functions with their length, the items that only
//! tests compile, comments and texts. A brace that has no partner is an error,
//! so that nothing escapes a law unseen.

use std::collections::BTreeSet;

use thiserror::Error;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Word,
    /// A string without its quotes.
    Text,
    /// A comment with its slashes.
    Comment,
    Mark,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token<'t> {
    pub kind: Kind,
    pub text: &'t str,
    /// The line of its beginning, from 1.
    pub line: usize,
    /// The line of its end.
    pub last: usize,
}

/// A function with a body or without one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Function {
    pub name: String,
    pub line: usize,
    pub lines: usize,
}

/// A part of a source that has no end.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("line {line}: {part} has no end")]
pub struct Unclosed {
    line: usize,
    part: String,
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    line: usize,
    tokens: Vec<Token<'t>>,
}

/// The tokens of a source.
///
/// # Errors
/// A string or comment has no end.
pub fn tokens(text: &str) -> Result<Vec<Token<'_>>, Unclosed> {
    let mut lexer = Lexer { text, at: 0, line: 1, tokens: Vec::new() };
    while lexer.at < text.len() {
        lexer.next()?;
    }
    Ok(lexer.tokens)
}

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// Takes a token of `length` bytes, of which `inner` is the text.
    fn take(&mut self, kind: Kind, length: usize, inner: std::ops::Range<usize>) {
        let whole = &self.rest()[..length];
        let (text, line) = (&whole[inner], self.line);
        self.line += whole.matches('\n').count();
        self.tokens.push(Token { kind, text, line, last: self.line });
        self.at += length;
    }

    fn next(&mut self) -> Result<(), Unclosed> {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return Ok(()) };
        let line = self.line;
        let without_end = |part: &str| Unclosed { line, part: part.to_owned() };
        if first.is_whitespace() {
            self.line += usize::from(first == '\n');
            self.at += first.len_utf8();
        } else if rest.starts_with("//") {
            let length = rest.find('\n').unwrap_or(rest.len());
            self.take(Kind::Comment, length, 0..length);
        } else if rest.starts_with("/*") {
            let length = block_comment(rest).ok_or_else(|| without_end("a comment"))?;
            self.take(Kind::Comment, length, 0..length);
        } else if let Some(hashes) = raw_string(rest) {
            let closing = format!("\"{}", "#".repeat(hashes.1));
            let start = hashes.0 + hashes.1 + 1;
            let end = start + rest[start..].find(&closing).ok_or_else(|| without_end("a string"))?;
            self.take(Kind::Text, end + closing.len(), start..end);
        } else if first == '"' {
            let length = quoted(rest).ok_or_else(|| without_end("a string"))?;
            self.take(Kind::Text, length, 1..length - 1);
        } else if first == '\'' {
            let length = character(rest).unwrap_or(1);
            self.take(Kind::Mark, length, 0..length);
        } else if first.is_alphanumeric() || first == '_' {
            let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            self.take(Kind::Word, length, 0..length);
        } else {
            let length = first.len_utf8();
            self.take(Kind::Mark, length, 0..length);
        }
        Ok(())
    }
}

/// The length of a block comment; they nest.
fn block_comment(text: &str) -> Option<usize> {
    let (mut depth, mut at) = (0_usize, 0);
    loop {
        let rest = text.get(at..)?;
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return Some(at);
            }
        } else {
            at += rest.chars().next()?.len_utf8();
        }
    }
}

/// The lengths of the prefix and of the hashes of a raw string.
fn raw_string(text: &str) -> Option<(usize, usize)> {
    let prefix = ["r", "br", "cr"].into_iter().find(|prefix| text.starts_with(prefix))?;
    let rest = &text[prefix.len()..];
    let hashes = rest.len() - rest.trim_start_matches('#').len();
    rest[hashes..].starts_with('"').then_some((prefix.len(), hashes))
}

/// The length of a string with its quotes.
fn quoted(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().skip(1).find_map(|(at, c)| {
        let closes = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        closes.then_some(at + 1)
    })
}

/// The length of a character literal; `None` where the quote begins a lifetime.
fn character(text: &str) -> Option<usize> {
    let mut chars = text.char_indices().skip(1);
    match chars.next()?.1 {
        '\\' => {
            chars.next()?;
            chars.find(|(_, c)| *c == '\'').map(|(at, _)| at + 1)
        }
        _ => chars.next().filter(|(_, c)| *c == '\'').map(|(at, _)| at + 1),
    }
}

/// The index of the brace that closes the one at `open`.
fn closing(tokens: &[Token<'_>], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate().skip(open) {
        match token.text {
            "{" if token.kind == Kind::Mark => depth += 1,
            "}" if token.kind == Kind::Mark => {
                depth -= 1;
                if depth == 0 {
                    return Some(index);
                }
            }
            _ => {}
        }
    }
    None
}

/// The index of the first brace or semicolon outside parentheses and brackets.
fn body(tokens: &[Token<'_>], from: usize) -> Option<usize> {
    let mut depth = 0_i32;
    (from..tokens.len()).find(|index| {
        let token = tokens[*index];
        if token.kind != Kind::Mark {
            return false;
        }
        match token.text {
            "(" | "[" => depth += 1,
            ")" | "]" => depth -= 1,
            _ => {}
        }
        depth == 0 && matches!(token.text, "{" | ";")
    })
}

/// The functions of a source.
///
/// # Errors
/// The end of a function cannot be found.
pub fn functions(text: &str) -> Result<Vec<Function>, Unclosed> {
    let tokens: Vec<Token<'_>> = tokens(text)?.into_iter().filter(|t| t.kind != Kind::Comment).collect();
    let mut found = Vec::new();
    for (index, pair) in tokens.windows(2).enumerate() {
        let [keyword, name] = pair else { continue };
        // `fn(` is a type.
        if keyword.text != "fn" || keyword.kind != Kind::Word || name.kind != Kind::Word {
            continue;
        }
        let end =
            body(&tokens, index).and_then(|at| if tokens[at].text == ";" { Some(at) } else { closing(&tokens, at) });
        let end = end.ok_or_else(|| Unclosed { line: keyword.line, part: format!("function `{}`", name.text) })?;
        let lines = tokens[end].last - keyword.line + 1;
        found.push(Function { name: name.text.to_owned(), line: keyword.line, lines });
    }
    Ok(found)
}

/// The lines of items that only tests compile: those below `#[cfg(test)]`.
///
/// # Errors
/// The end of such an item cannot be found.
pub fn test_lines(text: &str) -> Result<BTreeSet<usize>, Unclosed> {
    let tokens: Vec<Token<'_>> = tokens(text)?.into_iter().filter(|t| t.kind != Kind::Comment).collect();
    let mut lines = BTreeSet::new();
    for (index, window) in tokens.windows(7).enumerate() {
        let words: Vec<&str> = window.iter().map(|token| token.text).collect();
        if words != ["#", "[", "cfg", "(", "test", ")", "]"] {
            continue;
        }
        let mut end = body(&tokens, index + 7);
        if let Some(at) = end.filter(|at| tokens[*at].text == "{") {
            end = closing(&tokens, at);
            // The braces of `use` are within the item.
            if tokens[index + 7..at].iter().any(|token| token.text == "use") {
                end = end.and_then(|end| body(&tokens, end + 1));
            }
        }
        let start = tokens[index].line;
        let end = end.ok_or_else(|| Unclosed { line: start, part: "the item below `#[cfg(test)]`".to_owned() })?;
        lines.extend(start..=tokens[end].last);
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lengths(text: &str) -> Vec<(String, usize)> {
        functions(text).expect("it can be read").into_iter().map(|f| (f.name, f.lines)).collect()
    }

    #[test]
    fn functions_are_found_wherever_they_are() {
        let text = "pub(in crate::a) unsafe fn one() {\n    a();\n}\nimpl X {\n    fn two(&self) -> [u8; 2] {\n        0\n    }\n}\n\
                    trait T {\n    fn three(&self);\n}\nmacro_rules! m { () => { fn four() {\n } } }\ntype F = fn(u8) -> u8;\n";
        let expected = [("one", 3), ("two", 3), ("three", 1), ("four", 2)];
        assert_eq!(lengths(text), expected.map(|(name, lines)| (name.to_owned(), lines)));
    }

    #[test]
    fn braces_in_texts_characters_and_comments_do_not_count() {
        let text = "fn one<'a>(x: &'a str) {\n    let a = \"}\\\"}\"; // }\n    let b = ('}', '\\'', r#\"}\"}\"#); /* } /* } */ } */\n}\n";
        assert_eq!(lengths(text), [("one".to_owned(), 4)]);
    }

    #[test]
    fn a_function_without_an_end_is_an_error() {
        assert_eq!(functions("fn one() {\n  {\n}\n"), Err(Unclosed { line: 1, part: "function `one`".to_owned() }));
        assert!(test_lines("#[cfg(test)]\nmod tests {\n").is_err());
        assert!(tokens("let a = \"").is_err());
    }

    #[test]
    fn the_lines_after_a_test_item_are_no_test() {
        let text = "fn a() {}\n#[cfg(test)]\nmod oracle;\nfn b() {}\n#[cfg(test)]\nuse x::{y, z};\nfn c() {}\n\
                    #[cfg(test)]\nmod tests {\n    fn d() {}\n}\nfn e() {}\n";
        assert_eq!(test_lines(text), Ok([2, 3, 5, 6, 8, 9, 10, 11].into()));
    }
}
