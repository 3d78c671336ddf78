use std::collections::BTreeSet;

use super::{allowed, users};
use crate::class::{Classes, TEXT};
use crate::datum::Value;
use crate::fact::{Fact, FactType, FactValue};
use crate::graph::Resource;
use crate::iam;
use crate::index::Index;
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Satellite, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::IAM::Role",
    concern: Concern::Security,
    terraform: Terraform::Column(Column {
        resource: "aws_iam_role",
        reference: "name",
        attributes: &[("Arn", "arn"), ("RoleId", "unique_id")],
        properties: &[
            argument("RoleName", "name"),
            argument("Path", "path"),
            argument("Description", "description"),
            argument("MaxSessionDuration", "max_session_duration"),
            argument("PermissionsBoundary", "permissions_boundary"),
            Property::new("AssumeRolePolicyDocument", Form::Json("assume_role_policy")),
            Property::new(
                "ManagedPolicyArns",
                Form::Satellites {
                    name_from: "",
                    each: Satellite {
                        resource: "aws_iam_role_policy_attachment",
                        links: &[("role", "name")],
                        fixed: &[],
                        form: &Form::Argument("policy_arn"),
                        after: &[],
                    },
                },
            ),
            Property::new(
                "Policies",
                Form::Satellites {
                    name_from: "PolicyName",
                    each: Satellite {
                        resource: "aws_iam_role_policy",
                        links: &[("role", "name")],
                        fixed: &[],
                        form: &Form::Inline(&[
                            argument("PolicyName", "name"),
                            Property::new("PolicyDocument", Form::Json("policy")),
                        ]),
                        after: &[],
                    },
                },
            ),
            Property::new("Tags", Form::Tags("tags")),
        ],
        ..Column::BASE
    }),
    facts: FACTS,
    classes: Classes { identity: &["RoleName", "Path"], free: &[("Description", TEXT)], ..Classes::NONE },
};

const FACTS: &[Fact] = &[
    Fact::string("roleName", "RoleName", ""),
    Fact::string("path", "Path", "/"),
    Fact::long("maxSessionDuration", "MaxSessionDuration", 3600),
    Fact::computed("hasPermissionsBoundary", FactType::Bool, |role, _| {
        role.get("PermissionsBoundary").is_some().into()
    }),
    Fact::computed("actor", FactType::String, |role, graph| {
        graph.actors.get(&role.id).map_or(FactValue::from(""), |actor| actor.name().into())
    }),
    // Functions and workflows that run as it.
    Fact::computed("users", FactType::Long, |role, graph| FactValue::Long(users::count(role, graph))),
    Fact::computed("trustsEveryone", FactType::Bool, |role, graph| {
        trust(role, |d| iam::grants_to_everyone(d, &graph.environment.account).into())
    }),
    Fact::computed("trustsNobody", FactType::Bool, |role, _| {
        trust(role, |d| d.allowing().all(|s| s.principals.is_empty() && !s.not_principal).into())
    }),
    Fact::computed("trustsOnlyServices", FactType::Bool, |role, _| {
        trust(role, |d| iam::trusts_only_services(d).into())
    }),
    Fact::computed("trustsAccountRoot", FactType::Bool, |role, _| trust(role, |d| iam::trusts_account_root(d).into())),
    Fact::computed("trustedServices", FactType::StringSet, |role, _| {
        trust(role, |d| FactValue::set(iam::services(d).into_iter().map(Some)))
    }),
    Fact::computed("trustsOneService", FactType::Bool, |role, _| trust(role, |d| (iam::services(d).len() <= 1).into())),
    Fact::computed("hasSourceCondition", FactType::Bool, |role, graph| {
        trust(role, |d| iam::unbound_services(d, role.type_name, &graph.environment.account).is_empty().into())
    }),
    Fact::computed("usesNotPrincipal", FactType::Bool, |role, _| {
        trust(role, |d| d.allowing().any(|s| s.not_principal).into())
    }),
    // Actions of its trust with a wildcard in them.
    Fact::computed("wildcardTrust", FactType::StringSet, |role, _| {
        trust(role, |d| FactValue::set(iam::wildcard_actions(d).into_iter().map(Some)))
    }),
    Fact::computed("trustUsesNotAction", FactType::Bool, |role, _| trust(role, |d| iam::uses_not_action(d).into())),
    // Accounts that anybody there can act for.
    Fact::computed("unboundAccounts", FactType::StringSet, |role, graph| {
        let own = &graph.environment.account;
        trust(role, |d| FactValue::set(iam::unbound_accounts(d, own).into_iter().map(Some)))
    }),
    Fact::computed("federatesOpenly", FactType::Bool, |role, _| trust(role, |d| iam::federates_openly(d).into())),
    // Services of the resources that use the role and that it does not trust.
    Fact::computed("untrustedUsers", FactType::StringSet, users::untrusted_services),
    Fact::computed("unservedServices", FactType::StringSet, users::unserved_services),
    Fact::computed("endpoints", FactType::Long, |role, graph| FactValue::Long(users::endpoints(role, graph))),
    Fact::computed("nameCarriesEnvironment", FactType::Bool, |role, graph| {
        let name = role.get("RoleName").and_then(|d| d.value.as_str());
        let part = format!("-{}-", graph.environment.name);
        name.is_some_and(|name| format!("-{name}-").contains(&part)).into()
    }),
    Fact::computed("inlinePolicies", FactType::Long, |role, graph| {
        FactValue::Long(iam::attached_documents(role, graph).len() as i64)
    }),
    Fact::computed("rightsBeyondBoundary", FactType::StringSet, rights_beyond_boundary),
    // Chains to roles with permissions that this one lacks.
    Fact::computed("takeovers", FactType::StringSet, |role, graph| match iam::takeovers(role, graph) {
        Some(found) => FactValue::set(found.into_iter().map(Some)),
        None => FactValue::Unknown,
    }),
    Fact::computed("unlistedManagedPolicies", FactType::StringSet, unlisted_policies),
    Fact::computed("hasBroadManagedPolicy", FactType::Bool, has_broad_managed_policy_of),
    allowed::ALLOWS_EVERYTHING,
    allowed::PERMISSION_ACTIONS,
    allowed::PASSES_ROLES,
    allowed::ESCALATIONS,
    allowed::UNNEEDED_RIGHTS,
];

