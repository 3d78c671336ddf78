//! Formats of a result by their published schemas. `tests/schema/SOURCE.md` has the origin of each.

use std::path::Path;

use jsonschema::Validator;
use migspec_judges::{Judge, output};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::formats::{KEEP, ZONES, json, states};
use crate::repository::{edit, repository};
use crate::support::{Run, root, run};

/// The text of a schema, byte for byte the published one.
fn published_text(name: &str) -> String {
    let bytes = std::fs::read(root().join("tests/schema").join(name)).expect("the schema");
    let hash: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let source = std::fs::read_to_string(root().join("tests/schema/SOURCE.md")).expect("its source");
    assert!(source.contains(&hash), "{name} is the published one: {hash}");
    String::from_utf8(bytes).expect("the schema is text")
}

fn published(name: &str) -> Value {
    serde_json::from_str(&published_text(name)).expect("the schema is JSON")
}

fn validator(schema: &Value) -> Validator {
    jsonschema::validator_for(schema).unwrap_or_else(|error| panic!("{error}"))
}

/// Sets `additionalProperties` in every object of a schema: a member that it does not have is an error.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if members.contains_key("properties") {
                members.insert("additionalProperties".to_owned(), Value::Bool(false));
            }
            members.values_mut().for_each(close);
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

fn errors(validator: &Validator, document: &Value) -> Vec<String> {
    validator.iter_errors(document).map(|e| format!("{}: {e}", e.instance_path())).take(5).collect()
}

/// The runs of one format: clean, failed, compared with an earlier revision, and with a file that cannot be read.
fn runs(format: &str) -> [Run; 4] {
    let folder = repository();
    let at = folder.path();
    let check = |more: &[&str]| run(at, &[&["check", "--format", format], more].concat());
    let clean = check(&[]);
    edit(at, "secrets rotate=\"30d\"", "secrets rotate=\"365d\"");
    let failed = check(&[]);
    let compared = check(&["--since", "HEAD"]);
    edit(at, ZONES.0, ZONES.1);
    unreadable(at);
    let broken = check(&[]);
    assert_eq!([clean.code, failed.code, compared.code, broken.code], [0, 1, 1, 2]);
    [clean, failed, compared, broken]
}

fn unreadable(at: &Path) {
    std::fs::write(at.join("specs/broken.migspec.kdl"), b"migration \"\xff\"").expect("a file");
}

#[test]
fn json_fits_its_published_schema() {
    let schema = std::fs::read_to_string(root().join("docs/reference/findings.schema.json")).expect("the schema");
    let schema = serde_json::from_str(&schema).expect("the schema is JSON");
    let validator = validator(&schema);
    let folder = repository();
    let at = folder.path();
    let clean = json(&run(at, &["check", "--format", "json"]));
    assert!(!clean["waived"].as_array().expect("waived findings").is_empty());
    edit(at, KEEP.0, KEEP.1);
    let compared = json(&run(at, &["check", "--format", "json", "--since", "HEAD"]));
    assert!(!states(&compared).is_empty());
    edit(at, KEEP.1, KEEP.0);
    edit(at, ZONES.0, ZONES.1);
    unreadable(at);
    let broken = json(&run(at, &["check", "--format", "json"]));
    assert!(!broken["problems"].as_array().expect("problems").is_empty());
    for result in [clean, compared, broken] {
        let errors: Vec<String> = validator.iter_errors(&result).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
}

#[test]
fn sarif_fits_the_schema_of_oasis() {
    let validator = validator(&published("sarif-schema-2.1.0.json"));
    let folder = repository();
    let at = folder.path();
    let clean = json(&run(at, &["check", "--format", "sarif", "--include-waived"]));
    edit(at, "secrets rotate=\"30d\"", "secrets rotate=\"365d\"");
    let fixable = json(&run(at, &["check", "--format", "sarif", "--since", "HEAD"]));
    assert!(fixable["runs"][0]["results"][0]["fixes"].is_array(), "{fixable}");
    unreadable(at);
    let broken = json(&run(at, &["check", "--format", "sarif"]));
    for mut result in [clean, fixable, broken] {
        let errors: Vec<String> =
            validator.iter_errors(&result).map(|e| format!("{}: {e}", e.instance_path())).take(5).collect();
        assert_eq!(errors, Vec::<String>::new());
        // The schema can reject a document.
        result["runs"][0]["tool"]["driver"]["name"] = 1.into();
        assert!(!validator.is_valid(&result));
    }
}

#[test]
fn gitlab_reads_every_issue() {
    let validator = validator(&published("gitlab-codeclimate.json"));
    let mut count = 0;
    for run in runs("gitlab") {
        for mut issue in json(&run).as_array().expect("an array of issues").clone() {
            assert_eq!(errors(&validator, &issue), Vec::<String>::new());
            issue["location"]["lines"]["begin"] = "1".into();
            assert!(!validator.is_valid(&issue), "the schema can reject an issue");
            count += 1;
        }
    }
    assert!(count > 2, "{count} issues");
}

#[test]
fn reviewdog_reads_every_line() {
    let mut schema = published("rdf-diagnostic.json");
    close(&mut schema);
    let validator = validator(&schema);
    let (mut count, mut suggestions) = (0, 0);
    for run in runs("rdjsonl") {
        for line in run.stdout.lines() {
            let mut diagnostic: Value = serde_json::from_str(line).expect("a JSON document a line");
            assert_eq!(errors(&validator, &diagnostic), Vec::<String>::new());
            suggestions += usize::from(diagnostic["suggestions"].is_array());
            diagnostic["location"]["file"] = "x".into();
            assert!(!validator.is_valid(&diagnostic), "the closed schema can reject a line");
            count += 1;
        }
    }
    assert!(count > 2 && suggestions > 0, "{count} lines, {suggestions} suggestions");
}

/// The schema of Jenkins with one attribute more: GitLab reads the path of a test case from `file`.
/// Source: GitLab Docs, "Unit test reports", "JUnit XML format".
fn junit_schema() -> String {
    let attribute = "<xs:attribute name=\"classname\" type=\"xs:string\"/>";
    let schema = published_text("junit-10.xsd");
    assert_eq!(schema.matches(attribute).count(), 1, "the attributes of a test case");
    schema.replace(attribute, &format!("{attribute}<xs:attribute name=\"file\" type=\"xs:string\"/>"))
}

#[test]
fn junit_fits_the_schema_of_jenkins() {
    let Some(judge) = Judge::find_with("junit.py", &[], &["lxml"]) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let schema = folder.path().join("junit.xsd");
    std::fs::write(&schema, junit_schema()).expect("a file");
    let judged = |text: &str| {
        let document = folder.path().join("report.xml");
        std::fs::write(&document, text).expect("a file");
        output(judge.command().arg(&schema).arg(document))
    };
    let mut cases = 0;
    for run in runs("junit") {
        judged(&run.stdout).unwrap_or_else(|error| panic!("{error}\n{}", run.stdout));
        cases += run.stdout.matches("<testcase ").count();
        let renamed = run.stdout.replace("<testcase ", "<case ").replace("</testcase>", "</case>");
        assert!(judged(&renamed).is_err(), "the schema can reject a report");
    }
    assert!(cases > 4, "{cases} test cases");
}
