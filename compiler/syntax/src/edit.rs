//! Changes to the text of a spec, restricted to one node.

pub mod fix;

use std::fmt::Write;

use migspec_diag::{FileId, Sources};
use thiserror::Error;

use crate::ast::Migration;
use crate::kdl::{Token, TokenKind, tokens};
use crate::shape::SpecNode;
use crate::spec::Spec;
use crate::tree::{Literal, Node};
use crate::value::Date;

/// A waiver to be written.
#[derive(Clone, Debug)]
pub struct NewWaiver {
    pub rule: String,
    pub until: Date,
    pub owner: String,
    pub approved_by: String,
    pub reason: String,
    pub ticket: Option<String>,
    pub control: Option<String>,
    /// The only action that it accepts.
    pub action: Option<String>,
    /// The fact that it accepts without a value.
    pub fact: Option<String>,
}

/// The node that a waiver is written into.
#[derive(Clone, Debug)]
pub struct Into<'a> {
    /// Only this environment; else all.
    pub environment: Option<&'a str>,
    /// `api "payments"`; empty for the migration itself.
    pub node: &'a str,
}

/// A part of the spec that an edit names and that does not exist.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum EditError {
    #[error("the spec has no `migration`")]
    NoMigration,
    #[error("there is no node `{0}`")]
    UnknownNode(String),
    #[error("there is no environment `{0}`")]
    UnknownEnvironment(String),
}

/// A file of the spec with its new text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edited {
    pub file: FileId,
    pub text: String,
    /// The position of the waiver, in bytes.
    pub at: usize,
}

/// Adds a waiver at the end of a node of a spec. Only the new lines change.
///
/// # Errors
///
/// The node or the environment does not exist.
pub fn waive(spec: &Spec, sources: &Sources, into: &Into<'_>, waiver: &NewWaiver) -> Result<Edited, EditError> {
    let migration = spec.migration.as_ref().ok_or(EditError::NoMigration)?;
    let no_node = || EditError::UnknownNode(into.node.to_owned());
    let line = waiver.line();
    let base = find(&migration.children, into.node);
    let (holder, line) = match into.environment {
        None if into.node.is_empty() => (migration, line),
        None => (base.ok_or_else(no_node)?, line),
        Some(name) => {
            let environment =
                migration.children.iter().find(|c| *c.name.value == *"environment" && key(c) == Some(name));
            let environment = environment.ok_or_else(|| EditError::UnknownEnvironment(name.to_owned()))?;
            match find(&environment.children, into.node) {
                Some(found) => (found, line),
                None if into.node.is_empty() => (environment, line),
                None if base.is_none() => return Err(no_node()),
                // The environment does not override the node yet.
                None => (environment, format!("{} {{\n{line}\n}}", into.node)),
            }
        }
    };
    let file = holder.header.file;
    let text = &sources.get(file).text;
    let (edited, at) = insert(text, holder, &line);
    let edited = fix::formatted_like(file, text, edited);
    // Formatting moves only the new line.
    let at = edited.get(..at).and_then(|before| before.rfind('\n')).unwrap_or(0);
    let at = edited.get(at..).and_then(|rest| rest.find("waive ")).map_or(at, |found| at + found);
    Ok(Edited { file, text: edited, at })
}

/// `replication "ledger"` of `replication "ledger" > reverse`.
pub fn first_step(path: &str) -> &str {
    path.split(" > ").next().unwrap_or(path)
}

/// The node that can contain the waiver of a finding at a path; empty for the migration.
pub fn holder(path: &str) -> &str {
    let step = first_step(path);
    let kind = step.split(' ').next().unwrap_or(step);
    let takes = Migration::shape().child(kind).is_some_and(|shape| shape.child("waive").is_some());
    if takes { step } else { "" }
}

/// `api.payments` of the step `api "payments"`, as `waive on=` names a node.
pub fn reference(step: &str) -> String {
    step.replacen(" \"", ".", 1).replace('"', "")
}

/// The node at a path of one step: `api "payments"`, `monitor`.
fn find<'n>(nodes: &'n [Node], path: &str) -> Option<&'n Node> {
    let (name, wanted) = match path.split_once(' ') {
        Some((name, key)) => (name, Some(key.trim_matches('"'))),
        None => (path, None),
    };
    nodes.iter().find(|node| *node.name.value == *name && (wanted.is_none() || key(node) == wanted))
}

fn key(node: &Node) -> Option<&str> {
    node.arguments().next().and_then(|entry| match &entry.value.value {
        Literal::String(text) => Some(&**text),
        _ => None,
    })
}

/// The text with a line at the end of a node's block, and its position.
fn insert(text: &str, node: &Node, line: &str) -> (String, usize) {
    let start = node.header.end;
    let after: Vec<Token> = tokens(text).into_iter().filter(|token| token.start >= start).collect();
    let margin = margin(text, node.header.start as usize);
    let inner = format!("{margin}    ");
    let line = line.replace('\n', &format!("\n{inner}"));
    match block_end(&after) {
        Some(close) => {
            let end = text[..close].trim_end_matches([' ', '\t']).len();
            let alone = text[..end].ends_with('\n');
            let before = if alone { "" } else { "\n" };
            let written = format!("{}{before}{inner}{line}\n{margin}", &text[..end]);
            (format!("{written}{}", &text[close..]), end + before.len() + inner.len())
        }
        None => {
            let written = format!("{} {{\n{inner}", &text[..start as usize]);
            (format!("{written}{line}\n{margin}}}{}", &text[start as usize..]), written.len())
        }
    }
}

