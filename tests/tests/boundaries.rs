//! The crates and their dependencies equal the drawing in
//! `docs/architecture.md`, and no crate has a circle of modules.

#![allow(clippy::panic, clippy::disallowed_methods, reason = "a test fails by panicking, and reads files")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use migspec_tests::modules::{Circle, Modules};
use migspec_tests::root;
use serde_json::Value;

/// `a ─► b`, `a ┄► b` or `library ◄─ b`; a crate without dependencies is an
/// edge to nothing.
type Edges = BTreeSet<(String, &'static str, String)>;

const ARROWS: [&str; 3] = [USES, TESTS_WITH, USED_BY];
const USES: &str = "─►";
const TESTS_WITH: &str = "┄►";
const USED_BY: &str = "◄─";

/// The edges in the blocks of the page with arrows between crates.
fn drawing() -> Edges {
    let page = std::fs::read_to_string(root().join("docs/architecture.md")).expect("the page can be read");
    let blocks = page.split("\n```\n").skip(1).step_by(2);
    let mut edges = Edges::new();
    for line in blocks.filter(|block| !block.contains("──►")).flat_map(str::lines).filter(|line| !line.is_empty())
    {
        let arrow = ARROWS.into_iter().find(|arrow| line.contains(arrow));
        let (name, others) = arrow.and_then(|arrow| line.split_once(arrow)).unwrap_or((line, ""));
        for other in others.split(',') {
            let new = edges.insert((name.trim().to_owned(), arrow.unwrap_or(USES), other.trim().to_owned()));
            assert!(new, "the drawing has an edge twice: {line}");
        }
    }
    edges
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

/// A crate's name in the drawing.
fn short(name: &str) -> &str {
    name.strip_prefix("migspec-").unwrap_or(name)
}

/// The description of the workspace by cargo.
fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--locked", "--no-deps", "--format-version", "1"])
        .current_dir(root())
        .output()
        .expect("cargo can be started");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("the metadata is JSON")
}

/// The edges of the workspace; for libraries, only those in the drawing.
fn actual(libraries: &BTreeSet<&str>) -> Edges {
    let metadata = metadata();
    let mut edges = Edges::new();
    for package in metadata["packages"].as_array().expect("the workspace has packages") {
        let name = short(text(package, "name"));
        let mut used = false;
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let to = text(dependency, "name");
            let in_tests = dependency["kind"] == "dev";
            if dependency["path"].is_string() {
                used |= !in_tests;
                let arrow = if in_tests { TESTS_WITH } else { USES };
                edges.insert((name.to_owned(), arrow, short(to).to_owned()));
            } else if libraries.contains(to) && !in_tests {
                edges.insert((to.to_owned(), USED_BY, name.to_owned()));
            }
        }
        if !used {
            edges.insert((name.to_owned(), USES, String::new()));
        }
    }
    edges
}

fn show(edges: BTreeSet<&(String, &'static str, String)>) -> Vec<String> {
    edges.into_iter().map(|(from, arrow, to)| format!("{from} {arrow} {to}")).collect()
}

#[test]
fn the_drawing_equals_the_workspace() {
    let drawn = drawing();
    let libraries: BTreeSet<&str> = drawn.iter().filter(|(_, a, _)| *a == USED_BY).map(|(l, ..)| l.as_str()).collect();
    let actual = actual(&libraries);
    assert!(libraries.len() > 5 && actual.len() > 80, "{} libraries, {} edges", libraries.len(), actual.len());
    let only = |some: &Edges, others: &Edges| show(some.difference(others).collect());
    let missing = (only(&actual, &drawn), only(&drawn, &actual));
    assert_eq!(missing, (Vec::new(), Vec::new()), "not drawn, and drawn but not there, in docs/architecture.md");
}

/// A dependency from a lower layer to a higher one would be a cycle, which
/// Cargo rejects. The drawing shows the layers, each crate above its
/// dependencies.
#[test]
fn the_drawing_is_in_layers() {
    let page = std::fs::read_to_string(root().join("docs/architecture.md")).expect("the page can be read");
    let block = page.split("\n```\n").skip(1).step_by(2).find(|block| block.contains(TESTS_WITH)).expect("a drawing");
    let lines: BTreeMap<&str, usize> = block
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.contains(TESTS_WITH))
        .filter_map(|(number, line)| Some((line.split_whitespace().next()?, number)))
        .collect();
    assert!(lines.len() > 20, "{lines:?}");
    for (from, _, to) in drawing().iter().filter(|(_, arrow, to)| *arrow == USES && !to.is_empty()) {
        assert!(lines[from.as_str()] < lines[to.as_str()], "{from} must be drawn above {to}");
    }
}

/// The roots of the crates that users run: libraries and binaries.
fn crate_roots() -> Vec<(String, String)> {
    let metadata = metadata();
    let mut roots = Vec::new();
    for package in metadata["packages"].as_array().expect("the workspace has packages") {
        for target in package["targets"].as_array().into_iter().flatten() {
            let ships = |kind: &Value| ["lib", "bin"].iter().any(|shipped| kind == shipped);
            if target["kind"].as_array().is_some_and(|kinds| kinds.iter().any(ships)) {
                roots.push((text(package, "name").to_owned(), text(target, "src_path").to_owned()));
            }
        }
    }
    roots
}

/// Circles that are right: the crate, the members, and the reason.
const CIRCLES: [(&str, &[&str], &str); 1] = [(
    "migspec-ir",
    &["aws", "class", "fact", "graph", "iam", "index", "overriding", "resource_type", "tags", "week"],
    "a resource points to the row of its type, and the columns of a row are functions over the graph",
)];

#[test]
fn modules_form_no_circle() {
    let (mut circles, mut modules, mut references) = (Vec::new(), 0, 0);
    for (name, file) in crate_roots() {
        let of = Modules::read(Path::new(&file));
        modules += of.len();
        references += of.references().len();
        circles.extend(of.circles().into_iter().map(|circle| (name.clone(), circle)));
    }
    assert!(modules > 500 && references > 2000, "{modules} modules, {references} references");
    let is_listed = |name: &str, circle: &Circle| {
        CIRCLES.iter().any(|(of, members, _)| *of == name && circle.members.iter().eq(members.iter()))
    };
    let (right, wrong): (Vec<_>, Vec<_>) = circles.into_iter().partition(|(name, circle)| is_listed(name, circle));
    let show = |(name, circle): &(String, Circle)| {
        let causes = circle.references.iter().map(|r| format!("    {} -> {} at {}\n", r.from, r.to, r.cause));
        format!("{name}: {:?}\n{}", circle.members, causes.collect::<String>())
    };
    let list: Vec<String> = wrong.iter().map(show).collect();
    assert!(list.is_empty(), "{} circles of modules:\n{}", list.len(), list.concat());
    assert_eq!(right.len(), CIRCLES.len(), "a listed circle no longer exists: remove it from the list");
}
