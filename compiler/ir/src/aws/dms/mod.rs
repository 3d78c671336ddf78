//! AWS Database Migration Service.

use crate::resource_type::ResourceType;

pub(in crate::aws) mod alarmed;
mod certificate;
mod endpoint;
mod mappings;
mod replication_instance;
mod replication_subnet_group;
mod replication_task;
mod task_settings;

pub const TYPES: &[&ResourceType] = &[
    &certificate::TYPE,
    &endpoint::TYPE,
    &replication_instance::TYPE,
    &replication_subnet_group::TYPE,
    &replication_task::TYPE,
];
