//! Things of the migration that are no AWS resource: only policies look at them.

use crate::resource_type::ResourceType;

mod api;
mod column;
mod cutover;
mod login;
mod replication;
mod route;
mod site;
mod source;
mod validation;

pub const TYPES: &[&ResourceType] = &[
    &api::TYPE,
    &column::TYPE,
    &cutover::TYPE,
    &login::TYPE,
    &replication::TYPE,
    &route::TYPE,
    &site::TYPE,
    &source::TYPE,
    &validation::TYPE,
];
