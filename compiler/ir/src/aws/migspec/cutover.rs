use crate::aws::cloudwatch::dashboard;
use crate::fact::{Fact, FactType, FactValue};
use crate::resource_type::{Concern, ResourceType, Terraform};

/// How payments move from the source to the target.
pub const TYPE: ResourceType = ResourceType {
    name: "Migspec::Cutover",
    concern: Concern::Workflow,
    terraform: Terraform::NotEmitted,
    facts: &[
        Fact::entity("api", "Api", "Migspec::Api"),
        // `compute`, `reads`, `by-key`, `atomic`.
        Fact::string("strategy", "Strategy", ""),
        Fact::long("fenceSeconds", "FenceSeconds", 0),
        Fact::long("writerRefreshSeconds", "WriterRefreshSeconds", 0),
        Fact::set("approvalRoles", "ApprovalRoles"),
        Fact::computed("approvers", FactType::Long, |cutover, _| match cutover.get("ApprovalRoles") {
            None => FactValue::Long(0),
            Some(datum) => match FactType::StringSet.convert(&datum.value) {
                FactValue::StringSet(roles) => i64::try_from(roles.len()).unwrap_or(i64::MAX).into(),
                _ => FactValue::Unknown,
            },
        }),
        Fact::long("approvalSeconds", "ApprovalSeconds", 0),
        // `sat:01:00-sat:05:00`; empty: at any time.
        Fact::string("window", "Window", ""),
        Fact::bool("hasWindow", "HasWindow", false),
        Fact::long("rollbackSeconds", "RollbackSeconds", 0),
        Fact::bool("hasValidation", "HasValidation", false),
        Fact::bool("reverse", "Reverse", false),
        // Some dashboard shows lag and validation together.
        Fact::computed("onDashboard", FactType::Bool, |_, graph| {
            let shown = graph.all("AWS::CloudWatch::Dashboard").any(|dashboard| {
                let names = dashboard::metric_names(dashboard, graph);
                matches!(names, FactValue::StringSet(names)
                    if names.contains("CDCLatencyTarget") && names.iter().any(|name| name.starts_with("Validation")))
            });
            shown.into()
        }),
        Fact::long("authorizerCacheSeconds", "AuthorizerCacheSeconds", 0),
    ],
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fact, resource};

    #[test]
    fn one_role_named_twice_is_one_approver() {
        for (roles, expected) in [(r#"["a", "b"]"#, 2), (r#"["a", "a"]"#, 1), ("[]", 0)] {
            let cutover = resource("Migspec::Cutover", "c", &format!(r#"{{"ApprovalRoles": {roles}}}"#));
            assert_eq!(fact(&TYPE, "approvers", [cutover]), FactValue::Long(expected), "{roles}");
        }
    }
}