/// The `}` that ends the block that follows; `None` if no block follows.
fn block_end(tokens: &[Token]) -> Option<usize> {
    let mut depth = 0usize;
    for token in tokens {
        match token.kind {
            TokenKind::BlockOpen => depth += 1,
            TokenKind::BlockClose if depth == 1 => return Some(token.start as usize),
            TokenKind::BlockClose if depth == 0 => return None,
            TokenKind::BlockClose => depth -= 1,
            TokenKind::Newline | TokenKind::Semicolon | TokenKind::End if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

/// The blanks before the node on its line.
fn margin(text: &str, at: usize) -> &str {
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let line = &text[start..at];
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

impl NewWaiver {
    fn line(&self) -> String {
        let mut line = format!(
            "waive {} until={} owner={} approved-by={} \\\n    reason={}",
            quoted(&self.rule),
            quoted(&self.until.to_string()),
            quoted(&self.owner),
            quoted(&self.approved_by),
            quoted(&self.reason)
        );
        let optional =
            [("ticket", &self.ticket), ("control", &self.control), ("action", &self.action), ("fact", &self.fact)];
        for (name, value) in optional {
            if let Some(value) = value {
                // Writing to a string cannot fail.
                let _ = write!(line, " {name}={}", quoted(value));
            }
        }
        line
    }
}

/// A text as a string of KDL.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => {
                let _ = write!(out, "\\u{{{:x}}}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Nothing;

    impl crate::Importer for Nothing {
        fn import(&mut self, _: &mut Sources, _: FileId, _: &str) -> Result<FileId, crate::ImportError> {
            Err(crate::ImportError::Missing)
        }
    }

    const SPEC: &str = "migration \"m\" {\n    environment \"dev\" account=\"111111111111\" region=\"us-east-1\" {\n        \
                        owner \"t\" contact=\"t@example.com\"\n    }\n    secrets rotate=\"30d\"\n    monitor {\n        dashboard\n    }\n}\n";

    fn edit_node(text: &str, environment: Option<&str>, node: &str) -> Result<String, EditError> {
        let mut sources = Sources::new();
        let file = sources.add("m.kdl", text);
        let spec = crate::read(file, &mut sources, &mut Nothing).value;
        let waiver = NewWaiver {
            rule: "short-log-retention".into(),
            until: Date::parse("2027-01-31").expect("a day"),
            owner: "sre".into(),
            approved_by: "security".into(),
            reason: "the \"central\" account".into(),
            ticket: Some("PAY-1".into()),
            control: None,
            action: None,
            fact: None,
        };
        let edited = waive(&spec, &sources, &Into { environment, node }, &waiver)?;
        assert!(edited.text[edited.at..].starts_with("waive "), "{}", &edited.text[edited.at..]);
        Ok(edited.text)
    }

    const WAIVE: &str =
        "waive \"short-log-retention\" until=\"2027-01-31\" owner=\"sre\" approved-by=\"security\" \\\n";
    const REST: &str = "reason=\"the \\\"central\\\" account\" ticket=\"PAY-1\"\n";

    #[test]
    fn a_waiver_has_a_holder() {
        assert_eq!(first_step("replication \"a\" > reverse > lag"), "replication \"a\"");
        assert_eq!(first_step(""), "");
        assert_eq!(holder("validation \"ledger\""), "", "a validation takes no waivers");
        assert_eq!(holder("replication \"a\" > reverse > lag"), "replication \"a\"");
        assert_eq!(holder("monitor"), "monitor");
        assert_eq!((reference("api \"payments\""), reference("monitor")), ("api.payments".into(), "monitor".into()));
    }

    #[test]
    fn it_stands_at_the_end_of_the_node() {
        let text = edit_node(SPEC, None, "monitor").expect("there is such a node");
        let expected =
            SPEC.replace("        dashboard\n", &format!("        dashboard\n        {WAIVE}            {REST}"));
        assert_eq!(text, expected);
    }

    #[test]
    fn a_node_without_a_block_gets_one() {
        let text = edit_node(SPEC, None, "secrets").expect("there is such a node");
        let expected = SPEC.replace(
            "    secrets rotate=\"30d\"\n",
            &format!("    secrets rotate=\"30d\" {{\n        {WAIVE}            {REST}    }}\n"),
        );
        assert_eq!(text, expected);
    }

    #[test]
    fn an_environment_names_the_node_where_it_did_not() {
        let text = edit_node(SPEC, Some("dev"), "monitor").expect("there is such a node");
        assert!(
            text.contains(&format!(
                "        monitor {{\n            {WAIVE}                {REST}        }}\n    }}\n"
            )),
            "{text}"
        );
    }

    #[test]
    fn what_was_not_formatted_is_left_alone() {
        let crooked = SPEC.replace("    secrets rotate", "  secrets   rotate");
        let text = edit_node(&crooked, None, "monitor").expect("there is such a node");
        assert!(text.contains("  secrets   rotate=\"30d\"\n"), "{text}");
    }

    #[test]
    fn nodes_that_are_not_there_are_named() {
        assert_eq!(edit_node(SPEC, None, "api \"x\""), Err(EditError::UnknownNode("api \"x\"".to_owned())));
        assert_eq!(edit_node(SPEC, Some("prod"), "monitor"), Err(EditError::UnknownEnvironment("prod".to_owned())));
    }
}