fn trust(role: &Resource, question: impl FnOnce(&iam::Document<'_>) -> FactValue) -> FactValue {
    let answer = role.get("AssumeRolePolicyDocument").and_then(|document| iam::read(document, question));
    answer.unwrap_or(FactValue::Unknown)
}

fn has_broad_managed_policy_of(role: &Resource, _: &Index<'_>) -> FactValue {
    let policies = role.get("ManagedPolicyArns").and_then(|d| d.value.as_list()).unwrap_or_default();
    let names = policies.iter().map(|policy| name(&policy.value)).collect::<Option<Vec<_>>>();
    names.map(|names| names.iter().any(|name| is_broad(name))).into()
}

/// AWS's own policies that DMS insists on: everything else is written out, so
/// that it changes with us and not with AWS.
const LISTED: &[&str] = &["AmazonDMSCloudWatchLogsRole", "AmazonDMSVPCManagementRole"];

/// Managed policies that are neither listed nor of this graph.
fn unlisted_policies(role: &Resource, graph: &Index<'_>) -> FactValue {
    let policies = role.get("ManagedPolicyArns").and_then(|d| d.value.as_list()).unwrap_or_default();
    let own = |policy: &Value| policy.target().is_some_and(|id| graph.get(id).is_some());
    let foreign = policies.iter().filter(|policy| !own(&policy.value)).map(|policy| name(&policy.value));
    FactValue::set(foreign.filter(|name| name.as_deref().is_none_or(|name| !LISTED.contains(&name))))
}

/// Grants that the role's bound does not allow, so that they are in vain.
fn rights_beyond_boundary(role: &Resource, graph: &Index<'_>) -> FactValue {
    let Some(boundary) = role.get("PermissionsBoundary") else { return FactValue::StringSet(BTreeSet::new()) };
    let document = boundary.value.target().and_then(|id| graph.get(id)?.get("PolicyDocument"));
    let grants = graph.grants_of(&role.id);
    match document.and_then(|d| iam::read(d, |d| iam::missing(std::slice::from_ref(d), grants))) {
        Some(missing) => FactValue::set(missing.into_iter().map(Some)),
        None => FactValue::Unknown,
    }
}

/// Policies of AWS that give a service or the account away.
fn is_broad(name: &str) -> bool {
    name.ends_with("FullAccess") || matches!(name, "AdministratorAccess" | "PowerUserAccess")
}

fn name(policy: &Value) -> Option<String> {
    match policy {
        Value::String(arn) => arn.rsplit('/').next().map(String::from),
        Value::Concat(parts) => name(parts.last()?),
        value => value.target().map(|id| id.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fact, resource};

    fn role(statement: &str) -> Resource {
        let properties = format!(r#"{{"AssumeRolePolicyDocument": {{"Statement": {statement}}}}}"#);
        resource("AWS::IAM::Role", "r", &properties)
    }

    #[test]
    fn trust_in_a_service_needs_its_source() {
        let trust = |condition| {
            role(&format!(
                r#"{{"Effect": "Allow", "Principal": {{"Service": "dms.amazonaws.com"}}, "Action": "sts:AssumeRole",
                    "Condition": {condition}}}"#
            ))
        };
        for (condition, bound) in [("{}", false), (r#"{"StringEquals": {"aws:SourceAccount": "1"}}"#, true)] {
            assert_eq!(fact(&TYPE, "hasSourceCondition", [trust(condition)]), FactValue::Bool(bound), "{condition}");
        }
        assert_eq!(fact(&TYPE, "trustsOneService", [trust("{}")]), FactValue::Bool(true));
    }

    #[test]
    fn trust_in_a_role_is_no_trust_in_services_only() {
        let role =
            role(r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::1:role/x"}, "Action": "sts:AssumeRole"}"#);
        assert_eq!(fact(&TYPE, "trustsOnlyServices", [role.clone()]), FactValue::Bool(false));
        assert_eq!(fact(&TYPE, "trustsEveryone", [role]), FactValue::Bool(false));
    }

    #[test]
    fn a_role_without_a_trust_policy_is_undecided() {
        assert_eq!(fact(&TYPE, "trustsEveryone", [resource("AWS::IAM::Role", "r", "{}")]), FactValue::Unknown);
    }

    #[test]
    fn managed_policies_are_known_by_name() {
        let arns = r#"{"ManagedPolicyArns": ["arn:aws:iam::aws:policy/service-role/AmazonDMSVPCManagementRole", {"Ref": "own"}]}"#;
        let role = resource("AWS::IAM::Role", "r", arns);
        assert_eq!(fact(&TYPE, "unlistedManagedPolicies", [role.clone()]), FactValue::set([Some("own")]));
        assert_eq!(fact(&TYPE, "hasBroadManagedPolicy", [role]), FactValue::Bool(false));
        let broad =
            resource("AWS::IAM::Role", "r", r#"{"ManagedPolicyArns": ["arn:aws:iam::aws:policy/AmazonS3FullAccess"]}"#);
        assert_eq!(fact(&TYPE, "hasBroadManagedPolicy", [broad]), FactValue::Bool(true));
    }
}
