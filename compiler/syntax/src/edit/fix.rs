//! Fixes as edits of the text. No edit removes a comment.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use migspec_diag::{Change, Edit, FileId, Fix, Sources, Span};

use super::quoted;
use crate::outline::Outline;

/// The edit of one fix. `None` if the text at its place is not as expected,
/// or if a comment would be lost.
pub fn edit(sources: &Sources, fix: &Fix) -> Option<Edit> {
    edits(sources, &[fix]).into_iter().next().flatten()
}

/// The texts of all files that fixes change, and the indices of the applied fixes.
/// Of two fixes that overlap, the first is applied.
pub fn apply(sources: &Sources, fixes: &[&Fix]) -> (BTreeMap<FileId, String>, Vec<usize>) {
    let mut by_file: BTreeMap<FileId, Vec<(usize, Edit)>> = BTreeMap::new();
    for (index, edit) in edits(sources, fixes).into_iter().enumerate() {
        if let Some(edit) = edit {
            by_file.entry(edit.at.file).or_default().push((index, edit));
        }
    }
    let mut files = BTreeMap::new();
    let mut applied = Vec::new();
    for (file, mut edits) in by_file {
        edits.sort_by_key(|(index, edit)| (edit.at.start, edit.at.end, *index));
        let text = &*sources.get(file).text;
        let (mut out, mut done) = (String::with_capacity(text.len()), 0);
        let mut last: Option<Edit> = None;
        for (index, edit) in edits {
            if last.as_ref() == Some(&edit) {
                // The same edit for another finding.
                applied.push(index);
                continue;
            }
            if (edit.at.start as usize) < done {
                continue;
            }
            out.push_str(&text[done..edit.at.start as usize]);
            out.push_str(&edit.text);
            done = edit.at.end as usize;
            applied.push(index);
            last = Some(edit);
        }
        out.push_str(&text[done..]);
        files.insert(file, formatted_like(file, text, out));
    }
    applied.sort_unstable();
    (files, applied)
}

/// A text that was formatted stays formatted.
pub(super) fn formatted_like(file: FileId, before: &str, after: String) -> String {
    let formatted = crate::format(file, before);
    if formatted.has_errors() || formatted.value != before {
        return after;
    }
    let outcome = crate::format(file, &after);
    if outcome.has_errors() { after } else { outcome.value }
}

/// One edit for each fix. Fixes that together empty an `override` remove it.
fn edits(sources: &Sources, fixes: &[&Fix]) -> Vec<Option<Edit>> {
    let mut files: BTreeMap<FileId, Nodes> = BTreeMap::new();
    for fix in fixes.iter().filter(|fix| matches!(fix.change, Change::Nothing { .. })) {
        let at = fix.change.at();
        let nodes = files.entry(at.file).or_insert_with(|| Nodes::of(&sources.get(at.file).text));
        nodes.remove(at.start);
    }
    fixes
        .iter()
        .map(|fix| {
            let at = fix.change.at();
            let old = sources.snippet(at);
            let edit = |text: String| Some(Edit { at, text });
            match &fix.change {
                Change::Word { word, .. } => edit(in_form_of(old, word)),
                Change::Text { text, .. } => edit(text.clone()),
                Change::Quotes { .. } => edit(quoted(old)),
                Change::Nothing { .. } => {
                    let range = files.get(&at.file)?.removal(&sources.get(at.file).text, at.start)?;
                    Some(Edit { at: Span::new(at.file, range.start, range.end), text: String::new() })
                }
            }
        })
        .collect()
}

/// A word in quotes where the old text has some, or where it needs them.
fn in_form_of(old: &str, word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '%');
    let keyword = word.starts_with('#') && word[1..].chars().all(char::is_alphabetic);
    let quotes = old.trim_start_matches('#').starts_with('"');
    if keyword || (!quotes && word.chars().all(plain)) { word.to_owned() } else { quoted(word) }
}

/// The nodes of a text, and those that fixes remove.
#[derive(Default)]
struct Nodes {
    outline: Outline,
    removed: BTreeSet<usize>,
}

impl Nodes {
    fn of(text: &str) -> Self {
        Self { outline: Outline::of(text), removed: BTreeSet::new() }
    }

    fn innermost(&self, at: u32) -> Option<usize> {
        self.outline.innermost(at as usize)
    }

