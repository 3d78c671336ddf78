use std::fmt;
use std::ops::Range;
use std::sync::OnceLock;

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan,
    SpanContents,
};
use migspec_diag::{Diagnostic, Label, Severity, Source, Sources, is_hidden};
use migspec_ir::secret::{Form, mask_card_numbers};

use super::escape::{excerpt, terminal};
use super::{Item, Report, State, count, not_checked, references};
use crate::render::Paint;

pub fn render(report: &Report, paint: Paint) -> String {
    let theme = if paint == Paint::Colored { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(100).with_links(false).with_cause_chain();
    let mut text = String::new();
    for item in report.items().filter(|item| item.state != Some(State::Existing)) {
        let shown = Message::new(item.finding, report.sources);
        if handler.render_report(&mut text, &shown).is_err() {
            // The handler only fails where a place is outside its source.
            text.push_str(&format!("{}: {}\n", item.finding.code, item.finding.message));
        }
        text.push('\n');
    }
    text.push_str(&existing(report));
    text.push_str(&summary(report));
    text
}

/// One line for each finding that the comparison knows already, and for each that is gone.
fn existing(report: &Report) -> String {
    let Some(comparison) = report.comparison else { return String::new() };
    let mut text = String::new();
    for item in report.items().filter(|item| item.state == Some(State::Existing)) {
        let place = item.finding.primary.as_ref().map(|label| format!(" at {}", report.sources.place(label.span)));
        let (code, message) = (&item.finding.code, &item.finding.message);
        text.push_str(&terminal(&format!("existing  {code}{}: {message}", place.unwrap_or_default())));
        text.push('\n');
    }
    for known in &comparison.fixed {
        // A file of earlier findings is a text of somebody else.
        let line = format!("fixed     {}: {}", known.code, known.message).replace('\n', " ");
        text.push_str(&terminal(&line));
        text.push('\n');
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// The counts of a run: of new findings only, where it was compared.
fn summary(report: &Report) -> String {
    let compared = report.comparison.is_some();
    let new = if compared { "new " } else { "" };
    let of = |severity| {
        let counted = |item: &Item| item.state != Some(State::Existing) && item.finding.severity == severity;
        report.items().filter(counted).count()
    };
    let some = |n: usize, word: &str| (n > 0).then(|| count(n, &format!("{new}{word}")));
    let severities = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Info, "note")];
    let mut parts: Vec<String> =
        severities.into_iter().filter_map(|(severity, word)| some(of(severity), word)).collect();
    parts.extend(not_checked(report));
    if parts.is_empty() {
        parts.push(format!("no {new}findings"));
    }
    if let Some(comparison) = report.comparison {
        let existing = comparison.states.iter().filter(|state| **state == State::Existing).count();
        parts.push(format!("{existing} existing, {} fixed", comparison.fixed.len()));
    }
    format!("{}\n", parts.join(", "))
}

/// A finding as miette wants it. miette draws one source at a time: labels in
/// other files follow as related messages.
struct Message<'a> {
    finding: &'a Diagnostic,
    source: Option<Text<'a>>,
    labels: Vec<LabeledSpan>,
    elsewhere: Vec<Message<'a>>,
    place: Option<&'a Label>,
    /// The place in words, where its line is too long to be drawn.
    words: Option<String>,
}

/// Bytes of a line that can be drawn: a document without line breaks is one line.
const LONGEST_LINE: usize = 2000;

impl<'a> Message<'a> {
    fn new(finding: &'a Diagnostic, sources: &'a Sources) -> Self {
        let Some(primary) = &finding.primary else {
            return Self::bare(finding);
        };
        let labels = || [primary].into_iter().chain(&finding.related);
        if labels().any(|label| !is_drawable(label, sources)) {
            let words: Vec<String> = labels().map(|label| in_words(label, sources)).collect();
            return Self { words: Some(words.join("\n")), ..Self::bare(finding) };
        }
        let file = primary.span.file;
        let mut labels = vec![label_span(primary, LabeledSpan::new_primary_with_span)];
        labels.extend(
            finding.related.iter().filter(|l| l.span.file == file).map(|l| label_span(l, LabeledSpan::new_with_span)),
        );
        let others = finding.related.iter().filter(|l| l.span.file != file);
        let elsewhere = others.map(|l| Self::elsewhere(finding, l, sources)).collect();
        Self { source: Some(Text::new(sources.get(file))), labels, elsewhere, ..Self::bare(finding) }
    }

    fn bare(finding: &'a Diagnostic) -> Self {
        Self { finding, source: None, labels: Vec::new(), elsewhere: Vec::new(), place: None, words: None }
    }

    fn elsewhere(finding: &'a Diagnostic, label: &'a Label, sources: &'a Sources) -> Self {
        let source = Some(Text::new(sources.get(label.span.file)));
        Self {
            source,
            labels: vec![label_span(label, LabeledSpan::new_primary_with_span)],
            place: Some(label),
            ..Self::bare(finding)
        }
    }
}

