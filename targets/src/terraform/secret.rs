//! Secrets that exist: a spec has their names, and the last six characters of their ARNs are AWS's. Terraform asks AWS for
//! the whole ARN by the name.

use std::collections::BTreeMap;

use migspec_ir::aws::provider;
use migspec_ir::resource_type::{Form, Property, Terraform};
use migspec_ir::{Graph, Map, Resource, Value};
use sha2::{Digest, Sha256};

use super::hcl::Expression;

/// The name in an ARN without the characters that Secrets Manager appends. No name ends like them
/// (fact: secretsmanager-suffix).
pub fn name(arn: &str) -> Option<&str> {
    let (_, name) = arn.strip_prefix("arn:")?.split_once(":secret:")?;
    let suffix = name.rsplit_once('-').is_some_and(|(_, end)| end.len() == 6);
    (!suffix && !name.is_empty()).then_some(name)
}

/// The name of the data block of a secret. Two names that differ in punctuation alone have different labels.
pub fn label(arn: &str) -> String {
    let name = name(arn).unwrap_or(arn);
    let word = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let text: String = name.chars().map(word).collect();
    let is_plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '/') && !name.contains("//");
    match (is_plain, text.starts_with(|c: char| c.is_ascii_digit())) {
        (true, false) => text,
        _ => {
            let hash: String = Sha256::digest(name).iter().take(3).map(|byte| format!("{byte:02x}")).collect();
            format!("secret_{text}_{hash}")
        }
    }
}

pub fn reference(arn: &str) -> Expression {
    Expression::traversal(format!("data.{}.{}.arn", provider::SECRET, label(arn)))
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
    use super::*;

    #[test]
    fn a_whole_arn_is_not_looked_up() {
        let of = |name: &str| format!("arn:aws:secretsmanager:us-east-1:111111111111:secret:{name}");
        assert_eq!(name(&of("payments/ledger")), Some("payments/ledger"));
        assert_eq!(name(&of("payments/ledger-a1B2c3")), None);
        assert_eq!(name("payments/ledger"), None);
    }

    #[test]
    fn each_name_has_its_own_label() {
        let of = |name: &str| label(&format!("arn:aws:secretsmanager:us-east-1:111111111111:secret:{name}"));
        assert_eq!(of("payments/ledger"), "payments_ledger");
        let labels = ["a/b", "a_b", "a-b", "a.b", "1/b", "a//b"].map(of);
        let different: std::collections::BTreeSet<&String> = labels.iter().collect();
        assert_eq!(different.len(), labels.len(), "{labels:?}");
        assert!(labels.iter().all(|label| label.starts_with(|c: char| c.is_ascii_alphabetic())), "{labels:?}");
    }
}
