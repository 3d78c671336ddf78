//! Every name in the table of resource types is a name that AWS and the
//! Terraform provider know, in its right place.

use std::collections::{BTreeMap, BTreeSet};

use migspec_ir::aws;
use migspec_ir::fact::{FactType, Read};
use migspec_ir::resource_type::{Column, Fixed, Form, Generated, Links, Property, ResourceType, Satellite, Terraform};
use migspec_ir::schema::{self, Block, CloudFormationType, TerraformType};
use serde_json::Value;

/// The types of AWS that a back end writes.
fn columns() -> impl Iterator<Item = (&'static ResourceType, &'static Column)> {
    aws::types().filter_map(|t| match &t.terraform {
        Terraform::Column(column) => Some((t, column)),
        Terraform::NotEmitted => None,
    })
}

fn assert_none(problems: Vec<String>) {
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn types_are_named_once_and_after_aws() {
    let mut seen = BTreeSet::new();
    for t in aws::types() {
        assert!(seen.insert(t.name), "{} is repeated", t.name);
        let known = schema::cloudformation(t.name).is_some();
        assert_eq!(known, !t.name.starts_with("Migspec::"), "{}", t.name);
    }
}

#[test]
fn every_vendored_row_is_read_and_every_schema_compiles() {
    for name in schema::cloudformation_types() {
        let schema = schema::cloudformation(name).expect(name);
        assert!(schema.validator().is_ok(), "{name}: {:?}", schema.validator().err());
    }
    assert!(schema::services().iter().all(|service| schema::action(&format!("{service}:")).is_none()));
    assert!(schema::action("dms:StartReplicationTask").expect("an action of DMS").has_resources());
}

#[test]
fn every_type_says_something_to_policies() {
    // The texts of a spec have the facts of every type only.
    let silent = aws::types().filter(|t| t.facts.is_empty() && t.name != "Migspec::Spec");
    assert_none(silent.map(|t| t.name.to_owned()).collect());
}

#[test]
fn facts_read_properties_that_exist() {
    let mut problems = Vec::new();
    for t in aws::types() {
        let Some(schema) = schema::cloudformation(t.name) else { continue };
        for fact in t.facts {
            let Read::Property(path, _) = fact.read else { continue };
            match schema.property(path).map(|property| kinds(schema, property)) {
                None if is_terraform_only(t, path) => {}
                None => problems.push(format!("{}.{}: no property {path}", t.name, fact.name)),
                Some(kinds) if !kinds.is_empty() && !suits(fact.r#type, &kinds) => {
                    problems.push(format!("{}.{}: {:?} of {kinds:?}", t.name, fact.name, fact.r#type));
                }
                Some(_) => {}
            }
        }
        let names: BTreeSet<_> = t.facts.iter().map(|fact| fact.name).collect();
        if names.len() != t.facts.len() {
            problems.push(format!("{}: two facts of one name", t.name));
        }
    }
    assert_none(problems);
}

fn is_terraform_only(t: &ResourceType, name: &str) -> bool {
    let Terraform::Column(column) = &t.terraform else { return false };
    column.properties.iter().any(|p| p.name == name && matches!(p.form, Form::TerraformOnly { .. }))
}

fn suits(fact: FactType, kinds: &BTreeSet<&str>) -> bool {
    let kind = match fact {
        FactType::Bool => "boolean",
        FactType::Long => "integer",
        FactType::String | FactType::Entity(_) => "string",
        FactType::StringSet => "array",
    };
    kinds.contains(kind)
}

/// The JSON types of a property; empty if AWS declares none.
fn kinds<'s>(schema: &'s CloudFormationType, property: &'s Value) -> BTreeSet<&'s str> {
    let property = schema.resolve(property);
    match &property["type"] {
        Value::String(kind) => BTreeSet::from([kind.as_str()]),
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => BTreeSet::new(),
    }
}

#[test]
fn properties_and_arguments_exist_and_meet() {
    let mut problems = Vec::new();
    for (t, column) in columns() {
        let Some(schema) = schema::cloudformation(t.name) else { continue };
        let Some(resource) = schema::terraform(column.resource) else {
            problems.push(format!("{}: no resource {}", t.name, column.resource));
            continue;
        };
        let mut walk = Walk { t, schema, problems: Vec::new(), claims: Claims::default(), guarded: false };
        walk.fixed(resource, column.fixed);
        for drift in column.drift {
            if !resource.body().attributes().any(|name| name == drift.argument) {
                walk.problems.push(format!("{}: no argument {}", t.name, drift.argument));
            }
        }
        walk.properties(column.properties, "", At::top(resource));
        walk.rest(column, resource);
        walk.complete(column.properties, "");
        walk.required(resource, &[]);
        problems.append(&mut walk.problems);
    }
    assert_none(problems);
}

/// Types with a partial mapping: the migrated engines of endpoints, and the
/// properties of cluster members. The compiler rejects other properties by name.
const PARTIAL: &[&str] = &[
    "CloudWatch",
    "DMS",
    "IAM",
    "KMS",
    "Lambda",
    "Logs",
    "RDS",
    "S3",
    "SNS",
    "SQS",
    "SecretsManager",
    "StepFunctions",
];

/// The written arguments and blocks.
#[derive(Default)]
struct Claims {
    /// The arguments and blocks of each body.
    by_body: BTreeMap<Body, BTreeSet<String>>,
    /// The bodies of the nested blocks.
    blocks: BTreeSet<Body>,
}

/// A Terraform type and the path of blocks inside it.
type Body = (String, Vec<String>);

struct Walk {
    t: &'static ResourceType,
    schema: &'static CloudFormationType,
    problems: Vec<String>,
    claims: Claims,
    /// Inside a form that may share its argument.
    guarded: bool,
}

/// A body of a Terraform resource.
#[derive(Clone)]
struct At<'a> {
    resource: &'a TerraformType,
    blocks: Vec<String>,
    prefix: &'static str,
}

impl<'a> At<'a> {
    fn top(resource: &'a TerraformType) -> Self {
        At { resource, blocks: Vec::new(), prefix: "" }
    }

    fn body(&self) -> Option<Block<'a>> {
        self.blocks.iter().try_fold(self.resource.body(), |body, name| body.block(name))
    }

    fn inside(&self, block: &str) -> Self {
        let mut blocks = self.blocks.clone();
        blocks.push(format!("{}{block}", self.prefix));
        At { resource: self.resource, blocks, prefix: "" }
    }

    fn key(&self) -> Body {
        (self.resource.name.clone(), self.blocks.clone())
    }
}

impl Walk {
    fn report(&mut self, path: &str, message: String) {
        self.problems.push(format!("{} {path}: {message}", self.t.name));
    }

    fn properties(&mut self, properties: &'static [Property], path: &str, at: At<'_>) {
        for property in properties {
            let path = if path.is_empty() { property.name.to_owned() } else { format!("{path}.{}", property.name) };
            self.form(&property.form, &path, at.clone());
        }
    }

    fn exists(&mut self, path: &str) {
        if self.schema.property(path).is_none() {
            self.report(path, "AWS knows no such property".to_owned());
        }
        if !self.is_settable(path) {
            self.report(path, "is read-only".to_owned());
        }
    }

    fn is_settable(&self, path: &str) -> bool {
        !self.schema.is_read_only(path) || self.schema.is_create_only(path)
    }

    fn form(&mut self, form: &'static Form, path: &str, at: At<'_>) {
        if !matches!(form, Form::TerraformOnly { .. }) {
            self.exists(path);
        }
        match form {
            Form::Argument(a) | Form::Secret(a) => self.meets(path, a, &at, as_is),
            Form::Json(a) => self.meets(path, a, &at, |_, tf| tf == "string"),
            Form::Typed(a) => self.meets(path, a, &at, |cfn, tf| cfn == "string" && matches!(tf, "number" | "bool")),
            Form::Text(a) => {
                self.meets(path, a, &at, |cfn, tf| matches!(cfn, "integer" | "number" | "boolean") && tf == "string");
            }
            Form::Tags(a) => self.pairs(path, a, &at, ("Key", "Value")),
            Form::Pairs { argument, key, value } => self.pairs(path, argument, &at, (key, value)),
            Form::Entries { block, key, value, fixed } => {
                self.meets_block(path, block, &at, |cfn| cfn == "object");
                let inside = at.inside(block);
                self.claim(path, key, &inside);
                self.claim(path, value, &inside);
                fixed.iter().for_each(|(name, _)| self.claim(path, name, &inside));
            }
            Form::Values { argument, property } => {
                self.exists(&format!("{path}.{property}"));
                self.meets(path, argument, &at, |cfn, tf| cfn == "array" && tf == "list");
            }
            Form::Block(b, properties) => {
                self.meets_block(path, b, &at, |cfn| cfn == "object");
                self.nested(properties, path, at.inside(b));
            }
            Form::Blocks(b, properties) => {
                self.meets_block(path, b, &at, |cfn| cfn == "array");
                self.nested(properties, path, at.inside(b));
            }
            Form::Object(a, _) => self.meets(path, a, &at, |cfn, tf| cfn == "object" && tf == "object"),
            Form::Objects(a, _) => self.meets(path, a, &at, |cfn, tf| cfn == "array" && tf == "list"),
            Form::Inline(properties) => self.nested(properties, path, at),
            Form::Within(b, form) => {
                let inside = at.inside(b);
                if inside.body().is_none() {
                    self.report(path, format!("no block {b}"));
                }
                self.claims.blocks.insert(inside.key());
                self.form(form, path, inside);
            }
            Form::Single(form) => self.form(form, &format!("{path}.0"), at),
            Form::Listed(a) => self.meets(path, a, &at, |cfn, tf| cfn != "array" && tf == "list"),
            Form::Numbered(prefixes, properties) => {
                for prefix in *prefixes {
                    self.nested(properties, path, At { prefix, ..at.clone() });
                }
            }
            Form::Settings { key, value, properties } => {
                self.exists(&format!("{path}.{key}"));
                self.exists(&format!("{path}.{value}"));
                for property in *properties {
                    self.form(&property.form, &format!("{path}.{value}"), at.clone());
                }
            }
            Form::Words(a, _) => self.meets(path, a, &at, |cfn, tf| cfn == "string" && tf == "string"),
            Form::Flag { argument, .. } => self.meets(path, argument, &at, |cfn, tf| cfn == "string" && tf == "bool"),
            Form::Switch { argument, .. } => {
                self.meets(path, argument, &at, |cfn, tf| cfn == "boolean" && tf == "string");
            }
            Form::Inverted(a) => self.meets(path, a, &at, |cfn, tf| cfn == "boolean" && tf == "bool"),
            Form::Choice { arguments, .. } => {
                arguments.iter().for_each(|(_, argument)| self.meets(path, argument, &at, as_is));
            }
            Form::Implied(names) => self.implied(names, path, &at),
            Form::When { property, form, .. } => {
                self.exists(property);
                self.sharing(|walk| walk.form(form, path, at));
            }
            Form::MethodPath(a, _) => {
                self.sharing(|walk| walk.meets(path, a, &at, |cfn, tf| cfn == "string" && tf == "string"));
            }
            Form::Package { file, hash, properties } => {
                self.claim(path, file, &at);
                self.claim(path, hash, &at);
                self.nested(properties, path, at);
            }
            Form::Satellite(satellite) => self.satellite(satellite, path, &at),
            Form::Satellites { name_from: "", each } => self.satellite(each, &format!("{path}.0"), &at),
            Form::Satellites { each, .. } => self.satellite(each, path, &at),
            Form::Generated(generated) => self.generated(generated, path, &at),
            Form::WriteOnly { argument, version } => {
                self.meets(path, argument, &at, |cfn, tf| cfn == "string" && tf == "string");
                self.claim(path, version, &at);
                if !at.body().is_some_and(|body| body.is_write_only(argument)) {
                    self.report(path, format!("{argument} is not write-only"));
                }
            }
            Form::TerraformOnly { form, .. } => self.terraform_only(form, path, at),
            Form::CloudFormationDefault { default, form, .. } => {
                assert!(serde_json::from_str::<Value>(default).is_ok(), "{path}: {default}");
                self.form(form, path, at);
            }
            Form::Absent(_) => {}
        }
    }

    fn nested(&mut self, properties: &'static [Property], path: &str, at: At<'_>) {
        self.properties(properties, path, at);
        self.complete(properties, path);
    }

    fn sharing(&mut self, walk: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.guarded, true);
        walk(self);
        self.guarded = before;
    }

    fn implied(&mut self, names: &[(&str, &str)], path: &str, at: &At<'_>) {
        for (_, name) in names {
            if !at.body().is_some_and(|body| body.has_attribute(name) || body.block(name).is_some()) {
                self.report(path, format!("no argument or block {name}"));
            }
        }
    }

    /// The argument exists, may be set, and takes the property's type.
    fn meets(&mut self, path: &str, name: &str, at: &At<'_>, agree: fn(&str, &str) -> bool) {
        self.claim(path, name, at);
        let Some(property) = self.schema.property(path) else { return };
        let name = format!("{}{name}", at.prefix);
        let Some(tf) = at.body().and_then(|body| body.type_of(&name)).map(shape) else { return };
        let kinds = kinds(self.schema, property);
        if !kinds.is_empty() && !kinds.iter().any(|cfn| agree(cfn, tf)) {
            self.report(path, format!("{kinds:?} is not {tf} {name}"));
        }
    }

    fn pairs(&mut self, path: &str, argument: &str, at: &At<'_>, (key, value): (&str, &str)) {
        self.exists(&format!("{path}.{key}"));
        self.exists(&format!("{path}.{value}"));
        self.meets(path, argument, at, |cfn, tf| cfn == "array" && tf == "map");
    }

    fn meets_block(&mut self, path: &str, name: &str, at: &At<'_>, agree: fn(&str) -> bool) {
        let full = format!("{}{name}", at.prefix);
        if at.body().and_then(|body| body.block(&full)).is_none() {
            return self.report(path, format!("no block {full} in {}", at.resource.name));
        }
        self.take(path, &full, at);
        self.claims.blocks.insert(at.inside(name).key());
        let Some(property) = self.schema.property(path) else { return };
        let kinds = kinds(self.schema, property);
        if !kinds.is_empty() && !kinds.iter().any(|cfn| agree(cfn)) {
            self.report(path, format!("{kinds:?} is not block {full}"));
        }
    }

    fn claim(&mut self, path: &str, name: &str, at: &At<'_>) {
        let full = format!("{}{name}", at.prefix);
        match at.body() {
            Some(body) if body.is_settable(&full) => self.take(path, &full, at),
            _ => self.report(path, format!("{} cannot set {full} {:?}", at.resource.name, at.blocks)),
        }
    }

    /// One argument has one writer: only so is the table read backwards.
    fn take(&mut self, path: &str, name: &str, at: &At<'_>) {
        let fresh = self.claims.by_body.entry(at.key()).or_default().insert(name.to_owned());
        if !fresh && !self.guarded {
            self.report(path, format!("{name} is written twice in {} {:?}", at.resource.name, at.blocks));
        }
    }

    fn satellite(&mut self, satellite: &'static Satellite, path: &str, parent: &At<'_>) {
        let Some(resource) = schema::terraform(satellite.resource) else {
            return self.report(path, format!("no resource {}", satellite.resource));
        };
        self.links(resource, satellite.links, path, parent);
        self.fixed(resource, satellite.fixed);
        self.form(satellite.form, path, At::top(resource));
        self.required(resource, &[]);
        for after in satellite.after {
            assert!(schema::terraform(after).is_some(), "{path}: {after}");
        }
    }

    fn links(&mut self, resource: &TerraformType, links: Links, path: &str, parent: &At<'_>) {
        for (argument, attribute) in links {
            let at = At::top(resource);
            if !self.claims.by_body.get(&at.key()).is_some_and(|names| names.contains(*argument)) {
                self.claim(path, argument, &at);
            }
            if !parent.resource.body().has_attribute(attribute) {
                self.report(path, format!("{} has no attribute {attribute}", parent.resource.name));
            }
        }
    }

    fn fixed(&mut self, resource: &TerraformType, fixed: &'static [(&'static str, Fixed)]) {
        for (name, value) in fixed {
            self.claim("(fixed)", name, &At::top(resource));
            let wanted = match value {
                Fixed::Bool(_) => "bool",
                Fixed::Integer(_) => "number",
                Fixed::String(_) => "string",
            };
            if resource.body().type_of(name).is_some_and(|t| shape(t) != wanted) {
                self.report("(fixed)", format!("{name} is no {wanted}"));
            }
        }
    }

    /// Everything in addition to the properties.
    fn rest(&mut self, column: &'static Column, resource: &'static TerraformType) {
        for own in column.own {
            let Some(made) = schema::terraform(own.resource) else {
                self.report("(own)", format!("no resource {}", own.resource));
                continue;
            };
            self.links(made, own.links, "(own)", &At::top(resource));
            self.fixed(made, own.fixed);
            self.required(made, &[]);
        }
        if let Some(snapshot) = &column.final_snapshot {
            self.claim("(final snapshot)", snapshot.skip, &At::top(resource));
            self.claim("(final snapshot)", snapshot.identifier, &At::top(resource));
            self.exists(snapshot.name_from);
        }
        for argument in column.emptied {
            self.claim("(emptied)", argument, &At::top(resource));
        }
        let timeouts = resource.body().block("timeouts");
        for (name, _) in column.timeouts {
            if !timeouts.is_some_and(|block| block.is_settable(name)) {
                self.report("(timeouts)", format!("no timeout {name}"));
            }
        }
        if let Some(version) = column.version {
            assert!(column.properties.iter().any(|p| p.name == version), "{}: {version}", self.t.name);
        }
        self.attributes(column, resource.body());
    }

    fn attributes(&mut self, column: &'static Column, body: Block<'_>) {
        self.attribute(body, column.reference);
        let known: BTreeSet<String> = self.schema.attributes().collect();
        for (name, attribute) in column.attributes {
            if !known.contains(*name) && self.schema.property(name).is_none() {
                self.report("(attributes)", format!("Fn::GetAtt knows no {name}"));
            }
            self.attribute(body, attribute);
        }
        for own in column.own_attributes {
            if known.contains(own.name) {
                self.report("(own attributes)", format!("Fn::GetAtt knows {}", own.name));
            }
            self.attribute(body, own.attribute);
        }
    }

    /// `a`, `a[0].b`
    fn attribute(&mut self, body: Block<'_>, path: &str) {
        let name = path.split(['[', '.']).next().unwrap_or_default();
        if !body.has_attribute(name) && body.block(name).is_none() {
            self.report("(attributes)", format!("no attribute {path}"));
        }
    }

    fn terraform_only(&mut self, form: &'static Form, path: &str, at: At<'_>) {
        if self.schema.property(path).is_some() {
            self.report(path, "AWS knows it: it is not Terraform's alone".to_owned());
        }
        match form {
            Form::Argument(a) | Form::Json(a) | Form::Typed(a) | Form::Text(a) => self.claim(path, a, &at),
            other => self.report(path, format!("{other:?} is not checked for Terraform alone")),
        }
    }

    fn generated(&mut self, generated: &'static Generated, path: &str, parent: &At<'_>) {
        let (Some(ephemeral), Some(store)) =
            (schema::ephemeral(generated.ephemeral), schema::terraform(generated.store))
        else {
            return self.report(path, format!("no {} or no {}", generated.ephemeral, generated.store));
        };
        if !ephemeral.body().has_attribute(generated.attribute) {
            self.report(path, format!("no attribute {}", generated.attribute));
        }
        self.properties(generated.properties, path, At::top(ephemeral));
        self.exists(&format!("{path}.{}", generated.template));
        self.exists(&format!("{path}.{}", generated.key));
        self.links(store, generated.links, path, parent);
        self.claim(path, generated.argument, &At::top(store));
        self.claim(path, generated.version, &At::top(store));
        if !store.body().is_write_only(generated.argument) {
            self.report(path, format!("{} is not write-only", generated.argument));
        }
    }

    /// Every property that can be set has a form.
    fn complete(&mut self, properties: &'static [Property], path: &str) {
        if PARTIAL.contains(&self.t.name.split("::").nth(1).unwrap_or_default()) {
            return;
        }
        let known: Vec<&str> = match path {
            "" => self.schema.properties().collect(),
            _ => self.schema.properties_of(path),
        };
        for name in known {
            let full = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
            if self.is_settable(&full) && !properties.iter().any(|p| p.name == name) {
                self.report(&full, "has no form".to_owned());
            }
        }
    }

    /// Every required argument and block of a written resource has a writer.
    fn required(&mut self, resource: &TerraformType, blocks: &[String]) {
        let at = At { resource, blocks: blocks.to_vec(), prefix: "" };
        let Some(body) = at.body() else { return };
        let claimed = self.claims.by_body.get(&at.key()).cloned().unwrap_or_default();
        for name in body.attributes().filter(|name| body.is_required(name) && !claimed.contains(*name)) {
            self.problems.push(format!("{}: {} {:?} needs {name}", self.t.name, resource.name, at.blocks));
        }
        for block in body.blocks() {
            let inner: Vec<String> = blocks.iter().cloned().chain([block.to_owned()]).collect();
            if self.claims.blocks.contains(&(resource.name.clone(), inner.clone())) {
                self.required(resource, &inner);
            } else if body.nesting(block).is_some_and(|nesting| nesting.min > 0) {
                self.problems.push(format!("{}: {} {blocks:?} needs block {block}", self.t.name, resource.name));
            }
        }
    }
}