/// Whether the lines around a place, which are drawn with it, are short enough.
fn is_drawable(label: &Label, sources: &Sources) -> bool {
    let source = sources.get(label.span.file);
    let (first, last) = (source.location(label.span.start).line, source.location(label.span.end).line);
    let drawn = first.saturating_sub(1).max(1)..=(last + 1).min(source.lines());
    drawn.into_iter().all(|line| source.line_range(line).len() <= LONGEST_LINE)
}

fn in_words(label: &Label, sources: &Sources) -> String {
    let snippet: String = mask_card_numbers(sources.snippet(label.span)).chars().take(80).collect();
    let text = if label.text.is_empty() { String::new() } else { format!(": {}", label.text) };
    terminal(&format!("at {}, {snippet}{text}", sources.place(label.span)))
}

/// A source for miette. The reader of miette scans the file from the start for
/// every excerpt and merges distant excerpts, so that this one replaces it.
struct Text<'a> {
    source: &'a Source,
    /// The text without hidden characters and card numbers, where an excerpt has one.
    visible: OnceLock<String>,
}

impl<'a> Text<'a> {
    fn new(source: &'a Source) -> Self {
        Self { source, visible: OnceLock::new() }
    }
}

impl SourceCode for Text<'_> {
    fn read_span<'b>(
        &'b self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'b> + 'b>, MietteError> {
        let source = self.source;
        let at = |offset: usize| u32::try_from(offset).map_err(|_| MietteError::OutOfBounds);
        let end = span.offset() + span.len();
        if end > source.text.len() {
            return Err(MietteError::OutOfBounds);
        }
        let begin = source.location(at(span.offset())?);
        let first = begin.line.saturating_sub(before).max(1);
        let last = (source.location(at(end.saturating_sub(1).max(span.offset()))?).line + after).min(source.lines());
        let lines = source.line_range(first).start..source.line_range(last).end;
        // Without lines before it, an excerpt begins with the place itself.
        let (range, column) = if before == 0 { (span.offset()..lines.end, begin.column - 1) } else { (lines, 0) };
        let mut drawn = source.text.get(range.clone()).ok_or(MietteError::OutOfBounds)?;
        // The output of a check is kept in logs.
        if drawn.contains(is_hidden) || Form::CardNumber.is_in(drawn) {
            let visible = self.visible.get_or_init(|| mask_card_numbers(&excerpt(&source.text)));
            drawn = visible.get(range.clone()).ok_or(MietteError::OutOfBounds)?;
        }
        let part = SourceSpan::new(range.start.into(), range.len());
        let (name, count) = (terminal(&source.name), last - first + 1);
        Ok(Box::new(MietteSpanContents::new_named(name, drawn.as_bytes(), part, first - 1, column, count)))
    }
}

fn label_span(label: &Label, span: impl FnOnce(Option<String>, Range<usize>) -> LabeledSpan) -> LabeledSpan {
    let range = label.span.start as usize..label.span.end as usize;
    let text = (!label.text.is_empty()).then(|| terminal(&label.text));
    span(text, range)
}

impl fmt::Display for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(label) = self.place {
            return f.write_str(&terminal(&label.text));
        }
        f.write_str(&terminal(&self.finding.message))?;
        if !self.finding.environments.is_empty() {
            write!(f, " (in {})", terminal(&self.finding.environments.join(", ")))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Message<'_> {}

impl miette::Diagnostic for Message<'_> {
    fn code<'b>(&'b self) -> Option<Box<dyn fmt::Display + 'b>> {
        match (self.place, references(self.finding)) {
            (Some(_), _) => None,
            (None, Some(references)) => Some(Box::new(terminal(&format!("{} [{references}]", self.finding.code)))),
            (None, None) => Some(Box::new(terminal(&self.finding.code))),
        }
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match (self.place, self.finding.severity) {
            (None, Severity::Error) => miette::Severity::Error,
            (None, Severity::Warning) => miette::Severity::Warning,
            _ => miette::Severity::Advice,
        })
    }

    fn help<'b>(&'b self) -> Option<Box<dyn fmt::Display + 'b>> {
        if self.place.is_some() {
            return None;
        }
        let lines = self.words.iter().chain(&self.finding.help).chain(&self.finding.notes);
        let lines: Vec<&str> = lines.map(String::as_str).collect();
        (!lines.is_empty()).then(|| Box::new(terminal(&lines.join("\n"))) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|s| s as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        (!self.labels.is_empty()).then(|| Box::new(self.labels.iter().cloned()) as Box<dyn Iterator<Item = _>>)
    }

    fn related<'b>(&'b self) -> Option<Box<dyn Iterator<Item = &'b dyn miette::Diagnostic> + 'b>> {
        (!self.elsewhere.is_empty()).then(|| {
            Box::new(self.elsewhere.iter().map(|e| e as &dyn miette::Diagnostic)) as Box<dyn Iterator<Item = _>>
        })
    }
}
