//! The schema of the policies, and the digest of IAM's actions.

use std::collections::BTreeSet;
use std::fmt::Write;

use migspec_policies::schema;

use crate::Generated;

pub fn schema() -> Generated {
    Generated::one("policies/schema.cedarschema", schema::text())
}

pub fn compiled_policies() -> Generated {
    Generated::one(
        "policies/compiled.txt",
        migspec_policies::compiled_text().expect("the built-in policies can be read"),
    )
}

/// A digest of AWS's table of IAM actions.
pub fn iam_actions() -> Generated {
    let mut actions = migspec_ir::schema::actions();
    actions.sort_by_cached_key(|(name, _)| name.to_ascii_lowercase());
    let mut text = String::new();
    for (name, action) in actions {
        let arns: BTreeSet<String> = action.arns().map(pattern).collect();
        let keys: BTreeSet<String> = action.conditions().filter(|key| !key.starts_with("aws:")).map(wild).collect();
        line(&mut text, format_args!("{name}\t{}\t{}\t{}", action.level().name(), join(arns), join(keys)));
    }
    Generated::one("compiler/ir/src/iam/actions.tsv", text)
}

/// An ARN's pattern without `arn:${Partition}:`, its placeholders as `*`.
fn pattern(arn: &str) -> String {
    wild(arn.strip_prefix("arn:${Partition}:").unwrap_or(arn))
}

/// Placeholders such as `${TagKey}` and `<key>` as `*`.
fn wild(text: impl AsRef<str>) -> String {
    let text = text.as_ref().replace("<key>", "*");
    let mut parts = text.split("${");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + "*" + part.split_once('}').map_or("", |(_, rest)| rest))
}

fn join(texts: BTreeSet<String>) -> String {
    texts.into_iter().collect::<Vec<_>>().join(" ")
}

fn line(text: &mut String, words: std::fmt::Arguments) {
    writeln!(text, "{words}").expect("a string takes all");
}
