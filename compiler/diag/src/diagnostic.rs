use std::borrow::Cow;
use std::cmp::Ordering;

use crate::fix::Fix;
use crate::span::Span;
use crate::suggest::{did_you_mean, nearest};
use crate::visible::one_line;

/// How bad a finding is. Ordered: `Info < Warning < Error`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Severity {
    Info,
    Warning,
    Error,
}

impl Severity {
    pub fn name(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// A place with a message about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    pub span: Span,
    pub text: String,
}

/// One message about the spec: data only, no colours and no layout.
///
/// `message` is lower case, has no full stop and puts names in backticks.
/// `help` is the fix: the text to write instead.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// Name of the offence in kebab case: a row of [`crate::CODES`] or the id
    /// of a policy.
    pub code: Cow<'static, str>,
    pub severity: Severity,
    pub message: String,
    /// The place that caused it. `None` only where no spec text is concerned.
    pub primary: Option<Label>,
    /// Other relevant places, such as the first of two conflicting nodes.
    pub related: Vec<Label>,
    pub help: Option<String>,
    pub notes: Vec<String>,
    /// Controls of the catalogue, such as `ENC-RDS-01`. Empty for compiler codes.
    pub controls: Vec<Cow<'static, str>>,
    /// PCI DSS 4.0.1 requirement numbers, such as `3.5.1`.
    pub requirements: Vec<Cow<'static, str>>,
    /// The environments in which it was seen; empty if it concerns all.
    pub environments: Vec<String>,
    /// The path of the node, for a waiver: `replication "ledger" > reverse`. `None`
    /// if no waiver can accept the finding.
    pub node: Option<std::sync::Arc<str>>,
    /// A change of the text that resolves the finding.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    pub fn new(code: impl Into<Cow<'static, str>>, severity: Severity, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            severity,
            message: one_line(message),
            primary: None,
            related: Vec::new(),
            help: None,
            notes: Vec::new(),
            controls: Vec::new(),
            requirements: Vec::new(),
            environments: Vec::new(),
            node: None,
            fix: None,
        }
    }

    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, message)
    }

    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, message)
    }

    /// Sets the place that caused it.
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.primary = Some(Label { span, text: one_line(text) });
        self
    }

    /// Adds a place that matters.
    pub fn with(mut self, span: Span, text: impl Into<String>) -> Self {
        self.related.push(Label { span, text: one_line(text) });
        self
    }

    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(one_line(help));
        self
    }

    /// Sets the help, if there is one.
    pub fn help_if(mut self, help: Option<String>) -> Self {
        self.help = help.map(one_line).or(self.help);
        self
    }

    /// The nearest of the known names as help, and as the fix of the primary place.
    pub fn suggest<'a>(self, name: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let known: Vec<&str> = known.into_iter().collect();
        let at = self.primary.as_ref().map(|label| label.span);
        let fix = at.zip(nearest(name, known.iter().copied())).map(|(at, word)| Fix::word(at, word));
        self.help_if(did_you_mean(name, known)).fix_if(fix)
    }

    pub fn fix(self, fix: Fix) -> Self {
        self.fix_if(Some(fix))
    }

    /// Sets the fix, if there is one.
    pub fn fix_if(mut self, fix: Option<Fix>) -> Self {
        self.fix = fix.or(self.fix);
        self
    }

    pub fn has_safe_fix(&self) -> bool {
        self.fix.as_ref().is_some_and(Fix::is_safe)
    }

    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// The order of diagnostics: by place, then code, then message.
    pub fn by_place(&self, other: &Self) -> Ordering {
        fn key(diagnostic: &Diagnostic) -> (Option<Span>, &str, &str) {
            (diagnostic.primary.as_ref().map(|l| l.span), &diagnostic.code, &diagnostic.message)
        }
        key(self).cmp(&key(other))
    }
}

/// Sorts diagnostics by place and removes repeated ones.
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(Diagnostic::by_place);
    diagnostics.dedup();
}

/// A value with the diagnostics of its construction. A pass never stops at its
/// first error: it returns the valid part.
#[derive(Clone, Debug)]
pub struct Outcome<T> {
    pub value: T,
    pub diagnostics: Vec<Diagnostic>,
}

impl<T> Outcome<T> {
    pub fn new(value: T, diagnostics: Vec<Diagnostic>) -> Self {
        Self { value, diagnostics }
    }

    pub fn clean(value: T) -> Self {
        Self { value, diagnostics: Vec::new() }
    }

    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|d| d.severity == Severity::Error)
    }

    /// The value, with the diagnostics moved into `sink`.
    pub fn drain_into(self, sink: &mut Vec<Diagnostic>) -> T {
        sink.extend(self.diagnostics);
        self.value
    }

    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Outcome<U> {
        Outcome { value: f(self.value), diagnostics: self.diagnostics }
    }
}
