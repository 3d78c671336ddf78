use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use migspec_diag::{did_you_mean, nearest};
use serde_json::{Map, Value as Json};

use super::cloudformation::{CloudFormationType, cloudformation};
use crate::datum::{Datum, Value};
use crate::graph::Resource;
use crate::resource_type::{Form, Property, Terraform};

/// The kind of a problem with a literal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// The type has no such property.
    Unknown,
    /// AWS refuses the value, or its absence.
    Invalid,
}

/// A literal value that AWS would refuse.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SchemaProblem {
    pub fault: Fault,
    /// Names and indices: `A.B.0.C`. A missing or unknown property has its own path;
    /// empty for the resource itself.
    pub path: String,
    pub message: String,
    pub help: Option<String>,
    /// The known name that is nearest to an unknown one.
    pub nearest: Option<String>,
}

/// Checks the literal values of a resource against AWS's schema of its type.
/// Expressions match any value; the table checks references to attributes. A
/// type without a schema has no problems.
pub fn validate(resource: &Resource) -> Vec<SchemaProblem> {
    let Some(schema) = cloudformation(resource.type_name) else { return Vec::new() };
    let mut literals = Literals { expressions: Vec::new() };
    let mut path = String::new();
    let mut properties = Map::new();
    for (name, datum) in resource.properties.iter().filter(|(name, _)| !is_terraform_only(resource, name)) {
        properties.insert(name.to_owned(), literals.inside(&mut path, name, datum));
    }
    let instance = Json::Object(properties);
    let Ok(validator) = schema.validator() else { return Vec::new() };
    let mut problems: Vec<_> = validator
        .iter_errors(&instance)
        .filter(|error| !literals.excuse(error))
        .flat_map(|error| problems_of(&error, schema))
        .collect();
    problems.extend(read_only(resource, schema));
    problems.sort_by(|a, b| (&a.path, &a.message).cmp(&(&b.path, &b.message)));
    problems.dedup();
    problems
}

fn is_terraform_only(resource: &Resource, name: &str) -> bool {
    let column = resource.resource_type().map(|t| &t.terraform);
    let Some(Terraform::Column(column)) = column else { return false };
    let is = |p: &Property| p.name == name && matches!(p.form, Form::TerraformOnly { .. });
    column.properties.iter().any(is)
}

/// Converts data to JSON, with the places of expressions.
struct Literals {
    /// JSON pointers.
    expressions: Vec<String>,
}

impl Literals {
    fn inside(&mut self, path: &mut String, step: &str, datum: &Datum) -> Json {
        let length = path.len();
        path.push('/');
        path.push_str(&step.replace('~', "~0").replace('/', "~1"));
        let json = self.json(path, &datum.value);
        path.truncate(length);
        json
    }

    fn json(&mut self, path: &mut String, value: &Value) -> Json {
        match value {
            Value::Bool(b) => (*b).into(),
            Value::Integer(n) => (*n).into(),
            Value::Number(n) => (*n).into(),
            Value::String(s) => (&**s).into(),
            Value::List(items) => {
                items.iter().enumerate().map(|(i, item)| self.inside(path, &i.to_string(), item)).collect()
            }
            Value::Map(map) => Json::Object(map.iter().map(|(n, d)| (n.to_owned(), self.inside(path, n, d))).collect()),
            _ => self.expression(path),
        }
    }

    /// A text that is no other: two expressions are not known to be equal.
    fn expression(&mut self, path: &str) -> Json {
        self.expressions.push(path.to_owned());
        format!("\u{0}{}", self.expressions.len()).into()
    }

    /// Whether the error may be only because an expression is not known.
    fn excuse(&self, error: &ValidationError<'_>) -> bool {
        let place = error.instance_path().as_str();
        let whole = matches!(
            error.kind(),
            ValidationErrorKind::AnyOf { .. }
                | ValidationErrorKind::OneOfNotValid { .. }
                | ValidationErrorKind::OneOfMultipleValid { .. }
                | ValidationErrorKind::Not { .. }
                | ValidationErrorKind::Contains
        );
        self.expressions.iter().any(|expression| {
            let inside = expression.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
            expression == place || (whole && inside)
        })
    }
}

