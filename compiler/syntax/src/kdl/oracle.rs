//! The reader of KDL against the reference implementation: the same texts
//! are accepted, and they mean the same.

use std::fmt::Write as _;

use migspec_diag::Sources;
use proptest::prelude::*;

use super::parse;
use crate::tree::{Literal, Node};

const SPEC: &str = include_str!("../../../../specs/payments.migspec.kdl");

/// The content of a text for our parser; `None` if the parser rejects it.
fn ours(text: &str) -> Option<String> {
    let mut sources = Sources::new();
    let file = sources.add("spec.kdl", text);
    let parsed = parse(file, text);
    let refused = parsed.diagnostics.iter().any(|d| d.code != "type-annotation");
    (!refused).then(|| ours_of(&parsed.nodes))
}

fn ours_of(nodes: &[Node]) -> String {
    let mut out = String::new();
    for node in nodes {
        write!(out, "{:?}", &*node.name.value).expect("strings do not fail");
        for entry in &node.entries {
            let name = entry.name.as_ref().map(|n| &*n.value);
            match &entry.value.value {
                Literal::String(s) => write!(out, " {name:?}={s:?}"),
                Literal::Integer(i) => write!(out, " {name:?}={i}"),
                Literal::Float(f) => write!(out, " {name:?}=float {f}"),
                Literal::Bool(b) => write!(out, " {name:?}=#{b}"),
                Literal::Null => write!(out, " {name:?}=#null"),
            }
            .expect("strings do not fail");
        }
        write!(out, "{{{}}}", ours_of(&node.children)).expect("strings do not fail");
    }
    out
}

fn theirs(text: &str) -> Option<String> {
    ::kdl::KdlDocument::parse_v2(text).ok().map(|document| theirs_of(&document))
}

fn theirs_of(document: &::kdl::KdlDocument) -> String {
    let mut out = String::new();
    for node in document.nodes() {
        write!(out, "{:?}", node.name().value()).expect("strings do not fail");
        for entry in node.entries() {
            let name = entry.name().map(|n| n.value());
            match entry.value() {
                ::kdl::KdlValue::String(s) => write!(out, " {name:?}={s:?}"),
                ::kdl::KdlValue::Integer(i) => write!(out, " {name:?}={i}"),
                ::kdl::KdlValue::Float(f) => write!(out, " {name:?}=float {f}"),
                ::kdl::KdlValue::Bool(b) => write!(out, " {name:?}=#{b}"),
                ::kdl::KdlValue::Null => write!(out, " {name:?}=#null"),
            }
            .expect("strings do not fail");
        }
        let children = node.children().map(theirs_of).unwrap_or_default();
        write!(out, "{{{children}}}").expect("strings do not fail");
    }
    out
}

#[test]
fn the_reference_spec_means_the_same() {
    assert_eq!(ours(SPEC), theirs(SPEC));
    assert!(ours(SPEC).is_some());
}

/// Pieces that make documents with every construct. Blocks and nodes that are
/// left out end their line: there the reference implementation accepts more
/// than the language does.
fn piece() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "node",
        "a-b",
        "+",
        "-",
        ".x",
        "\"text\"",
        "\"\"",
        "\"a\\n\\\"b\\u{e9}\"",
        "\"a\\  \n  b\"",
        "#\"raw \\ \"#",
        "##\"a\"#b\"##",
        "\"\"\"\n  one\n\n    two\n  \"\"\"",
        "#\"\"\"\n\ta\n\t\"\"\"#",
        "12",
        "-1_000",
        "+3",
        "1.5e-3",
        "0xfF",
        "0o17",
        "0b1_0",
        "#true",
        "#false",
        "#null",
        "#inf",
        "#-inf",
        "=",
        "=",
        "key=1",
        "k=\"v\"",
        "(t)",
        " ",
        " ",
        " ",
        " ",
        "\n",
        "\n",
        "\r\n",
        ";",
        "{",
        "}\n",
        "{}\n",
        "node /-out ",
        "node 1 /- k=1 ",
        "node /-{\n}\n",
        "\n/-node 1\n",
        "// comment\n",
        "/* block */",
        "/* a /* b */ c */",
        "\\\n",
        "\\ // more\n",
        "\u{a0}",
        "\u{85}",
        "é",
        "日本",
        "node 1 2\n",
        "node {\n",
        "}\n",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_texts_mean_the_same(pieces in prop::collection::vec(piece(), 0..24)) {
        let text = pieces.concat();
        if let Some(meaning) = theirs(&text) {
            prop_assert_eq!(ours(&text), Some(meaning), "{:?}", text);
        }
    }
}
