//! Every relative link and anchor in every Markdown file resolves, and every
//! page of the book is in its table of contents.

#![allow(clippy::panic, clippy::disallowed_methods, reason = "a test fails by panicking, and reads files")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

use migspec_tests::root;

/// Pages of the book link to files outside it by this address: the book has
/// only the pages below `docs`.
const HERE: &str = "https://github.com/migspec/migspec/blob/main/";

/// Folders of tools and of output.
const SKIPPED: &[&str] = &["target", "node_modules", "golden", "templates"];

fn pages() -> Vec<PathBuf> {
    let mut pages = Vec::new();
    let mut open = vec![root()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the project can be read").flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            let hidden = name.starts_with('.') && name != ".github";
            if path.is_dir() && !hidden && !SKIPPED.contains(&name.as_str()) {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                pages.push(path);
            }
        }
    }
    pages.sort();
    pages
}

/// The lines of a page outside its blocks of code, with their numbers.
fn prose(text: &str) -> Vec<(usize, &str)> {
    let mut fence = String::new();
    let mut lines = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let ticks: String = line.trim_start().chars().take_while(|&c| c == '`').collect();
        if fence.is_empty() && ticks.len() >= 3 {
            fence = ticks;
        } else if fence.is_empty() {
            lines.push((number + 1, line));
        } else if line.trim() == fence {
            fence.clear();
        }
    }
    lines
}

/// The targets of the links of a line, without those inside inline code.
fn links(line: &str) -> Vec<&str> {
    let mut links = Vec::new();
    let mut rest = line;
    let mut quotes = 0;
    while let Some(at) = rest.find("](") {
        // Counted from the start of the line: the rest can begin inside a quotation.
        quotes += rest[..at].matches('`').count();
        let quoted = quotes % 2 == 1;
        rest = &rest[at + 2..];
        let Some(end) = rest.find(')') else { break };
        if quoted {
            continue;
        }
        links.push(&rest[..end]);
        quotes += rest[..end].matches('`').count();
        rest = &rest[end..];
    }
    links
}

/// The anchors of a page, as GitHub and mdBook make them of its headings.
fn anchors(text: &str) -> Vec<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let headings = prose(text).into_iter().filter_map(|(_, line)| {
        let title = line.trim_start_matches('#');
        (title.len() < line.len()).then(|| title.strip_prefix(' ')).flatten()
    });
    headings
        .map(|title| {
            let kept =
                title.to_lowercase().chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c)).collect::<String>();
            let anchor = kept.trim().replace(' ', "-");
            let count = seen.entry(anchor.clone()).or_default();
            *count += 1;
            if *count == 1 { anchor } else { format!("{anchor}-{}", *count - 1) }
        })
        .collect()
}

/// Why a link of a page leads nowhere.
fn broken(page: &Path, link: &str) -> Option<String> {
    let docs = root().join("docs");
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    let target = match path.strip_prefix(HERE) {
        Some(path) => root().join(path),
        None if path.contains("://") || path.starts_with("mailto:") => return None,
        None if path.is_empty() => page.to_owned(),
        None => {
            let target = normal(&page.parent()?.join(path));
            if page.starts_with(&docs) && !target.starts_with(&docs) {
                return Some(format!("the book has no file outside docs; write {HERE}…"));
            }
            // The index of a folder is its `README.md`, which mdBook renames: it is linked as the folder.
            let is_index = path.ends_with('/') && target.join("README.md").is_file();
            if page.starts_with(&docs) && target.is_dir() && !is_index {
                return Some("the book has no folders; link a page".to_owned());
            }
            target
        }
    };
    if !target.exists() {
        return Some("no such file".to_owned());
    }
    let text = if anchor.is_empty() { return None } else { fs::read_to_string(&target).ok()? };
    (!anchors(&text).iter().any(|known| known == anchor)).then(|| "no such heading".to_owned())
}

/// A path without `..`, which need not exist.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                normal.pop();
            }
            Component::CurDir => {}
            part => normal.push(part),
        }
    }
    normal
}

#[test]
fn links_resolve() {
    let mut checked = 0;
    let mut problems = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).expect("a page can be read");
        for (number, line) in prose(&text) {
            for link in links(line) {
                checked += 1;
                if let Some(why) = broken(&page, link) {
                    let name = page.strip_prefix(root()).unwrap_or(&page).display();
                    problems.push(format!("{name}:{number}: {link}: {why}"));
                }
            }
        }
    }
    assert!(checked > 300, "only {checked} links");
    assert!(problems.is_empty(), "{problems:#?}");
}

#[test]
fn every_page_is_in_the_book() {
    let docs = root().join("docs");
    let summary = fs::read_to_string(docs.join("SUMMARY.md")).expect("docs/SUMMARY.md");
    let listed: Vec<PathBuf> =
        prose(&summary).into_iter().flat_map(|(_, line)| links(line)).map(|link| docs.join(link)).collect();
    let absent: Vec<PathBuf> = pages()
        .into_iter()
        .filter(|page| page.starts_with(&docs) && !page.ends_with("SUMMARY.md") && !listed.contains(page))
        .collect();
    assert!(listed.len() > 50, "only {} pages", listed.len());
    assert!(absent.is_empty(), "run `cargo xtask generate`: {absent:#?}");
}

#[test]
fn a_broken_link_is_seen() {
    let page = root().join("docs/README.md");
    let cases = [
        ("glossary.md", None),
        ("glossary.md#the-compiler", None),
        ("https://example.com/", None),
        ("absent.md", Some("no such file")),
        ("glossary.md#absent", Some("no such heading")),
        ("../README.md", Some("the book has no file outside docs")),
        ("decisions", Some("the book has no folders")),
        ("pictures/", Some("the book has no folders")),
        ("decisions/", None),
    ];
    for (link, expected) in cases {
        let found = broken(&page, link);
        assert_eq!(found.is_some(), expected.is_some(), "{link}");
        assert!(found.unwrap_or_default().starts_with(expected.unwrap_or_default()), "{link}");
    }
    assert_eq!(links("see [a](b.md) and `[c](d)`, [e](f#g)"), ["b.md", "f#g"]);
    assert_eq!(prose("a\n```\nb\n```\nc"), [(1, "a"), (5, "c")]);
    assert_eq!(anchors("# A `b`: c\n## A b c"), ["a-b-c", "a-b-c-1"]);
}
