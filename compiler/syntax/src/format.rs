//! The formatter: blanks and line breaks are set anew, everything else stays
//! as it was written, comments included.

use migspec_diag::{Diagnostic, FileId, Outcome, Span};

use crate::kdl::{Token, TokenKind, disagrees, parse, same_meaning, tokens};
use crate::tree::Node;

const INDENT: &str = "    ";

/// Formats a spec or a project file. A text with errors is returned as it is,
/// together with them.
pub fn format(file: FileId, text: &str) -> Outcome<String> {
    let parsed = parse(file, text);
    if !parsed.diagnostics.is_empty() {
        return Outcome::new(text.to_owned(), parsed.diagnostics);
    }
    let mut printer = Printer::new(text);
    printer.print();
    verify(file, text, &parsed.nodes, printer.out)
}

/// The formatted text, or the old one with an error if the meanings differ.
fn verify(file: FileId, text: &str, nodes: &[Node], formatted: String) -> Outcome<String> {
    // The formatter edits files of its users. It must not change their content,
    // not even for another KDL parser.
    let again = parse(file, &formatted);
    let changed = !again.diagnostics.is_empty() || !same_meaning(nodes, &again.nodes);
    if changed || (disagrees(&formatted, nodes) && !disagrees(text, nodes)) {
        let diagnostic = Diagnostic::error("format-changes-meaning", "formatting would change the content of the file")
            .at(Span::new(file, 0, 0), "not changed")
            .help("this is a defect of migspec: please report the file");
        return Outcome::new(text.to_owned(), vec![diagnostic]);
    }
    Outcome::clean(formatted)
}

struct Printer<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    at: usize,
    /// The position after the last result of [`Self::next_kind`].
    next: usize,
    out: String,
    depth: usize,
    /// The next token starts a line.
    line_break: bool,
    /// Line breaks in the text since the last token that was printed.
    breaks: usize,
    /// The line goes on after a `\`.
    continued: bool,
    /// The next token follows without a space.
    glued: bool,
    /// A line break before the next token ends no node.
    after_slashdash: bool,
    /// No blank line before the next token.
    block_start: bool,
}

