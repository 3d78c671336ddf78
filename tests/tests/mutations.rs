//! One-line mutations of the reference spec: each gives exactly the findings
//! that its case lists, at the right place.

#![allow(clippy::panic, clippy::disallowed_methods, reason = "a test fails by panicking, and reads files")]

use migspec_tests::mutation::cases;
use migspec_tests::{blessing, runs};

#[test]
fn every_mutation_gives_exactly_its_findings() {
    let base = runs::text("specs/payments.migspec.kdl");
    let (sources, clean) = runs::check_text("payments.migspec.kdl", &base, None);
    if !blessing() {
        assert_eq!(runs::list(&sources, &clean), Vec::<String>::new(), "the reference spec itself is clean");
    }
    let mut wrong = Vec::new();
    for case in cases(&base) {
        let (sources, checked) = runs::check_text("payments.migspec.kdl", &case.text, None);
        for finding in &checked.findings {
            let lacks = runs::lacks(&sources, finding);
            assert!(lacks.is_empty(), "{}: `{}` lacks {}", case.name, finding.code, lacks.join(", "));
        }
        let found = runs::list(&sources, &checked);
        if found != case.findings {
            wrong.push(format!("{}\n  expected {:#?}\n  found {:#?}", case.name, case.findings, found));
            if blessing() {
                println!("mutation {:?}", case.name);
                found.iter().for_each(|f| println!("    finding {f:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn there_are_enough_mutations() {
    let cases = cases(&runs::text("specs/payments.migspec.kdl"));
    assert!(cases.len() >= 60, "{} mutations", cases.len());
    assert!(cases.iter().all(|c| !c.findings.is_empty()), "a mutation without findings shows nothing");
}
