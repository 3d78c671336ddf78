//! Templates as resources of the graph. Types and properties that the table
//! does not know are reported, never skipped.

use std::collections::BTreeMap;

use migspec_ir::resource_type::{self, Form, Terraform};
use migspec_ir::{Datum, Id, Map, Origin, Resource, Value};
use serde_json::Value as Json;

/// Templates in the words of the graph.
#[derive(Default, Debug)]
pub struct Reading {
    /// Named by their logical ids.
    pub resources: Vec<Resource>,
    /// Types and properties that the table does not know.
    pub unmapped: Vec<String>,
}

/// Reads the template of a stack; `nested` has the templates of its nested
/// stacks, by the last part of their URLs.
pub fn read(template: &Json, nested: &BTreeMap<String, Json>, at: Origin) -> Reading {
    let mut reading = Reading::default();
    let root = Reader { template, nested, passed: BTreeMap::new(), at };
    root.read(&mut reading);
    reading
}

/// Reads the template of a stack whose parameters have the names of another stack's
/// outputs.
pub fn read_after(template: &Json, before: &Json, nested: &BTreeMap<String, Json>, at: Origin) -> Reading {
    let mut reading = Reading::default();
    let first = Reader { template: before, nested, passed: BTreeMap::new(), at };
    let outputs = before.get("Outputs").and_then(Json::as_object).into_iter().flatten();
    let passed = outputs.filter_map(|(name, output)| Some((name.clone(), first.value(output.get("Value")?).value)));
    Reader { template, nested, passed: passed.collect(), at }.read(&mut reading);
    reading
}

struct Reader<'t> {
    template: &'t Json,
    nested: &'t BTreeMap<String, Json>,
    /// The parameters from the parent stack.
    passed: BTreeMap<String, Value>,
    at: Origin,
}

