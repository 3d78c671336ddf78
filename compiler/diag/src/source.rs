use std::ops::Range;
use std::sync::Arc;

use crate::span::FileId;

/// One source text under the name that users see.
#[derive(Clone, Debug)]
pub struct Source {
    /// Path relative to the folder of the run, with forward slashes.
    pub name: Arc<str>,
    pub text: Arc<str>,
    line_starts: Vec<u32>,
}

/// Line and column of a byte offset, both from 1. The column counts Unicode
/// scalar values.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Location {
    pub line: usize,
    pub column: usize,
}

impl Source {
    fn new(name: &str, text: &str) -> Self {
        let line_starts = std::iter::once(0)
            .chain(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i as u32 + 1))
            .collect();
        Self { name: name.into(), text: text.into(), line_starts }
    }

    pub fn location(&self, offset: u32) -> Location {
        let offset = offset.min(self.text.len() as u32);
        let line = self.line_starts.partition_point(|start| *start <= offset) - 1;
        let start = self.line_starts[line] as usize;
        let column = self.text.get(start..offset as usize).map_or(0, |s| s.chars().count());
        Location { line: line + 1, column: column + 1 }
    }

    /// The text of a line (from 1) without its line break.
    pub fn line(&self, line: usize) -> &str {
        self.text[self.line_range(line)].trim_end_matches(['\n', '\r'])
    }

    /// The bytes of a line (from 1) with its line break; empty if there is no such line.
    pub fn line_range(&self, line: usize) -> Range<usize> {
        let Some(start) = line.checked_sub(1).and_then(|i| self.line_starts.get(i)) else {
            return 0..0;
        };
        *start as usize..self.line_starts.get(line).map_or(self.text.len(), |end| *end as usize)
    }

    pub fn lines(&self) -> usize {
        self.line_starts.len()
    }
}

/// The only owner of source text.
#[derive(Clone, Default, Debug)]
pub struct Sources {
    files: Vec<Source>,
}

impl Sources {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn add(&mut self, name: &str, text: &str) -> FileId {
        let id = FileId::new(self.files.len() as u32);
        self.files.push(Source::new(name, text));
        id
    }

    pub fn get(&self, file: FileId) -> &Source {
        &self.files[file.index()]
    }

    pub fn iter(&self) -> impl Iterator<Item = (FileId, &Source)> {
        self.files.iter().enumerate().map(|(i, s)| (FileId::new(i as u32), s))
    }

    /// Where a span begins: `payments.migspec.kdl:12:5`.
    pub fn place(&self, span: crate::Span) -> String {
        let source = self.get(span.file);
        let Location { line, column } = source.location(span.start);
        format!("{}:{line}:{column}", source.name)
    }

    /// The text under a span; empty if the span does not lie on character
    /// boundaries of the file.
    pub fn snippet(&self, span: crate::Span) -> &str {
        self.get(span.file).text.get(span.start as usize..span.end as usize).unwrap_or("")
    }
}
