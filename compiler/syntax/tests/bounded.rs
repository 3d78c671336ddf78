//! For every text, parsing is fast, never panics, and returns only places inside
//! the text. Test threads have 2 MB of stack, which bounds the recursion.

use std::fmt::Write as _;

use migspec_diag::{Diagnostic, FileId, Label, Sources};
use migspec_syntax::{ImportError, Importer, format, read};
use proptest::prelude::*;

const SPEC: &str = include_str!("../../../specs/payments.migspec.kdl");

/// Every file exists and imports the next.
struct Endless;

impl Importer for Endless {
    fn import(&mut self, sources: &mut Sources, _: FileId, path: &str) -> Result<FileId, ImportError> {
        let number: usize = path.trim_end_matches(".kdl").parse().map_err(|_| ImportError::Missing)?;
        Ok(sources.add(path, &format!("import \"{}.kdl\"\n", number + 1)))
    }
}

struct Nothing;

impl Importer for Nothing {
    fn import(&mut self, _: &mut Sources, _: FileId, _: &str) -> Result<FileId, ImportError> {
        Err(ImportError::Missing)
    }
}

/// Reads, looks at every environment and formats. The codes found, in order.
fn codes(text: &str) -> Vec<String> {
    codes_with(text, &mut Nothing)
}

fn codes_with(text: &str, importer: &mut dyn Importer) -> Vec<String> {
    let mut sources = Sources::new();
    let file = sources.add("spec.kdl", text);
    let outcome = read(file, &mut sources, importer);
    let mut found = outcome.diagnostics;
    for (environment, _) in &outcome.value.environments {
        outcome.value.view(environment).drain_into(&mut found);
    }
    format(file, text).drain_into(&mut Vec::new());
    found.iter().for_each(|d| assert_places(&sources, d));
    found.into_iter().map(|d| d.code.into_owned()).collect()
}

fn assert_places(sources: &Sources, diagnostic: &Diagnostic) {
    for Label { span, .. } in diagnostic.primary.iter().chain(&diagnostic.related) {
        let text = &sources.get(span.file).text;
        let inside = text.get(span.start as usize..span.end as usize);
        assert!(inside.is_some(), "{diagnostic:?} lies outside of the text or inside of a character");
    }
    let message = [Some(&diagnostic.message), diagnostic.help.as_ref()];
    for text in message.into_iter().flatten() {
        assert!(!text.contains(char::is_control), "{text:?} breaks the line");
        assert!(text.len() < 1000, "a message of {} bytes", text.len());
    }
}

#[test]
fn a_raw_string_of_kdl_1_with_a_control_character() {
    for text in ["node r\"\u{1}\"", "node r#\"\u{1b}[31m\u{202e}\"#"] {
        assert!(codes(text).iter().any(|c| c == "kdl1-syntax"), "{text:?}");
    }
}

#[test]
fn nothing_at_all() {
    assert_eq!(codes(""), ["empty-file"]);
    assert_eq!(codes("\u{feff}"), ["empty-file"]);
    assert_eq!(codes(" \n\t\r\n"), ["empty-file"]);
}

#[test]
fn binary_is_one_finding() {
    assert_eq!(codes("\u{7f}ELF\0\0\0\u{1}{{{\"\""), ["binary-file"]);
}

#[test]
fn ten_megabytes_are_refused() {
    assert_eq!(codes(&"node 1\n".repeat(10 << 17)), ["file-too-large"]);
}

#[test]
fn long_texts_of_one_kind_are_read() {
    // In a test's build a quadratic reader would take minutes already.
    let size = 1 << 17;
    let fill = |piece: &str| piece.repeat(size / piece.len());
    for piece in [
        "a\n",
        "a;",
        "{",
        "}",
        ")",
        "=",
        "\"",
        "\"a",
        "#",
        "#\"",
        "r#\"",
        "/*",
        "*/",
        "/-",
        "/- a {",
        "a {\n",
        "\\",
        "\\\n",
        "\\ // c\n",
        "a{};",
        "(",
        "a \"\"\"\n",
        "'",
        "a=",
        "a=1 ",
        "a 1 ",
        "é",
        "\u{202e}",
        "import \"x\"\n",
        "migration {}\n",
        "/**/",
    ] {
        let found = codes(&fill(piece));
        assert!(found.len() <= 1101, "{piece:?}: {} findings", found.len());
    }
    let many = |inner: &str| {
        format!(
            "migration \"m\" {{\n{}}}\n",
            fill(inner).get(..size / 2).map_or("", |t| t.rsplit_once('\n').map_or("", |(t, _)| t))
        )
    };
    for inner in ["network \"n\" cidr=\"10.0.0.0/16\"\n", "unknown\n", "owner 1\n", "environment \"a\"\n"] {
        assert!(codes(&many(inner)).len() <= 1101, "{inner:?}");
    }
}

