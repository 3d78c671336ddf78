use std::ops::Range;

use crate::kdl::{Token, TokenKind, tokens};

/// The range of the node that contains a byte offset and is a direct child of
/// a top-level block: `database "ledger" …` inside `migration`. Outside every
/// block it is the top-level node itself. `None` where no node contains it.
pub fn enclosing_node(text: &str, offset: usize) -> Option<Range<usize>> {
    let mut path: Vec<Option<usize>> = vec![None];
    let mut found = None;
    for token in tokens(text) {
        let (start, end) = (token.start as usize, token.end as usize);
        match token.kind {
            TokenKind::Newline | TokenKind::Semicolon | TokenKind::End => {
                found = found.or_else(|| close(&mut path, start, offset));
            }
            TokenKind::BlockOpen => path.push(None),
            TokenKind::BlockClose => {
                found = found.or_else(|| close(&mut path, start, offset));
                if path.len() > 1 {
                    path.pop();
                }
            }
            _ if is_blank(token) => {}
            _ => {
                if let Some(last) = path.last_mut() {
                    last.get_or_insert(start);
                }
            }
        }
        if found.is_some() && end > offset && path.len() <= 2 {
            break;
        }
    }
    found
}

fn is_blank(token: Token) -> bool {
    matches!(token.kind, TokenKind::Space | TokenKind::LineComment | TokenKind::BlockComment | TokenKind::Continuation)
}

/// Ends the node that is open at the innermost level. Returns its range if it
/// contains the offset and lies one level below the top, or at the top.
fn close(path: &mut [Option<usize>], end: usize, offset: usize) -> Option<Range<usize>> {
    let depth = path.len();
    let start = path.last_mut()?.take()?;
    (depth <= 2 && (start..end.max(start + 1)).contains(&offset)).then_some(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "migration \"m\" {\n    network \"a\" cidr=\"x\" {\n        tier \"t\"\n    }\n    site \"s\"; api \"p\" { route \"r\" }\n}\n";

    fn node_at(part: &str) -> &'static str {
        let at = TEXT.find(part).expect("the part occurs in the text");
        &TEXT[enclosing_node(TEXT, at).expect("a node contains it")]
    }

    #[test]
    fn a_child_of_the_top_level_block_contains_all_below_it() {
        assert!(node_at("tier").starts_with("network \"a\"") && node_at("tier").ends_with('}'));
        assert_eq!(node_at("cidr"), node_at("tier"));
        assert_eq!(node_at("site"), "site \"s\"");
        assert_eq!(node_at("route"), "api \"p\" { route \"r\" }");
    }

    #[test]
    fn the_top_level_node_contains_its_own_header() {
        assert!(node_at("migration").starts_with("migration \"m\""));
        assert!(node_at("migration").ends_with('}'));
    }

    #[test]
    fn no_node_contains_a_place_outside() {
        assert_eq!(enclosing_node("\n\na \"b\"\n", 0), None);
        assert_eq!(enclosing_node("", 0), None);
    }
}
