//! Analyses of IAM policy documents: trust policies, role policies, and the
//! policies of keys, buckets, topics, queues and secrets.

mod action;
mod callers;
mod denial;
mod document;
mod escalation;
mod held;
mod identity;
mod own_code;
mod pattern;
mod precision;
mod resource_based;
mod stranger;
mod takeover;
mod text;

use crate::fact::FactValue;
use crate::graph::{Graph, Resource};

pub use action::{Action, action, actions};
pub use callers::{CALLERS, Caller, caller, unmet_conditions};
pub use denial::{Parts, Predicate, denies, denies_insecure_transport, denies_other_accounts};
pub use document::{Condition, Document, Effect, Principal, Statement, read};
pub use escalation::{Kind, METHODS, Method, escalations};
pub use held::{attached_documents, documents, missing, read_all, surplus};
pub use identity::{
    allows_everything, broad_reads, credential_actions, export_actions, left_open, pass_role_without_service,
    passes_roles, passes_unnamed_roles, permission_actions, uses_not_action, uses_not_resource, wildcard_actions,
};
pub use own_code::open_to_code;
pub(crate) use pattern::covers_exactly;
pub use pattern::{covers, overlaps};
pub use precision::{
    idle_conditions, misplaced_actions, unknown_actions, unlimited_actions, unlimited_changes, wide_resources,
};
pub use resource_based::{
    allowing_service, allows_account, federates_openly, grants_to_everyone, includes, mixes_administration_and_use,
    other_accounts, services, trusts_account_root, trusts_only_services, unbound_accounts, unbound_services,
};
pub use stranger::{Arrival, admits_stranger};
pub use takeover::takeovers;
pub use text::{as_pattern, text};

/// The accounts that the document in a property lets in beside the own one.
pub fn accounts_let_in(resource: &Resource, property: &str, graph: &Graph) -> FactValue {
    let own = &graph.environment.account;
    let owner = resource.existing.as_ref().and_then(|existing| existing.owner.as_deref());
    let others = |d: &Document<'_>| {
        let accounts = other_accounts(d, own).into_iter().filter(|account| Some(account.as_str()) != owner);
        FactValue::set(accounts.map(Some))
    };
    let accounts = resource.get(property).and_then(|document| read(document, others));
    accounts.unwrap_or(FactValue::Unknown)
}

/// The answer to a question about the document in a property; `Unknown` where
/// there is none or it cannot be read.
pub fn ask<T: Into<FactValue>>(
    resource: &Resource,
    property: &str,
    question: impl FnOnce(&Document<'_>) -> T,
) -> FactValue {
    resource.get(property).and_then(|document| read(document, question)).into()
}
