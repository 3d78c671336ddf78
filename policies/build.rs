//! Lists the built-in policies: the program contains every
//! `rules/<family>/<name>.cedar`, without a list elsewhere.
#![expect(clippy::disallowed_methods, reason = "a build script reads the files that it embeds")]

#[path = "src/fingerprint.rs"]
mod fingerprint;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=compiled.txt");
    println!("cargo::rerun-if-changed=catalogue");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let compiled = fs::read_to_string(root.join("compiled.txt")).unwrap_or_default();
    let compiled = blocks(&compiled);
    let mut list = String::from("&[\n");
    for family in entries(&root.join("rules")) {
        for file in entries(&family).iter().filter(|f| has_extension(f, "cedar")) {
            write_policy(&mut list, &family, file, &compiled);
        }
    }
    list.push(']');
    fs::write(out.join("builtin.rs"), list).expect("OUT_DIR is writable");

    let mut list = String::from("&[\n");
    for file in entries(&root.join("catalogue")).iter().filter(|f| has_extension(f, "json")) {
        let family = file.file_stem().expect("a file has a name").to_string_lossy();
        writeln!(list, "    ({family:?}, include_str!({file:?})),").expect("a string takes all");
    }
    list.push(']');
    fs::write(out.join("catalogue.rs"), list).expect("OUT_DIR is writable");
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().filter_map(|entry| entry.ok().map(|e| e.path())).collect();
    paths.sort();
    paths
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|e| e == extension)
}

/// The scope of a policy selects it without parsing; tests compare the
/// selection with Cedar's parser.
fn write_policy(list: &mut String, family: &Path, file: &Path, compiled: &BTreeMap<&str, &str>) {
    let text = fs::read_to_string(file).expect("the policies are readable");
    let [id, family] = [file.file_stem(), family.file_name()].map(|n| n.expect("it has a name").to_string_lossy());
    let head = format!("{family}/{id} {:016x}", fingerprint::fingerprint(&text));
    let compiled = compiled.get(head.as_str()).copied().unwrap_or_default();
    let code: String = text.lines().filter(|l| !l.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    // Annotations may contain any words.
    let scope = ["forbid (", "permit ("].iter().find_map(|head| code.split_once(head)).map_or("", |(_, scope)| scope);
    let action = between(scope, "Action::\"", '"').unwrap_or_default();
    let actor = between(&code, "permit (principal == Migspec::Actor::\"", '"');
    let on = between(scope, "resource is ", ')').map(str::trim);
    let cases = match file.with_extension("kdl") {
        cases if cases.is_file() => format!("include_str!({cases:?})"),
        _ => "\"\"".to_owned(),
    };
    writeln!(
        list,
        "    Builtin {{ id: {id:?}, family: {family:?}, action: {action:?}, actor: {actor:?}, on: {on:?}, \
         text: include_str!({file:?}), compiled: {compiled:?}, cases: {cases} }},",
    )
    .expect("a string takes all");
}

/// The lines of each file by its head: family, name and fingerprint of its
/// text.
fn blocks(compiled: &str) -> BTreeMap<&str, &str> {
    compiled.split("\n= ").skip(1).filter_map(|block| block.split_once('\n')).collect()
}

fn between<'a>(text: &'a str, before: &str, after: char) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    rest.split(after).next()
}
