//! Known problems of these back ends in practice, each with a test over all
//! output. A trap without a matching resource fails: a test without a subject
//! proves nothing.

#![allow(clippy::panic, reason = "a test fails by panicking")]

mod accounted;
mod api;
mod aurora;
mod dms;
mod drift;
mod network;
mod workflow;

use migspec_targets::terraform::hcl::{Block, Expression, Item};
use migspec_tests::emitted::{self, Emitted};
use migspec_tests::hcl;
use serde_json::Value as Json;

/// A resource of a template.
pub struct Resource<'a> {
    pub id: &'a str,
    pub json: &'a Json,
    pub template: &'a Json,
    pub emitted: &'a Emitted,
}

impl Resource<'_> {
    pub fn property(&self, path: &str) -> &Json {
        path.split('.').fold(&self.json["Properties"], |json, name| &json[name])
    }

    pub fn text(&self, path: &str) -> &str {
        self.property(path).as_str().unwrap_or_default()
    }

    pub fn waits_for(&self, type_name: &str) -> bool {
        let ids = self.json["DependsOn"].as_array().into_iter().flatten().filter_map(Json::as_str);
        let mut types = ids.filter_map(|id| self.template["Resources"][id]["Type"].as_str());
        types.any(|t| t == type_name)
    }

    /// The other resources of its template, with their ids.
    pub fn others(&self) -> impl Iterator<Item = (&str, &Json)> {
        let all = self.template["Resources"].as_object().into_iter().flatten();
        all.map(|(id, json)| (id.as_str(), json)).filter(|(id, _)| *id != self.id)
    }

    /// The type of the resource that a property refers to.
    pub fn referred(&self, path: &str) -> Option<&str> {
        self.template["Resources"][self.property(path)["Ref"].as_str()?]["Type"].as_str()
    }

    /// The deletion of its stack leaves it in production, and removes it in any other environment.
    pub fn is_kept_in_production_alone(&self) -> bool {
        let kept =
            self.json["DeletionPolicy"] == "RetainExceptOnCreate" && self.json["UpdateReplacePolicy"] == "Retain";
        let left = ["DeletionPolicy", "UpdateReplacePolicy"]
            .iter()
            .any(|policy| !matches!(self.json[policy].as_str(), None | Some("Delete")));
        if protected(self.emitted) { kept } else { !left }
    }

    /// The document inside a property that is text.
    pub fn document(&self, path: &str) -> Json {
        serde_json::from_str(self.text(path)).unwrap_or(Json::Null)
    }

    pub fn refuses_updates(&self) -> bool {
        let policy: Json = serde_json::from_str(self.emitted.text("cloudformation/stack-policy.json")).expect("JSON");
        let id = format!("LogicalResourceId/{}", self.id);
        let denies = |s: &Json| s["Effect"] == "Deny" && s["Action"][0] == "Update:*";
        policy["Statement"]
            .as_array()
            .into_iter()
            .flatten()
            .any(|s| denies(s) && s["Resource"].as_array().is_some_and(|ids| ids.iter().any(|i| *i == *id)))
    }
}

/// Asks about every resource of a CloudFormation type.
pub fn every(type_name: &str, holds: impl Fn(&Resource) -> bool) {
    every_such(type_name, |_| true, holds);
}

/// Asks about the resources of a CloudFormation type that the trap concerns.
pub fn every_such(type_name: &str, such: impl Fn(&Resource) -> bool, holds: impl Fn(&Resource) -> bool) {
    let mut seen = 0;
    let mut failures = Vec::new();
    for emitted in emitted::all() {
        let templates: Vec<(&str, &str)> = emitted.files("cloudformation/", ".template.json").collect();
        // Nested stacks contain the resources of one stack (`parity` compares
        // them), but a dependency of a resource may be in another template.
        if templates.iter().any(|(_, text)| text.contains("\"AWS::CloudFormation::Stack\"")) {
            continue;
        }
        for (_, text) in templates {
            let template: Json = serde_json::from_str(text).expect("a template is JSON");
            for (id, json) in template["Resources"].as_object().into_iter().flatten() {
                let resource = Resource { id, json, template: &template, emitted };
                if json["Type"] == type_name && such(&resource) {
                    seen += 1;
                    failures.extend((!holds(&resource)).then(|| format!("{}: {id}", emitted.name)));
                }
            }
        }
    }
    assert!(seen > 0, "no such {type_name} is emitted");
    assert!(failures.is_empty(), "{type_name}: {failures:#?}");
}

