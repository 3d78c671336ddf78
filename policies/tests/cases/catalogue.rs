//! Compares the catalogue with the complete list of controls, and with the
//! policies and codes that decide them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use migspec_diag::code_info;
use migspec_policies::Rulebook;
use migspec_policies::catalogue::{
    Control, Engine, Instead, Proof, Status, controls, described_requirements, requirements,
};

/// Controls of our own, which the complete list does not have.
const OUR_OWN: &[&str] = &[
    "AUT-IDP-01",
    "AUT-IDP-02",
    "DAT-MAP-03",
    "DAT-PAN-06",
    "DAT-PAN-07",
    "KEY-KMS-18",
    "LOG-ALB-01",
    "LOG-CLK-01",
    "LOG-TRAIL-01",
    "NET-ALB-01",
    "NET-ALB-02",
    "NET-API-04",
    "NET-SG-12",
    "NET-VPC-17",
    "NET-VPC-18",
    "OPS-API-01",
    "OPS-CUT-12",
    "OPS-OVR-01",
    "OPS-REF-01",
    "OPS-TPS-01",
    "OPS-WAF-02",
    "RES-ALB-01",
    "RES-DMS-04",
    "TLS-ALB-01",
];

/// The ids that there must be, with their families.
fn complete() -> BTreeMap<String, String> {
    let text = fs::read_to_string(super::root().join("tests/controls.txt")).expect("the list can be read");
    text.lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(family, id)| (id.to_owned(), family.to_owned()))
        .collect()
}

/// The controls with a status that the predicate takes.
fn with(status: impl Fn(&Status) -> bool) -> impl Iterator<Item = &'static Control> {
    controls().values().filter(move |c| status(&c.status))
}

#[test]
fn no_control_is_silently_missing() {
    let complete = complete();
    assert_eq!(complete.len(), 402);
    let missing: Vec<&String> = complete.keys().filter(|id| !controls().contains_key(*id)).collect();
    assert!(missing.is_empty(), "controls that are not in the catalogue: {missing:?}");
}

#[test]
fn every_control_stands_in_its_family_s_file() {
    let complete = complete();
    let mut strangers = Vec::new();
    for control in controls().values() {
        match complete.get(&control.id) {
            Some(family) => assert_eq!(control.family, family, "the file of {}", control.id),
            None => strangers.push(control.id.as_str()),
        }
    }
    assert_eq!(strangers, OUR_OWN);
}

#[test]
fn no_control_is_listed_twice() {
    let folder = fs::read_dir(super::root().join("catalogue")).expect("the catalogue can be read");
    let files = folder.map(|file| file.expect("a file").path()).filter(|p| p.extension().is_some_and(|e| e == "json"));
    let listed: usize = files
        .map(|path| fs::read_to_string(path).expect("a file of the catalogue"))
        .map(|text| serde_json::from_str::<Vec<serde_json::Value>>(&text).expect("JSON").len())
        .sum();
    assert_eq!(listed, controls().len());
}

#[test]
fn what_decides_a_control_exists() {
    let rulebook = Rulebook::builtin().expect("the rulebook can be read");
    let rules = rulebook.rules().expect("the policies can be read");
    let named: BTreeSet<&str> = rules.iter().flat_map(|r| r.controls().map(|c| c.id.as_str())).collect();
    let without: Vec<&str> =
        with(|s| *s == Status::Decided).map(|c| c.id.as_str()).filter(|id| !named.contains(id)).collect();
    assert!(without.is_empty(), "decided by no policy: {without:?}");
    let undecided: Vec<&str> =
        with(|s| *s != Status::Decided).map(|c| c.id.as_str()).filter(|id| named.contains(id)).collect();
    assert!(undecided.is_empty(), "policies decide them, but their status differs: {undecided:?}");
    for control in controls().values() {
        let Status::DecidedBy(Engine::Codes(codes)) = &control.status else { continue };
        assert!(!codes.is_empty(), "{} is decided by no code", control.id);
        for code in codes {
            assert!(code_info(code).is_some(), "{} is decided by `{code}`, which is no code", control.id);
        }
    }
}

