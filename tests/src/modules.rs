//! The modules of a crate and the circles among them, read from the sources.
//!
//! A reference goes from the module that writes a path to the module that
//! defines the named item; re-exports are followed. A module and the modules
//! inside it may use each other. Every other reference connects two siblings:
//! the modules below the closest common parent that contain both ends.
//! References between siblings must form no circle.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::rust::{Kind, Token, test_lines, tokens};

/// The longest chain of re-exports that is followed; a longer one is a circle of re-exports.
const MAX_REEXPORTS: usize = 16;

/// A name that `use` brings into a module.
#[derive(Debug)]
struct Import {
    /// `None` for a glob.
    name: Option<String>,
    path: Vec<String>,
    line: usize,
}

#[derive(Debug)]
struct Module {
    /// Its path from the root of the crate, such as `cli::graph`.
    name: String,
    file: PathBuf,
    parent: usize,
    children: BTreeMap<String, usize>,
    items: BTreeSet<String>,
    imports: Vec<Import>,
    /// Paths outside `use`, with their lines.
    paths: Vec<(usize, Vec<String>)>,
}

/// The modules of a crate that users run. The root comes first.
#[derive(Debug)]
pub struct Modules {
    modules: Vec<Module>,
}

/// A reference between two siblings, with the place that causes it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Reference {
    pub from: String,
    pub to: String,
    /// `file:line: path`.
    pub cause: String,
}

/// Siblings that use each other in a circle.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Circle {
    pub members: BTreeSet<String>,
    pub references: Vec<Reference>,
}

impl Modules {
    /// Reads a crate from its `lib.rs` or `main.rs`.
    ///
    /// # Panics
    /// If a source cannot be read, or a declared module has no file.
    pub fn read(root: &Path) -> Self {
        let mut modules = Self { modules: Vec::new() };
        let folder = root.parent().unwrap_or(root).to_owned();
        modules.add(String::new(), root.to_owned(), &folder, 0);
        modules
    }

    pub fn len(&self) -> usize {
        self.modules.len()
    }

    pub fn is_empty(&self) -> bool {
        self.modules.is_empty()
    }

    /// Adds the module of a file, and those that it declares; `folder` has the files of its children.
    fn add(&mut self, name: String, file: PathBuf, folder: &Path, parent: usize) -> usize {
        let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let (module, children) = parse(&text, name.clone(), file.clone(), parent)
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let index = self.modules.len();
        self.modules.push(module);
        for child in children {
            let below = folder.join(&child);
            let candidates = [folder.join(format!("{child}.rs")), below.join("mod.rs")];
            let file = candidates.iter().find(|path| path.is_file());
            let file = file.unwrap_or_else(|| panic!("{}: `mod {child}` has no file", file_name(&candidates[0])));
            let name = if name.is_empty() { child.clone() } else { format!("{name}::{child}") };
            let added = self.add(name, file.clone(), &below, index);
            self.modules[index].children.insert(child, added);
        }
        index
    }

