//! The one printer of Terraform text. Its output equals that of `terraform
//! fmt`: consecutive attributes of one line align their `=`, and a blank line
//! surrounds everything that takes several lines.

use super::hcl::{Block, Body, Expression, Item, Part};

/// Lists of plain items up to this width stay on one line.
const LINE: usize = 80;

/// The text of a file.
pub fn print(file: &Body) -> String {
    let mut printer = Printer::default();
    printer.body(file);
    printer.out
}

/// Whether an argument of a top-level block takes more than one line.
pub fn is_tall(value: &Expression) -> bool {
    Expr { indent: 2 }.text(value).contains('\n')
}

#[derive(Default)]
struct Printer {
    out: String,
    indent: usize,
}

/// One line of a body or an object, its value already printed.
struct Entry {
    key: String,
    value: String,
    /// Separated by blank lines.
    tall: bool,
}

impl Printer {
    fn body(&mut self, body: &Body) {
        let mut first = true;
        let mut rest = body.items.as_slice();
        while let Some(item) = rest.first() {
            match item {
                Item::Block(block) => {
                    self.gap(&mut first);
                    self.block(block);
                    rest = &rest[1..];
                }
                Item::Attribute(..) => {
                    let count = rest.iter().take_while(|i| matches!(i, Item::Attribute(..))).count();
                    let entries = rest[..count].iter().filter_map(|item| match item {
                        Item::Attribute(name, value) => Some((name.clone(), value)),
                        Item::Block(_) => None,
                    });
                    self.entries(entries, &mut first);
                    rest = &rest[count..];
                }
            }
        }
    }

    fn block(&mut self, block: &Block) {
        for line in &block.comment {
            self.line(&format!("# {}", comment(line)));
        }
        let labels: String = block.labels.iter().map(|l| format!(" {}", quote(l))).collect();
        if block.body.is_empty() {
            return self.line(&format!("{}{labels} {{}}", block.kind));
        }
        self.line(&format!("{}{labels} {{", block.kind));
        self.indent += 2;
        self.body(&block.body);
        self.indent -= 2;
        self.line("}");
    }

    /// Prints `key = value` lines; each run of single lines aligns.
    fn entries<'a>(&mut self, entries: impl Iterator<Item = (String, &'a Expression)>, first: &mut bool) {
        let entries: Vec<Entry> = entries.map(|(key, value)| self.entry(key, value)).collect();
        for run in entries.chunk_by(|a, b| !a.tall && !b.tall) {
            self.gap(first);
            let width = run.iter().map(|e| e.key.chars().count()).max().unwrap_or(0);
            for Entry { key, value, .. } in run {
                let pad = width - key.chars().count();
                self.line(&format!("{key}{:pad$} = {value}", ""));
            }
        }
    }

    fn entry(&self, key: String, value: &Expression) -> Entry {
        let value = Expr { indent: self.indent }.text(value);
        let tall = value.contains('\n');
        Entry { key, value, tall }
    }

    /// A blank line before everything but the first thing of a body.
    fn gap(&mut self, first: &mut bool) {
        if !std::mem::take(first) {
            self.out.push('\n');
        }
    }

    fn line(&mut self, text: &str) {
        self.out.extend(std::iter::repeat_n(' ', self.indent));
        self.out.push_str(text);
        self.out.push('\n');
    }
}

/// Prints values that start in a line indented by `indent`.
struct Expr {
    indent: usize,
}

impl Expr {
    fn text(&self, expression: &Expression) -> String {
        match expression {
            Expression::Bool(b) => b.to_string(),
            Expression::Integer(n) => n.to_string(),
            Expression::Number(n) => n.to_string(),
            Expression::String(s) => quote(s),
            Expression::Template(parts) => self.template(parts),
            Expression::Heredoc(text) => heredoc(text),
            Expression::Traversal(path) => path.clone(),
            Expression::List(items) => self.list(items),
            Expression::Object(entries) => self.object(entries),
            Expression::Call(name, arguments) => {
                let arguments: Vec<String> = arguments.iter().map(|a| self.text(a)).collect();
                format!("{name}({})", arguments.join(", "))
            }
            Expression::Equal(a, b) => format!("{} == {}", self.text(a), self.text(b)),
            Expression::Not(a) => format!("!{}", self.text(a)),
        }
    }