/// `string`, `number`, `bool`, `list` (or set), `map`, `object`.
fn shape(t: &Value) -> &str {
    match t.as_str().or_else(|| t.get(0)?.as_str()) {
        Some("set") => "list",
        Some(shape) => shape,
        None => "",
    }
}

fn as_is(cfn: &str, tf: &str) -> bool {
    match cfn {
        "integer" | "number" => tf == "number",
        "boolean" => tf == "bool",
        "array" => tf == "list",
        "object" => tf == "map",
        other => other == tf,
    }
}

#[test]
fn a_terraform_type_is_made_in_one_way() {
    let mut mains = BTreeMap::new();
    for (t, column) in columns() {
        let other = mains.insert(column.resource, t.name);
        assert_eq!(other, None, "{} is {} too", t.name, column.resource);
    }
    let mut satellites: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (t, column) in columns() {
        visit(column.properties, &mut |form| {
            if let Form::Satellite(s) | Form::Satellites { each: s, .. } = form {
                satellites.entry(s.resource).or_default().insert(t.name);
            }
        });
    }
    // A resource with a type of its own is read as that type.
    let shared = satellites.iter().filter(|(resource, owners)| !mains.contains_key(*resource) && owners.len() > 1);
    assert_none(shared.map(|(resource, owners)| format!("{resource}: {owners:?}")).collect());
}

fn visit(properties: &'static [Property], see: &mut dyn FnMut(&'static Form)) {
    properties.iter().for_each(|property| visit_form(&property.form, see));
}

fn visit_form(form: &'static Form, see: &mut dyn FnMut(&'static Form)) {
    see(form);
    match form {
        Form::Block(_, p) | Form::Blocks(_, p) | Form::Object(_, p) | Form::Objects(_, p) | Form::Inline(p) => {
            visit(p, see);
        }
        Form::Numbered(_, p) | Form::Package { properties: p, .. } | Form::Settings { properties: p, .. } => {
            visit(p, see);
        }
        Form::Within(_, form) | Form::Single(form) | Form::When { form, .. } => visit_form(form, see),
        Form::TerraformOnly { form, .. } | Form::CloudFormationDefault { form, .. } => visit_form(form, see),
        Form::Satellite(satellite) | Form::Satellites { each: satellite, .. } => visit_form(satellite.form, see),
        _ => {}
    }
}
