//! Values of the graph as expressions.

use std::collections::BTreeMap;

use migspec_diag::{Diagnostic, did_you_mean};
use migspec_ir::aws::provider;
use migspec_ir::resource_type::{Column, Form, Generated, Terraform};
use migspec_ir::{Datum, Graph, Id, Map, Origin, Resource, Value};

use super::hcl::{Expression, Part};
use crate::package::Names;

/// The shared data of all translations of a graph.
pub struct Context<'a> {
    pub graph: &'a Graph,
    pub packages: &'a Names,
    /// The names of the data blocks of secrets that exist, by ARN.
    pub secrets: BTreeMap<String, String>,
}

/// The column of a resource that is written.
pub fn column(resource: &Resource) -> Option<&'static Column> {
    if resource.existing.is_some() {
        return None;
    }
    match &resource.resource_type()?.terraform {
        Terraform::Column(column) => Some(column),
        Terraform::NotEmitted => None,
    }
}

/// The name of a resource in Terraform.
pub fn name(id: &Id) -> String {
    id.snake()
}

/// The name of a variable.
pub fn variable(name: &str) -> String {
    Id::new(name).snake()
}

/// The label of the data block with the zones of a region.
pub fn zones(region: &str) -> String {
    Id::new(region).snake()
}

/// Turns the values of one resource into expressions.
pub struct Values<'a> {
    pub context: &'a Context<'a>,
    /// The resource whose values they are.
    pub resource: &'a Resource,
}

impl Values<'_> {
    pub fn datum(&self, datum: &Datum, problems: &mut Vec<Diagnostic>) -> Expression {
        self.value(&datum.value, datum.origin, problems)
    }

    pub fn value(&self, value: &Value, origin: Origin, problems: &mut Vec<Diagnostic>) -> Expression {
        match value {
            Value::Bool(b) => Expression::Bool(*b),
            Value::Integer(n) => Expression::Integer(*n),
            Value::Number(n) => Expression::Number(*n),
            Value::String(s) => Expression::String(s.to_string()),
            Value::List(items) => Expression::List(items.iter().map(|d| self.datum(d, problems)).collect()),
            Value::Map(map) => self.map(map, problems),
            Value::Ref(id) => self.reference(id, None, origin, problems),
            Value::Attribute(id, name) => self.reference(id, Some(name), origin, problems),
            Value::Concat(parts) => Expression::template(self.parts(parts, origin, problems)),
            Value::Parameter(name) => Expression::traversal(format!("var.{}", variable(name))),
            Value::JsonText(document) => self.json(document, problems),
            Value::Zone(n) => self.zone(*n),
            Value::Package(name) => package_file(name),
            Value::Definition(name) => self.definition(name, origin, problems),
            Value::Generated(id) => self.generated_secret(id, origin, problems),
        }
    }

    fn map(&self, map: &Map, problems: &mut Vec<Diagnostic>) -> Expression {
        Expression::Object(map.iter().map(|(name, d)| (name.to_owned(), self.datum(d, problems))).collect())
    }

    /// A document as `jsonencode` of its tree.
    pub fn json(&self, document: &Datum, problems: &mut Vec<Diagnostic>) -> Expression {
        Expression::Call("jsonencode", vec![self.datum(document, problems)])
    }

    fn parts(&self, parts: &[Value], origin: Origin, problems: &mut Vec<Diagnostic>) -> Vec<Part> {
        let mut out = Vec::new();
        for part in parts {
            match part {
                Value::Concat(inner) => out.extend(self.parts(inner, origin, problems)),
                Value::String(s) => out.push(Part::Text(s.to_string())),
                Value::Integer(n) => out.push(Part::Text(n.to_string())),
                other => out.push(match self.value(other, origin, problems) {
                    Expression::String(text) => Part::Text(text),
                    expression => Part::Expression(expression),
                }),
            }
        }
        out
    }

    fn zone(&self, n: u8) -> Expression {
        let region = self.resource.region.as_ref().unwrap_or(&self.context.graph.environment.region);
        Expression::traversal(format!("data.{}.{}.names[{n}]", provider::ZONES, zones(region)))
    }

    fn definition(&self, name: &str, origin: Origin, problems: &mut Vec<Diagnostic>) -> Expression {
        match crate::definition(self.context.graph, name) {
            Some(text) => Expression::Heredoc(text),
            None => {
                problems.push(dangling(&format!("there is no workflow `{name}`"), origin));
                Expression::from("")
            }
        }
    }

    /// A reference to another resource, as its table row writes it.
    fn reference(
        &self,
        id: &Id,
        attribute: Option<&str>,
        origin: Origin,
        problems: &mut Vec<Diagnostic>,
    ) -> Expression {
        if let Some(identity) = self.context.graph.identity(id, attribute) {
            return Expression::String(identity.to_string());
        }
        let Some((target, column)) = self.context.graph.get(id).and_then(|r| Some((r, column(r)?))) else {
            problems.push(dangling(&format!("there is no resource `{id}`"), origin));
            return Expression::from("");
        };
        let path = match attribute {
            None => Some(column.reference),
            Some(name) => attribute_path(column, name),
        };
        match path {
            Some(path) => Expression::traversal(format!("{}.{}.{path}", column.resource, name(&target.id))),
            None => {
                problems.push(unmapped_attribute(target, column, attribute.unwrap_or_default(), origin));
                Expression::from("")
            }
        }
    }

    /// The password in the stored version of a generated secret. A second random
    /// value would differ from it after an apply that breaks between the two
    /// (fact: terraform-ephemeral-values-change).
    fn generated_secret(&self, id: &Id, origin: Origin, problems: &mut Vec<Diagnostic>) -> Expression {
        let secret = self.context.graph.get(id);
        match secret.and_then(column).and_then(generated_secret) {
            Some(form) => {
                let stored = format!("ephemeral.{}.{}.{}", form.store, name(id), form.stored);
                match secret.and_then(|s| s.get(GENERATE)?.get(form.key)).and_then(|d| d.value.as_str()) {
                    Some(key) => Expression::traversal(format!("jsondecode({stored}).{key}")),
                    None => Expression::traversal(stored),
                }
            }
            None => {
                problems.push(dangling(&format!("`{id}` generates no secret"), origin));
                Expression::from("")
            }
        }
    }
}

