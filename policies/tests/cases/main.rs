//! Every policy with its cases, the freshness of the schema, and laws for all
//! policies.

#![allow(
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and reads the files beside the policies"
)]

mod catalogue;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use migspec_diag::Sources;
use migspec_policies::{Case, Expect, Rulebook, schema};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The `.kdl` files beside the policies, by name; `POLICY=name` chooses one.
fn case_files() -> BTreeMap<String, PathBuf> {
    let folders = fs::read_dir(root().join("rules")).expect("the rules can be read");
    let files = folders.flat_map(|folder| fs::read_dir(folder.expect("a folder").path()).expect("a folder of rules"));
    let only = std::env::var("POLICY").ok();
    files
        .map(|file| file.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|e| e == "kdl"))
        .map(|path| (path.file_stem().expect("a name").to_string_lossy().into_owned(), path))
        .filter(|(name, _)| only.as_ref().is_none_or(|only| only == name))
        .collect()
}

fn read(path: &Path, sources: &mut Sources) -> Vec<Case> {
    let text = fs::read_to_string(path).expect("a case file can be read");
    let name = path.strip_prefix(root()).expect("below the crate").display().to_string();
    migspec_policy_cases::read(&name, &text, sources).unwrap_or_else(|problem| panic!("{name}: {problem}"))
}

#[test]
fn every_case_comes_out_as_it_says() {
    let rulebook = Rulebook::builtin().expect("the rulebook can be read");
    let (mut sources, mut wrong) = (Sources::new(), Vec::new());
    for (name, path) in case_files() {
        for case in read(&path, &mut sources) {
            if let Err(failure) = case.run(&name, &rulebook) {
                wrong.push(format!("{name}: {:?} \"{}\"\n    {failure:?}", case.expect, case.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_policy_has_a_passing_and_a_failing_case() {
    let rulebook = Rulebook::builtin().expect("the rulebook can be read");
    let (files, mut sources, mut without) = (case_files(), Sources::new(), Vec::new());
    if std::env::var_os("POLICY").is_some() {
        return;
    }
    let ceilings: BTreeSet<String> = rulebook
        .rules()
        .expect("the policies can be read")
        .iter()
        .filter_map(|rule| rule.id.strip_prefix("ceiling/")?.split('/').next().map(str::to_owned))
        .collect();
    for name in rulebook.names().map(str::to_owned).chain(ceilings) {
        let cases = files.get(&name).map(|path| read(path, &mut sources)).unwrap_or_default();
        let has = |expect| cases.iter().any(|case| case.expect == expect);
        if !has(Expect::Pass) || !has(Expect::Fail) {
            without.push(name);
        }
    }
    assert!(without.is_empty(), "without a passing and a failing case: {without:?}");
}

#[test]
fn every_case_file_belongs_to_a_policy() {
    for path in case_files().values() {
        assert!(path.with_extension("cedar").is_file(), "{} has no policy", path.display());
    }
}

#[test]
fn policies_validate_strictly() {
    let rulebook = Rulebook::builtin().expect("the rulebook can be read");
    if let Err(failure) = rulebook.validate() {
        panic!("{failure}");
    }
}

#[test]
fn what_selects_a_policy_without_parsing_it_is_what_cedar_reads() {
    let rulebook = Rulebook::builtin().expect("the rulebook can be read");
    assert_eq!(rulebook.mismatches().expect("the policies can be read"), Vec::<String>::new());
}

#[test]
fn the_schema_is_fresh() {
    let path = root().join("schema.cedarschema");
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == schema::text(), "policies/schema.cedarschema is stale: run `cargo xtask generate`");
}