    fn template(&self, parts: &[Part]) -> String {
        let mut out = String::from("\"");
        for (i, part) in parts.iter().enumerate() {
            match part {
                Part::Expression(e) => out.push_str(&format!("${{{}}}", self.text(e))),
                Part::Text(text) if i + 1 < parts.len() => out.push_str(&before_interpolation(text)),
                Part::Text(text) => out.push_str(&escape(text)),
            }
        }
        out.push('"');
        out
    }

    fn list(&self, items: &[Expression]) -> String {
        let inner = Expr { indent: self.indent + 2 };
        let texts: Vec<String> = items.iter().map(|item| inner.text(item)).collect();
        let width: usize = texts.iter().map(|t| t.chars().count() + 2).sum();
        if self.indent + width <= LINE && !texts.iter().any(|t| t.contains('\n')) {
            return format!("[{}]", texts.join(", "));
        }
        let pad = " ".repeat(inner.indent);
        let lines: String = texts.iter().map(|t| format!("{pad}{t},\n")).collect();
        format!("[\n{lines}{}]", " ".repeat(self.indent))
    }

    fn object(&self, entries: &[(String, Expression)]) -> String {
        if entries.is_empty() {
            return "{}".to_owned();
        }
        let mut inner = Printer { out: String::new(), indent: self.indent + 2 };
        inner.entries(entries.iter().map(|(key, value)| (object_key(key), value)), &mut true);
        format!("{{\n{}{}}}", inner.out, " ".repeat(self.indent))
    }
}

/// Text between quotes.
pub fn quote(text: &str) -> String {
    format!("\"{}\"", escape(text))
}

/// The one escaping of text in Terraform: quotes, line breaks, control
/// characters, and the openings of interpolations and directives.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' | '%' if chars.peek() == Some(&'{') => out.extend([c, c]),
            c if needs_code(c) => out.push_str(&code(c)),
            c => out.push(c),
        }
    }
    out
}

/// Control characters, and those that reverse the direction of the following
/// text.
fn needs_code(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn code(c: char) -> String {
    match u32::from(c) {
        n @ 0..=0xffff => format!("\\u{n:04x}"),
        n => format!("\\U{n:08x}"),
    }
}

/// Text before an interpolation: adjacent dollars would turn it into text, so
/// they go into an interpolation of their own.
fn before_interpolation(text: &str) -> String {
    let rest = text.trim_end_matches('$');
    match &text[rest.len()..] {
        "" => escape(rest),
        dollars => format!("{}${{\"{dollars}\"}}", escape(rest)),
    }
}

/// A document between marks, each line as it is but for the openings of
/// interpolations and directives. Ends in a line break.
fn heredoc(text: &str) -> String {
    let mut mark = "EOT".to_owned();
    while text.lines().any(|line| line.trim_start().starts_with(&mark)) {
        mark.push('T');
    }
    let text = text.replace("${", "$${").replace("%{", "%%{");
    let text = text.strip_suffix('\n').unwrap_or(&text);
    format!("<<{mark}\n{text}\n{mark}")
}

/// A key of an object: bare where it is an identifier.
fn object_key(key: &str) -> String {
    let bare = key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && !matches!(key, "for" | "if" | "in" | "null" | "true" | "false" | "else" | "endfor" | "endif");
    if bare { key.to_owned() } else { format!("\"{}\"", narrow(&escape(key))) }
}

/// Beyond Latin, a character may take no column or two, and the alignment of
/// keys counts columns: such characters are written as codes.
fn narrow(text: &str) -> String {
    text.chars().map(|c| if c < '\u{300}' { c.to_string() } else { code(c) }).collect()
}

/// One line of a comment: characters that could end it are escaped.
fn comment(text: &str) -> String {
    text.chars().map(|c| if needs_code(c) { code(c) } else { c.to_string() }).collect()
}