fn problems_of(error: &ValidationError<'_>, schema: &CloudFormationType) -> Vec<SchemaProblem> {
    let path = error.instance_path().as_str().split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~"));
    let path = path.collect::<Vec<_>>().join(".");
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            unexpected.iter().map(|name| unknown(&path, name, schema)).collect()
        }
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            vec![SchemaProblem {
                fault: Fault::Invalid,
                path: join_path(&path, name),
                message: format!("`{name}` is missing"),
                help: None,
                nearest: None,
            }]
        }
        kind => vec![SchemaProblem {
            fault: Fault::Invalid,
            path,
            message: message(kind, error),
            help: None,
            nearest: None,
        }],
    }
}

fn join_path(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn unknown(path: &str, name: &str, schema: &CloudFormationType) -> SchemaProblem {
    let (owner, known): (_, Vec<&str>) = match path {
        "" => (schema.name.as_str(), schema.properties().collect()),
        _ => (path, schema.properties_of(path)),
    };
    SchemaProblem {
        fault: Fault::Unknown,
        path: join_path(path, name),
        message: format!("`{owner}` has no property `{name}`"),
        nearest: nearest(name, known.iter().copied()).map(str::to_owned),
        help: did_you_mean(name, known),
    }
}

fn message(kind: &ValidationErrorKind, error: &ValidationError<'_>) -> String {
    let value = error.instance();
    match kind {
        ValidationErrorKind::Enum { options } => {
            let options = options.as_array().into_iter().flatten();
            let words: Vec<_> = options.map(|option| format!("`{}`", plain(option))).collect();
            format!("`{}` is none of {}", plain(value), words.join(", "))
        }
        ValidationErrorKind::Pattern { pattern } => format!("`{}` does not match `{pattern}`", plain(value)),
        ValidationErrorKind::Minimum { limit } => format!("`{value}` is less than {limit}"),
        ValidationErrorKind::Maximum { limit } => format!("`{value}` is more than {limit}"),
        ValidationErrorKind::MinLength { limit } => format!("the text is shorter than {limit}"),
        ValidationErrorKind::MaxLength { limit } => format!("the text is longer than {limit}"),
        ValidationErrorKind::MinItems { limit } => format!("the list has fewer items than {limit}"),
        ValidationErrorKind::MaxItems { limit } => format!("the list has more items than {limit}"),
        ValidationErrorKind::UniqueItems => "an item of the list is repeated".to_owned(),
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            alternatives(context)
        }
        ValidationErrorKind::OneOfMultipleValid { .. } | ValidationErrorKind::Not { .. } => {
            "some of the properties exclude each other".to_owned()
        }
        ValidationErrorKind::Type { .. } => {
            format!("{} is not accepted here; AWS accepts {}", kind_of(value), expectation(error))
        }
        _ => error.to_string().replace('"', "`"),
    }
}

/// The message for a value that matches none of several alternatives, each with
/// its errors. The usual cause is a missing property.
fn alternatives(forms: &[Vec<ValidationError<'_>>]) -> String {
    let missing = |form: &Vec<ValidationError<'_>>| match form.as_slice() {
        [error] => match error.kind() {
            ValidationErrorKind::Required { property } => Some(format!("`{}`", plain(property))),
            _ => None,
        },
        _ => None,
    };
    match forms.iter().map(missing).collect::<Option<Vec<_>>>() {
        Some(names) => format!("one of {} is missing", names.join(", ")),
        None => "the value has none of the forms that AWS takes".to_owned(),
    }
}

/// A text without quotes, anything else as JSON.
fn plain(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn kind_of(value: &Json) -> &'static str {
    match value {
        Json::Null => "nothing",
        Json::Bool(_) => "a boolean",
        Json::Number(_) => "a number",
        Json::String(_) => "text",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    }
}

fn expectation(error: &ValidationError<'_>) -> String {
    use jsonschema::error::TypeKind;
    match error.kind() {
        ValidationErrorKind::Type { kind: TypeKind::Single(one) } => one.to_string(),
        ValidationErrorKind::Type { kind: TypeKind::Multiple(several) } => {
            several.iter().map(|one| one.to_string()).collect::<Vec<_>>().join(" or ")
        }
        _ => String::new(),
    }
}

/// Properties that are set and that only AWS sets.
fn read_only(resource: &Resource, schema: &CloudFormationType) -> Vec<SchemaProblem> {
    let set = resource.properties.iter().map(|(name, _)| name).filter(|name| schema.is_read_only(name));
    let problem = |name: &str| SchemaProblem {
        fault: Fault::Invalid,
        path: name.to_owned(),
        message: format!("`{name}` is read-only: AWS sets it"),
        help: None,
        nearest: None,
    };
    set.map(problem).collect()
}
