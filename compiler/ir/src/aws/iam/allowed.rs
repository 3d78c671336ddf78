//! What policies see of a document that says what a role may do.

use crate::fact::{Fact, FactType, FactValue};
use crate::graph::Resource;
use crate::iam;

/// The facts of a type whose document is `PolicyDocument`.
pub(super) const FACTS: &[Fact] = &[
    ALLOWS_EVERYTHING,
    WILDCARD_ACTIONS,
    USES_WILDCARD_ACTIONS,
    USES_NOT_ACTION,
    USES_NOT_RESOURCE,
    BROAD_READS,
    READS_BROADLY,
    PERMISSION_ACTIONS,
    MANAGES_PERMISSIONS,
    PASSES_ROLES,
    PASSES_ROLES_TO_ANY_SERVICE,
];

pub(super) const ALLOWS_EVERYTHING: Fact =
    Fact::computed("allowsEverything", FactType::Bool, |r, _| any(r, iam::allows_everything));
pub(super) const WILDCARD_ACTIONS: Fact = Fact::computed("wildcardActions", FactType::StringSet, |r, _| {
    texts(r, |d| iam::wildcard_actions(d).into_iter().map(String::from).collect())
});
pub(super) const USES_WILDCARD_ACTIONS: Fact =
    Fact::computed("usesWildcardActions", FactType::Bool, |r, _| any(r, |d| !iam::wildcard_actions(d).is_empty()));
pub(super) const USES_NOT_ACTION: Fact =
    Fact::computed("usesNotAction", FactType::Bool, |r, _| any(r, iam::uses_not_action));
pub(super) const USES_NOT_RESOURCE: Fact =
    Fact::computed("usesNotResource", FactType::Bool, |r, _| any(r, iam::uses_not_resource));
pub(super) const BROAD_READS: Fact = Fact::computed("broadReads", FactType::StringSet, |r, _| {
    texts(r, |d| iam::broad_reads(d).into_iter().map(String::from).collect())
});
pub(super) const READS_BROADLY: Fact =
    Fact::computed("readsBroadly", FactType::Bool, |r, _| any(r, |d| !iam::broad_reads(d).is_empty()));
pub(super) const PERMISSION_ACTIONS: Fact = Fact::computed("permissionActions", FactType::StringSet, |r, _| {
    texts(r, |d| iam::permission_actions(d).into_iter().map(String::from).collect())
});
pub(super) const MANAGES_PERMISSIONS: Fact =
    Fact::computed("managesPermissions", FactType::Bool, |r, _| any(r, |d| !iam::permission_actions(d).is_empty()));
pub(super) const PASSES_ROLES: Fact = Fact::computed("passesRoles", FactType::Bool, |r, _| any(r, iam::passes_roles));
pub(super) const PASSES_ROLES_TO_ANY_SERVICE: Fact =
    Fact::computed("passesRolesToAnyService", FactType::Bool, |r, _| any(r, iam::pass_role_without_service));

/// Whether the answer is yes for any of the resource's documents.
fn any(resource: &Resource, question: impl Fn(&iam::Document<'_>) -> bool) -> FactValue {
    let answers = documents(resource).map(|document| iam::read(document, &question));
    answers.collect::<Option<Vec<_>>>().map(|answers| answers.contains(&true)).into()
}

/// The texts that all of the resource's documents give.
fn texts(resource: &Resource, question: impl Fn(&iam::Document<'_>) -> Vec<String>) -> FactValue {
    let answers = documents(resource).map(|document| iam::read(document, &question));
    match answers.collect::<Option<Vec<_>>>() {
        Some(answers) => FactValue::set(answers.into_iter().flatten().map(Some)),
        None => FactValue::Unknown,
    }
}

/// The document of a policy, or those of a role's inline policies.
fn documents(resource: &Resource) -> impl Iterator<Item = &crate::Datum> {
    let inline = resource.get("Policies").and_then(|d| d.value.as_list()).unwrap_or_default();
    let inline = inline.iter().filter_map(|policy| policy.get("PolicyDocument"));
    resource.get("PolicyDocument").into_iter().chain(inline)
}

#[cfg(test)]
mod tests {
    use super::super::{role, role_policy};
    use super::*;
    use crate::testing::{fact, resource};

    const EVERYTHING: &str = r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;

    #[test]
    fn a_policy_that_allows_everything_is_found_wherever_it_stands() {
        let own = format!(r#"{{"PolicyDocument": {EVERYTHING}}}"#);
        let inline = format!(r#"{{"Policies": [{{"PolicyName": "p", "PolicyDocument": {EVERYTHING}}}]}}"#);
        let own = resource("AWS::IAM::RolePolicy", "p", &own);
        let inline = resource("AWS::IAM::Role", "r", &inline);
        assert_eq!(fact(&role_policy::TYPE, "allowsEverything", [own]), FactValue::Bool(true));
        assert_eq!(fact(&role::TYPE, "allowsEverything", [inline]), FactValue::Bool(true));
        let bare = resource("AWS::IAM::Role", "r", "{}");
        assert_eq!(fact(&role::TYPE, "allowsEverything", [bare]), FactValue::Bool(false));
    }

    #[test]
    fn a_document_outside_the_graph_is_undecided() {
        let policy = resource("AWS::IAM::RolePolicy", "p", r#"{"PolicyDocument": {"Ref": "elsewhere"}}"#);
        assert_eq!(fact(&role_policy::TYPE, "allowsEverything", [policy.clone()]), FactValue::Unknown);
        assert_eq!(fact(&role_policy::TYPE, "wildcardActions", [policy]), FactValue::Unknown);
    }
}
