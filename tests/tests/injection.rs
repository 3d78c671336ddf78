//! No text of a spec, a path, a policy or an earlier result becomes markup, a command, a formula or an escape of a
//! terminal in any format of findings.

#![allow(clippy::panic, reason = "a test fails by panicking")]

use migspec::compare::{Comparison, KnownFinding, State};
use migspec::fingerprint::fingerprints;
use migspec::render::{Coverage, Format, Paint, Report, render};
use migspec::repository::Root;
use migspec_diag::{Diagnostic, Label, Severity, Sources, Span, is_hidden};
use proptest::prelude::*;
use serde_json::Value;

/// Texts of one report.
const TEXTS: usize = 15;

const HOSTILE: &[&str] = &[
    "</failure><script>alert(1)</script>",
    "]]>",
    "<!-- migspec check -->",
    "![x](https://example.com/a.png)",
    "[a](javascript:x)",
    "www.example.com",
    "@team",
    "#12",
    "| b |",
    "\\|",
    "`",
    "``",
    "**b**",
    "~~x~~",
    "&amp;",
    "&#60;",
    "\"",
    "'",
    "=cmd|' /C calc'!A0",
    "+1",
    "-2",
    "＝1",
    "\u{1b}[31m",
    "\u{1b}]8;;https://example.com\u{7}",
    "\u{9b}2J",
    "\u{202e}",
    "\u{61c}",
    "\u{2028}",
    "\u{e0041}",
    "\r",
    "\n",
    "\r\n",
    "\t",
    "::error::x",
    "::stop-commands::t",
    "%0A::error::x",
    ",title=x",
    ";",
    "a",
    "é😀",
];

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![4 => prop::sample::select(HOSTILE).prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)];
    prop::collection::vec(piece, 1..5).prop_map(|pieces| pieces.concat())
}

/// The formats of a report with these texts in every place that has one.
fn rendered(texts: &[String], format: Format) -> String {
    let t = |index: usize| texts[index].clone();
    let mut sources = Sources::new();
    let file = sources.add(&t(0), &t(1));
    let span = Span::new(file, 0, 0);
    let finding = |severity, code: usize| Diagnostic {
        code: t(code).into(),
        severity,
        message: t(3),
        primary: Some(Label { span, text: t(4) }),
        related: vec![Label { span, text: t(5) }],
        help: Some(t(6)),
        notes: vec![t(7)],
        controls: vec![t(8).into()],
        requirements: vec![t(9).into()],
        environments: vec![t(10)],
        node: Some(t(11).into()),
        fix: None,
    };
    let findings = [finding(Severity::Error, 2), finding(Severity::Warning, 12)];
    let waived = [finding(Severity::Info, 2)];
    let all: Vec<Diagnostic> = findings.iter().chain(&waived).cloned().collect();
    let root = Root::default();
    let known = KnownFinding { fingerprint: "f".to_owned(), code: t(13), message: t(14), node_digest: String::new() };
    let comparison = Comparison { states: vec![State::New, State::Existing], fixed: vec![known] };
    let report = Report {
        sources: &sources,
        findings: &findings,
        waived: &waived,
        coverage: &Coverage::default(),
        root: &root,
        rulebook: None,
        comparison: Some(&comparison),
        problems: &[t(14)],
        fails_on: Some(Severity::Error),
        include_waived: true,
        fingerprints: &fingerprints(&all, &sources, &root),
    };
    render(format, &report, Paint::Plain)
}

/// The characters of a text that are active in a language, in order.
fn skeleton(text: &str, active: &str) -> String {
    text.chars().filter(|c| active.contains(*c)).collect()
}

/// The rows of a CSV document, each a list of cells.
fn rows(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => cell.extend(chars.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            '\r' if !quoted => {}
            c => cell.push(c),
        }
    }
    assert!(!quoted && cell.is_empty() && row.is_empty(), "the document ends with a row: {text}");
    rows
}

