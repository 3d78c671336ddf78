//! Tokens to nodes. After an error the rest of the line is left out and the
//! next line is read.

use migspec_diag::{Diagnostic, FileId, Span, Spanned};

use super::number::looks_like_number;
use super::word::{foreign_help, is_bare_keyword, is_text};
use super::{MAX_DEPTH, MAX_ERRORS, Parsed, Token, TokenKind, excerpt, tokens};
use crate::tree::{Entry, Node};

/// Whether types before values mean something in a text. In a spec they do not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Types {
    Refused,
    Taken,
}

pub(super) fn parse(file: FileId, text: &str, types: Types) -> Parsed {
    let mut parser = Parser {
        file,
        text,
        types,
        tokens: tokens(text),
        at: 0,
        open: Vec::new(),
        suspect: None,
        discarding: 0,
        balanced: true,
        braces_unsure: false,
        stopped: false,
        diagnostics: Vec::new(),
    };
    parser.version();
    let nodes = parser.nodes();
    parser.unclosed_block();
    Parsed { nodes, diagnostics: parser.diagnostics, balanced: parser.balanced }
}

pub(super) struct Parser<'a> {
    pub(super) file: FileId,
    pub(super) text: &'a str,
    pub(super) types: Types,
    tokens: Vec<Token>,
    /// The next token.
    pub(super) at: usize,
    /// The `{` that are open, outermost first.
    open: Vec<Token>,
    /// The first `{` whose `}` is indented less than its own line.
    suspect: Option<Token>,
    /// How many `/-` this is inside of.
    pub(super) discarding: usize,
    balanced: bool,
    /// An unclosed string holds a brace that may be meant as one.
    braces_unsure: bool,
    /// Nothing more is read.
    stopped: bool,
    diagnostics: Vec<Diagnostic>,
}

/// Where a node goes on after an entry.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Entries,
    /// A block was left out: no entry may follow.
    Blocks,
    /// The block was read: only blocks that are left out may follow.
    AfterBlock,
    Done,
}

