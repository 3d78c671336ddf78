//! Rules of an organisation: roles under its boundary, with its path and prefix,
//! deployment as its role, and its place for Terraform's state.

#![allow(clippy::panic, reason = "a test fails by panicking")]

use migspec_tests::emitted::{self, Emitted};
use migspec_tests::runs;

const SPEC: &str = "specs/examples/smallest/smallest.migspec.kdl";
const RULES: &str = "roles path=\"/app/\" prefix=\"app-\" boundary=\"arn:aws:iam::222222222222:policy/org-boundary\"";

/// The smallest spec with further nodes in its production environment.
fn with(nodes: &str) -> String {
    let text = runs::text(SPEC);
    let production = "region=\"us-east-1\" production=#true";
    assert_eq!(text.matches(production).count(), 1);
    text.replace(production, &format!("{production} {{\n{nodes}\n}}"))
}

fn build(nodes: &str) -> Emitted {
    let all = emitted::of_text("smallest.migspec.kdl", &with(nodes));
    let emitted = all.into_iter().find(|emitted| emitted.name == "smallest/prod");
    let emitted = emitted.unwrap_or_else(|| panic!("the spec has production"));
    assert_eq!(emitted.problems, []);
    emitted
}

#[test]
fn roles_have_the_path_the_prefix_and_the_boundary() {
    let emitted = build(&format!("{RULES} document=\"boundary.json\""));
    let roles: Vec<_> =
        emitted.graph.of_type("AWS::IAM::Role").filter(|r| r.get("PermissionsBoundary").is_some()).collect();
    assert!(roles.len() >= 3, "{} roles", roles.len());
    for role in roles {
        let text = |name: &str| role.get(name).and_then(|d| d.value.as_str()).unwrap_or_default().to_owned();
        assert!(text("RoleName").starts_with("app-"), "{}", text("RoleName"));
        assert_eq!(text("Path"), "/app/");
    }
    let boundary = "\"arn:aws:iam::222222222222:policy/org-boundary\"";
    let security = emitted.text("terraform/security.tf");
    assert!(security.contains(&format!("permissions_boundary = {boundary}")), "{security}");
    assert!(!security.contains("resource \"aws_iam_policy\""));
    assert!(
        emitted.text("cloudformation/main.template.json").contains(&format!("\"PermissionsBoundary\": {boundary}"))
    );
    let existing = emitted.text("terraform/existing.tf");
    assert!(
        existing.contains(&format!("arn = {boundary}")) && existing.contains("jsondecode(self.policy)"),
        "{existing}"
    );
}

#[test]
fn a_boundary_without_its_document_is_undecided() {
    let codes = |nodes: &str| {
        let (_, checked) = runs::check_text(SPEC, &with(nodes), Some("prod"));
        checked.findings.iter().map(|f| (f.code.to_string(), f.help.clone().unwrap_or_default())).collect::<Vec<_>>()
    };
    assert_eq!(codes(&format!("{RULES} document=\"boundary.json\"")), []);
    let undeclared = codes(RULES);
    assert!(
        undeclared.iter().any(|(code, help)| code == "undecided-fact" && help.contains("`document=` of `roles`")),
        "{undeclared:#?}"
    );
}

#[test]
fn a_deployer_is_assumed() {
    let emitted = build("deploy role=\"arn:aws:iam::222222222222:role/deployer\" external-id=\"stock\"");
    let versions = emitted.text("terraform/versions.tf");
    for line in
        ["assume_role {", "role_arn    = \"arn:aws:iam::222222222222:role/deployer\"", "external_id = \"stock\""]
    {
        assert!(versions.contains(line), "{versions}");
    }
    assert!(emitted.text("manifest.json").contains("\"role\": \"arn:aws:iam::222222222222:role/deployer\""));
}

#[test]
fn storage_and_standby_are_choices() {
    let emitted = build(
        "database \"inventory\" storage=\"io-optimized\"\nreplication \"inventory\" { instance multi-az=#false; }",
    );
    assert!(emitted.text("terraform/database.tf").contains("= \"aurora-iopt1\""));
    assert!(emitted.text("cloudformation/main.template.json").contains("\"StorageType\": \"aurora-iopt1\""));
    let replication = emitted.text("terraform/replication.tf");
    assert!(
        replication.lines().any(|line| line.trim().starts_with("multi_az") && line.ends_with("= false")),
        "{replication}"
    );
}

#[test]
fn state_has_the_backend_that_the_spec_names() {
    for (node, lines) in [
        (
            "state \"s3\" bucket=\"b\" key=\"k\" region=\"us-east-2\"",
            &["backend \"s3\" {", "bucket       = \"b\"", "use_lockfile = true"][..],
        ),
        (
            "state \"hcp\" organization=\"o\" workspace=\"w\"",
            &["cloud {", "organization = \"o\"", "workspaces {", "name = \"w\""],
        ),
        (
            "state \"gcs\" { arguments bucket=\"b\" prefix=\"p\"; }",
            &["backend \"gcs\" {", "bucket = \"b\"", "prefix = \"p\""],
        ),
    ] {
        let emitted = build(node);
        let versions = emitted.text("terraform/versions.tf");
        for line in lines {
            assert!(versions.contains(line), "{line}: {versions}");
        }
    }
}
