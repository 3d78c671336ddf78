//! The facts of a document with a role's permissions.

use std::collections::BTreeSet;

use crate::fact::{Fact, FactType, FactValue};
use crate::graph::Resource;
use crate::index::Index;
use crate::{iam, json};

pub(super) const ALLOWS_EVERYTHING: Fact =
    Fact::computed("allowsEverything", FactType::Bool, |r, g| any(r, g, iam::allows_everything));
pub(super) const USES_WILDCARD_ACTIONS: Fact =
    Fact::computed("usesWildcardActions", FactType::Bool, |r, g| any(r, g, |d| !iam::wildcard_actions(d).is_empty()));
pub(super) const USES_NOT_ACTION: Fact =
    Fact::computed("usesNotAction", FactType::Bool, |r, g| any(r, g, iam::uses_not_action));
pub(super) const USES_NOT_RESOURCE: Fact =
    Fact::computed("usesNotResource", FactType::Bool, |r, g| any(r, g, iam::uses_not_resource));
pub(super) const READS_BROADLY: Fact =
    Fact::computed("readsBroadly", FactType::Bool, |r, g| any(r, g, |d| !iam::broad_reads(d).is_empty()));
pub(super) const PERMISSION_ACTIONS: Fact =
    Fact::actions("permissionActions", |r, g| texts(r, g, |d| to_texts(iam::permission_actions(d))));
pub(super) const PASSES_ROLES: Fact =
    Fact::computed("passesRoles", FactType::Bool, |r, g| any(r, g, iam::passes_roles));
pub(super) const PASSES_ROLES_TO_ANY_SERVICE: Fact =
    Fact::computed("passesRolesToAnyService", FactType::Bool, |r, g| any(r, g, iam::pass_role_without_service));
pub(super) const PASSES_UNNAMED_ROLES: Fact =
    Fact::computed("passesUnnamedRoles", FactType::Bool, |r, g| any(r, g, iam::passes_unnamed_roles));
pub(super) const CREDENTIAL_ACTIONS: Fact =
    Fact::actions("credentialActions", |r, g| texts(r, g, |d| to_texts(iam::credential_actions(d))));
pub(super) const EXPORT_ACTIONS: Fact =
    Fact::actions("exportActions", |r, g| texts(r, g, |d| to_texts(iam::export_actions(d))));
pub(super) const UNLIMITED_ACTIONS: Fact =
    Fact::actions("unlimitedActions", |r, g| texts(r, g, |d| to_texts(iam::unlimited_actions(d))));
pub(super) const UNLIMITED_CHANGES: Fact =
    Fact::actions("unlimitedChanges", |r, g| texts(r, g, |d| to_texts(iam::unlimited_changes(d))));
pub(super) const UNKNOWN_ACTIONS: Fact =
    Fact::actions("unknownActions", |r, g| texts(r, g, |d| to_texts(iam::unknown_actions(d))));
pub(super) const WIDE_RESOURCES: Fact =
    Fact::computed("wideResources", FactType::StringSet, |r, g| texts(r, g, |d| to_texts(iam::wide_resources(d))));
pub(super) const MISPLACED_ACTIONS: Fact =
    Fact::actions("misplacedActions", |r, g| texts(r, g, |d| to_texts(iam::misplaced_actions(d))));
pub(super) const IDLE_CONDITIONS: Fact =
    Fact::computed("idleConditions", FactType::StringSet, |r, g| texts(r, g, |d| to_texts(iam::idle_conditions(d))));
/// The known ways to more rights that the document opens, together with the
/// others of the same role.
pub(super) const ESCALATIONS: Fact = Fact::computed("escalations", FactType::StringSet, escalations);
/// Rights that no grant of the role needs.
pub(super) const UNNEEDED_RIGHTS: Fact = Fact::computed("unneededRights", FactType::StringSet, unneeded_rights);
/// Grants of the role that none of its documents allows.
pub(super) const MISSING_RIGHTS: Fact = Fact::computed("missingRights", FactType::StringSet, missing_rights);

fn to_texts<T: ToString>(texts: BTreeSet<T>) -> Vec<String> {
    texts.into_iter().map(|text| text.to_string()).collect()
}

/// Whether the answer is yes for any of the resource's documents.
fn any(resource: &Resource, graph: &Index<'_>, question: impl Fn(&iam::Document<'_>) -> bool) -> FactValue {
    let answers = documents(resource, graph).into_iter().map(|document| iam::read(document, &question));
    answers.collect::<Option<Vec<_>>>().map(|answers| answers.contains(&true)).into()
}

/// The texts that all of the resource's documents give.
fn texts(resource: &Resource, graph: &Index<'_>, question: impl Fn(&iam::Document<'_>) -> Vec<String>) -> FactValue {
    let answers = documents(resource, graph).into_iter().map(|document| iam::read(document, &question));
    match answers.collect::<Option<Vec<_>>>() {
        Some(answers) => FactValue::set(answers.into_iter().flatten().map(Some)),
        None => FactValue::Unknown,
    }
}

/// The document of a policy; of a role those within it and the managed ones
/// of the graph, since its own policies have these facts themselves.
fn documents<'a>(resource: &'a Resource, graph: &'a Index<'_>) -> Vec<&'a crate::Datum> {
    let of_role = (resource.type_name == "AWS::IAM::Role").then(|| iam::attached_documents(resource, graph));
    resource.get("PolicyDocument").into_iter().chain(of_role.into_iter().flatten()).collect()
}

/// The role that a policy belongs to; a role itself.
fn role<'a>(resource: &'a Resource, graph: &'a Index<'_>) -> Option<&'a Resource> {
    match resource.type_name {
        "AWS::IAM::Role" => Some(resource),
        _ => graph.follow(resource, "RoleName"),
    }
}

fn escalations(resource: &Resource, graph: &Index<'_>) -> FactValue {
    let together = match role(resource, graph) {
        Some(role) => iam::documents(role, graph),
        None => documents(resource, graph),
    };
    let Some(data) = together.into_iter().map(json::document).collect::<Option<Vec<_>>>() else {
        return FactValue::Unknown;
    };
    let Some(all) = data.iter().map(|datum| iam::Document::of(datum)).collect::<Option<Vec<_>>>() else {
        return FactValue::Unknown;
    };
    texts(resource, graph, |d| iam::escalations(d, &all).into_iter().map(|kind| kind.name().to_owned()).collect())
}

/// AWS managed policies are not in the graph and do not count.
fn unneeded_rights(resource: &Resource, graph: &Index<'_>) -> FactValue {
    let grants = role(resource, graph).map(|role| graph.grants_of(&role.id)).unwrap_or_default();
    texts(resource, graph, |d| iam::surplus(d, grants).into_iter().collect())
}

fn missing_rights(resource: &Resource, graph: &Index<'_>) -> FactValue {
    let Some(role) = role(resource, graph) else { return FactValue::StringSet(BTreeSet::new()) };
    match iam::read_all(role, graph, |documents| iam::missing(documents, graph.grants_of(&role.id))) {
        Some(missing) => FactValue::set(missing.into_iter().map(Some)),
        None => FactValue::Unknown,
    }
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
        assert_eq!(fact(&role_policy::TYPE, "unlimitedActions", [policy]), FactValue::Unknown);
    }
}