#[test]
fn nesting_is_bounded() {
    assert_eq!(codes(&"a {".repeat(100_000)), ["nested-too-deep"]);
    assert_eq!(codes(&"a {\n".repeat(100_000)), ["nested-too-deep"]);
    assert_eq!(codes(&"a /- {".repeat(100_000)), ["nested-too-deep"]);
    assert_eq!(codes(&"/- a {\n".repeat(100_000)), ["nested-too-deep"]);
    let deepest = format!("{}{}", "a {\n".repeat(128), "}\n".repeat(128));
    assert_eq!(codes(&deepest), ["missing-migration"]);
    let slashdashes = format!("a {}{}", "/- { a ".repeat(20), "}".repeat(20));
    assert_eq!(codes(&slashdashes), ["missing-migration"]);
}

#[test]
fn what_is_never_closed() {
    assert_eq!(codes(&"/*".repeat(100_000)), ["unclosed-comment"]);
    assert_eq!(codes(&format!("a \"{}", "x".repeat(1 << 20))), ["unclosed-string"]);
    assert_eq!(codes(&format!("a \"\"\"\n{}", "x\n".repeat(1 << 19))), ["unclosed-string"]);
    assert_eq!(codes(&format!("a {}\"x", "#".repeat(1 << 20))), ["unclosed-string"]);
    // A long comment is no deep one.
    assert_eq!(codes(&format!("/*{}*/", "*/ /*".repeat(100_000))), ["empty-file"]);
    assert_eq!(codes(&format!("/*{}*/", "* / ".repeat(100_000))), ["empty-file"]);
}

#[test]
fn errors_are_counted() {
    let found = codes(&")\n".repeat(100_000));
    assert_eq!(found.len(), 101);
    assert_eq!(found.last().map(String::as_str), Some("too-many-errors"));
    let unknown = format!("migration \"m\" {{\n{}}}\n", "x\n".repeat(100_000));
    let found = codes(&unknown);
    assert!(found.iter().any(|code| code == "too-many-errors"));
    assert!(found.len() <= 1002, "{}", found.len());
}

#[test]
fn environments_are_counted() {
    let mut text = String::from("migration \"m\" {\n    owner \"t\"\n");
    for number in 0..10_000 {
        writeln!(text, "    environment \"e{number}\" account=\"111111111111\" region=\"us-east-1\"")
            .expect("strings do not fail");
    }
    assert_eq!(codes(&format!("{text}}}\n")), ["too-many-environments"]);
}

#[test]
fn imports_end() {
    let found = codes_with("migration \"m\" {\n    import \"0.kdl\"\n}\n", &mut Endless);
    assert_eq!(found, ["too-many-imports"]);
}

#[test]
fn names_that_other_languages_would_read() {
    for name in
        ["${x}", "%{ if }", "{% raw %}", "{{ x }}", "a\\\"b", "a\\nb", "../../etc", "a'b", "$(x)", "`x`", "\\u{0}"]
    {
        let mut text = String::from("migration \"m\" {\n    owner \"t\"\n");
        writeln!(text, "    environment \"dev\" account=\"111111111111\" region=\"us-east-1\"")
            .expect("strings do not fail");
        writeln!(text, "    network \"{name}\" cidr=\"10.0.0.0/16\"\n}}").expect("strings do not fail");
        assert_eq!(codes(&text), ["wrong-value"], "{name}");
    }
}

/// The reference spec with some of its text replaced.
fn mutated() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "",
        "\"",
        "{",
        "}",
        "(",
        ")",
        "=",
        "/-",
        "/*",
        "*/",
        "//",
        "\\",
        "\n",
        "#",
        "#\"",
        "\"\"\"",
        ";",
        "é",
        "\u{feff}",
        "\u{202e}",
        " ",
        "true",
        "remove",
        "import \"x\"",
        "9",
        "-",
        "migration",
        "environment",
    ]);
    prop::collection::vec((0..SPEC.len(), 0..12_usize, piece), 1..6).prop_map(|edits| {
        let mut text = SPEC.to_owned();
        for (at, length, piece) in edits {
            let at = (0..=at.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
            let end = (at + length..text.len()).find(|i| text.is_char_boundary(*i)).unwrap_or(text.len());
            text.replace_range(at..end, piece);
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_text_is_read(text in any::<String>()) {
        codes(&text);
    }

    #[test]
    fn random_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        codes(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn random_ascii_is_read(text in "[ -~\n]{0,200}") {
        codes(&text);
    }

    #[test]
    fn a_spec_with_slips_is_read(text in mutated()) {
        codes(&text);
    }
}