    /// The module that defines the end of a path which module `from` writes; `None` outside this crate.
    fn resolve(&self, from: usize, path: &[String], reexports: usize) -> Option<usize> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => self.descend(0, rest, reexports),
            "self" => self.descend(from, rest, reexports),
            "super" => self.descend(self.modules[from].parent, rest, reexports),
            name if self.modules[from].children.contains_key(name) => self.descend(from, path, reexports),
            name => {
                let import = self.modules[from].imports.iter().find(|import| import.name.as_deref() == Some(name))?;
                self.follow(from, import, rest, reexports)
            }
        }
    }

    fn follow(&self, from: usize, import: &Import, rest: &[String], reexports: usize) -> Option<usize> {
        let path: Vec<String> = import.path.iter().chain(rest).cloned().collect();
        // `use ledger::…` of another crate resolves to nothing, not to itself.
        let outside = import.path.first().is_some_and(|first| import.name.as_ref() == Some(first));
        if reexports == MAX_REEXPORTS || outside { None } else { self.resolve(from, &path, reexports + 1) }
    }

    /// The module that defines the end of a path below a module.
    fn descend(&self, at: usize, path: &[String], reexports: usize) -> Option<usize> {
        let module = &self.modules[at];
        let Some((first, rest)) = path.split_first() else { return Some(at) };
        if first == "super" {
            return self.descend(module.parent, rest, reexports);
        }
        if let Some(child) = module.children.get(first) {
            return self.descend(*child, rest, reexports);
        }
        if module.items.contains(first) {
            return Some(at);
        }
        if let Some(import) = module.imports.iter().find(|import| import.name.as_ref() == Some(first)) {
            return self.follow(at, import, rest, reexports);
        }
        let globs = module.imports.iter().filter(|import| import.name.is_none() && reexports < MAX_REEXPORTS);
        let mut sources = globs.filter_map(|glob| self.resolve(at, &glob.path, reexports + 1));
        let source = sources.find(|source| *source != at && self.defines(*source, first));
        source.map_or(Some(at), |source| self.descend(source, path, reexports + 1))
    }

    fn defines(&self, at: usize, name: &String) -> bool {
        let module = &self.modules[at];
        let imported = module.imports.iter().any(|import| import.name.as_ref() == Some(name));
        imported || module.items.contains(name) || module.children.contains_key(name)
    }

    /// A module and its parents, the root first.
    fn line_of(&self, at: usize) -> Vec<usize> {
        let mut line = vec![at];
        while let Some(last) = line.last().filter(|last| **last != 0) {
            line.push(self.modules[*last].parent);
        }
        line.reverse();
        line
    }

    /// The siblings that a reference connects; `None` between a module and one inside it.
    fn siblings(&self, from: usize, to: usize) -> Option<(usize, usize)> {
        let (from, to) = (self.line_of(from), self.line_of(to));
        from.into_iter().zip(to).find(|(from, to)| from != to)
    }

    /// The references between siblings.
    pub fn references(&self) -> BTreeSet<Reference> {
        let mut references = BTreeSet::new();
        for (index, module) in self.modules.iter().enumerate() {
            let imports = module.imports.iter().map(|import| (import.line, &import.path));
            for (line, path) in imports.chain(module.paths.iter().map(|(line, path)| (*line, path))) {
                let target = self.resolve(index, path, 0);
                let Some((from, to)) = target.and_then(|target| self.siblings(index, target)) else { continue };
                let cause = format!("{}:{line}: {}", file_name(&module.file), path.join("::"));
                let [from, to] = [from, to].map(|at| self.modules[at].name.clone());
                references.insert(Reference { from, to, cause });
            }
        }
        references
    }

    /// The circles of siblings.
    pub fn circles(&self) -> Vec<Circle> {
        let references = self.references();
        let mut next: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for reference in &references {
            next.entry(&reference.from).or_default().insert(&reference.to);
        }
        let reach: BTreeMap<&str, BTreeSet<&str>> = next.keys().map(|from| (*from, reachable(&next, from))).collect();
        let reaches = |from: &str, to: &str| reach.get(from).is_some_and(|reached| reached.contains(to));
        let mut members: BTreeSet<BTreeSet<&str>> = BTreeSet::new();
        for (from, reached) in reach.iter().filter(|(from, reached)| reached.contains(*from)) {
            members.insert(reached.iter().copied().filter(|to| reaches(to, from)).collect());
        }
        let circle = |members: BTreeSet<&str>| Circle {
            references: references
                .iter()
                .filter(|r| members.contains(r.from.as_str()) && members.contains(r.to.as_str()))
                .cloned()
                .collect(),
            members: members.into_iter().map(str::to_owned).collect(),
        };
        members.into_iter().map(circle).collect()
    }
}

fn file_name(path: &Path) -> String {
    path.strip_prefix(crate::root()).unwrap_or(path).to_string_lossy().into_owned()
}

fn reachable<'n>(next: &BTreeMap<&'n str, BTreeSet<&'n str>>, from: &str) -> BTreeSet<&'n str> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&str> = next.get(from).into_iter().flatten().copied().collect();
    while let Some(at) = open.pop() {
        if reached.insert(at) {
            open.extend(next.get(at).into_iter().flatten());
        }
    }
    reached
}

/// Keywords before the name of an item.
const ITEMS: [&str; 8] = ["fn", "struct", "enum", "trait", "const", "static", "type", "union"];

/// A module, and the names of the modules that it declares in files of their own.
fn parse(
    text: &str,
    name: String,
    file: PathBuf,
    parent: usize,
) -> Result<(Module, Vec<String>), crate::rust::Unclosed> {
    let skipped = test_lines(text)?;
    let all = tokens(text)?;
    let tokens: Vec<Token<'_>> =
        all.into_iter().filter(|t| t.kind != Kind::Comment && !skipped.contains(&t.line)).collect();
    let mut module = Module {
        name,
        file,
        parent,
        children: BTreeMap::new(),
        items: BTreeSet::new(),
        imports: Vec::new(),
        paths: Vec::new(),
    };
    let (mut children, mut at) = (Vec::new(), 0);
    let word = |at: usize| tokens.get(at).filter(|t| t.kind == Kind::Word).map(|t| t.text);
    let mark = |at: usize, text: &str| tokens.get(at).is_some_and(|t| t.kind == Kind::Mark && t.text == text);
    while at < tokens.len() {
        let Some(first) = word(at) else {
            at += 1;
            continue;
        };
        if first == "use" {
            at = imports(&tokens, at + 1, &mut Vec::new(), &mut module.imports);
        } else if first == "mod" && mark(at + 2, ";") {
            children.extend(word(at + 1).map(str::to_owned));
            at += 3;
        } else if ITEMS.contains(&first) || first == "mod" {
            module.items.extend(word(at + 1).map(str::to_owned));
            at += 1;
        } else if first == "macro_rules" {
            module.items.extend(word(at + 2).map(str::to_owned));
            at += 3;
        } else {
            let end = path_end(&tokens, at);
            // `pub(in crate::a)` grants visibility and uses nothing.
            let visibility = at > 0 && word(at - 1) == Some("in") && at > 1 && mark(at - 2, "(");
            let continued = at > 1 && mark(at - 1, ":") && mark(at - 2, ":");
            if end > at + 1 && !visibility && !continued {
                let path = tokens[at..end].iter().filter(|t| t.kind == Kind::Word).map(|t| t.text.to_owned());
                module.paths.push((tokens[at].line, path.collect()));
            }
            at = end;
        }
    }
    Ok((module, children))
}

