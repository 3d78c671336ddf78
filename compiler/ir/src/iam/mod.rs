//! What policy documents of IAM say: trust policies, role policies, and the
//! policies of keys, buckets, topics, queues and secrets.

mod document;
mod identity;
mod pattern;
mod resource_based;

use crate::fact::FactValue;
use crate::graph::Resource;

pub use document::{Condition, Document, Effect, Principal, Statement, read};
pub use identity::{
    allows_everything, broad_reads, pass_role_without_service, passes_roles, permission_actions, uses_not_action,
    uses_not_resource, wildcard_actions,
};
pub use pattern::covers;
pub use resource_based::{
    Parts, denies_insecure_transport, grants_to_everyone, mixes_administration_and_use, services, trusts_account_root,
    trusts_only_services, unbound_services,
};

/// The answer to a question about the document in a property; `Unknown` where
/// there is none or it cannot be read.
pub fn ask<T: Into<FactValue>>(
    resource: &Resource,
    property: &str,
    question: impl FnOnce(&Document<'_>) -> T,
) -> FactValue {
    resource.get(property).and_then(|document| read(document, question)).into()
}
