//! Space between names and values, and recovery after an error.

use super::TokenKind;
use super::parser::Parser;

impl Parser<'_> {
    /// Passes a line that starts with no name, and its block.
    pub(super) fn skip_nameless(&mut self) {
        self.skip_entries();
        match self.peek().kind {
            TokenKind::BlockOpen => {
                // Read for its errors; its nodes have no home.
                self.discarding += 1;
                self.block();
                self.discarding -= 1;
            }
            TokenKind::Newline | TokenKind::Semicolon => {
                self.bump();
            }
            _ => {}
        }
    }

    /// Skips the rest of a line; stops before a block.
    pub(super) fn skip_entries(&mut self) {
        loop {
            match self.peek().kind {
                TokenKind::End | TokenKind::BlockClose | TokenKind::BlockOpen => return,
                TokenKind::Newline | TokenKind::Semicolon => return,
                TokenKind::Continuation if self.continuation() => {}
                _ => {
                    self.bump();
                }
            }
        }
    }

    /// Blanks, comments and line breaks between nodes.
    pub(super) fn blank_lines(&mut self) {
        loop {
            match self.peek().kind {
                TokenKind::Newline | TokenKind::LineComment | TokenKind::ByteOrderMark => {
                    self.bump();
                }
                _ => {
                    if !self.space() {
                        return;
                    }
                }
            }
        }
    }

    /// Blanks and comments inside of a node; whether there were any.
    pub(super) fn space(&mut self) -> bool {
        let start = self.at;
        loop {
            match self.peek().kind {
                TokenKind::Space | TokenKind::BlockComment => {
                    self.bump();
                }
                TokenKind::Continuation => {
                    if !self.continuation() {
                        return self.at > start;
                    }
                }
                _ => return self.at > start,
            }
        }
    }

    /// `\`, blanks, a comment and the line break. Passes nothing if the line
    /// does not end there.
    pub(super) fn continuation(&mut self) -> bool {
        let start = self.at;
        self.bump();
        while matches!(self.peek().kind, TokenKind::Space | TokenKind::BlockComment) {
            self.bump();
        }
        if self.peek().kind == TokenKind::LineComment {
            self.bump();
        }
        if matches!(self.peek().kind, TokenKind::Newline | TokenKind::End) {
            self.bump();
            return true;
        }
        self.at = start;
        false
    }
}