/// The Terraform attribute for an attribute of `Fn::GetAtt`, or for one that
/// only Terraform knows.
pub fn attribute_path(column: &Column, name: &str) -> Option<&'static str> {
    let own = column.own_attributes.iter().find(|own| own.name == name).map(|own| own.attribute);
    column.attributes.iter().find(|(n, _)| *n == name).map(|(_, path)| *path).or(own)
}

/// The property with the form of a generated secret.
const GENERATE: &str = "GenerateSecretString";

/// How resources of a type write a generated secret.
fn generated_secret(column: &Column) -> Option<&'static Generated> {
    fn inside(form: &'static Form) -> Option<&'static Generated> {
        match form {
            Form::Generated(generated) => Some(generated),
            _ => None,
        }
    }
    column.properties.iter().find_map(|p| inside(&p.form))
}

/// A function's package, beside the folder of the configuration.
pub fn package_file(name: &str) -> Expression {
    Expression::template(vec![
        Part::Expression(Expression::traversal("path.module")),
        Part::Text(format!("/../{}", crate::package::path(name))),
    ])
}

fn dangling(message: &str, origin: Origin) -> Diagnostic {
    Diagnostic::error("dangling-reference", message).at(origin.span(), "referenced because of this")
}

fn unmapped_attribute(target: &Resource, column: &Column, attribute: &str, origin: Origin) -> Diagnostic {
    let message = format!("the attribute `{attribute}` of `{}` has no mapping to Terraform", target.type_name);
    Diagnostic::error("unmapped-property", message)
        .at(origin.span(), "referenced because of this")
        .help_if(did_you_mean(attribute, column.attributes.iter().map(|(name, _)| *name)))
}
