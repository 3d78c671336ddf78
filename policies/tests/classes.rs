//! A property counts as judged only where a policy reads the fact of it.

use std::collections::BTreeSet;

use migspec_ir::aws;
use migspec_ir::class::{Class, REACHABILITY};
use migspec_ir::resource_type::Terraform;
use migspec_policies::Rulebook;

#[test]
fn every_judged_property_is_read_by_a_policy() {
    let rulebook = Rulebook::builtin().expect("the built-in policies can be read");
    let rules = rulebook.rules().expect("the built-in policies can be parsed");
    let mut problems = Vec::new();
    let mut seen = 0;
    for t in aws::types().filter(|t| matches!(t.terraform, Terraform::Column(_))) {
        let about = rules.iter().filter(|rule| rule.on.as_deref().is_none_or(|on| on == t.name));
        let own: BTreeSet<&str> = about.flat_map(|rule| rule.facts().iter().map(|fact| fact.as_str())).collect();
        let any = |fact: &str| t.name == "AWS::KMS::Key" && rules.iter().any(|rule| rule.facts().contains(fact));
        for (path, class) in t.rows() {
            // Only the last row of a path counts.
            let Some(Class::Judged(fact)) = class.and(t.class_of(path)) else { continue };
            seen += 1;
            if fact != REACHABILITY && !own.contains(fact) && !any(fact) {
                problems.push(format!("{}: no policy reads `{fact}` of {path}", t.name));
            }
        }
    }
    assert!(seen > 150, "{seen} judged properties");
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}
