//! The invariants of the architecture, which a reviewer would otherwise check.

#![allow(clippy::panic, clippy::disallowed_methods, reason = "a test fails by panicking, and reads files")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use migspec_tests::root;
use migspec_tests::rust::{functions, test_lines};

const LONGEST_FILE: usize = 800;
const LONGEST_FUNCTION: usize = 80;

fn rust_files(folder: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the workspace can be read") {
            let path = entry.expect("an entry can be read").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// A source file of the workspace.
struct Source {
    name: String,
    text: String,
    /// Lines that only tests compile.
    test_lines: BTreeSet<usize>,
}

impl Source {
    fn read(path: &Path) -> Self {
        let name = path.strip_prefix(root()).expect("a file lies below the root").to_string_lossy().into_owned();
        let text = fs::read_to_string(path).expect("a source is text");
        let test_lines = test_lines(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        Self { name, text, test_lines }
    }

    /// The lines that users run, with their numbers.
    fn shipped(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line))
            .filter(|(n, _)| !self.test_lines.contains(n))
    }
}

fn sources() -> Vec<Source> {
    let folders = ["compiler", "policies", "targets"];
    let sources: Vec<Source> =
        folders.iter().flat_map(|folder| rust_files(folder)).map(|path| Source::read(&path)).collect();
    assert!(sources.len() > 300, "the sources are found: {}", sources.len());
    sources
}

/// The sources that users run. Tests may be long.
fn shipped() -> Vec<Source> {
    sources().into_iter().filter(|source| !is_test(&source.name)).collect()
}

fn is_test(name: &str) -> bool {
    name.contains("/tests/") || name.ends_with("/tests.rs") || name.ends_with("_tests.rs")
}

#[test]
fn no_file_is_longer_than_a_reader_can_hold() {
    let lengths: Vec<(String, usize)> = shipped().iter().map(|s| (s.name.clone(), s.shipped().count())).collect();
    assert!(lengths.iter().any(|(_, lines)| *lines > LONGEST_FILE / 2), "no long file is seen");
    let long: Vec<_> = lengths.into_iter().filter(|(_, lines)| *lines > LONGEST_FILE).collect();
    assert!(long.is_empty(), "split these: {long:#?}");
}

#[test]
fn no_function_is_longer_than_a_reader_can_hold() {
    let (mut long, mut seen) = (Vec::new(), 0);
    for source in shipped() {
        let functions = functions(&source.text).unwrap_or_else(|error| panic!("{}: {error}", source.name));
        for function in functions.iter().filter(|f| !source.test_lines.contains(&f.line)) {
            seen += 1;
            if function.lines > LONGEST_FUNCTION {
                long.push(format!(
                    "{}:{}: `{}` has {} lines",
                    source.name, function.line, function.name, function.lines
                ));
            }
        }
    }
    assert!(seen > 3000, "the functions are found: {seen}");
    assert!(long.is_empty(), "split these: {long:#?}");
}

#[test]
fn terraform_names_stand_only_in_the_table() {
    let quoted = |line: &str| line.contains("\"aws_") || line.contains("`aws_");
    let (mut strays, mut inside) = (Vec::new(), 0);
    for source in shipped() {
        // The tool that vendors the provider's schema names its types.
        if source.name == "compiler/xtask/src/schemas.rs" {
            continue;
        }
        for (number, line) in source.shipped().filter(|(_, line)| quoted(line) && !line.trim_start().starts_with("//"))
        {
            if source.name.starts_with("compiler/ir/src/aws/") {
                inside += 1;
            } else {
                strays.push(format!("{}:{number}: {}", source.name, line.trim()));
            }
        }
    }
    assert!(inside > 50, "the table has the names: {inside}");
    assert!(strays.is_empty(), "move these to the type's file: {strays:#?}");
}

#[test]
fn the_compiler_is_built_without_what_the_functions_need() {
    let output = std::process::Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--edges", "normal,build,dev", "--prefix", "none", "--format", "{p}"])
        .current_dir(root())
        .output()
        .expect("cargo can be started");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8_lossy(&output.stdout);
    let crates: Vec<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(crates.contains(&"migspec") && crates.contains(&"xtask"), "the default members are listed: {tree}");
    // The prover waits for its solver with tokio alone.
    let heavy = ["aws-", "lambda_runtime", "tokio-", "rustls", "hyper", "migspec-function", "cvc5"];
    let found: Vec<&&str> = crates.iter().filter(|name| heavy.iter().any(|start| name.starts_with(start))).collect();
    assert!(found.is_empty(), "`cargo build` compiles {found:?}");
}

