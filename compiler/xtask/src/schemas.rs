//! Vendors the facts of foreign systems: extracts the types and actions that the
//! table and the grants use into `compiler/ir/schemas`.
//!
//! Each file is gzip of lines `name<TAB>JSON`, sorted by name, so that a
//! reader parses only the lines it needs. `SOURCE.md` beside them lists the
//! sources and the changes.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::path::Path;

use flate2::read::GzDecoder;
use flate2::{Compression, GzBuilder};
use serde_json::{Map, Value, json};

use crate::error::TaskError;

/// The services of CloudFormation whose types are kept.
const SERVICES: &[&str] = &[
    "ApiGateway",
    "ApiGatewayV2",
    "CloudTrail",
    "CloudWatch",
    "DMS",
    "EC2",
    "ElasticLoadBalancingV2",
    "Events",
    "IAM",
    "KMS",
    "Lambda",
    "Logs",
    "RDS",
    "Route53Resolver",
    "S3",
    "SNS",
    "SQS",
    "SSM",
    "SecretsManager",
    "StepFunctions",
    "WAFv2",
];

/// How the names of the provider's types for these services begin.
const FAMILIES: &[&str] = &[
    "aws_api_gateway_",
    "aws_apigatewayv2_vpc_link",
    "aws_cloudtrail",
    "aws_cloudwatch_composite_alarm",
    "aws_cloudwatch_dashboard",
    "aws_cloudwatch_event_",
    "aws_cloudwatch_log_",
    "aws_cloudwatch_metric_alarm",
    "aws_customer_gateway",
    "aws_db_",
    "aws_default_security_group",
    "aws_dms_",
    "aws_ec2_transit_gateway",
    "aws_eip",
    "aws_flow_log",
    "aws_iam_policy",
    "aws_iam_role",
    "aws_internet_gateway",
    "aws_kms_",
    "aws_lambda_",
    "aws_lb",
    "aws_nat_gateway",
    "aws_network_acl",
    "aws_rds_",
    "aws_route",
    "aws_route53_resolver_endpoint",
    "aws_route53_resolver_rule",
    "aws_s3_bucket",
    "aws_secretsmanager_",
    "aws_security_group",
    "aws_sfn_",
    "aws_sns_",
    "aws_sqs_",
    "aws_ssm_parameter",
    "aws_subnet",
    "aws_vpc",
    "aws_vpn_",
    "aws_wafv2_",
];

/// Families that begin like one above and are of other services. The longest name decides.
const OTHERS: &[&str] = &["aws_route53", "aws_vpc_ipam", "aws_vpclattice", "aws_rds_reserved"];

/// The IAM services whose actions are kept.
const ACTIONS: &[&str] = &[
    "apigateway",
    "cloudtrail",
    "cloudwatch",
    "dms",
    "ec2",
    "elasticloadbalancing",
    "events",
    "execute-api",
    "iam",
    "kms",
    "lambda",
    "logs",
    "rds",
    "rds-db",
    "s3",
    "secretsmanager",
    "sns",
    "sqs",
    "ssm",
    "states",
    "sts",
    "tag",
    "wafv2",
    "xray",
];

/// Makes the files from three collections in a folder: AWS's schemas of
/// resource types, the provider's schema, and the actions of IAM.
///
/// # Errors
///
/// A collection cannot be read, or a file cannot be written.
pub fn generate(collections: &Path, out: &Path) -> Result<(), TaskError> {
    let cloudformation = read(&collections.join("cfn-schemas.json.gz"))?;
    let terraform = read(&collections.join("aws-schema.json.gz"))?;
    let iam = read(&collections.join("iam-actions.json"))?;
    write(&out.join("cloudformation.gz"), &types(&cloudformation))?;
    write(&out.join("terraform.gz"), &resources(&terraform))?;
    write(&out.join("iam.gz"), &actions(&iam))
}

fn read(path: &Path) -> Result<Value, TaskError> {
    let at = TaskError::file(path);
    let bytes = fs::read(path).map_err(&at)?;
    let mut text = String::new();
    if path.extension().is_some_and(|extension| extension == "gz") {
        GzDecoder::new(bytes.as_slice()).read_to_string(&mut text).map_err(at)?;
    } else {
        text = String::from_utf8(bytes).map_err(|e| at(std::io::Error::other(e)))?;
    }
    serde_json::from_str(&text).map_err(|reason| TaskError::Json { path: path.to_owned(), reason })
}

