//! The evidence's assessment results against NIST's schema.

#![allow(clippy::panic, clippy::disallowed_methods, reason = "a test fails by panicking, and reads files")]

use migspec_diag::Sources;
use migspec_policies::scope::Scope;
use migspec_report::evidence::{self, Given};
use migspec_tests::{root, runs};
use serde_json::Value;
use sha2::{Digest, Sha256};

fn schema() -> (Value, String) {
    let bytes = std::fs::read(root().join("tests/schema/oscal_assessment-results_schema.json")).expect("the schema");
    let hash: String = Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect();
    (serde_json::from_slice(&bytes).expect("the schema is JSON"), hash)
}

fn document(environment: &str) -> Value {
    let mut sources = Sources::new();
    let file = sources.add("payments.migspec.kdl", &runs::text("specs/payments.migspec.kdl"));
    let (graphs, _) = migspec::compile::lower(file, &mut sources, &mut runs::importer(), Some(environment));
    let graph = graphs.first().expect("the reference spec can be lowered");
    let rulebook = runs::rulebook();
    let assessment =
        migspec_policies::assess(graph, rulebook, runs::TODAY.days()).unwrap_or_else(|f| panic!("{}", f.message));
    let (scope, today) = (Scope::of(graph), runs::TODAY.to_string());
    let given = Given { graph, rulebook, assessment: &assessment, scope: &scope, sources: &sources, today: &today };
    let files = evidence::files(&given).unwrap_or_else(|f| panic!("{}", f.message));
    serde_json::from_slice(&files["assessment-results.json"]).expect("the results are JSON")
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
        // The schema can refuse.
        document["assessment-results"]["uuid"] = "none".into();
        assert!(!validator.is_valid(&document));
    }
}
