//! Laws of the printers: any text of a spec survives printing and parsing.

#![allow(clippy::panic, reason = "a test fails by panicking")]

use migspec_targets::terraform::hcl::{Block, Body, Expression, Part};
use migspec_targets::terraform::print::print;
use migspec_tests::hcl;
use proptest::prelude::*;

/// Text with many characters that are special in templates, quotes and
/// comments.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("${".to_owned()),
        Just("%{".to_owned()),
        Just("$".to_owned()),
        Just("%".to_owned()),
        Just("{".to_owned()),
        Just("}".to_owned()),
        Just("\"".to_owned()),
        Just("\\".to_owned()),
        Just("\n".to_owned()),
        Just("\r\n".to_owned()),
        Just("\t".to_owned()),
        Just("#".to_owned()),
        Just("//".to_owned()),
        Just("/*".to_owned()),
        Just("EOT".to_owned()),
        Just("\u{202e}".to_owned()),
        Just("é".to_owned()),
        Just("😀".to_owned()),
        "[ -~]{0,6}",
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn strings_come_back(text in text()) {
        let mut file = Body::new();
        file.attribute("a", text.as_str());
        prop_assert_eq!(hcl::parse(&print(&file)), file);
    }

    #[test]
    fn templates_come_back(before in text(), after in text()) {
        prop_assume!(!is_lost(&before) && !is_lost(&after));
        let mut file = Body::new();
        let parts = [Part::Text(before), Part::Expression(Expression::traversal("var.x")), Part::Text(after)];
        let parts = parts.into_iter().filter(|part| *part != Part::Text(String::new())).collect();
        file.attribute("a", Expression::template(parts));
        let printed = print(&file);
        prop_assert_eq!(join_text(hcl::parse(&printed)), join_text(file), "{}", printed);
    }

    #[test]
    fn keys_and_labels_come_back(key in text(), label in text()) {
        let mut file = Body::new();
        let object = Expression::Object(vec![(key, true.into()), ("b".to_owned(), Expression::List(Vec::new()))]);
        file.block(Block::new("resource", &["t", &label]).with("tags", object));
        prop_assert_eq!(hcl::parse(&print(&file)), file);
    }

    #[test]
    fn comments_stay_comments(text in text()) {
        let mut file = Body::new();
        file.block(Block::new("locals", &[]).comment(text).with("a", 1));
        let mut bare = file.clone();
        bare.items.iter_mut().for_each(|item| {
            if let migspec_targets::terraform::hcl::Item::Block(block) = item {
                block.comment.clear();
            }
        });
        prop_assert_eq!(hcl::parse(&print(&file)), bare);
    }

    #[test]
    fn documents_come_back(lines in prop::collection::vec(text(), 1..4)) {
        // A heredoc contains whole lines; parsers treat a Windows line break in
        // it differently.
        let text = format!("{}\n", lines.join("\n").replace('\r', ""));
        prop_assume!(!is_lost(&text));
        let mut file = Body::new();
        file.attribute("a", Expression::Heredoc(text.clone()));
        let printed = print(&file);
        let parsed = hcl::parse(&printed);
        prop_assert_eq!(parsed.get("a"), Some(&Expression::String(text)), "{}", printed);
    }
}

/// Terraform keeps a mark before an escaped opening. The parser of these tests
/// keeps it in plain strings and loses it in templates and heredocs.
fn is_lost(text: &str) -> bool {
    let mark = |b: u8| b == b'$' || b == b'%';
    text.as_bytes().windows(3).any(|w| mark(w[0]) && mark(w[1]) && w[2] == b'{')
}

/// Merges neighbouring text, so that different splits are equal.
fn join_text(mut body: Body) -> Body {
    for item in &mut body.items {
        if let migspec_targets::terraform::hcl::Item::Attribute(_, value @ Expression::Template(_)) = item
            && let Expression::Template(parts) = value.clone()
        {
            *value = Expression::template(parts);
        }
    }
    body
}
