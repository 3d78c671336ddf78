//! The decisions have one form, and the index lists each of them.

#![allow(clippy::panic, clippy::disallowed_methods, reason = "a test fails by panicking, and reads files")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests crate lies below the root");
    root.join("docs/decisions")
}

/// A row of the index: the title with its link, the date and the status.
#[derive(PartialEq, Debug)]
struct Row {
    decision: String,
    date: String,
    status: String,
}

/// Every page by its number, as the index should list it.
fn pages() -> BTreeMap<u32, Row> {
    let mut rows = BTreeMap::new();
    for entry in fs::read_dir(folder()).expect("the folder can be read") {
        let path = entry.expect("an entry can be read").path();
        let file = path.file_name().expect("a file has a name").to_string_lossy().into_owned();
        if file != "README.md" {
            let (number, row) = page(&file, &fs::read_to_string(&path).expect("a page is text"));
            assert!(rows.insert(number, row).is_none(), "number {number} is used twice");
        }
    }
    assert!(rows.len() > 40, "only {} decisions", rows.len());
    rows
}

/// Number and title, date and status, then the three sections.
fn page(file: &str, text: &str) -> (u32, Row) {
    let mut lines = text.lines();
    let heading = lines.next().and_then(|line| line.strip_prefix("# ")?.split_once(". "));
    let (number, title) = heading.unwrap_or_else(|| panic!("{file}: the first line is not `# NUMBER. TITLE`"));
    let number: u32 = number.parse().unwrap_or_else(|_| panic!("{file}: `{number}` is not a number"));
    assert_eq!(file, format!("{number:04}-{}.md", slug(title)), "the file is named after its title");
    let mut field = |name: &str| {
        let line = lines.by_ref().find(|line| !line.is_empty()).unwrap_or_default();
        let value = line.strip_prefix(&format!("- {name}: "));
        value.unwrap_or_else(|| panic!("{file}: `- {name}: …` is missing")).to_owned()
    };
    let (date, status) = (field("Date"), field("Status"));
    assert!(is_date(&date), "{file}: `{date}` is not a date");
    let known = status == "accepted" || status == "proposed" || status.starts_with("replaced by ");
    assert!(known, "{file}: the status is `accepted`, `proposed` or `replaced by NUMBER`");
    let sections: Vec<&str> = text.split("\n## ").skip(1).collect();
    let names: Vec<&str> = sections.iter().filter_map(|section| section.lines().next()).collect();
    assert_eq!(names, ["Context", "Decision", "Consequences"], "{file}");
    for section in sections {
        assert!(section.lines().skip(1).any(|line| !line.trim().is_empty()), "{file}: an empty section");
    }
    (number, Row { decision: format!("[{title}]({file})"), date, status })
}

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    parts.iter().map(|part| part.len()).eq([4, 2, 2]) && parts.iter().all(|part| part.parse::<u32>().is_ok())
}

fn slug(title: &str) -> String {
    let plain: String = title.to_lowercase().chars().filter(|c| *c != '\'').collect();
    let words = plain.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

#[test]
fn the_index_lists_every_decision_and_every_gap() {
    let index = fs::read_to_string(folder().join("README.md")).expect("the index is there");
    let mut pages = pages();
    let mut last = 0;
    for line in index.lines().filter_map(|line| line.strip_prefix("| ")) {
        let cells: Vec<&str> = line.trim_end_matches('|').split('|').map(str::trim).collect();
        let Some(Ok(number)) = cells.first().map(|cell| cell.parse::<u32>()) else { continue };
        assert_eq!(number, last + 1, "the numbers of the index have no gap");
        last = number;
        let [_, decision, date, status] = cells.as_slice() else { panic!("{line}: not four cells") };
        let row = Row { decision: (*decision).into(), date: (*date).into(), status: (*status).into() };
        let expected = pages.remove(&number).unwrap_or(Row {
            decision: "not used".into(),
            date: String::new(),
            status: String::new(),
        });
        assert_eq!(row, expected, "number {number}");
    }
    assert!(pages.is_empty(), "the index lacks {:?}", pages.keys());
    assert!(last > 40, "the index ends at {last}");
}
