//! Types of resources that CloudFormation lacks in a region.

use std::collections::BTreeMap;

use migspec_diag::Diagnostic;
use migspec_ir::{Graph, Resource};

use super::stack;

/// A type, and the regions without it (fact: cloudformation-types-by-region).
const ROWS: &str = include_str!("regions.tsv");

/// One finding for each region that lacks types of its stacks.
pub fn missing_types(graph: &Graph) -> Vec<Diagnostic> {
    let mut missing: BTreeMap<&str, BTreeMap<&str, &Resource>> = BTreeMap::new();
    for stack in stack::by_region(graph) {
        let region = stack.region.unwrap_or(&graph.environment.region);
        for resource in stack.resources.into_iter().filter(|resource| is_missing(resource.type_name, region)) {
            missing.entry(region).or_default().entry(resource.type_name).or_insert(resource);
        }
    }
    missing.into_iter().filter_map(|(region, types)| report(graph, region, &types)).collect()
}

fn is_missing(type_name: &str, region: &str) -> bool {
    let row = ROWS.lines().find_map(|line| line.strip_prefix(type_name)?.strip_prefix('\t'));
    row.is_some_and(|regions| regions.split(' ').any(|name| name == region))
}

fn report(graph: &Graph, region: &str, types: &BTreeMap<&str, &Resource>) -> Option<Diagnostic> {
    let first = types.values().next()?;
    let names: Vec<String> = types.keys().map(|name| format!("`{name}`")).collect();
    let message = format!("CloudFormation has no {} in `{region}`", names.join(", "));
    let finding = Diagnostic::warning("type-not-in-region", message)
        .at(first.origin.span(), "needs it")
        .with(graph.environment.span, "this environment");
    Some(finding.help("deploy with Terraform, which calls the services themselves: --target terraform"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_missing_in_the_regions_of_its_row_alone() {
        assert!(is_missing("AWS::DMS::Endpoint", "ap-south-2"));
        assert!(!is_missing("AWS::DMS::Endpoint", "ap-south-1") && !is_missing("AWS::DMS", "ap-south-2"));
        assert!(!is_missing("AWS::S3::Bucket", "ap-south-2"));
    }
}
