//! Fixtures of diagnostics: KDL texts with the findings below their lines.
//! `tests/diagnostics/README.md` is their manual.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;

use migspec_diag::{Diagnostic, Label, Sources};

use crate::runs;

/// The context of a document.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Frame {
    /// A whole file.
    Whole,
    /// The inside of a small `migration`.
    Migration,
    /// Overrides in an environment of the reference spec.
    Reference { production: bool },
}

/// One document of a fixture.
#[derive(Clone, Debug)]
pub struct Case {
    /// The separator line; the first document of a file may omit it.
    pub title: Option<String>,
    /// `//# …` lines.
    pub options: Vec<String>,
    pub frame: Frame,
    /// The name and text of each part, without marks. The first is the spec.
    pub parts: Vec<(String, String)>,
}

const SEPARATOR: &str = "//----";
const OPTION: &str = "//# ";
const MARK: &str = "//~";
const MAIN: &str = "spec.kdl";

/// The cases of a fixture. `default` is the frame of documents without an
/// option.
pub fn cases(text: &str, default: Frame) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut case = Case::new(None, default);
    for line in text.lines().filter(|line| !line.starts_with(MARK)) {
        if let Some(title) = line.strip_prefix(SEPARATOR) {
            let next = Case::new(Some(title.trim().to_owned()), default);
            cases.push(std::mem::replace(&mut case, next));
        } else if let Some(option) = line.strip_prefix(OPTION) {
            case.option(option.trim());
        } else {
            let (_, part) = case.parts.last_mut().expect("the spec is the first part");
            part.push_str(line);
            part.push('\n');
        }
    }
    cases.push(case);
    // The part before the first separator is empty.
    cases.retain(|c| c.title.is_some() || !c.parts[0].1.trim().is_empty());
    cases
}

impl Case {
    fn new(title: Option<String>, frame: Frame) -> Self {
        Self { title, options: Vec::new(), frame, parts: vec![(MAIN.to_owned(), String::new())] }
    }

    fn option(&mut self, option: &str) {
        match option.split_once(": ") {
            Some(("file", name)) => self.parts.push((name.to_owned(), String::new())),
            None if option == "whole" => self.frame = Frame::Whole,
            None if option == "not production" => self.frame = Frame::Reference { production: false },
            _ => panic!("`//# {option}` is no option: see tests/diagnostics/README.md"),
        }
        self.options.push(option.to_owned());
    }

    /// The text before and after the document.
    fn around(&self) -> (String, String) {
        match self.frame {
            Frame::Whole => (String::new(), String::new()),
            Frame::Migration => (
                "migration \"m\" {\nowner \"team\"\nenvironment \"dev\" account=\"111111111111\" region=\"us-east-1\"\n"
                    .to_owned(),
                "}\n".to_owned(),
            ),
            Frame::Reference { production } => {
                let base = runs::text("specs/payments.migspec.kdl");
                let (inside, _) = base.rsplit_once('}').expect("the reference spec is a block");
                let environment = "environment \"test\" account=\"222222222222\" region=\"us-east-1\"";
                (format!("{inside}\n{environment} production=#{production} {{\n"), "}\n}\n".to_owned())
            }
        }
    }

    /// The text that the compiler reads.
    pub fn spec(&self) -> String {
        let (before, after) = self.around();
        format!("{before}{}{after}", self.parts[0].1)
    }

    /// The other files, by name.
    pub fn files(&self) -> BTreeMap<String, String> {
        self.parts[1..].iter().cloned().collect()
    }