#[test]
fn crates_say_what_they_must_not_know() {
    let folders = [
        "compiler/analyze",
        "compiler/diag",
        "compiler/draw",
        "compiler/syntax",
        "compiler/ir",
        "compiler/lower",
        "compiler/report",
        "policies",
        "targets",
    ];
    for folder in folders {
        let lib = fs::read_to_string(root().join(folder).join("src/lib.rs")).expect("a crate has a lib.rs");
        let header: String = lib.lines().take_while(|l| l.starts_with("//!")).collect();
        assert!(header.contains("Must not know"), "{folder}/src/lib.rs lacks its `Must not know` line");
    }
}

#[test]
fn nothing_is_left_open() {
    let marks = ["todo!(", "unimplemented!(", "dbg!(", "TEMPORARY", "FIXME", "XXX"];
    let mut open = Vec::new();
    for source in sources() {
        open.extend(
            marks.iter().filter(|mark| source.text.contains(*mark)).map(|mark| format!("{}: {mark}", source.name)),
        );
    }
    assert!(open.is_empty(), "{open:#?}");
}

/// The gate is one script: the workflow checks out, restores caches and runs it.
#[test]
fn the_workflow_on_github_only_runs_the_gate() {
    let text = fs::read_to_string(root().join(".github/workflows/ci.yml")).expect("the workflow can be read");
    let steps = |key: &str| -> Vec<String> {
        let lines = text.lines().map(|line| line.trim().trim_start_matches("- "));
        lines.filter_map(|line| line.strip_prefix(key)).map(|rest| rest.trim().to_owned()).collect()
    };
    assert_eq!(steps("run:"), [".ci/run"]);
    let actions = steps("uses:");
    let known = ["actions/checkout@", "actions/cache@"];
    assert_eq!(actions.len(), known.len(), "{actions:?}");
    assert!(actions.iter().zip(known).all(|(action, name)| action.starts_with(name)), "{actions:?}");
}

/// A public function: its place, its comments and attributes, and its signature.
fn public_functions(source: &Source) -> Vec<(usize, String, String)> {
    let lines: Vec<&str> = source.text.lines().collect();
    let starts = ["pub fn ", "pub async fn ", "pub const fn ", "pub unsafe fn "];
    let is_start = |line: &str| starts.iter().any(|start| line.trim_start().starts_with(start));
    let begin = |n: usize| lines[..n].iter().rposition(|line| !line.trim_start().starts_with(['/', '#']));
    let signature = |n: usize| -> String {
        let end = lines[n..].iter().position(|line| line.contains('{') || line.ends_with(';')).unwrap_or(0);
        lines[n..=n + end].iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
    };
    let function = |n: usize| (n + 1, lines[begin(n).map_or(0, |at| at + 1)..n].join("\n"), signature(n));
    (0..lines.len()).filter(|n| is_start(lines[*n]) && !source.test_lines.contains(&(n + 1))).map(function).collect()
}

/// Clippy sees the functions that other crates see; the command's are below private modules.
#[test]
fn public_functions_state_their_errors() {
    let (mut silent, mut fail) = (Vec::new(), 0);
    for source in shipped() {
        for (line, documentation, signature) in public_functions(&source) {
            let returns = signature.rsplit_once("->").map_or("", |(_, returned)| returned);
            let result = ["Result<", "std::result::Result<"].iter().any(|name| returns.trim_start().starts_with(name));
            if !result && !returns.contains("Output = Result<") {
                continue;
            }
            fail += 1;
            if !documentation.contains("/// # Errors") {
                silent.push(format!("{}:{line}: {signature}", source.name));
            }
        }
    }
    assert!(fail > 100, "public functions that fail are found: {fail}");
    assert!(silent.is_empty(), "add `# Errors` to these: {silent:#?}");
}

/// The type arguments of each `Result<…>` on a line.
fn results(line: &str) -> Vec<&str> {
    let inside = |text: &'static str| line.match_indices(text).map(move |(at, _)| &line[at + text.len()..]);
    let closed = |rest: &'_ str| -> Option<usize> {
        let mut depth = 1;
        rest.char_indices().zip(std::iter::once(' ').chain(rest.chars())).find_map(|((at, c), before)| {
            match c {
                '<' => depth += 1,
                '>' if before != '-' => depth -= 1,
                _ => {}
            }
            (depth == 0).then_some(at)
        })
    };
    inside("Result<").filter_map(|rest| rest.get(..closed(rest)?)).collect()
}