impl<'a> Printer<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            tokens: tokens(text),
            at: 0,
            next: 0,
            out: String::with_capacity(text.len() + text.len() / 8),
            depth: 0,
            line_break: true,
            breaks: 0,
            continued: false,
            glued: false,
            after_slashdash: false,
            block_start: true,
        }
    }

    fn print(&mut self) {
        loop {
            let token = self.tokens[self.at];
            self.at += 1;
            match token.kind {
                TokenKind::End => break,
                TokenKind::Space | TokenKind::ByteOrderMark => {}
                TokenKind::Newline => {
                    self.breaks += 1;
                    self.line_break |= !self.after_slashdash;
                }
                TokenKind::Semicolon => self.line_break = true,
                TokenKind::LineComment => self.line_comment(token),
                TokenKind::Continuation => self.continuation(),
                TokenKind::Equals => self.glue(token),
                TokenKind::TypeClose => self.glue(token),
                TokenKind::TypeOpen => {
                    self.word(token);
                    self.glued = true;
                }
                TokenKind::Slashdash => self.slashdash(token),
                TokenKind::BlockOpen => self.block_open(token),
                TokenKind::BlockClose => self.block_close(token),
                TokenKind::BlockComment => self.block_comment(token),
                _ => self.word(token),
            }
        }
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
    }

    /// The next token on the line, including lines that a `\` continues.
    fn next_kind(&mut self) -> TokenKind {
        // The result is valid for every position up to that token.
        let mut at = self.next.max(self.at);
        loop {
            match self.tokens[at].kind {
                TokenKind::Space => at += 1,
                TokenKind::Continuation => {
                    let line = self.tokens[at + 1..].iter();
                    let passed = line.take_while(|t| !matches!(t.kind, TokenKind::Newline | TokenKind::End)).count();
                    at = (at + passed + 2).min(self.tokens.len() - 1);
                }
                kind => {
                    self.next = at;
                    return kind;
                }
            }
        }
    }

    /// The index of the first token from `at` that is neither one of `blanks`
    /// nor a `\` without a comment.
    fn after_blanks(&self, mut at: usize, blanks: &[TokenKind]) -> usize {
        loop {
            match self.tokens[at].kind {
                kind if blanks.contains(&kind) => at += 1,
                TokenKind::Continuation => {
                    let spaces = self.tokens[at + 1..].iter().take_while(|t| t.kind == TokenKind::Space).count();
                    match self.tokens[at + 1 + spaces].kind {
                        TokenKind::Newline => at += spaces + 2,
                        TokenKind::End => at += spaces + 1,
                        _ => return at,
                    }
                }
                _ => return at,
            }
        }
    }

    /// Puts the blanks before a token: a new line, a space or nothing.
    fn lead(&mut self) {
        if self.line_break {
            self.new_line();
        } else if self.out.ends_with('\n') {
            self.indent();
        } else if !self.glued {
            self.out.push(' ');
        }
        self.glued = false;
        self.breaks = 0;
    }

    fn new_line(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
        if self.breaks > 1 && !self.block_start {
            self.out.push('\n');
        }
        self.line_break = false;
        self.continued = false;
        self.block_start = false;
        self.indent();
    }

    fn indent(&mut self) {
        let depth = self.depth + usize::from(self.continued);
        self.out.extend(std::iter::repeat_n(INDENT, depth));
    }

    fn word(&mut self, token: Token) {
        self.lead();
        self.out.push_str(token.text(self.text));
        self.after_slashdash = false;
    }

    /// `=` and `)`: no space on either side.
    fn glue(&mut self, token: Token) {
        self.glued = true;
        self.lead();
        self.out.push_str(token.text(self.text));
        self.glued = true;
    }

    fn block_comment(&mut self, token: Token) {
        let glued = self.glued;
        self.lead();
        self.out.push_str(token.text(self.text));
        self.glued = glued;
    }

    fn line_comment(&mut self, token: Token) {
        // A comment stays on the line that it was written on.
        let same_line = self.breaks == 0 || self.after_slashdash;
        let trailing = same_line && !self.out.is_empty() && !self.out.ends_with('\n');
        if trailing {
            self.out.push(' ');
        } else {
            self.line_break |= !self.continued;
            self.lead();
        }
        self.out.push_str(token.text(self.text).trim_end());
        self.end_comment();
    }

    /// Ends the line after a line comment.
    fn end_comment(&mut self) {
        self.breaks = 0;
        self.glued = false;
        self.out.push('\n');
        self.line_break |= !self.after_slashdash;
    }

    fn slashdash(&mut self, token: Token) {
        self.word(token);
        self.glued = self.tokens[self.at].kind != TokenKind::Space;
        self.after_slashdash = true;
    }

    fn block_open(&mut self, token: Token) {
        self.word(token);
        let end = self.after_blanks(self.at, &[TokenKind::Space, TokenKind::Newline, TokenKind::Semicolon]);
        if self.tokens[end].kind == TokenKind::BlockClose {
            self.at = end + 1;
            self.out.push('}');
            return;
        }
        self.depth += 1;
        self.line_break = true;
        self.block_start = true;
    }

    fn block_close(&mut self, token: Token) {
        self.depth -= 1;
        self.line_break = true;
        self.block_start = true;
        self.word(token);
    }

    /// `\` with all up to its line break. It stays where something follows
    /// that it joins to the node; its comments always stay.
    fn continuation(&mut self) {
        let comments = self.continuation_comments();
        let following = self.tokens[self.at..].iter().find(|t| t.kind != TokenKind::Space);
        let again = following.is_some_and(|t| t.kind == TokenKind::Continuation);
        if comments.is_empty() && (again || self.glued) {
            return;
        }
        let next = self.next_kind();
        if self.line_break || self.after_slashdash || ends_node(next) {
            for comment in comments {
                self.comment(comment);
            }
        } else if !comments.is_empty() || !attaches(next) {
            self.continued_line(&comments);
        }
    }

    /// The comments between a `\` and its line break, which are passed.
    fn continuation_comments(&mut self) -> Vec<Token> {
        let mut comments = Vec::new();
        loop {
            let token = self.tokens[self.at];
            match token.kind {
                TokenKind::End => return comments,
                TokenKind::BlockComment | TokenKind::LineComment => comments.push(token),
                _ => {}
            }
            self.at += 1;
            if token.kind == TokenKind::Newline {
                return comments;
            }
        }
    }

    fn comment(&mut self, comment: Token) {
        match comment.kind {
            TokenKind::LineComment => self.line_comment(comment),
            _ => self.block_comment(comment),
        }
    }

    fn continued_line(&mut self, comments: &[Token]) {
        self.lead();
        self.out.push('\\');
        for comment in comments {
            self.out.push(' ');
            self.out.push_str(comment.text(self.text).trim_end());
        }
        self.out.push('\n');
        self.continued = true;
        self.glued = false;
    }
}

fn ends_node(next: TokenKind) -> bool {
    use TokenKind::{BlockClose, End, LineComment, Newline, Semicolon};
    matches!(next, Newline | End | BlockClose | Semicolon | LineComment)
}

/// The tokens that follow on the same line in every layout.
fn attaches(next: TokenKind) -> bool {
    matches!(next, TokenKind::BlockOpen | TokenKind::Equals | TokenKind::TypeClose)
}

#[cfg(test)]
mod tests {
    use migspec_diag::Sources;
    use proptest::prelude::*;

    use super::*;
    use crate::tree::Literal;

    const SPEC: &str = include_str!("../../../specs/payments.migspec.kdl");

