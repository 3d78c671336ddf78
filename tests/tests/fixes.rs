//! Fixes: each is applied to the spec that needs it. Its finding must be gone,
//! and no other may appear.

#![allow(clippy::panic, clippy::disallowed_methods, reason = "a test fails by panicking, and reads files")]

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use migspec::compile::Checked;
use migspec::fix::improve;
use migspec_diag::{Diagnostic, Sources};
use migspec_tests::mutation::cases;
use migspec_tests::runs;

const NAME: &str = "payments.migspec.kdl";

fn check(text: &str) -> (Sources, Checked) {
    runs::check_text(NAME, text, None)
}

/// The text with the fixes of some findings, and the codes of the remaining findings.
fn fixed(text: &str, wanted: impl Fn(&Diagnostic) -> bool) -> (String, usize, Vec<String>) {
    let again = |texts: &BTreeMap<String, String>| Ok::<_, Infallible>(check(&texts[NAME]));
    let Ok(fixed) = improve(check(text), wanted, again);
    let codes = fixed.checked.findings.iter().map(|f| f.code.to_string()).collect();
    (fixed.texts.get(NAME).cloned().unwrap_or_else(|| text.to_owned()), fixed.applied, codes)
}

fn any(finding: &Diagnostic) -> bool {
    finding.fix.is_some()
}

/// Comments, in their order.
fn comments(text: &str) -> Vec<&str> {
    text.lines().filter_map(|line| line.split_once("// ")).map(|(_, comment)| comment).collect()
}

#[test]
fn a_fix_resolves_its_mutation() {
    let base = runs::text("specs/payments.migspec.kdl");
    let mut codes = BTreeSet::new();
    let mut refused = Vec::new();
    for case in cases(&base) {
        let (_, checked) = check(&case.text);
        if !checked.findings.iter().any(any) {
            continue;
        }
        let (text, applied, remaining) = fixed(&case.text, any);
        if applied == 0 {
            refused.push(case.name);
            continue;
        }
        assert_eq!(comments(&text), comments(&case.text), "{}: comments stay", case.name);
        let before: Vec<String> = checked.findings.iter().map(|f| f.code.to_string()).collect();
        codes.extend(before.into_iter().filter(|code| !remaining.contains(code)));
    }
    assert!(codes.len() >= 20, "{} codes: {codes:?}", codes.len());
    assert!(refused.is_empty(), "a fix that never applies misleads: {refused:?}");
}

/// One override for each rule that `tests/properties.txt` lists, as text: the first
/// whose change is a plain value.
fn overrides() -> BTreeMap<String, String> {
    let base = runs::text("specs/payments.migspec.kdl");
    let (_, checked) = runs::check_text(NAME, &base, Some("prod"));
    let graph = checked.graphs.first().expect("the reference spec has a production environment");
    let mut rules = BTreeMap::new();
    for line in runs::text("tests/properties.txt").lines() {
        let parts: Vec<&str> = line.split('\t').collect();
        let [of, outcome, changes] = parts.as_slice() else { panic!("{line}") };
        let (Some(found), Some((name, path))) = (outcome.strip_prefix("found: "), of.split_once(' ')) else { continue };
        let value = changes.split(" | ").find_map(literal);
        let resource = graph.resources.values().find(|r| r.type_name == name && r.existing.is_none());
        let (Some(value), Some(resource)) = (value, resource) else { continue };
        if path.split('.').any(|step| step.parse::<usize>().is_ok()) {
            continue;
        }
        let steps: Vec<&str> = path.split('.').collect();
        let (last, outer) = steps.split_last().expect("a path has a step");
        let (open, close): (String, String) =
            (outer.iter().map(|s| format!("{s} {{ ")).collect(), " }".repeat(outer.len()));
        let id = &resource.id;
        let text =
            format!("    override \"{name}\" resource=\"{id}\" {{\n        {open}{last} {value}{close}\n    }}\n");
        for rule in found.split(", ") {
            rules.entry(rule.to_owned()).or_insert_with(|| text.clone());
        }
    }
    rules
}

/// A change of the list as a value of KDL.
fn literal(change: &str) -> Option<String> {
    let value = match change.strip_prefix("set to ").or_else(|| change.strip_prefix("now ")) {
        Some(value) => value,
        None => return (change == "unset").then(|| "#null".to_owned()),
    };
    match value {
        "true" | "false" => Some(format!("#{value}")),
        "foreign" => None,
        number if number.parse::<i64>().is_ok() => Some(number.to_owned()),
        text => text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-').then(|| format!("\"{text}\"")),
    }
}

#[test]
fn an_override_that_a_rule_rejects_is_removed() {
    let base = runs::text("specs/payments.migspec.kdl");
    let (inside, _) = base.rsplit_once('}').expect("the reference spec is a block");
    let mut done = BTreeSet::new();
    for (rule, text) in overrides() {
        let spec = format!("{inside}{text}}}\n");
        let check = |text: &str| runs::check_text(NAME, text, Some("prod"));
        let before = check(&spec);
        if !before.1.findings.iter().any(|f| *f.code == *rule) {
            continue;
        }
        let again = |texts: &BTreeMap<String, String>| Ok::<_, Infallible>(check(&texts[NAME]));
        let Ok(fixed) = improve(before, any, again);
        assert_eq!(fixed.texts.get(NAME), Some(&base), "{rule}: the fix removes the override alone");
        assert!(fixed.checked.findings.is_empty(), "{rule}");
        done.insert(rule);
    }
    assert!(done.len() >= 60, "{} rules: {done:?}", done.len());
}
