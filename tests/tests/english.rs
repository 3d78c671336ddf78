//! Plain English, counted: marked words in a thousand words of prose. Prose is
//! the texts and comments of Rust, the policies, and the documents that people
//! write. `tests/english.txt` records a count for each top-level folder; a
//! count may only fall, and `MIGSPEC_BLESS=1` records the lower one.

#![allow(clippy::panic, clippy::disallowed_methods, reason = "a test fails by panicking, and reads files")]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use migspec_tests::rust::{Kind, tokens};
use migspec_tests::{blessing, root};

/// A group of words, its members, and the goal in a thousand words of prose.
const GROUPS: [(&str, &[&str], f64); 3] = [
    ("what", &["what"], 1.5),
    ("stand", &["stand", "stands", "stood", "standing"], 0.2),
    ("tell/say", &["tell", "tells", "told", "say", "says", "said"], 0.2),
];
const FOLDERS: [&str; 6] = [".", "compiler", "docs", "policies", "targets", "tests"];
/// Generated pages and recorded output repeat prose that is counted at its source.
const GENERATED: [&str; 4] = ["docs/reference", "tests/golden", "tests/judges", "target"];
const RECORD: &str = "tests/english.txt";

#[derive(Clone, Copy, Default)]
struct Count {
    words: usize,
    marked: [usize; 3],
}

impl Count {
    fn add(&mut self, prose: &str) {
        for word in prose.split(|c: char| !c.is_alphabetic() && c != '\'' && c != '-').filter(|word| !word.is_empty()) {
            self.words += 1;
            let word = word.to_lowercase();
            for (count, (_, words, _)) in self.marked.iter_mut().zip(GROUPS) {
                *count += usize::from(words.contains(&word.as_str()));
            }
        }
    }

    /// Marked words in a thousand.
    fn rates(&self) -> [f64; 3] {
        self.marked.map(|marked| marked as f64 * 1000.0 / self.words.max(1) as f64)
    }
}

/// The prose of a file, by the form of the file.
fn prose(name: &str, text: &str, count: &mut Count) {
    if name.ends_with(".rs") {
        let tokens = tokens(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let spoken = tokens.iter().filter(|t| t.kind == Kind::Comment || t.kind == Kind::Text && t.text.contains(' '));
        spoken.for_each(|token| count.add(token.text));
    } else if name.ends_with(".cedar") {
        let spoken = text.lines().filter(|line| line.starts_with("//") || line.starts_with('@'));
        spoken.for_each(|line| count.add(line));
    } else if name.ends_with(".md") {
        text.split("```").step_by(2).for_each(|outside| count.add(outside));
    }
}

/// The prose of a folder; of the root, that of its own files.
fn count(folder: &str) -> Count {
    let mut count = Count::default();
    let mut open = vec![root().join(folder)];
    while let Some(at) = open.pop() {
        for entry in fs::read_dir(&at).expect("a folder can be read") {
            let path = entry.expect("an entry can be read").path();
            let name = path.strip_prefix(root()).unwrap_or(Path::new("")).to_string_lossy().replace("./", "");
            if path.is_dir() {
                if folder != "." && !GENERATED.contains(&name.as_str()) {
                    open.push(path);
                }
            } else if let Ok(text) = fs::read_to_string(&path) {
                prose(&name, &text, &mut count);
            }
        }
    }
    count
}

fn recorded(text: &str) -> BTreeMap<String, [f64; 3]> {
    let row = |line: &str| {
        let mut cells = line.split('\t');
        let folder = cells.next().expect("a row has a folder").to_owned();
        let rates: Vec<f64> = cells.map(|cell| cell.parse().expect("a rate is a number")).collect();
        (folder, rates.try_into().expect("a row has three rates"))
    };
    text.lines().filter(|line| !line.starts_with('#')).map(row).collect()
}

/// The rates as the record has them: rounded up, so that they are not exceeded.
fn rounded(rate: f64) -> f64 {
    (rate * 100.0).ceil() / 100.0
}

fn record(rates: &BTreeMap<String, [f64; 3]>) -> String {
    let goals = GROUPS.map(|(name, _, goal)| format!("{name}: {goal}"));
    let mut text = format!("# Marked words in 1,000 words of prose; the goals are {}.\n", goals.join("; "));
    for (folder, [what, stand, tell]) in rates {
        let _ = writeln!(text, "{folder}\t{what}\t{stand}\t{tell}");
    }
    text
}

#[test]
fn marked_words_become_fewer() {
    let path = root().join(RECORD);
    let before = recorded(&fs::read_to_string(&path).expect("the record can be read"));
    let (mut now, mut worse) = (BTreeMap::new(), Vec::new());
    for folder in FOLDERS {
        let count = count(folder);
        assert!(count.words > 500, "{folder}: {} words of prose are seen", count.words);
        let limits = before.get(folder).copied().unwrap_or([0.0; 3]);
        let rates = count.rates();
        for ((rate, limit), (group, _, goal)) in rates.into_iter().zip(limits).zip(GROUPS) {
            if rate > limit.max(goal) {
                worse.push(format!("{folder}: `{group}` {rate:.2} times, recorded are {limit}; the goal is {goal}"));
            }
        }
        let lower = [0, 1, 2].map(|group| rounded(rates[group]).min(limits[group]));
        now.insert(folder.to_owned(), lower);
    }
    assert!(worse.is_empty(), "rewrite the new sentences (docs/glossary.md has the words):\n{}", worse.join("\n"));
    if blessing() {
        fs::write(&path, record(&now)).expect("the record can be written");
    }
}

#[test]
fn prose_is_separate_from_code() {
    let [first, second, third] = GROUPS.map(|(_, words, _)| words[0]);
    let mut count = Count::default();
    let code =
        format!("// {first} {second} here.\nlet {first} = \"{third} it\"; let x = \"{first}\"; fn {third}() {{}}");
    prose("a.rs", &code, &mut count);
    assert_eq!((count.words, count.marked), (5, [1, 1, 1]));
    prose("a.md", &format!("It {third} so.\n```\n{first}\n```\n"), &mut count);
    assert_eq!(count.marked, [1, 1, 2]);
    prose("a.cedar", &format!("@message(\"{first} a policy {third}\")\nforbid ({first});\n"), &mut count);
    assert_eq!(count.marked, [2, 1, 3]);
}

#[test]
fn the_record_holds_the_folders_and_no_other() {
    let text = fs::read_to_string(root().join(RECORD)).expect("the record can be read");
    let rows = recorded(&text);
    assert_eq!(rows.keys().map(String::as_str).collect::<Vec<_>>(), FOLDERS);
    assert_eq!(record(&rows), text, "the record is as MIGSPEC_BLESS=1 writes it");
}
