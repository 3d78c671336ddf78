//! Validates the assessment results of the evidence against NIST's schema.

#![allow(clippy::panic, clippy::disallowed_methods, reason = "a test fails by panicking, and reads files")]

use std::collections::{BTreeMap, BTreeSet};

use migspec_tests::evidence::{files, files_of};
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

/// The lines of a table that contain all of these texts.
fn lines(files: &BTreeMap<String, Vec<u8>>, name: &str, texts: &[&str]) -> Vec<String> {
    let table = String::from_utf8(files[name].clone()).expect("it is text");
    table.lines().filter(|line| texts.iter().all(|text| line.contains(text))).map(str::to_owned).collect()
}

/// A warning of the compiler is no pass of the control that it decides.
#[test]
fn a_control_that_the_compiler_warns_of_does_not_pass() {
    let spec = runs::text("specs/payments.migspec.kdl");
    let standing = |files: &BTreeMap<String, Vec<u8>>, word: &str| {
        !lines(files, "matrix.csv", &[",OPS-ENV-01,", &format!(",{word},")]).is_empty()
    };
    let clean = files("dev");
    assert!(standing(&clean, "pass") && !standing(&clean, "fail"));
    let shared = spec.replace("account=\"111111111111\"", "account=\"222222222222\"");
    assert_ne!(shared, spec, "the reference spec has two accounts");
    let shared = files_of(&shared, "dev");
    assert!(standing(&shared, "fail") && !standing(&shared, "pass"));
}

/// Without a waiver, nothing about waivers has passed.
#[test]
fn a_control_without_a_subject_does_not_pass() {
    let rows = lines(&files("prod"), "matrix.csv", &[",OPS-ENV-07,"]);
    assert!(!rows.is_empty() && rows.iter().all(|row| row.contains(",not concerned,")), "{rows:?}");
}

/// Every file lists the secrets of others, and no file shows that something about them has passed.
#[test]
fn a_store_that_is_only_named_is_listed_and_not_decided() {
    let files = files("prod");
    let secret = "arn:aws:secretsmanager:us-east-1:222222222222:secret:payments/ledger-onprem/fence";
    let rows = lines(&files, "inventory.csv", &[secret]);
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert!(rows[0].contains(",named only,not decided,") && rows[0].contains("fence-role"), "{rows:?}");
    let escaped = secret.replace('/', "&#x2f;");
    let page = lines(&files, "index.html", &[&escaped, "named only", "<span class=\"mark not-decided\">"]);
    assert_eq!(page.len(), 1, "{page:?}");
    let document = document("prod");
    let items = document["assessment-results"]["results"][0]["local-definitions"]["inventory-items"].as_array();
    let item = items.into_iter().flatten().find(|item| item["props"][0]["value"] == secret).expect("the secret");
    assert_eq!(item["props"][1]["value"], "not decided");
    // A row of each kind that the deployment creates has a verdict.
    let created = lines(&files, "inventory.csv", &[",created,"]);
    for kind in ["key,", "secret,", "database,", "bucket,", "queue,", "topic,", "log group,", "certificate,"] {
        let of: Vec<&String> = created.iter().filter(|row| row.starts_with(kind)).collect();
        assert!(!of.is_empty() && of.iter().all(|row| row.contains(",pass,")), "{kind}: {of:?}");
    }
}
