//! Things of the migration that are no AWS resource: only policies look at them.

use crate::graph::Resource;
use crate::resource_type::ResourceType;

mod account_data;
mod api;
mod column;
mod compute;
mod cutover;
mod login;
mod output;
mod replication;
mod route;
mod site;
mod source;
mod spec;
mod validation;

pub use account_data::{is_account_data_in_path, looks_like_account_data, looks_like_card_number};
pub use column::given_name;
pub use cutover::approvals_folder;

/// Whether a replication ends with a cutover.
pub(super) fn has_cutover(replication: &Resource) -> bool {
    replication.get("HasCutover").is_some_and(|d| d.value.as_bool() == Some(true))
}

pub const TYPES: &[&ResourceType] = &[
    &api::TYPE,
    &column::TYPE,
    &compute::TYPE,
    &cutover::TYPE,
    &login::TYPE,
    &output::TYPE,
    &replication::TYPE,
    &route::TYPE,
    &site::TYPE,
    &source::TYPE,
    &spec::TYPE,
    &validation::TYPE,
];
