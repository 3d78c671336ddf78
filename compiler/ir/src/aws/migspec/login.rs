use crate::class::Classes;
use crate::fact::{Fact, FactType, FactValue};
use crate::resource_type::{Concern, ResourceType, Terraform};
use crate::{Index, Resource};

pub const TYPE: ResourceType = ResourceType {
    name: "Migspec::Login",
    concern: Concern::Database,
    terraform: Terraform::NotEmitted,
    facts: &[
        Fact::string("purpose", "Purpose", ""),
        // Of a generated login; the setup creates it under this name everywhere.
        Fact::string("user", "User", ""),
        Fact::entity("secret", "Secret", "AWS::SecretsManager::Secret"),
        Fact::false_by_default("generated", "Generated"),
        Fact::computed("sharesSecret", FactType::Bool, shares_secret),
    ],
    classes: Classes::NONE,
};

/// Whether an earlier login of this database or of another one takes the same secret: the
/// later one is the offence.
fn shares_secret(login: &Resource, graph: &Index<'_>) -> FactValue {
    let Some(secret) = login.get("Secret") else {
        return FactValue::Unknown;
    };
    graph
        .all(login.type_name)
        .any(|other| {
            (other.origin.span(), &other.id) < (login.origin.span(), &login.id)
                && other.get("Secret").is_some_and(|d| d.value == secret.value)
        })
        .into()
}