#[test]
fn subjects_are_types_of_controls_on_codes() {
    let with = controls().values().filter(|control| !control.subjects.is_empty());
    let mut seen = 0;
    for control in with {
        assert!(matches!(control.status, Status::DecidedBy(Engine::Codes(_))), "{}", control.id);
        for subject in control.subjects.iter().filter(|subject| *subject != migspec_policies::catalogue::WAIVERS) {
            assert!(migspec_ir::resource_type::find(subject).is_some(), "{}: `{subject}` is no type", control.id);
        }
        seen += 1;
    }
    assert!(seen > 2, "{seen}");
}

#[test]
fn every_text_says_something() {
    let mut mute = Vec::new();
    for control in controls().values() {
        let Control { id, title, why, requirements, status, limits, .. } = control;
        let mut texts = vec![title.as_str(), why];
        texts.extend(limits.as_deref());
        match status {
            Status::Decided | Status::DecidedBy(_) => {}
            Status::Deferred { because, instead: Instead::Runtime(other) | Instead::Assumption(other) } => {
                texts.extend([because.as_str(), other]);
            }
            Status::NotApplicable { because } => texts.push(because),
        }
        if requirements.is_empty() || texts.iter().any(|text| text.split_whitespace().count() < 2) {
            mute.push(id);
        }
    }
    assert!(mute.is_empty(), "texts or requirements are missing: {mute:?}");
}

#[test]
fn every_requirement_says_what_it_is_about() {
    let supported: BTreeSet<&str> = requirements().iter().map(|requirement| requirement.number).collect();
    let described: BTreeSet<&str> = described_requirements().collect();
    assert_eq!(described, supported);
    for requirement in requirements() {
        let about = requirement.about;
        assert!(about.chars().next().is_some_and(|c| !c.is_whitespace()) && !about.ends_with('.'), "{about:?}");
        let plain = |aws: &str| aws.starts_with(|c: char| c.is_lowercase()) && !aws.ends_with('.');
        assert!(requirement.aws.is_none_or(plain), "{:?}", requirement.aws);
    }
    let numbers: Vec<&str> = requirements().iter().map(|requirement| requirement.number).collect();
    let (two, ten) = (numbers.iter().position(|n| *n == "2.2.1"), numbers.iter().position(|n| *n == "10.2.1"));
    assert!(two < ten, "the order of the standard, not of text");
}

/// Configuration does not show that people tested, reviewed, answered or agreed.
#[test]
fn people_and_providers_are_not_proven_by_resources() {
    let proof = |number: &str| requirements().iter().find(|r| r.number == number).map(|r| r.proof);
    for number in ["10.4.1", "11.3.1", "11.4.3", "11.4.5", "12.8.2", "12.8.5", "12.10.3", "7.2.4", "8.2.8"] {
        assert_eq!(proof(number), Some(Proof::Process), "{number}");
    }
    for number in ["1.3.1", "3.5.1", "4.2.1", "7.2.5", "8.6.2"] {
        assert_eq!(proof(number), Some(Proof::Resources), "{number}");
    }
    let by_aws = requirements().iter().filter(|requirement| requirement.aws.is_some()).count();
    assert!(by_aws > 25, "the parts of AWS are listed: {by_aws}");
}

/// A requirement that only the provider or another system meets is not decided by a policy.
#[test]
fn requirements_outside_a_spec_have_no_decision() {
    for number in
        ["1.4.3", "3.6.1.2", "3.7.1", "3.7.2", "3.7.3", "8.2.8", "8.3.4", "10.6.1", "10.6.2", "10.6.3", "12.10.7"]
    {
        let requirement = requirements().iter().find(|r| r.number == number).expect("it is in the catalogue");
        let deferred = |control: &&Control| matches!(control.status, Status::Deferred { .. });
        assert!(requirement.controls.iter().all(deferred), "{number}");
    }
}