/// The index after a path of names.
fn path_end(tokens: &[Token<'_>], from: usize) -> usize {
    let is = |at: usize, text: &str| tokens.get(at).is_some_and(|t| t.kind == Kind::Mark && t.text == text);
    let mut at = from + 1;
    while is(at, ":") && is(at + 1, ":") && tokens.get(at + 2).is_some_and(|t| t.kind == Kind::Word) {
        at += 3;
    }
    at
}

/// Reads one tree of `use`, below a prefix, and gives the index after it.
fn imports(tokens: &[Token<'_>], from: usize, prefix: &mut Vec<String>, found: &mut Vec<Import>) -> usize {
    let depth = prefix.len();
    let mut at = from;
    while let Some(token) = tokens.get(at) {
        let line = token.line;
        match (token.kind, token.text) {
            (Kind::Mark, "{") => {
                at += 1;
                while tokens.get(at).is_some_and(|t| t.text != "}") {
                    at = imports(tokens, at, prefix, found);
                    at += usize::from(tokens.get(at).is_some_and(|t| t.text == ","));
                }
                prefix.truncate(depth);
                return at + 1;
            }
            (Kind::Mark, "*") => {
                found.push(Import { name: None, path: prefix.clone(), line });
                prefix.truncate(depth);
                return at + 1;
            }
            (Kind::Mark, ":") => at += 1,
            (Kind::Word, "as") => {
                let name = tokens.get(at + 1).map(|t| t.text.to_owned());
                found.push(Import { name: name.filter(|name| name != "_"), path: prefix.clone(), line });
                prefix.truncate(depth);
                return at + 2;
            }
            (Kind::Word, name) => {
                if name != "self" || prefix.is_empty() {
                    prefix.push(name.to_owned());
                }
                at += 1;
                let goes_on = tokens.get(at).is_some_and(|t| t.text == ":" || t.text == "as");
                if !goes_on {
                    found.push(Import { name: prefix.last().cloned(), path: prefix.clone(), line });
                    prefix.truncate(depth);
                    return at;
                }
            }
            _ => break,
        }
    }
    prefix.truncate(depth);
    at + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The circles of a crate with these files.
    fn circles(files: &[(&str, &str)]) -> Vec<Vec<String>> {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            fs::write(path, text).expect("a file");
        }
        let circles = Modules::read(&folder.path().join("lib.rs")).circles();
        circles.into_iter().map(|circle| circle.members.into_iter().collect()).collect()
    }

    #[test]
    fn siblings_that_use_each_other_are_a_circle() {
        let lib = ("lib.rs", "mod a;\nmod b;\n");
        let uses_b = ("a.rs", "use crate::b::{self, one::{Two as Three}};\npub struct One;");
        assert_eq!(circles(&[lib, uses_b, ("b.rs", "fn f(x: super::a::One) {}")]), [["a", "b"]]);
        assert_eq!(circles(&[lib, uses_b, ("b.rs", "#[cfg(test)]\nmod tests { use crate::a::One; }")]), [[""; 2]; 0]);
        assert_eq!(circles(&[lib, uses_b, ("b.rs", "pub(in crate::a) fn f() {}")]), [[""; 2]; 0]);
    }

    #[test]
    fn parents_and_children_may_use_each_other() {
        let files = [("lib.rs", "mod a;\nuse a::One;\npub struct Two;"), ("a.rs", "use crate::Two;\npub struct One;")];
        assert_eq!(circles(&files), [[""; 2]; 0]);
    }

    #[test]
    fn re_exports_and_cousins_are_followed() {
        let lib = "mod a;\nmod b;\nmod c;\npub use c::*;\nuse b::inner::Deep;\n";
        let files = [
            ("lib.rs", lib),
            ("a/mod.rs", "mod x;"),
            ("a/x.rs", "use crate::Deep;\npub struct One;"),
            ("b.rs", "pub mod inner;"),
            ("b/inner.rs", "use super::super::C;\npub struct Deep;"),
            ("c.rs", "use super::a;\npub struct C;\nfn f() { a::x::One }"),
        ];
        assert_eq!(circles(&files), [["a", "b", "c"]]);
    }
}