fn write(path: &Path, rows: &BTreeMap<String, Value>) -> Result<(), TaskError> {
    let at = TaskError::file(path);
    let mut gzip = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    for (name, value) in rows {
        writeln!(gzip, "{name}\t{value}").map_err(&at)?;
    }
    fs::write(path, gzip.finish().map_err(&at)?).map_err(&at)?;
    println!("{} ({} rows)", path.display(), rows.len());
    Ok(())
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// The types of the services, restricted to their properties.
fn types(all: &Value) -> BTreeMap<String, Value> {
    let wanted = |name: &str| SERVICES.contains(&name.split("::").nth(1).unwrap_or_default());
    members(all).filter(|(name, _)| wanted(name)).map(|(name, schema)| (name.clone(), json_schema(schema))).collect()
}

/// AWS's keywords as those of JSON Schema.
fn json_schema(schema: &Value) -> Value {
    const DROPPED: &[&str] = &[
        "$schema",
        "additionalIdentifiers",
        "handlers",
        "propertyTransform",
        "replacementStrategy",
        "resourceLink",
        "taggable",
        "tagging",
        "typeName",
    ];
    let Value::Object(mut schema) = normalised(schema) else { return Value::Null };
    schema.retain(|key, _| !DROPPED.contains(&key.as_str()));
    Value::Object(schema)
}

fn normalised(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(normalised).collect(),
        Value::Object(map) => object(map),
        other => other.clone(),
    }
}

fn object(map: &Map<String, Value>) -> Value {
    let mut out: Map<String, Value> = Map::new();
    let mut rules = Vec::new();
    for (key, value) in map {
        match (key.as_str(), value) {
            ("pattern", Value::String(pattern)) => drop(out.insert(key.clone(), ecma(pattern).into())),
            ("requiredXor", Value::Array(names)) => rules.push(json!({ "oneOf": required_names(names) })),
            ("requiredOr", Value::Array(names)) => rules.push(json!({ "anyOf": required_names(names) })),
            ("dependentExcluded", Value::Object(excluded)) => {
                rules.extend(excluded.iter().map(|(name, others)| excludes(name, others)));
            }
            _ => drop(out.insert(key.clone(), normalised(value))),
        }
    }
    if !rules.is_empty() {
        let all = out.entry("allOf").or_insert_with(|| json!([]));
        all.as_array_mut().into_iter().for_each(|all| all.append(&mut rules));
    }
    out.sort_keys();
    Value::Object(out)
}

fn required_names(names: &[Value]) -> Vec<Value> {
    names.iter().map(|name| json!({ "required": [name] })).collect()
}

/// Where `name` is, none of `others` is.
fn excludes(name: &str, others: &Value) -> Value {
    let others = required_names(others.as_array().map(Vec::as_slice).unwrap_or_default());
    json!({ "dependentSchemas": { name: { "not": { "anyOf": others } } } })
}

/// A pattern in ECMA 262 syntax: `$` for `\Z`, and no invalid escapes.
fn ecma(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match (c, if c == '\\' { chars.next() } else { None }) {
            ('\\', Some('Z')) => out.push('$'),
            ('\\', Some(plain @ ('_' | ':' | '#' | '@' | '=' | '%' | ',' | ' ' | '\'' | '"'))) => out.push(plain),
            ('\\', Some(escaped)) => out.extend(['\\', escaped]),
            _ => out.push(c),
        }
    }
    out
}

/// The provider's resources of the families, and its ephemeral ones under
/// `ephemeral.`.
fn resources(all: &Value) -> BTreeMap<String, Value> {
    let longest = |name: &str, families: &[&str]| {
        families.iter().filter(|family| name.starts_with(**family)).map(|family| family.len()).max()
    };
    let wanted = |name: &str| longest(name, FAMILIES) > longest(name, OTHERS);
    let of = |kind: &str, prefix: &'static str| {
        let rows = members(&all[kind]).filter(|(name, _)| wanted(name));
        rows.map(move |(name, schema)| (format!("{prefix}{name}"), schema["block"].clone())).collect::<Vec<_>>()
    };
    let mut rows: BTreeMap<_, _> = of("resource_schemas", "").into_iter().collect();
    rows.extend(of("ephemeral_resource_schemas", "ephemeral."));
    rows
}

fn actions(all: &Value) -> BTreeMap<String, Value> {
    members(all)
        .filter(|(service, _)| ACTIONS.contains(&service.as_str()))
        .map(|(service, facts)| (service.clone(), facts.clone()))
        .collect()
}
