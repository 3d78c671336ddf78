//! The specs of the project are clean in every environment. Weak specs give
//! exactly the findings that name their weakness, as marked in
//! `specs/examples/weak`.
//!
//! `//~ CODE CODE` at the end of a line lists the findings there; `// weak` and
//! `// end` enclose the weakness of the spec.

#![allow(clippy::panic, clippy::disallowed_methods, reason = "a test fails by panicking, and reads files")]

use std::fs;
use std::path::{Path, PathBuf};

use migspec_tests::{emitted, root, runs};

fn specs() -> Vec<PathBuf> {
    let read = |folder: &Path| -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).expect("a folder of weak specs can be read");
        entries.map(|entry| entry.expect("an entry can be read").path()).collect()
    };
    let folders = read(&root().join("specs/examples/weak")).into_iter().filter(|path| path.is_dir());
    let mut specs: Vec<PathBuf> = folders.flat_map(|folder| read(&folder)).collect();
    specs.retain(|path| path.to_string_lossy().ends_with(".migspec.kdl"));
    specs.sort();
    specs
}

/// Findings as `line: code`, sorted by line and code.
fn marked(text: &str) -> Vec<String> {
    let mut marks = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let codes = line.split_once("//~").map_or("", |(_, codes)| codes);
        marks.extend(codes.split_whitespace().map(|code| (number, code.to_owned())));
    }
    list(marks)
}

fn findings(name: &str, text: &str) -> Vec<String> {
    let (sources, checked) = runs::check_text(name, text, None);
    for finding in &checked.findings {
        let lacks = runs::lacks(&sources, finding);
        assert!(lacks.is_empty(), "{name}: `{}` lacks {}", finding.code, lacks.join(", "));
    }
    let place = |finding: &migspec_diag::Diagnostic| {
        finding.primary.as_ref().map_or(0, |label| sources.get(label.span.file).location(label.span.start).line)
    };
    list(checked.findings.iter().map(|f| (place(f), f.code.to_string())).collect())
}

fn list(mut findings: Vec<(usize, String)>) -> Vec<String> {
    findings.sort();
    findings.into_iter().map(|(line, code)| format!("{line}: {code}")).collect()
}

#[test]
fn every_weak_spec_gives_exactly_the_findings_that_name_its_weakness() {
    let mut wrong = Vec::new();
    for path in specs() {
        let text = fs::read_to_string(&path).expect("a spec is text");
        let name = path.file_name().expect("a spec has a name").to_string_lossy().into_owned();
        let (marked, found) = (marked(&text), findings(&name, &text));
        assert!(!marked.is_empty(), "{name} names no weakness");
        if marked != found {
            wrong.push(format!("{name}\n  marked {marked:#?}\n  found {found:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_weak_spec_is_clean_without_its_weakness() {
    let mut strengthened = 0;
    for path in specs() {
        let text = fs::read_to_string(&path).expect("a spec is text");
        let name = path.file_name().expect("a spec has a name").to_string_lossy().into_owned();
        let Some(strong) = without_weakness(&text) else { continue };
        let (sources, checked) = runs::check_text(&name, &strong, None);
        assert_eq!(runs::list(&sources, &checked), Vec::<String>::new(), "{name}");
        strengthened += 1;
    }
    assert!(strengthened >= 6, "{strengthened} specs mark their weakness");
}

/// Large graphs are evaluated in parts; the boundaries of parts do not change
/// the result.
#[test]
fn a_graph_has_the_same_findings_in_parts() {
    for path in specs() {
        let text = fs::read_to_string(&path).expect("a weak spec can be read");
        let (_, checked) = runs::check_text(&path.to_string_lossy(), &text, None);
        for graph in &checked.graphs {
            for size in [1, 40] {
                let differs = migspec_policies::differs_in_parts(graph, runs::rulebook(), size);
                assert_eq!(differs, Ok(Vec::new()), "{} in parts of {size}", path.display());
            }
        }
    }
}

/// The text without the weakness between the marks; `None` without marks.
fn without_weakness(text: &str) -> Option<String> {
    let (mut keep, mut strong) = (true, String::new());
    for line in text.split_inclusive('\n') {
        match line.trim() {
            "// weak" => keep = false,
            "// end" => keep = true,
            _ if keep => strong.push_str(line),
            _ => {}
        }
    }
    (strong.len() < text.len()).then_some(strong)
}

#[test]
fn every_other_spec_is_clean_in_every_environment() {
    let specs = emitted::specs();
    assert!(specs.len() >= 8, "only {} specs", specs.len());
    for path in specs {
        let (sources, checked) = runs::check_text(&path, &runs::text(&path), None);
        assert_eq!(runs::list(&sources, &checked), Vec::<String>::new(), "{path}");
    }
}
