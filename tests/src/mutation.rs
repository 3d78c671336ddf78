//! One-line mutations of the reference spec, as data.
//!
//! A case in `tests/mutations/*.kdl`:
//!
//! ```kdl
//! mutation "storage in clear" {
//!     after "backup retain=\"35d\"" "override \"AWS::RDS::DBCluster\" { StorageEncrypted #false }"
//!     finding "unencrypted-cluster @ #false"
//! }
//! ```
//!
//! `replace OLD NEW` replaces text that occurs once in the spec, `after LINE
//! TEXT` inserts a line below the only line that contains LINE, `drop LINE`
//! removes it.

use std::fs;

use kdl::{KdlDocument, KdlNode};

use crate::root;

/// A mutated spec and its findings.
pub struct Case {
    pub name: String,
    pub text: String,
    pub findings: Vec<String>,
}

/// All cases, applied to the text of the reference spec.
pub fn cases(base: &str) -> Vec<Case> {
    let mut files: Vec<_> = fs::read_dir(root().join("tests/mutations"))
        .expect("the folder of mutations can be read")
        .map(|entry| entry.expect("an entry can be read").path())
        .filter(|path| path.extension().is_some_and(|e| e == "kdl"))
        .collect();
    files.sort();
    files
        .iter()
        .flat_map(|path| {
            let text = fs::read_to_string(path).expect("a file of mutations is text");
            let document: KdlDocument = text.parse().unwrap_or_else(|e| panic!("{}: {e:?}", path.display()));
            document.nodes().iter().map(|node| case(node, base)).collect::<Vec<_>>()
        })
        .collect()
}

fn case(node: &KdlNode, base: &str) -> Case {
    let name = argument(node, 0);
    let mut text = base.to_owned();
    let mut findings = Vec::new();
    for step in node.children().expect("a mutation has steps").nodes() {
        match step.name().value() {
            "replace" => text = replaced(&name, &text, &argument(step, 0), &argument(step, 1)),
            "after" => {
                text = edit_text(&name, &text, &argument(step, 0), |line| format!("{line}{}\n", argument(step, 1)))
            }
            "drop" => text = edit_text(&name, &text, &argument(step, 0), |_| String::new()),
            "finding" => findings.push(argument(step, 0)),
            other => panic!("{name}: unknown step {other}"),
        }
    }
    Case { name, text, findings }
}

fn argument(node: &KdlNode, index: usize) -> String {
    let value = node.get(index).and_then(|v| v.as_string());
    value.unwrap_or_else(|| panic!("{node}: argument {index} is missing")).to_owned()
}

fn replaced(name: &str, text: &str, old: &str, new: &str) -> String {
    assert_eq!(text.matches(old).count(), 1, "{name}: `{old}` occurs once in the spec");
    text.replacen(old, new, 1)
}

/// Edits the only line with `mark`, its line break included.
fn edit_text(name: &str, text: &str, mark: &str, edit: impl Fn(&str) -> String) -> String {
    let hits = text.lines().filter(|l| l.contains(mark)).count();
    assert_eq!(hits, 1, "{name}: one line contains `{mark}`");
    text.split_inclusive('\n').map(|line| if line.contains(mark) { edit(line) } else { line.to_owned() }).collect()
}