fn documents(text: &str) -> Vec<Value> {
    serde_json::Deserializer::from_str(text)
        .into_iter()
        .map(|value| value.unwrap_or_else(|error| panic!("{error}: {text}")))
        .collect()
}

/// The members and types of a document, without its texts.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let safe = |c: char| c.is_ascii_alphanumeric() || "-_. ".contains(c);
            for command in members.get("commands").and_then(Value::as_array).into_iter().flatten() {
                assert!(command.as_str().is_some_and(|text| text.chars().all(safe)), "{command} is safe in a shell");
            }
            let others = members.iter().filter(|(name, _)| *name != "commands");
            others.map(|(name, value)| (name.clone(), shape(value))).collect()
        }
        Value::Array(items) => items.iter().map(shape).collect(),
        Value::String(_) => Value::String(String::new()),
        // The length of a first line is a column, and the order of codes an index.
        Value::Number(_) => 0.into(),
        other => other.clone(),
    }
}

fn harmless() -> Vec<String> {
    // Two codes, as hostile texts are different codes almost always.
    (0..TEXTS).map(|index| format!("x{index}")).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_text_changes_a_document(texts in prop::collection::vec(text(), TEXTS)) {
        prop_assume!(texts[2] != texts[12]);
        let both = |format| (rendered(&texts, format), rendered(&harmless(), format));

        let (hostile, plain) = both(Format::Junit);
        prop_assert_eq!(skeleton(&hostile, "<>\"\n"), skeleton(&plain, "<>\"\n"), "{}", hostile);
        let entities = hostile.matches("&#").count()
            + ["&amp;", "&lt;", "&gt;", "&quot;", "&apos;"].iter().map(|e| hostile.matches(e).count()).sum::<usize>();
        prop_assert_eq!(hostile.matches('&').count(), entities, "{}", hostile);

        let (hostile, plain) = both(Format::Markdown);
        let without = |text: &str| text.replace("<code>", "").replace("</code>", "").replace("&#", "");
        let active = "<>[]()|`*_~@!#&\\\n:.";
        prop_assert_eq!(skeleton(&without(&hostile), active), skeleton(&without(&plain), active), "{}", hostile);

        let (hostile, plain) = both(Format::Github);
        prop_assert_eq!(hostile.lines().count(), plain.lines().count(), "{}", hostile);
        for (line, expected) in hostile.lines().zip(plain.lines()) {
            let head = |line: &str| line.split("::").nth(1).map(|head| skeleton(head, " ,=")).unwrap_or_default();
            // A value may have blanks and equal signs; a comma or a colon would begin another property or the text.
            prop_assert_eq!(head(line).matches(',').count(), head(expected).matches(',').count(), "{}", line);
            prop_assert!(["::error ", "::warning ", "::notice "].iter().any(|command| line.starts_with(command)));
        }

        let (hostile, plain) = both(Format::Csv);
        let (hostile, plain) = (rows(&hostile), rows(&plain));
        prop_assert_eq!(hostile.len(), plain.len());
        for row in &hostile {
            prop_assert_eq!(row.len(), 13);
            for cell in row {
                prop_assert!(!cell.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r', '\n']), "{:?}", cell);
            }
        }

        for format in [Format::Json, Format::Sarif, Format::Gitlab, Format::Rdjsonl] {
            let (hostile, plain) = both(format);
            let shapes = |text: &str| documents(text).iter().map(shape).collect::<Vec<_>>();
            prop_assert_eq!(shapes(&hostile), shapes(&plain));
        }
    }

    #[test]
    fn no_text_reaches_a_terminal_as_a_command(texts in prop::collection::vec(text(), TEXTS)) {
        for format in [Format::Human, Format::Github, Format::Markdown, Format::Junit, Format::Csv] {
            let hostile = rendered(&texts, format);
            let hidden = hostile.replace("\r\n", "\n").chars().find(|c| is_hidden(*c));
            prop_assert_eq!(hidden, None, "{:?}: {:?}", format, hostile);
        }
    }
}
