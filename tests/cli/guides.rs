//! Guides whose commands run: the README and the tutorial.
//!
//! - A `console` block runs each `$ migspec …` and compares the output. `? 1`
//!   is the exit code, a line `...` matches any lines, `[..]` any text. Counts
//!   of policies, resources and files may differ by a tenth.
//! - A `sh` block runs each `migspec …`, which must succeed.
//! - A `diff` block edits the file that its first line names, `+++ FILE`.
//!
//! `TRYCMD=overwrite` rewrites the output in the guides, and the pictures.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::support::{BINARY, finished, root, with_empty_home};

/// Commands of guides that need more than the binary. The gate runs the
/// README's build and tests; the others install.
const NOT_RUN: &[&str] =
    &["git clone https://github.com/migspec/migspec", "cd migspec", "cargo install --path .", "cargo test"];

#[test]
fn readme() {
    readme_with(Path::new(BINARY));
}

/// The README, run by an installed program.
pub fn readme_with(program: &Path) {
    let guide = Guide { program: program.to_owned(), ..Guide::new("README.md", Start::Repository) };
    let ran = guide.check();
    assert!(ran > 10, "{ran} commands");
}

#[test]
fn tutorial() {
    let ran = Guide::new("docs/tutorial.md", Start::Empty).check();
    assert!(ran > 10, "{ran} commands");
}

/// The folder in which the commands of a guide run.
#[derive(Clone, Copy)]
enum Start {
    /// One empty folder for the whole guide.
    Empty,
    /// The specs of the repository, fresh below each heading of the second level.
    Repository,
}

impl Start {
    fn folder(self) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a temporary folder");
        if let Self::Repository = self {
            copy(&root().join("specs"), &folder.path().join("specs"));
            fs::copy(root().join("migspec.kdl"), folder.path().join("migspec.kdl"))
                .expect("a copy of the project file");
            fs::create_dir_all(folder.path().join(PICTURES)).expect("a folder for pictures");
        }
        folder
    }
}

/// Pictures that a guide draws and shows.
const PICTURES: &str = "docs/pictures";

struct Guide {
    path: &'static str,
    start: Start,
    folder: tempfile::TempDir,
    program: PathBuf,
    /// The guide as it should be.
    text: String,
    /// Commands that ran.
    ran: usize,
    problems: Vec<String>,
}

impl Guide {
    fn new(path: &'static str, start: Start) -> Self {
        let (folder, program) = (start.folder(), BINARY.into());
        Self { path, start, folder, program, text: String::new(), ran: 0, problems: Vec::new() }
    }

    /// Runs the guide; returns the number of its commands.
    fn check(mut self) -> usize {
        let file = root().join(self.path);
        let old = fs::read_to_string(&file).expect("the guide can be read");
        let mut lines = old.lines();
        while let Some(line) = lines.next() {
            self.keep(line);
            if line.starts_with("## ") && matches!(self.start, Start::Repository) {
                self.compare_pictures();
                self.folder = self.start.folder();
            }
            let fence: String = line.chars().take_while(|&c| c == '`').collect();
            if fence.len() < 3 {
                continue;
            }
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != fence).collect();
            match &line[fence.len()..] {
                "console" => self.console(&block),
                "sh" => self.shell(&block),
                "diff" => self.edit(&block),
                _ => block.iter().for_each(|line| self.keep(line)),
            }
            self.keep(&fence);
        }
        self.compare_pictures();
        if overwriting() && self.program == Path::new(BINARY) {
            fs::write(file, &self.text).expect("the guide can be written");
        } else {
            assert!(self.problems.is_empty(), "{}", self.problems.join("\n\n"));
        }
        self.ran
    }

    fn keep(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn console(&mut self, block: &[&str]) {
        assert!(block.first().is_some_and(|line| line.starts_with("$ ")), "{}: a block without a command", self.path);
        let starts: Vec<usize> = (0..block.len()).filter(|&at| block[at].starts_with("$ ")).collect();
        for (index, &start) in starts.iter().enumerate() {
            let end = starts.get(index + 1).copied().unwrap_or(block.len());
            let command = &block[start][2..];
            let mut expected = &block[start + 1..end];
            let mut code = 0;
            if let Some(given) = expected.first().and_then(|line| line.strip_prefix("? ")) {
                code = given.parse().expect("an exit code");
                expected = &expected[1..];
            }
            let (found, output) = self.run(command);
            let lines: Vec<&str> = output.trim_end().lines().collect();
            self.keep(block[start]);
            if found != 0 {
                self.keep(&format!("? {found}"));
            }
            let blank = expected.iter().rev().take_while(|line| line.is_empty()).count();
            let same = matches(&expected[..expected.len() - blank], &lines);
            if !same || found != code {
                self.problems.push(format!("{}: `{command}` ends with {found} and prints\n{output}", self.path));
            }
            let wild = expected.iter().any(|line| *line == "..." || line.contains("[..]"));
            let kept = if same && wild { &expected[..expected.len() - blank] } else { &lines[..] };
            kept.iter().for_each(|line| self.keep(line.trim_end()));
            (0..blank).for_each(|_| self.keep(""));
        }
    }

    fn shell(&mut self, block: &[&str]) {
        for line in block {
            self.keep(line);
            let command = line.split(" #").next().unwrap_or(line).trim();
            if command.is_empty() || command.starts_with('#') || NOT_RUN.contains(&command) {
                continue;
            }
            let (code, output) = self.run(command);
            if code != 0 {
                self.problems.push(format!("{}: `{command}` ends with {code} and prints\n{output}", self.path));
            }
        }
    }

    /// Runs a command of the guide: its exit code, and all that it prints.
    fn run(&mut self, command: &str) -> (i32, String) {
        let arguments = ["migspec", "cargo run --release --"].iter().find_map(|name| command.strip_prefix(name));
        let Some(arguments) = arguments else {
            self.problems.push(format!("{}: no test runs `{command}`", self.path));
            return (0, String::new());
        };
        self.ran += 1;
        let output = with_empty_home(&self.program, self.folder.path()).args(words(arguments)).output();
        let run = finished(output.expect("the command starts"));
        (run.code, run.stdout + &run.stderr)
    }

    fn edit(&mut self, block: &[&str]) {
        block.iter().for_each(|line| self.keep(line));
        let name = block.first().and_then(|line| line.strip_prefix("+++ ")).expect("`+++ FILE` opens a diff");
        let side = |other: char| {
            block[1..].iter().filter(|line| !line.starts_with(other)).fold(String::new(), |mut text, line| {
                let _ = writeln!(text, "{}", line.get(1..).unwrap_or_default());
                text
            })
        };
        let file = self.folder.path().join(name);
        let text = fs::read_to_string(&file).expect("the edited file can be read");
        let (old, new) = (side('+'), side('-'));
        assert_eq!(text.matches(&old).count(), 1, "{}: {name} has these lines not exactly once\n{old}", self.path);
        fs::write(&file, text.replace(&old, &new)).expect("the edited file can be written");
    }

    /// Compares the pictures that the guide drew with those that it shows.
    fn compare_pictures(&mut self) {
        let drawn = self.folder.path().join(PICTURES);
        for entry in fs::read_dir(&drawn).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let (new, kept) = (fs::read(entry.path()).expect("a picture"), root().join(PICTURES).join(&name));
            if overwriting() {
                fs::create_dir_all(root().join(PICTURES)).expect("the folder of pictures");
                fs::write(kept, new).expect("a picture can be written");
            } else if fs::read(kept).ok() != Some(new) {
                self.problems.push(format!("{}: {} is stale", self.path, name.display()));
            }
        }
    }
}

