//! Facts of the resource policies that hold their document in
//! `PolicyDocument`: of buckets, queues, topics and logs.

use crate::fact::{Fact, FactType};
use crate::graph::Resource;
use crate::iam;

/// Other accounts that the policy allows.
pub const OTHER_ACCOUNTS: Fact = Fact::computed("otherAccounts", FactType::StringSet, |policy, graph| {
    iam::accounts_let_in(policy, "PolicyDocument", graph)
});

pub const GRANTS_TO_EVERYONE: Fact = Fact::computed("grantsToEveryone", FactType::Bool, |policy, graph| {
    iam::ask(policy, "PolicyDocument", |d| iam::grants_to_everyone(d, &graph.environment.account))
});

pub const USES_WILDCARD_ACTIONS: Fact = Fact::computed("usesWildcardActions", FactType::Bool, |policy, _| {
    iam::ask(policy, "PolicyDocument", |d| !iam::wildcard_actions(d).is_empty())
});

pub const BINDS_SERVICES: Fact = Fact::computed("bindsServices", FactType::Bool, |policy, graph| {
    iam::ask(policy, "PolicyDocument", |d| {
        iam::unbound_services(d, policy.type_name, &graph.environment.account).is_empty()
    })
});

/// The facts of the policy of a topic or a queue.
pub const OF_MESSAGES: &[Fact] = &[OTHER_ACCOUNTS, GRANTS_TO_EVERYONE, USES_WILDCARD_ACTIONS, BINDS_SERVICES];

/// Whether the policy denies these actions to callers without TLS.
pub fn denies_insecure_transport(policy: &Resource, actions: &[&str]) -> Option<bool> {
    let parts = iam::Parts::Itself;
    iam::read(policy.get("PolicyDocument")?, |document| iam::denies_insecure_transport(document, actions, parts))
}
