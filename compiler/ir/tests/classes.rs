//! Every class of a property names a property that AWS knows, once.

use std::collections::BTreeMap;

use migspec_ir::aws;
use migspec_ir::class::{Class, REACHABILITY};
use migspec_ir::fact::Read;
use migspec_ir::resource_type::{Form, ResourceType, Terraform};
use migspec_ir::schema::{self, CloudFormationType};

/// Types that a back end writes, with AWS's schema.
fn emitted() -> impl Iterator<Item = (&'static ResourceType, &'static CloudFormationType)> {
    let is_written = |t: &&ResourceType| matches!(t.terraform, Terraform::Column(_));
    aws::types().filter(is_written).filter_map(|t| Some((t, schema::cloudformation(t.name)?)))
}

fn assert_none(problems: &[String]) {
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn every_class_is_of_a_property_that_aws_knows() {
    let mut problems = Vec::new();
    let mut seen = 0;
    for (t, schema) in emitted() {
        let Terraform::Column(column) = &t.terraform else { continue };
        let only_ours = |path: &str| {
            let is = |form: &Form| matches!(form, Form::TerraformOnly { .. });
            column.properties.iter().any(|p| p.name == path && is(&p.form))
        };
        for (path, _) in t.rows().filter(|(path, _)| *path != "Tags") {
            seen += 1;
            if schema.property(path).is_none() && !only_ours(path) {
                problems.push(format!("{}: no property {path}", t.name));
            }
        }
    }
    assert!(seen > 300, "{seen} rows");
    assert_none(&problems);
}

#[test]
fn no_property_has_two_classes() {
    let mut problems = Vec::new();
    for (t, _) in emitted() {
        let mut written: BTreeMap<&str, usize> = BTreeMap::new();
        let classes = &t.classes;
        let named = classes.judged.iter().chain(classes.free).map(|(path, _)| *path);
        named.chain(classes.identity.iter().chain(classes.undecided).copied()).for_each(|path| {
            *written.entry(path).or_default() += 1;
        });
        problems.extend(written.iter().filter(|(_, n)| **n > 1).map(|(path, _)| format!("{}: {path}", t.name)));
    }
    assert_none(&problems);
}

#[test]
fn what_judges_a_property_exists_and_what_is_free_says_why() {
    let mut problems = Vec::new();
    for (t, _) in emitted() {
        for (path, by) in t.classes.judged {
            let fact = t.facts.iter().find(|fact| fact.name == *by);
            let known = fact.is_some_and(|fact| matches!(fact.read, Read::Computed(_))) || *by == REACHABILITY;
            if !known {
                problems.push(format!("{}: {path} is judged by {by}", t.name));
            }
        }
        let silent = t.classes.free.iter().filter(|(_, why)| why.len() < 8);
        problems.extend(silent.map(|(path, _)| format!("{}: {path} is free without a reason", t.name)));
        let read = |path: &str| t.facts.iter().any(|f| matches!(f.read, Read::Property(p, _) if p == path));
        let idle = t.classes.undecided.iter().filter(|path| !read(path));
        problems.extend(idle.map(|path| format!("{}: {path} is read by no fact", t.name)));
    }
    assert_none(&problems);
}

/// Counts every property of AWS's schemas, nested ones included.
#[test]
fn every_property_of_the_schemas_has_a_class_or_is_reported() {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (t, schema) in emitted() {
        for path in properties(schema, "", 0) {
            let class = match t.class_of(&path) {
                Some(Class::Identity) => "identity",
                Some(Class::Judged(_)) => "judged",
                Some(Class::Free(_)) => "free",
                None => "reported",
            };
            *counts.entry(class).or_default() += 1;
        }
    }
    for (class, least) in [("identity", 90), ("judged", 200), ("free", 30), ("reported", 300)] {
        let found = counts.get(class).copied().unwrap_or_default();
        assert!(found >= least, "{found} properties are {class}: {counts:?}");
    }
    assert!(counts["free"] * 10 < counts["judged"] + counts["identity"], "few properties are free: {counts:?}");
}

/// The paths of all properties. Schemas may refer to themselves, so depth ends.
fn properties(schema: &CloudFormationType, path: &str, depth: usize) -> Vec<String> {
    let names: Vec<String> = match path {
        "" => schema.properties().map(str::to_owned).collect(),
        _ => schema.properties_of(path).into_iter().map(str::to_owned).collect(),
    };
    let mut found = Vec::new();
    for name in names.into_iter().filter(|name| !path.is_empty() || !schema.is_read_only(name)) {
        let inner = if path.is_empty() { name } else { format!("{path}.{name}") };
        let below = if depth < 6 { properties(schema, &inner, depth + 1) } else { Vec::new() };
        if below.is_empty() {
            found.push(inner);
        } else {
            found.extend(below);
        }
    }
    found
}
