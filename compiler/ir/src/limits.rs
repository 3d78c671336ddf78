//! The sizes that services accept for documents and other containers, and the
//! size of a value.

use crate::datum::{Datum, Map, Value};
use crate::graph::{Graph, Resource};

/// The limit of one property of a type.
#[derive(Debug)]
pub struct Limit {
    pub type_name: &'static str,
    /// The property or a part of it; `*` is every item of a list.
    pub path: &'static str,
    pub most: usize,
    pub unit: Unit,
    /// The property that names the resource to which the sizes of several
    /// resources add up; empty: each resource has its own limit.
    pub per: &'static str,
    /// A change of the spec that makes the value smaller.
    pub help: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// Of the text, or of the JSON without spaces.
    Bytes,
    /// Of a list or map.
    Entries,
}

impl Unit {
    pub fn word(self) -> &'static str {
        match self {
            Unit::Bytes => "byte",
            Unit::Entries => "entry",
        }
    }
}

/// A standard parameter; a larger one is advanced, and has a price
/// (fact: limit-ssm-value).
pub const STANDARD_PARAMETER: usize = 4096;

/// The definition of a state machine, in bytes (fact: limit-state-machine).
pub const DEFINITION: usize = 1_048_576;

const SPLIT: &str = "split the migration into specs with fewer replications";

const fn bytes(type_name: &'static str, path: &'static str, most: usize, help: &'static str) -> Limit {
    Limit { type_name, path, most, unit: Unit::Bytes, per: "", help }
}

/// Sorted by type and path.
pub const LIMITS: &[Limit] = &[
    // fact: limit-alarm
    bytes("AWS::CloudWatch::Alarm", "AlarmDescription", 1024, "shorten the key of the node"),
    bytes("AWS::CloudWatch::CompositeAlarm", "AlarmRule", 10_240, SPLIT),
    // fact: limit-dashboard
    Limit { unit: Unit::Entries, ..bytes("AWS::CloudWatch::Dashboard", "DashboardBody.widgets", 500, SPLIT) },
    // fact: limit-dms-mappings
    bytes(
        "AWS::DMS::ReplicationTask",
        "TableMappings",
        2_097_152,
        "use patterns in `include` and `exclude`, or split the tables into several replications",
    ),
    // fact: limit-event-pattern
    bytes("AWS::Events::Rule", "EventPattern", 2048, SPLIT),
    // fact: limit-iam
    bytes("AWS::IAM::ManagedPolicy", "PolicyDocument", 6144, SPLIT),
    bytes("AWS::IAM::Role", "AssumeRolePolicyDocument", 2048, SPLIT),
    Limit { per: "RoleName", ..bytes("AWS::IAM::RolePolicy", "PolicyDocument", 10_240, SPLIT) },
    // fact: limit-kms-policy
    bytes("AWS::KMS::Key", "KeyPolicy", 32_768, SPLIT),
    // fact: limit-lambda-environment
    bytes("AWS::Lambda::Function", "Environment.Variables", 4096, SPLIT),
    // fact: limit-logs
    bytes("AWS::Logs::LogGroup", "DataProtectionPolicy", 30_720, "drop the override"),
    // fact: limit-s3-policy
    bytes("AWS::S3::BucketPolicy", "PolicyDocument", 20_480, SPLIT),
    // fact: limit-ssm-value
    bytes(
        "AWS::SSM::Parameter",
        "Value",
        8192,
        "a certificate file needs only the authority that signed the source's certificate; a validation needs fewer or \
         shorter invariants, and a replication patterns instead of single tables",
    ),
    // fact: limit-secretsmanager
    bytes("AWS::SecretsManager::ResourcePolicy", "ResourcePolicy", 20_480, SPLIT),
];

/// The limits of a type.
pub fn of_type(type_name: &str) -> impl Iterator<Item = &'static Limit> {
    LIMITS.iter().filter(move |limit| limit.type_name == type_name)
}

impl Limit {
    /// The size of the property of a resource; `None` without the property.
    pub fn measure(&self, resource: &Resource, graph: &Graph) -> Option<usize> {
        let datum = resource.get(self.path)?;
        Some(match (self.unit, &datum.value) {
            (Unit::Entries, Value::List(items)) => items.len(),
            (Unit::Entries, Value::Map(map)) => map.iter().count(),
            (_, value) => text_size(value, graph),
        })
    }
}

