use std::sync::{LazyLock, OnceLock};

use jsonschema::{Draft, ValidationError, Validator};
use serde_json::Value;

use super::Rows;

static TYPES: LazyLock<Rows<CloudFormationType>> =
    LazyLock::new(|| Rows::read(include_bytes!("../../schemas/cloudformation.gz")));

/// AWS's schema of a resource type.
pub fn cloudformation(name: &str) -> Option<&'static CloudFormationType> {
    TYPES.get(name, |name, schema| CloudFormationType { name: name.to_owned(), schema, validator: OnceLock::new() })
}

/// The names of all vendored types, sorted.
pub fn cloudformation_types() -> Vec<&'static str> {
    TYPES.names()
}

/// A resource type as AWS describes it.
#[derive(Debug)]
pub struct CloudFormationType {
    pub(super) name: String,
    schema: Value,
    validator: OnceLock<Result<Validator, Box<ValidationError<'static>>>>,
}

impl CloudFormationType {
    pub fn schema(&self) -> &Value {
        &self.schema
    }

    /// The compiled schema, or why it does not compile (a test compiles all).
    ///
    /// # Errors
    ///
    /// The vendored schema is not a valid JSON schema.
    pub fn validator(&self) -> Result<&Validator, &ValidationError<'static>> {
        let compile = || {
            let options = jsonschema::options().with_draft(Draft::Draft202012);
            options.build(&self.schema).map_err(Box::new)
        };
        self.validator.get_or_init(compile).as_ref().map_err(|error| &**error)
    }

    /// The names of the top-level properties and attributes.
    pub fn properties(&self) -> impl Iterator<Item = &str> {
        names(&self.schema)
    }

    /// The schema at a path such as `A.B.C` or `A.0.B`; lists are stepped into
    /// with or without an index. None where there is no such property, and
    /// where a free-form object holds it.
    pub fn property(&self, path: &str) -> Option<&Value> {
        path.split('.').try_fold(&self.schema, |schema, step| self.step(self.resolve(schema), step))
    }

    /// The names of the properties of the object at a path, or of the items of
    /// the list there.
    pub fn properties_of(&self, path: &str) -> Vec<&str> {
        let Some(schema) = self.property(path) else { return Vec::new() };
        let schema = self.resolve(schema);
        let object = schema.get("items").map_or(schema, |items| self.resolve(items));
        names(object).collect()
    }

    /// Whether the object at a path may have properties that no schema names.
    pub fn is_free_form(&self, path: &str) -> bool {
        self.property(path).is_some_and(|schema| {
            let schema = self.resolve(schema);
            names(schema).next().is_none() && schema.get("items").is_none()
        })
    }

    pub fn required_properties(&self) -> impl Iterator<Item = &str> {
        texts(&self.schema["required"])
    }

    /// Whether only AWS sets the property or a property inside it at this path.
    pub fn is_read_only(&self, path: &str) -> bool {
        self.lists("readOnlyProperties", path)
    }

    /// Whether a change of the property makes a new resource.
    pub fn is_create_only(&self, path: &str) -> bool {
        self.lists("createOnlyProperties", path)
    }

    /// The paths of properties whose change makes a new resource.
    pub fn create_only(&self) -> impl Iterator<Item = String> {
        texts(&self.schema["createOnlyProperties"]).map(path_of)
    }

    /// The paths of properties whose change makes a new resource for some values.
    pub fn conditional_create_only(&self) -> impl Iterator<Item = String> {
        texts(&self.schema["conditionalCreateOnlyProperties"]).map(path_of)
    }

    /// The attributes of `Fn::GetAtt`: read-only properties, by path.
    pub fn attributes(&self) -> impl Iterator<Item = String> {
        texts(&self.schema["readOnlyProperties"]).map(path_of)
    }

    fn lists(&self, keyword: &str, path: &str) -> bool {
        let path = path.split('.').filter(|step| step.parse::<usize>().is_err()).collect::<Vec<_>>().join(".");
        texts(&self.schema[keyword]).any(|pointer| path_of(pointer) == path)
    }

    fn step<'s>(&'s self, schema: &'s Value, name: &str) -> Option<&'s Value> {
        match (schema.get("items"), name.parse::<usize>()) {
            (Some(items), Ok(_)) => Some(items),
            (Some(items), Err(_)) => self.step(self.resolve(items), name),
            (None, _) => property(schema, name),
        }
    }

    /// Follows `$ref`s to definitions of the same type.
    pub fn resolve<'s>(&'s self, schema: &'s Value) -> &'s Value {
        let target = schema.get("$ref").and_then(Value::as_str).and_then(|r| r.strip_prefix('#'));
        target.and_then(|pointer| self.schema.pointer(pointer)).map_or(schema, |schema| self.resolve(schema))
    }
}

/// A property of an object, also inside one of several alternatives.
fn property<'s>(schema: &'s Value, name: &str) -> Option<&'s Value> {
    let forms = ["anyOf", "oneOf", "allOf"].iter().filter_map(|keyword| schema.get(*keyword)?.as_array()).flatten();
    schema
        .get("properties")
        .and_then(|p| p.get(name))
        .or_else(|| forms.into_iter().find_map(|form| property(form, name)))
}

fn names(schema: &Value) -> impl Iterator<Item = &str> {
    schema.get("properties").and_then(Value::as_object).into_iter().flat_map(|map| map.keys().map(String::as_str))
}

fn texts(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str)
}

/// `/properties/Endpoint/Address` as `Endpoint.Address`. AWS writes some
/// pointers with `properties` and `items` between the steps.
fn path_of(pointer: &str) -> String {
    let steps = pointer.split('/').skip(1).filter(|step| !matches!(*step, "properties" | "items" | "*"));
    steps.collect::<Vec<_>>().join(".")
}
