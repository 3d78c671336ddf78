//! Validates the assessment results of the evidence against NIST's schema.

#![allow(clippy::panic, clippy::disallowed_methods, reason = "a test fails by panicking, and reads files")]

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
