//! The structure of a text: symbols, folding, formatting.

use lsp_types::{DocumentSymbol, FoldingRange, FoldingRangeKind, SymbolKind, TextEdit};
use migspec_diag::Sources;
use migspec_syntax::outline::{Outline, OutlineNode};

use super::position::Encoding;
use super::state::common;

/// The nodes with a block or a key, nested.
pub fn symbols(text: &str, encoding: Encoding) -> Vec<DocumentSymbol> {
    let outline = Outline::of(text);
    children(&outline, None, text, encoding)
}

fn children(outline: &Outline, parent: Option<usize>, text: &str, encoding: Encoding) -> Vec<DocumentSymbol> {
    let named = |node: &OutlineNode| !node.name.text.is_empty() && node.name.text != "/-";
    outline
        .children(parent)
        .filter(|(_, node)| named(node))
        .map(|(index, node)| {
            let key = node.key().map(|key| key.text.as_str()).unwrap_or_default();
            #[expect(deprecated, reason = "the field has no default")]
            DocumentSymbol {
                name: format!("{} {key}", node.name.text).trim().to_owned(),
                detail: None,
                kind: kind(&node.name.text),
                tags: None,
                deprecated: None,
                range: encoding.range(text, node.range.clone()),
                selection_range: encoding.range(text, node.name.range.clone()),
                children: Some(children(outline, Some(index), text, encoding)),
            }
        })
        .collect()
}

fn kind(node: &str) -> SymbolKind {
    match node {
        "migration" => SymbolKind::MODULE,
        "environment" => SymbolKind::NAMESPACE,
        "network" | "site" | "transit" => SymbolKind::INTERFACE,
        "source" | "database" => SymbolKind::STRUCT,
        "replication" | "validation" | "cutover" => SymbolKind::METHOD,
        "api" => SymbolKind::CLASS,
        "waive" | "override" => SymbolKind::EVENT,
        _ => SymbolKind::FIELD,
    }
}

/// Blocks of several lines, and runs of comment lines.
pub fn folds(text: &str) -> Vec<FoldingRange> {
    let line = |at: usize| text[..at.min(text.len())].matches('\n').count() as u32;
    let fold = |start: u32, end: u32, kind| FoldingRange {
        start_line: start,
        end_line: end,
        kind: Some(kind),
        ..FoldingRange::default()
    };
    let outline = Outline::of(text);
    let blocks = outline.nodes.iter().filter_map(|node| node.block.as_ref());
    let blocks = blocks.map(|block| (line(block.start), line(block.end)));
    let mut folds: Vec<FoldingRange> = blocks
        .filter(|(start, end)| end > start)
        // The line of the closing brace stays visible.
        .map(|(start, end)| fold(start, end - 1, FoldingRangeKind::Region))
        .collect();
    let mut run: Option<(u32, u32)> = None;
    for (number, text) in text.lines().chain([""]).enumerate() {
        let number = number as u32;
        if text.trim_start().starts_with("//") {
            run = Some((run.map_or(number, |(start, _)| start), number));
        } else if let Some((start, end)) = run.take().filter(|(start, end)| end > start) {
            folds.push(fold(start, end, FoldingRangeKind::Comment));
        }
    }
    folds
}

/// The edits that format a text. `None` if it is not KDL.
pub fn format(text: &str, encoding: Encoding) -> Option<Vec<TextEdit>> {
    let mut sources = Sources::new();
    let file = sources.add("text", text);
    let outcome = migspec_syntax::format(file, text);
    (!outcome.has_errors()).then(|| replacement(text, &outcome.value, encoding).into_iter().collect())
}

/// The edit from one text to another. `None` if they are equal.
pub fn replacement(old: &str, new: &str, encoding: Encoding) -> Option<TextEdit> {
    if old == new {
        return None;
    }
    let (head, tail) = common(old, new);
    let range = encoding.range(old, head..old.len() - tail);
    Some(TextEdit::new(range, new[head..new.len() - tail].to_owned()))
}
