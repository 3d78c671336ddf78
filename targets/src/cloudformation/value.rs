//! Values of the graph as JSON with intrinsic functions.

use migspec_ir::{Datum, Graph, Id, Map, Value};
use serde_json::{Value as Json, json};

use crate::documents;
use crate::package::Names;

/// The context in which a template writes a value.
pub struct Scope<'a> {
    /// `Ref` or an attribute of a resource, or the parameter that carries it
    /// into this template.
    pub reference: &'a dyn Fn(&Id, Option<&str>) -> Reference,

    pub graph: &'a Graph,
    pub packages: &'a Names,
}

/// Where a template finds a referenced value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reference {
    /// `Ref` of a resource or a parameter of this template.
    Ref(String),
    /// An attribute of a resource of this template.
    Attribute(String, String),
    /// The value of an existing resource.
    Literal(String),
}

impl Scope<'_> {
    pub fn map(&self, map: &Map) -> Json {
        Json::Object(map.iter().map(|(name, datum)| (name.to_owned(), self.json(&datum.value))).collect())
    }

    pub fn json(&self, value: &Value) -> Json {
        match value {
            Value::Bool(b) => json!(b),
            Value::Integer(n) => json!(n),
            Value::Number(n) => json!(n),
            Value::String(s) => json!(&**s),
            Value::List(items) => Json::Array(items.iter().map(|d| self.json(&d.value)).collect()),
            Value::Map(map) => self.map(map),
            Value::Ref(id) => (self.reference)(id, None).json(),
            Value::Attribute(id, name) => (self.reference)(id, Some(name)).json(),
            Value::Parameter(name) => json!({ "Ref": parameter(name) }),
            Value::Zone(n) => json!({ "Fn::Select": [n, { "Fn::GetAZs": "" }] }),
            Value::Concat(parts) => {
                let mut text = Substitution::default();
                parts.iter().for_each(|part| self.piece(part, &mut text));
                text.json()
            }
            Value::JsonText(datum) => self.document(datum),
            Value::Package(name) => self.package(name),
            Value::Definition(name) => json!(crate::definition(self.graph, name).unwrap_or_default()),
            Value::Generated(id) => self.generated_secret(id),
        }
    }

    /// A JSON document as text, with its references filled in.
    fn document(&self, datum: &Datum) -> Json {
        let mut text = Substitution::default();
        for piece in documents::pieces(datum) {
            match piece {
                documents::Piece::Text(s) => text.literal(&s),
                documents::Piece::Value(value) => self.piece(value, &mut text),
            }
        }
        text.json()
    }

    fn piece(&self, value: &Value, text: &mut Substitution) {
        match value {
            Value::Ref(id) => text.reference((self.reference)(id, None)),
            Value::Attribute(id, name) => text.reference((self.reference)(id, Some(name))),
            Value::Parameter(name) => text.reference(Reference::Ref(parameter(name))),
            Value::Concat(parts) => parts.iter().for_each(|part| self.piece(part, text)),
            Value::String(s) => text.literal(s),
            Value::Bool(b) => text.literal(&b.to_string()),
            Value::Integer(n) => text.literal(&n.to_string()),
            Value::Number(n) => text.literal(&n.to_string()),
            Value::JsonText(datum) => text.variable(self.document(datum)),
            other => text.variable(self.json(other)),
        }
    }

    /// A dynamic reference: a template never contains the secret itself.
    fn generated_secret(&self, id: &Id) -> Json {
        let key = self.graph.get(id).and_then(|r| r.get("GenerateSecretString.GenerateStringKey"));
        let key = key.and_then(|d| d.value.as_str()).map_or(String::new(), |key| format!(":{key}"));
        let mut text = Substitution::default();
        text.literal("{{resolve:secretsmanager:");
        text.reference((self.reference)(id, None));
        text.literal(&format!(":SecretString{key}}}}}"));
        text.json()
    }

    /// Where the deployment finds the package of a function.
    fn package(&self, name: &str) -> Json {
        json!({
            "S3Bucket": { "Ref": ARTIFACT_BUCKET },
            "S3Key": { "Fn::Sub": format!("${{{ARTIFACT_PREFIX}}}{}", escape(&self.packages.key(name))) },
        })
    }
}

/// The bucket that holds function packages and nested templates.
pub const ARTIFACT_BUCKET: &str = "ArtifactBucket";
/// The prefix of their keys: empty, or ending in a slash.
pub const ARTIFACT_PREFIX: &str = "ArtifactPrefix";

/// The logical name of a parameter.
pub fn parameter(name: &str) -> String {
    Id::new(name).pascal()
}

impl Reference {
    pub fn json(&self) -> Json {
        match self {
            Reference::Ref(id) => json!({ "Ref": id }),
            Reference::Attribute(id, name) => json!({ "Fn::GetAtt": [id, name] }),
            Reference::Literal(text) => json!(text),
        }
    }
}

/// The argument of an `Fn::Sub`, or a plain string while nothing is substituted.
#[derive(Default)]
struct Substitution {
    segments: Vec<Segment>,
    variables: serde_json::Map<String, Json>,
}

enum Segment {
    Text(String),
    /// The name between `${` and `}`.
    Name(String),
}

impl Substitution {
    /// Adds text; to text before it, so that an opening that begins in one
    /// piece and ends in the next is seen.
    fn literal(&mut self, more: &str) {
        match self.segments.last_mut() {
            Some(Segment::Text(text)) => text.push_str(more),
            _ => self.segments.push(Segment::Text(more.to_owned())),
        }
    }

    fn reference(&mut self, reference: Reference) {
        match reference {
            Reference::Ref(id) => self.segments.push(Segment::Name(id)),
            Reference::Attribute(id, name) => self.segments.push(Segment::Name(format!("{id}.{name}"))),
            Reference::Literal(text) => self.literal(&text),
        }
    }

    fn variable(&mut self, value: Json) {
        let name = format!("Value{}", self.variables.len() + 1);
        self.segments.push(Segment::Name(name.clone()));
        self.variables.insert(name, value);
    }

    fn json(self) -> Json {
        match self.segments.as_slice() {
            [] => return json!(""),
            [Segment::Text(text)] => return json!(text),
            _ => {}
        }
        let text: String = self.segments.iter().map(Segment::text).collect();
        if self.variables.is_empty() {
            json!({ "Fn::Sub": text })
        } else {
            json!({ "Fn::Sub": [text, self.variables] })
        }
    }
}

impl Segment {
    fn text(&self) -> String {
        match self {
            Segment::Text(text) => escape(text),
            Segment::Name(name) => format!("${{{name}}}"),
        }
    }
}

/// The one escaping of text inside `Fn::Sub`: `${!` is a literal `${`.
fn escape(text: &str) -> String {
    text.replace("${", "${!")
}