    /// The document with current marks.
    pub fn rendered(&self, sources: &Sources, diagnostics: &[Diagnostic]) -> String {
        let mut out = String::new();
        if let Some(title) = &self.title {
            writeln!(out, "{SEPARATOR} {title}").expect("strings do not fail");
        }
        let mut files = self.options.iter().filter(|option| option.starts_with("file: "));
        for option in self.options.iter().filter(|option| !option.starts_with("file: ")) {
            writeln!(out, "{OPTION}{option}").expect("strings do not fail");
        }
        let mut rest: Vec<Mark> = diagnostics.iter().flat_map(|d| marks(sources, d)).collect();
        for (index, (name, text)) in self.parts.iter().enumerate() {
            if index > 0 {
                writeln!(out, "{OPTION}{}", files.next().expect("a part is an option")).expect("strings do not fail");
            }
            let skip = if index == 0 { self.around().0.lines().count() } else { 0 };
            let (here, others) = rest.into_iter().partition(|mark| mark.file == *name && mark.line > skip);
            rest = others;
            part(&mut out, text, skip, here);
        }
        for mark in rest {
            writeln!(out, "{MARK} elsewhere: {:?} {}", mark.snippet, mark.text).expect("strings do not fail");
        }
        out
    }
}

fn part(out: &mut String, text: &str, skip: usize, mut marks: Vec<Mark>) {
    marks.sort_by_key(|mark| mark.line);
    // Many findings may clash with one place: it is marked once.
    let mut seen = HashSet::new();
    marks.retain(|m| m.sign == '^' || seen.insert((m.line, m.column, m.text.clone())));
    let mut marks = marks.into_iter().peekable();
    let count = text.lines().count();
    for (index, line) in text.lines().enumerate() {
        writeln!(out, "{line}").expect("strings do not fail");
        // The last line also receives the marks after it.
        while marks.next_if(|m| m.line <= skip + index + 1 || index + 1 == count).map(|m| m.write(out, line)).is_some()
        {
        }
    }
    marks.for_each(|mark| mark.write(out, ""));
}

/// A place with its message.
struct Mark {
    file: String,
    /// From 1.
    line: usize,
    column: usize,
    /// The underlined text.
    snippet: String,
    /// `^` for the error, `-` for a place that it clashes with.
    sign: char,
    text: String,
    notes: Vec<String>,
}

/// The marks of a diagnostic: its place and its related places.
fn marks(sources: &Sources, diagnostic: &Diagnostic) -> Vec<Mark> {
    let text = format!("{} {}: {}", diagnostic.severity.name(), diagnostic.code, diagnostic.message);
    let mut notes: Vec<String> = diagnostic.notes.iter().map(|note| format!("note: {note}")).collect();
    notes.extend(diagnostic.help.iter().map(|help| format!("help: {help}")));
    let mut marks: Vec<Mark> =
        diagnostic.related.iter().map(|l| mark(sources, l, '-', l.text.clone(), vec![])).collect();
    match &diagnostic.primary {
        Some(label) => marks.insert(0, mark(sources, label, '^', text, notes)),
        None => marks.insert(
            0,
            Mark { file: String::new(), line: 0, column: 0, snippet: String::new(), sign: '^', text, notes },
        ),
    }
    marks
}

fn mark(sources: &Sources, label: &Label, sign: char, text: String, notes: Vec<String>) -> Mark {
    let source = sources.get(label.span.file);
    let location = source.location(label.span.start);
    Mark {
        file: source.name.to_string(),
        line: location.line,
        column: location.column,
        snippet: sources.snippet(label.span).to_owned(),
        sign,
        text,
        notes,
    }
}

impl Mark {
    fn write(&self, out: &mut String, line: &str) {
        let width = self.snippet.chars().count();
        let fits = self.column > MARK.len() && width > 0 && !self.snippet.contains('\n') && line.is_ascii();
        let lead = if fits {
            let blanks = " ".repeat(self.column - 1 - MARK.len());
            format!("{MARK}{blanks}{}", self.sign.to_string().repeat(width))
        } else {
            let shown: String = self.snippet.chars().take(40).collect();
            format!("{MARK} {} {shown:?}", self.sign)
        };
        writeln!(out, "{lead} {}", self.text).expect("strings do not fail");
        for note in &self.notes {
            writeln!(out, "{MARK}     {note}").expect("strings do not fail");
        }
    }
}