impl Reader<'_> {
    fn read(&self, reading: &mut Reading) {
        for (logical, resource) in self.resources() {
            let type_name = resource.get("Type").and_then(Json::as_str).unwrap_or_default();
            if type_name == NESTED {
                if let Some(child) = self.child(resource) {
                    child.read(reading);
                }
                continue;
            }
            match resource_type::find(type_name) {
                Some(row) => reading.resources.push(self.resource(logical, row, resource, &mut reading.unmapped)),
                None => reading.unmapped.push(format!("{logical}: {type_name}")),
            }
        }
    }

    fn resources(&self) -> impl Iterator<Item = (&String, &Json)> {
        self.template.get("Resources").and_then(Json::as_object).into_iter().flatten()
    }

    fn resource(
        &self,
        logical: &str,
        row: &'static resource_type::ResourceType,
        json: &Json,
        unmapped: &mut Vec<String>,
    ) -> Resource {
        let node = json.pointer("/Metadata/migspec/node").and_then(Json::as_str).unwrap_or(logical);
        let mut resource = Resource::new(row.name, logical, node, self.at);
        let Terraform::Column(column) = &row.terraform else { return resource };
        for (name, property) in json.get("Properties").and_then(Json::as_object).into_iter().flatten() {
            match column.properties.iter().find(|p| p.name == name) {
                None => unmapped.push(format!("{logical}: {}.{name}", row.name)),
                // An absent property has the table's default.
                Some(p) if is_default(&p.form, property) => {}
                Some(p) => resource.properties.set(name.as_str(), self.property(&p.form, property)),
            }
        }
        let says = |name: &str, policy: &str| json.get(name).and_then(Json::as_str) == Some(policy);
        resource.lifecycle.retain = says("DeletionPolicy", "RetainExceptOnCreate");
        resource.lifecycle.snapshot = says("DeletionPolicy", "Snapshot");
        self.depends_on(json, &mut resource);
        resource
    }

    fn depends_on(&self, json: &Json, resource: &mut Resource) {
        let before = match json.get("DependsOn") {
            Some(Json::String(one)) => vec![one.as_str()],
            Some(Json::Array(many)) => many.iter().filter_map(Json::as_str).collect(),
            _ => Vec::new(),
        };
        resource.depends_on = before.into_iter().map(Id::new).collect();
    }

    fn property(&self, form: &Form, json: &Json) -> Datum {
        match (form, package(json)) {
            (Form::Package { .. }, Some(name)) => self.datum(Value::Package(name.into())),
            _ => self.value(json),
        }
    }

    fn value(&self, json: &Json) -> Datum {
        let value = match json {
            Json::Null => Value::from(""),
            Json::Bool(b) => Value::Bool(*b),
            Json::Number(n) => n.as_i64().map_or_else(|| n.as_f64().unwrap_or_default().into(), Value::Integer),
            Json::String(s) => s.as_str().into(),
            Json::Array(items) => Value::List(items.iter().map(|item| self.value(item)).collect()),
            Json::Object(map) => match map.iter().next().filter(|_| map.len() == 1) {
                Some((function, argument)) if function == "Ref" || function.starts_with("Fn::") => {
                    self.function(function, argument)
                }
                _ => Value::Map(self.map(map)),
            },
        };
        self.datum(value)
    }

    fn map(&self, json: &serde_json::Map<String, Json>) -> Map {
        let mut map = Map::new();
        json.iter().for_each(|(name, value)| map.set(name.as_str(), self.value(value)));
        map
    }

    fn function(&self, name: &str, argument: &Json) -> Value {
        match (name, argument) {
            ("Ref", Json::String(name)) => self.resolve_name(name),
            ("Fn::GetAtt", Json::Array(path)) => match path.as_slice() {
                [Json::String(logical), Json::String(attribute)] => self.attribute(logical, attribute),
                _ => argument.to_string().into(),
            },
            ("Fn::Sub", Json::String(text)) => self.substitute(text, None),
            ("Fn::Sub", Json::Array(both)) => match both.as_slice() {
                [Json::String(text), Json::Object(variables)] => self.substitute(text, Some(variables)),
                _ => argument.to_string().into(),
            },
            ("Fn::Select", Json::Array(both)) => {
                let zones = both.get(1).and_then(|zones| zones.get("Fn::GetAZs"));
                match (both.first().and_then(Json::as_u64), zones) {
                    (Some(n), Some(_)) => Value::Zone(u8::try_from(n).unwrap_or(u8::MAX)),
                    _ => argument.to_string().into(),
                }
            }
            _ => argument.to_string().into(),
        }
    }

    /// The meaning of a name: a parameter from the parent stack, a resource, or
    /// another parameter.
    fn resolve_name(&self, name: &str) -> Value {
        if let Some(value) = self.passed.get(name) {
            return value.clone();
        }
        let resource = self.resources().any(|(logical, _)| logical == name);
        if resource { Value::Ref(Id::new(name)) } else { Value::Parameter(name.into()) }
    }

    /// An attribute, or the output of a nested stack.
    fn attribute(&self, logical: &str, attribute: &str) -> Value {
        let stack = self.resources().find(|(name, _)| *name == logical).and_then(|(_, json)| self.child(json));
        let output = stack.as_ref().zip(attribute.strip_prefix("Outputs."));
        let value = output.and_then(|(child, name)| {
            let json = child.template.get("Outputs")?.get(name)?.get("Value")?;
            Some(child.value(json).value)
        });
        value.unwrap_or_else(|| Value::attribute(logical, attribute))
    }

    /// The nested stack of a resource.
    fn child(&self, resource: &Json) -> Option<Reader<'_>> {
        let template = self.nested.get(nested_template(resource)?)?;
        let parameters = resource.pointer("/Properties/Parameters").and_then(Json::as_object);
        let passed = parameters.into_iter().flatten().map(|(name, value)| (name.clone(), self.value(value).value));
        Some(Reader { template, nested: self.nested, passed: passed.collect(), at: self.at })
    }

    /// Text with names between `${` and `}`.
    fn substitute(&self, text: &str, variables: Option<&serde_json::Map<String, Json>>) -> Value {
        let mut parts: Vec<Value> = Vec::new();
        let mut rest = text;
        let mut literal = String::new();
        while let Some(start) = rest.find("${") {
            literal.push_str(&rest[..start]);
            let inside = &rest[start + 2..];
            let Some(end) = inside.find('}') else { break };
            if let Some(escaped) = inside.strip_prefix('!') {
                literal.push_str("${");
                rest = escaped;
                continue;
            }
            let name = &inside[..end];
            let variable = variables.and_then(|v| v.get(name)).map(|json| self.value(json).value);
            parts.extend((!literal.is_empty()).then(|| std::mem::take(&mut literal).into()));
            parts.push(variable.unwrap_or_else(|| match name.split_once('.') {
                Some((logical, attribute)) => self.attribute(logical, attribute),
                None => self.resolve_name(name),
            }));
            rest = &inside[end + 1..];
        }
        literal.push_str(rest);
        parts.extend((!literal.is_empty()).then(|| literal.into()));
        secret(&parts).unwrap_or(Value::Concat(parts))
    }

    fn datum(&self, value: impl Into<Value>) -> Datum {
        Datum::new(value, self.at)
    }
}

/// The file of a nested stack's template: the last part of its URL.
pub fn nested_template(resource: &Json) -> Option<&str> {
    let is_stack = resource.get("Type").and_then(Json::as_str) == Some(NESTED);
    let url = resource.pointer("/Properties/TemplateURL").filter(|_| is_stack)?;
    let text = url.as_str().or_else(|| url.get("Fn::Sub").and_then(Json::as_str))?;
    text.rsplit('/').next()
}

const NESTED: &str = "AWS::CloudFormation::Stack";

/// A dynamic reference to a secret of the template.
fn secret(parts: &[Value]) -> Option<Value> {
    match parts {
        [Value::String(start), Value::Ref(id), Value::String(end)]
            if &**start == "{{resolve:secretsmanager:" && end.starts_with(":SecretString") =>
        {
            Some(Value::Generated(id.clone()))
        }
        _ => None,
    }
}

fn is_default(form: &Form, json: &Json) -> bool {
    match form {
        Form::CloudFormationDefault { default, .. } => {
            serde_json::from_str::<Json>(default).ok().as_ref() == Some(json)
        }
        _ => false,
    }
}

/// The function whose package an object in the artifact bucket is.
fn package(json: &Json) -> Option<&str> {
    let key = json.get("S3Key")?.get("Fn::Sub")?.as_str()?;
    let file = key.rsplit('/').next()?.strip_suffix(".zip")?;
    // A content hash follows the name, where the package was at hand.
    let hash = |text: &str| text.len() == 16 && text.bytes().all(|b| b.is_ascii_hexdigit());
    Some(file.rsplit_once('-').filter(|(_, end)| hash(end)).map_or(file, |(name, _)| name))
}
