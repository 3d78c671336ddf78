//! A page of the manual, printed on a terminal and as Markdown.

use std::fmt::Write;

use migspec_diag::capitalized;

/// A heading with its content.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page {
    /// The name of the page's subject, which is the anchor of links.
    pub name: String,
    /// In one line.
    pub title: String,
    blocks: Vec<Block>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Block {
    Text(String),
    Section(String),
    List(Vec<String>),
    /// In the language of the spec.
    Code(String),
}

impl Page {
    pub(crate) fn new(name: impl Into<String>, title: impl Into<String>) -> Self {
        Self { name: name.into(), title: title.into(), blocks: Vec::new() }
    }

    /// A paragraph; nothing if it is empty.
    pub(crate) fn text(mut self, text: impl Into<String>) -> Self {
        let text = text.into();
        if !text.trim().is_empty() {
            self.blocks.push(Block::Text(text.trim().to_owned()));
        }
        self
    }

    pub(crate) fn section(mut self, heading: impl Into<String>) -> Self {
        self.blocks.push(Block::Section(heading.into()));
        self
    }

    /// Points; nothing if there are none.
    pub(crate) fn list(mut self, items: impl IntoIterator<Item = String>) -> Self {
        let items: Vec<String> = items.into_iter().collect();
        if !items.is_empty() {
            self.blocks.push(Block::List(items));
        }
        self
    }

    pub(crate) fn code(mut self, code: impl Into<String>) -> Self {
        self.blocks.push(Block::Code(code.into()));
        self
    }

    /// As text for a terminal.
    pub fn plain(&self) -> String {
        let mut out = format!("{}: {}\n", self.name, self.title);
        for block in &self.blocks {
            // Writing to a string cannot fail.
            let _ = match block {
                Block::Text(text) => writeln!(out, "\n{text}"),
                Block::Section(heading) => writeln!(out, "\n{heading}:"),
                Block::List(items) => writeln!(out, "\n{}", indented(&points(items), "  ")),
                Block::Code(code) => writeln!(out, "\n{}", indented(code, "    ")),
            };
        }
        // No blank line separates a heading from its list or code.
        out.replace(":\n\n  - ", ":\n  - ")
    }

    /// As Markdown, under a heading of this level.
    pub fn markdown(&self, level: usize) -> String {
        let mut out = format!("{} `{}`\n\n**{}.**\n", "#".repeat(level), self.name, capitalized(&escaped(&self.title)));
        for block in &self.blocks {
            let _ = match block {
                Block::Text(text) => writeln!(out, "\n{}", escaped(text)),
                Block::Section(heading) => writeln!(out, "\n{heading}:"),
                Block::List(items) => writeln!(out, "\n{}", escaped(&points(items))),
                Block::Code(code) => writeln!(out, "\n```kdl\n{}\n```", code.trim_end()),
            };
        }
        out
    }
}

fn points(items: &[String]) -> String {
    items.iter().map(|item| format!("- {}", item.replace('\n', "\n  "))).collect::<Vec<_>>().join("\n")
}

fn indented(text: &str, by: &str) -> String {
    let line = |line: &str| if line.is_empty() { String::new() } else { format!("{by}{line}") };
    text.trim_end().lines().map(line).collect::<Vec<_>>().join("\n")
}

/// Escapes HTML in text outside code.
fn escaped(text: &str) -> String {
    let parts = text.split('`').enumerate();
    let safe = parts.map(|(i, part)| if i % 2 == 0 { part.replace('<', "&lt;") } else { part.to_owned() });
    safe.collect::<Vec<_>>().join("`")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> Page {
        Page::new("a-name", "its title")
            .text("Why <b>.")
            .section("Seen")
            .list(["one `<x>`".to_owned()])
            .code("a {\n}\n")
    }

    #[test]
    fn one_page_is_shown_in_two_ways() {
        assert_eq!(page().plain(), "a-name: its title\n\nWhy <b>.\n\nSeen:\n  - one `<x>`\n\n    a {\n    }\n");
        let markdown = "## `a-name`\n\n**Its title.**\n\nWhy &lt;b>.\n\nSeen:\n\n- one `<x>`\n\n```kdl\na {\n}\n```\n";
        assert_eq!(page().markdown(2), markdown);
    }

    #[test]
    fn what_is_empty_leaves_no_gap() {
        assert_eq!(Page::new("a", "b").text(" ").list([]).plain(), "a: b\n");
    }
}