/// An error has a type, so that a caller can match on it and see its source.
#[test]
fn no_error_is_a_text() {
    assert_eq!(results("fn f() -> Result<Map<A, B>, String> {"), ["Map<A, B>, String"]);
    let mut all: Vec<Source> = sources();
    all.extend(rust_files("tests").iter().map(|path| Source::read(path)));
    let (mut texts, mut seen) = (Vec::new(), 0);
    for source in all.iter().filter(|source| source.name != "tests/tests/tidy.rs") {
        for (number, line) in source.text.lines().enumerate() {
            let results = results(line);
            seen += results.len();
            if results.iter().any(|arguments| arguments.ends_with(", String")) {
                texts.push(format!("{}:{}: {}", source.name, number + 1, line.trim()));
            }
        }
    }
    assert!(seen > 300, "results are found: {seen}");
    assert!(texts.is_empty(), "give these errors a type: {texts:#?}");
}

/// A lint is silenced for a whole crate, with a reason, or met. `#[expect]` ends with its cause.
#[test]
fn no_item_silences_a_lint() {
    let mut silenced = Vec::new();
    for source in sources() {
        for (number, line) in source.text.lines().enumerate() {
            if line.trim_start().starts_with(&["#[", "allow("].concat()) {
                silenced.push(format!("{}:{}", source.name, number + 1));
            }
        }
    }
    assert!(silenced.is_empty(), "{silenced:#?}");
}

/// Participles that are no verbs of the ending `-ed`.
const IRREGULAR: [&str; 42] = [
    "again", "begun", "bound", "broken", "brought", "built", "caught", "chosen", "done", "drawn", "driven", "felt",
    "found", "given", "gone", "heard", "held", "hidden", "kept", "known", "laid", "led", "left", "let_go", "lost",
    "made", "meant", "met", "paid", "said", "seen", "sent", "shown", "spoken", "spread", "taken", "taught", "thought",
    "told", "won", "written", "worn",
];
/// Words that end like a participle and are none.
const NO_PARTICIPLES: [&str; 5] = ["embed", "exceed", "feed", "need", "seed"];
/// As in the standard library, a participle names the changed copy of its argument (`sorted`), or the value that a
/// constructor makes with this origin (`derived`). Traits of other crates name their own functions.
const COPIES: [&str; 21] = [
    "capitalised",
    "capitalized",
    "clipped",
    "computed",
    "dedented",
    "derived",
    "escaped",
    "folded",
    "formatted",
    "indented",
    "masked",
    "normalised",
    "painted",
    "quoted",
    "related",
    "reserved",
    "retained",
    "reversed",
    "rounded",
    "shared",
    "sorted",
];

fn is_bare_participle(name: &str) -> bool {
    let regular = name.ends_with("ed") && !name.contains('_') && !NO_PARTICIPLES.contains(&name);
    (regular || IRREGULAR.contains(&name)) && !COPIES.contains(&name)
}

/// A type is a noun of the field, and a function a verb or the noun of its value.
#[test]
fn no_name_is_a_participle_without_its_noun() {
    let types = ["Asked", "Chosen", "Given", "Held", "Known", "Needed", "Said", "Shown", "Told"];
    let (mut bare, mut copies, mut seen) = (Vec::new(), BTreeSet::new(), 0);
    for source in shipped() {
        for (number, line) in source.shipped() {
            let words: Vec<&str> = line.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
            for pair in words.windows(2).filter(|pair| ["struct", "enum", "fn"].contains(&pair[0])) {
                seen += 1;
                let name = pair[1];
                copies.extend(COPIES.into_iter().filter(|copy| pair[0] == "fn" && *copy == name));
                if types.contains(&name) || pair[0] == "fn" && is_bare_participle(name) {
                    bare.push(format!("{}:{number}: {}", source.name, line.trim()));
                }
            }
        }
    }
    assert!(seen > 3000, "names are found: {seen}");
    assert!(bare.is_empty(), "name these after a noun of the field: {bare:#?}");
    assert_eq!(copies, BTreeSet::from(COPIES), "each exception is in use");
}