/// Protection is on in production alone unless the spec declares it, and no spec of the project does.
pub fn protected(emitted: &Emitted) -> bool {
    emitted.graph.environment.production
}

/// Asks about every block of a Terraform type: one question in production, another elsewhere.
pub fn every_block_by_protection(
    resource: &str,
    in_production: impl Fn(&Block) -> bool,
    elsewhere: impl Fn(&Block) -> bool,
) {
    every_block_where(resource, protected, in_production);
    every_block_where(resource, |emitted| !protected(emitted), elsewhere);
}

pub fn prevents_destroy(block: &Block) -> bool {
    nested(block, "lifecycle").is_some_and(|lifecycle| is(lifecycle, "prevent_destroy", true))
}

/// Asks about every block of a Terraform type.
pub fn every_block(resource: &str, holds: impl Fn(&Block) -> bool) {
    every_block_where(resource, |_| true, holds);
}

/// Asks about the resources of a Terraform type in the outputs that the trap concerns.
pub fn every_block_where(
    resource: &str,
    concerned: impl Fn(&emitted::Emitted) -> bool,
    holds: impl Fn(&Block) -> bool,
) {
    let mut seen = 0;
    let mut failures = Vec::new();
    for emitted in emitted::all().iter().filter(|emitted| concerned(emitted)) {
        for (path, text) in emitted.files("terraform/", ".tf") {
            for item in hcl::parse(text).items {
                if let Item::Block(block) = item
                    && block.kind == "resource"
                    && block.labels.first().is_some_and(|label| label == resource)
                {
                    seen += 1;
                    failures.extend((!holds(&block)).then(|| format!("{} {path}: {}", emitted.name, block.labels[1])));
                }
            }
        }
    }
    assert!(seen > 0, "no {resource} is emitted");
    assert!(failures.is_empty(), "{resource}: {failures:#?}");
}

/// No back end emits the type or the argument.
pub fn nobody_writes(words: &[&str]) {
    for emitted in emitted::all() {
        for (path, text) in emitted.files("terraform/", ".tf").chain(emitted.files("cloudformation/", ".json")) {
            for word in words {
                assert!(!text.contains(word), "{} {path} holds {word}", emitted.name);
            }
        }
    }
}

pub fn nested<'b>(block: &'b Block, name: &str) -> Option<&'b Block> {
    block.body.items.iter().find_map(|item| match item {
        Item::Block(inner) if inner.kind == name => Some(inner),
        _ => None,
    })
}

pub fn is(block: &Block, name: &str, value: impl Into<Expression>) -> bool {
    block.body.get(name) == Some(&value.into())
}

/// Whether an argument refers to a resource of the type.
pub fn refers(block: &Block, argument: &str, resource: &str) -> bool {
    match block.body.get(argument) {
        Some(Expression::Traversal(path)) => path.starts_with(&format!("{resource}.")),
        _ => false,
    }
}

pub fn ignores(block: &Block, argument: &str) -> bool {
    nested(block, "lifecycle").and_then(|l| l.body.get("ignore_changes")).is_some_and(|list| match list {
        Expression::List(items) => items.contains(&Expression::Traversal(argument.to_owned())),
        _ => false,
    })
}

/// Whether an endpoint logs in with this secret.
pub fn serves_an_endpoint(secret: &Resource) -> bool {
    let reference = format!("\"SecretsManagerSecretId\":{{\"Ref\":\"{}\"}}", secret.id);
    secret.others().any(|(_, other)| other["Type"] == ENDPOINT && other["Properties"].to_string().contains(&reference))
}

pub const TASK: &str = "AWS::DMS::ReplicationTask";
pub const INSTANCE: &str = "AWS::DMS::ReplicationInstance";
pub const ENDPOINT: &str = "AWS::DMS::Endpoint";
