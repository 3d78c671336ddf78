//! Validates the assessment results of the evidence against NIST's schema.

#![allow(clippy::panic, clippy::disallowed_methods, reason = "a test fails by panicking, and reads files")]

use std::collections::{BTreeMap, BTreeSet};

use migspec_tests::evidence::files;
use migspec_tests::{root, runs};
use serde_json::Value;
use sha2::{Digest, Sha256};

fn schema() -> (Value, String) {
    let bytes = std::fs::read(root().join("tests/schema/oscal_assessment-results_schema.json")).expect("the schema");
    let hash: String = Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect();
    (serde_json::from_slice(&bytes).expect("the schema is JSON"), hash)
}

fn document(environment: &str) -> Value {
    serde_json::from_slice(&files(environment)["assessment-results.json"]).expect("the results are JSON")
}

#[test]
fn assessment_results_are_valid_oscal() {
    let (schema, hash) = schema();
    let source = runs::text("tests/schema/SOURCE.md");
    assert!(source.contains(&hash), "the schema is the published one");
    let validator = jsonschema::validator_for(&schema).unwrap_or_else(|e| panic!("{e}"));
    for environment in ["prod", "dev"] {
        let mut document = document(environment);
        let errors: Vec<String> =
            validator.iter_errors(&document).map(|e| format!("{}: {e}", e.instance_path())).take(5).collect();
        assert_eq!(errors, Vec::<String>::new(), "{environment}");
        // The schema can reject a document.
        document["assessment-results"]["uuid"] = "none".into();
        assert!(!validator.is_valid(&document));
    }
}

/// The evidence shows permitted grants and flows as passes, besides denied ones
/// as failures.
#[test]
fn what_needs_a_permit_is_shown_where_it_has_one() {
    let table = String::from_utf8(files("prod").remove("matrix.csv").expect("a table")).expect("it is text");
    for (control, code) in [("IAM-POL-11", "right-beyond-actor"), ("NET-SG-09", "undeclared-path")] {
        let of = |line: &&str| line.contains(&format!(",{control},")) && line.contains(&format!(",pass,{code},"));
        assert!(table.lines().filter(of).count() > 5, "{control}");
    }
}

/// The results of the requirements by number: of the page, of the table, of OSCAL.
fn results(environment: &str) -> [BTreeMap<String, String>; 3] {
    let files = files(environment);
    let text = |name: &str| String::from_utf8(files[name].clone()).expect("it is text");
    let between = |text: &str, start: &str, end: &str| {
        text.split_once(start).and_then(|(_, rest)| rest.split_once(end)).map(|(inner, _)| inner.to_owned())
    };
    let page = text("index.html");
    let rows = page.split("<tr id=\"requirement-").skip(1);
    let row = |row: &str| Some((row.split('"').next()?.to_owned(), between(row, "<span class=\"mark ", "</span>")?));
    let word = |(number, mark): (String, String)| (number, mark.rsplit('>').next().unwrap_or_default().to_owned());
    let table = text("matrix.csv");
    let line = |line: &str| {
        let mut fields = line.split(',');
        Some((fields.next()?.to_owned(), fields.next()?.to_owned())).filter(|(number, _)| !number.is_empty())
    };
    let document = document(environment);
    let findings = document["assessment-results"]["results"][0]["findings"].as_array().expect("findings").clone();
    let finding = |finding: &Value| {
        let number = finding["target"]["target-id"].as_str()?.strip_prefix("pci-dss-")?.to_owned();
        Some((number, finding["props"][0]["value"].as_str()?.to_owned()))
    };
    [
        rows.filter_map(row).map(word).collect(),
        table.lines().skip(1).filter_map(line).collect(),
        findings.iter().filter_map(finding).collect(),
    ]
}

#[test]
fn every_file_says_the_same_of_a_requirement() {
    let mut seen = BTreeSet::new();
    for environment in ["prod", "dev"] {
        let [page, table, oscal] = results(environment);
        assert!(page.len() > 100, "{}", page.len());
        assert_eq!(page, table, "{environment}");
        // OSCAL has findings for the requirements that concern the spec.
        let concerned = page.iter().filter(|(_, result)| !result.starts_with("not "));
        let concerned: BTreeMap<_, _> = concerned.map(|(number, result)| (number.clone(), result.clone())).collect();
        assert_eq!(oscal, concerned, "{environment}");
        assert!(concerned.len() > 90, "{}", concerned.len());
        seen.extend(page.into_values());
    }
    for result in ["pass", "supported", "deferred"] {
        assert!(seen.contains(result), "no requirement is {result}: {seen:?}");
    }
}

/// Only a pass satisfies a requirement; tests by people and the work of providers are none.
#[test]
fn a_requirement_is_satisfied_only_by_resources() {
    let document = document("prod");
    let findings = document["assessment-results"]["results"][0]["findings"].as_array().expect("findings").clone();
    let mut satisfied = Vec::new();
    for finding in &findings {
        let (pass, state) = (finding["props"][0]["value"] == "pass", &finding["target"]["status"]["state"]);
        assert_eq!(pass, state == "satisfied", "{finding}");
        satisfied.extend(finding["target"]["target-id"].as_str().filter(|_| pass));
    }
    assert!(satisfied.len() > 20, "{satisfied:?}");
    for number in ["8.2.8", "8.3.4", "10.4.1", "10.6.1", "11.4.5", "12.8.5", "12.10.3"] {
        assert!(!satisfied.contains(&format!("pci-dss-{number}").as_str()), "{number}");
    }
}