    fn formatted(text: &str) -> Option<String> {
        let mut sources = Sources::new();
        let file = sources.add("spec.kdl", text);
        let outcome = format(file, text);
        outcome.diagnostics.is_empty().then_some(outcome.value)
    }

    #[test]
    fn a_changed_meaning_is_refused() {
        let text = "a 1\n";
        let file = Sources::new().add("spec.kdl", text);
        let nodes = parse(file, text).nodes;
        assert!(verify(file, text, &nodes, "a 1".to_owned()).diagnostics.is_empty());
        for formatted in ["a 2\n", "a 1 1\n", "a {\n"] {
            let outcome = verify(file, text, &nodes, formatted.to_owned());
            let codes: Vec<_> = outcome.diagnostics.iter().map(|d| &*d.code).collect();
            assert_eq!(
                (codes.as_slice(), outcome.value.as_str()),
                (&["format-changes-meaning"][..], text),
                "{formatted}"
            );
        }
    }

    /// The parsed content of a text, without places.
    fn meaning(text: &str) -> Option<String> {
        fn of(nodes: &[Node], out: &mut String) {
            for node in nodes {
                let entries: Vec<(Option<&str>, &Literal)> =
                    node.entries.iter().map(|e| (e.name.as_ref().map(|n| &*n.value), &e.value.value)).collect();
                out.push_str(&std::format!("{:?} {entries:?} {{", &*node.name.value));
                of(&node.children, out);
                out.push('}');
            }
        }
        let mut sources = Sources::new();
        let file = sources.add("spec.kdl", text);
        let parsed = parse(file, text);
        let mut out = String::new();
        of(&parsed.nodes, &mut out);
        parsed.diagnostics.is_empty().then_some(out)
    }

    fn comments(text: &str) -> Vec<&str> {
        let is_comment = |t: &Token| matches!(t.kind, TokenKind::LineComment | TokenKind::BlockComment);
        tokens(text).into_iter().filter(is_comment).map(|t| t.text(text).trim_end()).collect()
    }

    fn slashdashes(text: &str) -> usize {
        tokens(text).iter().filter(|t| t.kind == TokenKind::Slashdash).count()
    }

    #[test]
    fn the_reference_spec_is_formatted() {
        assert_eq!(formatted(SPEC).as_deref(), Some(SPEC));
    }

    #[test]
    fn blanks_are_set_anew() {
        let text = "\u{feff}a   1  k = \"v\" { // first\n\n\nb;c  /* x */ 2;\n\n\n\n  d{}\n   // last   \n}\n/- e\n\n\nf \\\n 1 \\  // why\n2\r\n";
        let expected = "a 1 k=\"v\" { // first\n    b\n    c /* x */ 2\n\n    d {}\n    // last\n}\n/- e\n\nf \\\n    1 \\ // why\n    2\n";
        assert_eq!(formatted(text).as_deref(), Some(expected));
    }

    #[test]
    fn values_stay_as_written() {
        let text = "a 0x1F 1_000 #\"raw\"# \"\\u{e9}\" bare\nb \"\"\"\n  one\n    two\n  \"\"\" end\n";
        assert_eq!(formatted(text).as_deref(), Some(text));
    }

    #[test]
    fn a_text_with_errors_is_left_alone() {
        assert_eq!(formatted("a {\n"), None);
    }

    fn piece() -> impl Strategy<Value = &'static str> {
        prop::sample::select(vec![
            "node",
            "\"s\"",
            "1",
            "#true",
            "k=1",
            "k",
            "=",
            " ",
            " ",
            " ",
            "  ",
            "\n",
            "\n",
            "\n\n\n",
            "\r\n",
            ";",
            "{",
            "{\n",
            "}",
            "}\n",
            "{}",
            "/-",
            "/- ",
            "// c \n",
            "// d\n",
            "/* b */",
            "/* m\n m */",
            "\\\n",
            "\\ // e\n",
            "\\ /* f */\n",
            "#\"raw\"#",
            "\"\"\"\n x\n \"\"\"",
            "node 1\n",
            "node k = 2 {\n",
            " a b",
            "\t",
        ])
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn formatting_keeps_meaning_and_comments(pieces in prop::collection::vec(piece(), 0..20)) {
            let text = pieces.concat();
            if let Some(once) = formatted(&text) {
                prop_assert_eq!(meaning(&once), meaning(&text), "{:?} became {:?}", text, once);
                prop_assert_eq!(comments(&once), comments(&text), "{:?} became {:?}", text, once);
                prop_assert_eq!(slashdashes(&once), slashdashes(&text));
                prop_assert_eq!(formatted(&once), Some(once.clone()), "from {:?}", text);
                let line = once.lines().find(|l| l.ends_with(' '));
                prop_assert!(line.is_none() || text.contains("/*") || text.contains("\"\"\""), "{:?}", once);
                prop_assert!(!once.contains("\n\n\n"), "{:?}", once);
            }
        }
    }
}
