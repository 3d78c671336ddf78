//! Secrets that exist: a spec has their names, and the last six characters of their ARNs are AWS's. Terraform asks AWS for
//! the whole ARN by the name.

use std::collections::BTreeMap;

use migspec_ir::aws::provider;
use migspec_ir::naming::has_secret_suffix;
use migspec_ir::resource_type::{Form, Property, Terraform};
use migspec_ir::{Graph, Map, Resource, Value};
use sha2::{Digest, Sha256};

use super::hcl::Expression;

/// The name in an ARN without the characters that Secrets Manager appends.
pub fn name(arn: &str) -> Option<&str> {
    let (_, name) = arn.strip_prefix("arn:")?.split_once(":secret:")?;
    (!name.is_empty() && !has_secret_suffix(name)).then_some(name)
}

/// The names of the data blocks, by ARN. Names that differ in punctuation alone have different labels.
pub fn labels(graph: &Graph) -> BTreeMap<String, String> {
    let arns = existing(graph);
    let plain: Vec<String> = arns.keys().map(|arn| plain(arn)).collect();
    let label = |(arn, text): (&&str, &String)| {
        let is_alone = plain.iter().filter(|other| *other == text).count() == 1;
        let hash = || Sha256::digest(arn).iter().take(3).map(|byte| format!("{byte:02x}")).collect::<String>();
        ((*arn).to_owned(), if is_alone { text.clone() } else { format!("{text}_{}", hash()) })
    };
    arns.keys().zip(&plain).map(label).collect()
}

fn plain(arn: &str) -> String {
    let word = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let text: String = name(arn).unwrap_or(arn).chars().map(word).collect();
    if text.starts_with(|c: char| c.is_ascii_alphabetic()) { text } else { format!("secret_{text}") }
}

pub fn reference(label: &str) -> Expression {
    Expression::traversal(format!("data.{}.{label}.arn", provider::SECRET))
}

/// The ARNs of all secrets that a deployment looks up, with their regions.
pub fn existing(graph: &Graph) -> BTreeMap<&str, &str> {
    let mut found = BTreeMap::new();
    for resource in graph.resources.values().filter(|resource| resource.existing.is_none()) {
        let Some(Terraform::Column(column)) = resource.resource_type().map(|row| &row.terraform) else { continue };
        collect(column.properties, &resource.properties, resource, &mut found);
    }
    found
}

fn collect<'g>(table: &[Property], map: &'g Map, resource: &'g Resource, found: &mut BTreeMap<&'g str, &'g str>) {
    for property in table {
        let Some(datum) = map.get(property.name) else { continue };
        match (inner(&property.form), &datum.value) {
            (Form::Secret(_), Value::String(arn)) if name(arn).is_some() => {
                let of_arn = arn.split(':').nth(3).unwrap_or_default();
                found.insert(arn, resource.region.as_deref().unwrap_or(of_arn));
            }
            (Form::Inline(table), Value::Map(map)) => collect(table, map, resource, found),
            _ => {}
        }
    }
}

/// The form behind the condition under which it holds.
fn inner(form: &Form) -> &Form {
    match form {
        Form::When { form, .. } => inner(form),
        form => form,
    }
}

#[cfg(test)]
mod tests {
    use migspec_ir::map;

    use super::*;
    use crate::terraform::tests::graph;

    #[test]
    fn a_whole_arn_is_not_looked_up() {
        let of = |name: &str| format!("arn:aws:secretsmanager:us-east-1:111111111111:secret:{name}");
        assert_eq!(name(&of("payments/ledger")), Some("payments/ledger"));
        assert_eq!(name(&of("payments/ledger-a1B2c3")), None);
        assert_eq!(name("payments/ledger"), None);
    }

    #[test]
    fn each_name_has_its_own_label() {
        let (mut graph, at) = graph();
        for (n, name) in ["a/b", "a-b", "1/b", "payments/ledger-onprem/fence"].into_iter().enumerate() {
            let arn = format!("arn:aws:secretsmanager:us-east-1:111111111111:secret:{name}");
            let settings = map!(at, { "SecretsManagerSecretId": arn });
            let endpoint = Resource::new("AWS::DMS::Endpoint", format!("e{n}").as_str(), "test", at)
                .set("EngineName", "postgres")
                .set("PostgreSqlSettings", settings);
            graph.resources.insert(endpoint.id.clone(), endpoint);
        }
        let labels: Vec<String> = labels(&graph).into_values().collect();
        let end = |label: &str, start: &str| label.strip_prefix(start).is_some_and(|hash| hash.len() == 6);
        assert!(labels.iter().filter(|label| end(label, "a_b_")).count() == 2, "{labels:?}");
        assert!(labels.contains(&"secret_1_b".to_owned()), "{labels:?}");
        assert!(labels.contains(&"payments_ledger_onprem_fence".to_owned()), "{labels:?}");
    }
}