/// The bytes of a value as text: a text itself, or the JSON of a document
/// without spaces.
pub fn text_size(value: &Value, graph: &Graph) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::JsonText(inner) => json_size(&inner.value, graph),
        Value::Concat(parts) => parts.iter().map(|part| text_size(part, graph)).sum(),
        other => json_size(other, graph),
    }
}

fn json_size(value: &Value, graph: &Graph) -> usize {
    match value {
        Value::Bool(true) => 4,
        Value::Bool(false) => 5,
        Value::Integer(number) => number.to_string().len(),
        Value::Number(number) => number.to_string().len(),
        Value::String(text) => escaped_size(text) + 2,
        Value::List(items) => list_size(items.iter().map(|item| json_size(&item.value, graph))) + 2,
        Value::Map(map) => map_size(map, graph),
        Value::Concat(parts) => parts.iter().map(|part| text_size(part, graph)).sum::<usize>() + 2,
        // JSON text in JSON: its quotes are escaped.
        Value::JsonText(inner) => json_size(&inner.value, graph) + quotes(&inner.value) + 2,
        Value::Ref(id) => name_size(graph.get(id)).map_or(ASSIGNED, |name| name.max(ASSIGNED)) + 2,
        Value::Attribute(id, _) => name_size(graph.get(id)).map_or(ASSIGNED, |name| name + ARN) + 2,
        Value::Parameter(_) | Value::Zone(_) | Value::Package(_) | Value::Definition(_) | Value::Generated(_) => {
            ASSIGNED + 2
        }
    }
}

/// Entries with a comma between them.
fn list_size(sizes: impl Iterator<Item = usize>) -> usize {
    sizes.map(|size| size + 1).sum::<usize>().saturating_sub(1)
}

fn map_size(map: &Map, graph: &Graph) -> usize {
    list_size(map.iter().map(|(name, datum): (_, &Datum)| escaped_size(name) + 3 + json_size(&datum.value, graph))) + 2
}

/// The length of a text in JSON, without its quotes.
fn escaped_size(text: &str) -> usize {
    let length = |c: char| match c {
        '"' | '\\' | '\n' | '\r' | '\t' => 2,
        c if c < ' ' => 6,
        c => c.len_utf8(),
    };
    text.chars().map(length).sum()
}

/// How many quotes the JSON of a value has.
fn quotes(value: &Value) -> usize {
    match value {
        Value::List(items) => items.iter().map(|item| quotes(&item.value)).sum(),
        Value::Map(map) => map.iter().map(|(_, datum)| 2 + quotes(&datum.value)).sum(),
        Value::Bool(_) | Value::Integer(_) | Value::Number(_) => 0,
        _ => 2,
    }
}

/// The length of an id, name or ARN that AWS assigns: an upper estimate for
/// those that policies and parameters contain.
const ASSIGNED: usize = 80;

/// The length of an ARN without the name of its resource.
const ARN: usize = 64;

/// The length of the name of a resource, where that is literal.
fn name_size(resource: Option<&Resource>) -> Option<usize> {
    let resource = resource?;
    let names = crate::naming::of_type(resource.type_name).filter(|rule| rule.unique);
    names.filter_map(|rule| resource.get(rule.property)?.value.as_str()).map(str::len).max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::datum::Origin;

    /// The size equals the length of the JSON that serde writes.
    #[test]
    fn the_size_is_the_length_of_the_json() {
        let text = r#"{"a":[1,2.5,true,false,"x\ny\"z\\"],"b":{"c":"é"},"d":[],"e":{}}"#;
        let origin = Origin::derived("test", crate::testing::span());
        let datum = crate::json::parse(text, origin).expect("it is JSON");
        let graph = crate::testing::graph([]);
        assert_eq!(text_size(&datum.value, &graph), text.len());
        let inner = Value::JsonText(Box::new(datum));
        assert_eq!(text_size(&inner, &graph), text.len());
    }

    #[test]
    fn limits_are_sorted() {
        let keys: Vec<_> = LIMITS.iter().map(|limit| (limit.type_name, limit.path)).collect();
        assert!(keys.is_sorted(), "{keys:?}");
    }
}