impl Parser<'_> {
    pub(super) fn peek(&self) -> Token {
        // `End` is the last token and never passed.
        self.tokens[self.at]
    }

    pub(super) fn bump(&mut self) -> Token {
        let token = self.peek();
        if token.kind != TokenKind::End {
            self.at += 1;
        }
        token
    }

    pub(super) fn span(&self, token: Token) -> Span {
        Span::new(self.file, token.start as usize, token.end as usize)
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        if self.stopped {
            return;
        }
        if self.diagnostics.len() == MAX_ERRORS {
            self.stop();
            let at = diagnostic.primary.map_or(Span::new(self.file, 0, 0), |label| label.span);
            self.diagnostics.push(
                Diagnostic::error("too-many-errors", format!("more than {MAX_ERRORS} errors: reading stops here"))
                    .at(at, "read up to here"),
            );
            return;
        }
        self.diagnostics.push(diagnostic);
    }

    fn stop(&mut self) {
        self.stopped = true;
        self.balanced = false;
        self.at = self.tokens.len() - 1;
    }

    pub(super) fn error(&mut self, token: Token, message: impl Into<String>, label: &str, help: &str) {
        let help = (!help.is_empty()).then(|| help.to_owned());
        self.report(Diagnostic::error("syntax-error", message).at(self.span(token), label).help_if(help));
    }

    /// `/- kdl-version 2` at the start of a file.
    fn version(&mut self) {
        let mut significant = self.tokens.iter().filter(|t| {
            !matches!(t.kind, TokenKind::Space | TokenKind::Newline | TokenKind::LineComment | TokenKind::ByteOrderMark)
        });
        let (Some(dash), Some(name), Some(version)) = (significant.next(), significant.next(), significant.next())
        else {
            return;
        };
        let is_marker = dash.kind == TokenKind::Slashdash && name.text(self.text) == "kdl-version";
        let version = *version;
        if is_marker && version.text(self.text) != "2" {
            let message = format!("the file declares KDL {}", excerpt(version.text(self.text)));
            self.report(
                Diagnostic::error("kdl1-syntax", message)
                    .at(self.span(version), "not KDL 2")
                    .help("write the spec in KDL 2 and start it with `/- kdl-version 2`"),
            );
        }
    }

    /// Nodes up to the end of the block or the text.
    fn nodes(&mut self) -> Vec<Node> {
        let mut nodes = Vec::new();
        loop {
            self.blank_lines();
            let token = self.peek();
            match token.kind {
                TokenKind::End => return nodes,
                TokenKind::BlockClose if self.open.is_empty() => {
                    self.balanced = false;
                    if !self.braces_unsure {
                        self.error(
                            token,
                            "this `}` closes no block",
                            "no `{` is open",
                            "delete it, or a surplus `}` above",
                        );
                    }
                    self.bump();
                }
                TokenKind::BlockClose => return nodes,
                TokenKind::Slashdash => self.slashdashed_node(),
                _ => nodes.extend(self.node()),
            }
        }
    }

    fn slashdashed_node(&mut self) {
        let dash = self.bump();
        self.blank_lines();
        if matches!(self.peek().kind, TokenKind::End | TokenKind::BlockClose | TokenKind::Slashdash) {
            self.nothing_discarded(dash);
            return;
        }
        self.discarding += 1;
        self.node();
        self.discarding -= 1;
    }

    fn nothing_discarded(&mut self, dash: Token) {
        self.error(dash, "`/-` comments out the next item, but none follows", "no item follows", "delete it");
    }

    /// `None` where the name could not be read; the line is passed then.
    fn node(&mut self) -> Option<Node> {
        self.type_annotation();
        let token = self.peek();
        let Some(name) = self.name(token) else {
            self.skip_nameless();
            return None;
        };
        self.bump();
        let name = Spanned::new(name.into(), self.span(token));
        if self.is_property_alone() {
            self.report_property_alone(token);
            return None;
        }
        let mut node = Node { header: name.span, name, entries: Vec::new(), children: Vec::new(), base: None };
        let mut step = Step::Entries;
        while step != Step::Done {
            step = self.part(&mut node, step);
        }
        if let Some(last) = node.entries.last() {
            node.header = node.name.span.to(last.value.span);
        }
        Some(node)
    }

    /// Whether `=` follows the first word of a line.
    fn is_property_alone(&self) -> bool {
        let mut next = self.tokens[self.at..].iter().filter(|token| token.kind != TokenKind::Space);
        next.next().is_some_and(|token| token.kind == TokenKind::Equals)
    }

    fn report_property_alone(&mut self, name: Token) {
        let text = excerpt(name.text(self.text));
        self.error(
            name,
            format!("the property `{text}` follows no node"),
            "on a line of its own",
            "a property is on the line of its node: end the line before it with `\\`; a node takes its values without `=`",
        );
        self.skip_entries();
    }

    /// The name that a token is. Reports why it is none.
    pub(super) fn name(&mut self, token: Token) -> Option<String> {
        match token.kind {
            TokenKind::String | TokenKind::MultilineString | TokenKind::RawString => {
                Some(self.string(token).unwrap_or_default())
            }
            TokenKind::Word => self.word_as_name(token),
            TokenKind::BlockOpen => {
                self.error(
                    token,
                    "a block without a node",
                    "no name before it",
                    "write the node's name before the `{`, on the same line",
                );
                None
            }
            _ => {
                self.report_unexpected(token, "the name of a node");
                None
            }
        }
    }

    fn word_as_name(&mut self, token: Token) -> Option<String> {
        let word = token.text(self.text);
        let message = if looks_like_number(word) {
            "a number cannot be a name"
        } else if word.starts_with('#') {
            "a keyword cannot be a name"
        } else if is_bare_keyword(word) {
            "this word is reserved and cannot be a name"
        } else if foreign_help(word).is_some() {
            "this word is not a name"
        } else {
            return Some(word.to_owned());
        };
        let help = match (word.starts_with('#'), foreign_help(word)) {
            (true, _) => "a comment starts with `//`".to_owned(),
            (false, Some(help)) => help,
            (false, None) => format!("a name is a word or a string: \"{}\"", excerpt(word)),
        };
        self.error(token, message, "not a name", &help);
        None
    }

    /// One entry, one block or the end of a node.
    fn part(&mut self, node: &mut Node, step: Step) -> Step {
        let spaced = self.space();
        let token = self.peek();
        match token.kind {
            TokenKind::End | TokenKind::BlockClose => Step::Done,
            TokenKind::Newline | TokenKind::Semicolon | TokenKind::LineComment => {
                self.bump();
                Step::Done
            }
            TokenKind::BlockOpen => {
                if step == Step::AfterBlock {
                    self.error(token, "a node has one block", "a second one", "join the two blocks");
                }
                node.children.extend(self.block());
                Step::AfterBlock
            }
            TokenKind::Slashdash => {
                if !spaced {
                    self.report_missing_space(token);
                }
                self.slashdashed_part(step)
            }
            TokenKind::Continuation => {
                self.error(
                    token,
                    "a `\\` is in the middle of a line",
                    "not at the end",
                    "move it to the end of a line that continues",
                );
                self.skip_entries();
                step
            }
            _ if step != Step::Entries => {
                self.error(
                    token,
                    "text follows the block of a node",
                    "not expected here",
                    "start the next node on a line of its own",
                );
                Step::Done
            }
            _ => {
                if !spaced {
                    self.require_space_before_entry(token);
                }
                match self.entry() {
                    Some(entry) => node.entries.extend(entry),
                    None => self.skip_entries(),
                }
                step
            }
        }
    }

    /// The part of a node that `/-` comments out.
    fn slashdashed_part(&mut self, step: Step) -> Step {
        let dash = self.bump();
        self.blank_lines();
        self.discarding += 1;
        let next = match self.peek().kind {
            TokenKind::BlockOpen => {
                self.block();
                if step == Step::Entries { Step::Blocks } else { step }
            }
            TokenKind::End | TokenKind::BlockClose | TokenKind::Slashdash => {
                self.nothing_discarded(dash);
                step
            }
            _ if step != Step::Entries => {
                self.error(
                    dash,
                    "text follows the block of a node",
                    "not expected here",
                    "start the next node on a line of its own",
                );
                Step::Done
            }
            _ => {
                if self.entry().is_none() {
                    self.skip_entries();
                }
                step
            }
        };
        self.discarding -= 1;
        next
    }

    pub(super) fn block(&mut self) -> Vec<Node> {
        let open = self.bump();
        if self.open.len() == MAX_DEPTH {
            self.report(
                Diagnostic::error("nested-too-deep", format!("blocks are nested deeper than {MAX_DEPTH}"))
                    .at(self.span(open), "one too many")
                    .help("flatten the blocks"),
            );
            self.stop();
            return Vec::new();
        }
        self.open.push(open);
        let nodes = self.nodes();
        let close = self.bump();
        if close.kind == TokenKind::BlockClose {
            self.open.pop();
            self.compare_indentation(open, close);
        }
        nodes
    }

    /// A `}` left of the line that opened its block hints at a missing one.
    fn compare_indentation(&mut self, open: Token, close: Token) {
        if self.suspect.is_some() {
            return;
        }
        // `self.at` is behind the `}`.
        let blank = match self.tokens[..self.at - 1] {
            [.., line, blank] if line.kind == TokenKind::Newline && blank.kind == TokenKind::Space => blank,
            [.., line] if line.kind == TokenKind::Newline => Token { end: close.start, ..close },
            _ => return,
        };
        let line = self.text[..open.start as usize].rfind('\n').map_or(0, |at| at + 1);
        let line = &self.text[line..];
        let indentation = line.len() - line.trim_start_matches([' ', '\t']).len();
        if blank.text(self.text).len() < indentation {
            self.suspect = Some(open);
        }
    }

    fn unclosed_block(&mut self) {
        let Some(open) = self.open.last().copied().filter(|_| !self.stopped) else { return };
        self.balanced = false;
        if self.braces_unsure {
            return;
        }
        let culprit = self.suspect.unwrap_or(open);
        self.report(
            Diagnostic::error("unclosed-block", "the block is not closed")
                .at(self.span(culprit), "its `}` is missing")
                .help("add `}` after the last node of the block"),
        );
    }

    /// An argument or a property; `Some(None)` if it was passed without a
    /// value, `None` if the rest of the line makes no sense.
    fn entry(&mut self) -> Option<Option<Entry>> {
        let token = self.peek();
        if token.kind == TokenKind::TypeOpen {
            return Some(self.value()?.map(|value| Entry { name: None, value, base: None }));
        }
        let start = self.at;
        if is_text(token.kind) {
            self.bump();
            self.space();
            if self.peek().kind == TokenKind::Equals {
                let equals = self.bump();
                return self.property(token, equals);
            }
            self.at = start;
        }
        Some(self.value()?.map(|value| Entry { name: None, value, base: None }))
    }

    fn require_space_before_entry(&mut self, token: Token) {
        let named = is_text(token.kind) || token.kind == TokenKind::TypeOpen;
        // Another error for this token is more specific.
        if named && foreign_help(token.text(self.text)).is_none() {
            self.report_missing_space(token);
        }
    }

    fn report_missing_space(&mut self, token: Token) {
        self.error(token, "a space is missing", "no space before this", "separate names and values by a space");
    }

    fn property(&mut self, name: Token, equals: Token) -> Option<Option<Entry>> {
        let known = self.name(name);
        let after_equals = self.at;
        self.space();
        if self.lacks_value() {
            self.at = after_equals;
            let span = self.span(name).to(self.span(equals));
            let text = excerpt(name.text(self.text));
            self.report(
                Diagnostic::error("missing-value", format!("`{text}` has no value"))
                    .at(span, "no value after `=`")
                    .help(format!("write `{text}=\"…\"`, or delete it")),
            );
            return Some(None);
        }
        let value = self.value()?;
        let name = known.map(|known| Spanned::new(known.into(), self.span(name)));
        Some(name.zip(value).map(|(name, value)| Entry { name: Some(name), value, base: None }))
    }

    /// After `=`: the line ends, or the next property starts.
    fn lacks_value(&mut self) -> bool {
        let start = self.at;
        let token = self.bump();
        match token.kind {
            TokenKind::Newline | TokenKind::Semicolon | TokenKind::LineComment | TokenKind::BlockOpen => {}
            TokenKind::BlockClose | TokenKind::End => {}
            TokenKind::Word => {
                self.space();
                let next_property = self.peek().kind == TokenKind::Equals;
                self.at = start;
                return next_property;
            }
            _ => {
                self.at = start;
                return false;
            }
        }
        self.at = start;
        true
    }

    /// Reports a token in place of an expected one.
    pub(super) fn report_unexpected(&mut self, token: Token, expected: &str) {
        let diagnostic = match token.kind {
            TokenKind::UnclosedString => Diagnostic::error("unclosed-string", "the string is not closed")
                .at(self.first_line(token), "its closing quote is missing")
                .help("add the quote; enclose multi-line text in `\"\"\"`"),
            TokenKind::UnclosedComment => Diagnostic::error("unclosed-comment", "the comment is not closed")
                .at(Span { end: token.start + 2, ..self.span(token) }, "its `*/` is missing")
                .help("add `*/`; every `/*` inside needs one of its own"),
            TokenKind::End | TokenKind::Newline | TokenKind::BlockClose | TokenKind::Semicolon => {
                Diagnostic::error("syntax-error", format!("expected {expected}")).at(self.span(token), "missing here")
            }
            _ => {
                let found = token.text(self.text);
                Diagnostic::error("syntax-error", format!("expected {expected}, found `{}`", excerpt(found)))
                    .at(self.span(token), "not expected here")
                    .help_if(stray_help(found).map(str::to_owned))
            }
        };
        self.report(diagnostic);
        self.braces_unsure |= token.kind == TokenKind::UnclosedString && token.text(self.text).contains(['{', '}']);
        // An unclosed token contains the rest of the text.
        let swallows = matches!(token.kind, TokenKind::UnclosedComment | TokenKind::UnclosedString);
        if swallows && token.end as usize == self.text.len() {
            self.stop();
        }
    }

    fn first_line(&self, token: Token) -> Span {
        let length = token.text(self.text).lines().next().map_or(0, str::len);
        Span { end: token.start + length as u32, ..self.span(token) }
    }
}

fn stray_help(found: &str) -> Option<&'static str> {
    match found {
        "/" => Some("start a comment with `//` or `/*`; quote text that contains a `/`"),
        "[" | "]" => Some("write a list as values with spaces between them"),
        "=" => Some("write a property as `name=value`"),
        _ => None,
    }
}
