//! Values: strings, numbers, keywords and words, and the types before them.

use migspec_diag::{Diagnostic, Fix, Span, Spanned};

use super::number::{NumberError, looks_like_number, number};
use super::parser::{Parser, Types};
use super::string::string;
use super::word::{foreign_help, is_bare_keyword, is_text};
use super::{Token, TokenKind, excerpt};
use crate::tree::Literal;

impl Parser<'_> {
    /// A value; `Some(None)` if it is wrong but was passed.
    pub(super) fn value(&mut self) -> Option<Option<Spanned<Literal>>> {
        self.type_annotation();
        let token = self.peek();
        if !is_text(token.kind) {
            self.report_unexpected(token, "a value");
            return None;
        }
        self.bump();
        let literal = if token.kind == TokenKind::Word {
            self.word(token)
        } else {
            self.string(token).map(|s| Literal::String(s.into()))
        };
        Some(literal.map(|literal| Spanned::new(literal, self.span(token))))
    }

    pub(super) fn word(&mut self, token: Token) -> Option<Literal> {
        let word = token.text(self.text);
        match word {
            "#true" => return Some(Literal::Bool(true)),
            "#false" => return Some(Literal::Bool(false)),
            "#null" => return Some(Literal::Null),
            "#inf" => return Some(Literal::Float(f64::INFINITY)),
            "#-inf" => return Some(Literal::Float(f64::NEG_INFINITY)),
            "#nan" => return Some(Literal::Float(f64::NAN)),
            _ => {}
        }
        if is_bare_keyword(word) {
            self.report(
                Diagnostic::error("kdl1-syntax", format!("`{word}` is KDL 1"))
                    .at(self.span(token), "not KDL 2")
                    .help(format!("write `#{word}`; for the word itself, write \"{word}\""))
                    .fix(Fix::text(self.span(token), format!("#{word}"))),
            );
            return None;
        }
        if word.starts_with('#') {
            let help = "use `#true`, `#false` or `#null`";
            self.error(token, format!("`{}` is not a keyword", excerpt(word)), "not known", help);
            return None;
        }
        if looks_like_number(word) {
            return self.number(token);
        }
        if let Some(help) = foreign_help(word) {
            self.error(token, format!("`{}` is not a value", excerpt(word)), "not KDL", &help);
            return None;
        }
        Some(Literal::String(word.into()))
    }

    pub(super) fn number(&mut self, token: Token) -> Option<Literal> {
        let word = token.text(self.text);
        let message = match number(word) {
            Ok(literal) => return Some(literal),
            Err(NumberError::Malformed) => format!("`{}` is not a number", excerpt(word)),
            Err(NumberError::TooLarge) => format!("the number `{}` is too large", excerpt(word)),
        };
        self.report(
            Diagnostic::error("malformed-number", message)
                .at(self.span(token), "not a number")
                .help("quote values with a unit and other text that starts with a digit"),
        );
        None
    }

    pub(super) fn string(&mut self, token: Token) -> Option<String> {
        if token.kind == TokenKind::OldRawString {
            let body = token.text(self.text).trim_start_matches('r');
            let new = if body.starts_with('#') { body.to_owned() } else { format!("#{body}#") };
            let help = if new.contains(char::is_control) || new.len() > 80 {
                "write `#\"…\"#`".to_owned()
            } else {
                format!("write `{new}`")
            };
            self.report(
                Diagnostic::error("kdl1-syntax", "raw strings with `r` are KDL 1")
                    .at(self.span(token), "not KDL 2")
                    .help(help),
            );
            return None;
        }
        match string(token.kind, token.text(self.text)) {
            Ok(value) => Some(value),
            Err(error) => {
                let start = token.start as usize;
                self.report(
                    Diagnostic::error("malformed-string", error.message)
                        .at(Span::new(self.file, start + error.start, start + error.end), "here")
                        .help(error.help),
                );
                None
            }
        }
    }

    /// `(type)`: no meaning in a spec, but no reason to lose the value.
    pub(super) fn type_annotation(&mut self) {
        let open = self.peek();
        if open.kind != TokenKind::TypeOpen {
            return;
        }
        self.bump();
        self.space();
        let name = self.peek();
        if is_text(name.kind) {
            self.name(name);
            self.bump();
        } else {
            self.error(open, "`(` opens a type annotation, but no type follows", "no type", "delete it");
        }
        self.space();
        let close = self.peek();
        if close.kind == TokenKind::TypeClose {
            self.bump();
        } else {
            self.error(open, "the type annotation is not closed", "its `)` is missing", "delete it");
        }
        self.space();
        if self.types == Types::Refused && self.discarding == 0 && close.kind == TokenKind::TypeClose {
            self.report(
                Diagnostic::error(
                    "type-annotation",
                    format!("the type annotation `{}` has no meaning", excerpt(name.text(self.text))),
                )
                .at(self.span(open).to(self.span(close)), "not known here")
                .help("delete it: the name of the node or property determines the type"),
            );
        }
    }
}