    fn remove(&mut self, at: u32) {
        self.removed.extend(self.innermost(at));
    }

    /// The node, or the `override` around it if nothing remains in it.
    fn outermost_removed(&self, index: usize) -> usize {
        let Some(parent) = self.outline.nodes[index].parent else { return index };
        let node = &self.outline.nodes[parent];
        let empty = self.outline.children(Some(parent)).all(|(child, _)| self.removed.contains(&child));
        let pointless = node.name.text == "override" && !node.has_comment && empty;
        if pointless { self.outermost_removed(parent) } else { index }
    }

    /// The text to remove with a node: its lines if nothing else is on them.
    fn removal(&self, text: &str, at: u32) -> Option<Range<usize>> {
        let node = &self.outline.nodes[self.outermost_removed(self.innermost(at)?)];
        if node.has_comment {
            return None;
        }
        let Range { start, end } = node.range.clone();
        let blank = |c: char| c == ' ' || c == '\t';
        let line = text[..start].trim_end_matches(blank).len();
        let rest = text[end..].trim_start_matches([' ', '\t', ';']);
        let after = text.len() - rest.len();
        let alone = line == 0 || text[..line].ends_with('\n');
        if alone && (rest.is_empty() || rest.starts_with('\n') || rest.starts_with("\r\n")) {
            let break_length = rest.find('\n').map_or(0, |at| at + 1);
            return Some(line..after + break_length);
        }
        // A comment behind the node stays.
        Some(start..if rest.starts_with('/') { end } else { after })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a \"1\" {\n    // kept\n    override \"T\" {\n        P #false\n        Q { R 1; S 2 }\n    }\n    w \"x\" \\\n        y=1\n    z 15.80 // why\n}\n";

    fn apply_to_text(changes: impl Fn(&dyn Fn(&str) -> Span) -> Vec<Change>) -> String {
        let mut sources = Sources::new();
        let file = sources.add("a.kdl", TEXT);
        let at = |part: &str| {
            let start = TEXT.find(part).expect("the part occurs");
            Span::new(file, start, start + part.len())
        };
        let fixes: Vec<Fix> = changes(&at).into_iter().map(|change| Fix::safe("fix", change)).collect();
        let (files, _) = apply(&sources, &fixes.iter().collect::<Vec<_>>());
        files.get(&file).cloned().unwrap_or_default()
    }

    #[test]
    fn a_node_goes_with_its_lines() {
        let text = apply_to_text(|at| vec![Change::Nothing { at: at("w \"x\"") }]);
        assert_eq!(text, TEXT.replace("    w \"x\" \\\n        y=1\n", ""));
        let text = apply_to_text(|at| vec![Change::Nothing { at: at("P #false") }]);
        assert_eq!(text, TEXT.replace("        P #false\n", ""));
        let text = apply_to_text(|at| vec![Change::Nothing { at: at("R 1") }]);
        assert_eq!(text, TEXT.replace("R 1; ", ""));
    }

    #[test]
    fn an_emptied_override_goes_as_a_whole() {
        let text = apply_to_text(|at| vec![Change::Nothing { at: at("P #false") }, Change::Nothing { at: at("Q {") }]);
        assert_eq!(text, TEXT.replace("    override \"T\" {\n        P #false\n        Q { R 1; S 2 }\n    }\n", ""));
    }

    #[test]
    fn a_comment_stays() {
        let text = apply_to_text(|at| vec![Change::Nothing { at: at("z 15.80") }]);
        assert!(text.contains("// why"), "{text}");
        assert_eq!(apply_to_text(|at| vec![Change::Nothing { at: at("a \"1\"") }]), "");
    }

    #[test]
    fn a_value_keeps_its_form() {
        let text = apply_to_text(|at| vec![Change::Word { at: at("\"x\""), word: "y".to_owned() }]);
        assert!(text.contains("w \"y\" "), "{text}");
        let text = apply_to_text(|at| vec![Change::Word { at: at("#false"), word: "#true".to_owned() }]);
        assert!(text.contains("P #true"), "{text}");
        let text = apply_to_text(|at| vec![Change::Quotes { at: at("15.80") }]);
        assert!(text.contains("z \"15.80\" // why"), "{text}");
    }
}