fn overwriting() -> bool {
    let overwriting = std::env::var_os("TRYCMD").is_some_and(|value| value == "overwrite");
    assert!(!overwriting || std::env::var_os("CI").is_none(), "CI never rewrites a guide");
    overwriting
}

/// The words of a command, those in double quotes as one.
fn words(command: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for (index, part) in command.split('"').enumerate() {
        if index % 2 == 1 {
            words.push(part);
        } else {
            words.extend(part.split_whitespace());
        }
    }
    words
}

/// Words after a count that grows with the compiler.
const COUNTED: [&str; 3] = ["policies,", "resources,", "files"];

/// Whether the lines are equal, except for counts that differ by at most a tenth.
fn is_close(expected: &str, line: &str) -> bool {
    let (old, new): (Vec<&str>, Vec<&str>) = (expected.split(' ').collect(), line.split(' ').collect());
    let counted = |at: usize| {
        new.get(at + 1).is_some_and(|word| COUNTED.contains(word)) || new.get(at + 1..at + 3) == Some(&["of", "them"])
    };
    let near = |at: usize| match (old[at].parse::<u32>(), new[at].parse::<u32>()) {
        (Ok(old), Ok(new)) => counted(at) && old.abs_diff(new) * 10 <= old.max(new),
        _ => false,
    };
    old.len() == new.len() && (0..old.len()).all(|at| old[at] == new[at] || near(at))
}

/// Whether the lines match the expected ones, which may have wildcards.
fn matches(expected: &[&str], lines: &[&str]) -> bool {
    match expected.split_first() {
        None => lines.is_empty(),
        Some((&"...", rest)) => (0..=lines.len()).any(|skipped| matches(rest, &lines[skipped..])),
        Some((first, rest)) => {
            lines.split_first().is_some_and(|(line, others)| fits(first, line.trim_end()) && matches(rest, others))
        }
    }
}

fn fits(pattern: &str, line: &str) -> bool {
    match pattern.split_once("[..]") {
        None => is_close(pattern, line),
        Some((start, rest)) => line
            .strip_prefix(start)
            .is_some_and(|tail| tail.char_indices().any(|(at, _)| fits(rest, &tail[at..])) || fits(rest, "")),
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("the folder can be read") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("the file can be copied");
        }
    }
}

#[test]
fn wildcards() {
    assert!(matches(&["a[..]c", "...", "z"], &["abc", "x", "y", "z"]));
    assert!(matches(&["[..]"], &[""]) && matches(&["..."], &[]));
    assert!(!matches(&["a[..]c"], &["abd"]) && !matches(&["a"], &["a", "b"]) && !matches(&[], &["a"]));
}

#[test]
fn only_growing_counts_may_differ() {
    let close = |line| is_close("425 policies, 90 resources, 1 environment", line);
    assert!(close("450 policies, 85 resources, 1 environment"));
    assert!(!close("500 policies, 90 resources, 1 environment"), "more than a tenth");
    assert!(
        !close("425 policies, 90 resources, 2 environments") && !close("425 policies, 90 resources, 2 environment")
    );
    assert!(is_close("64 files in out, 60 of them new", "65 files in out, 61 of them new"));
    assert!(!is_close("no findings", "1 finding"));
}

#[test]
fn a_word_in_quotes_is_one() {
    assert_eq!(words(r#"waive RULE --reason "for a time""#), ["waive", "RULE", "--reason", "for a time"]);
}
