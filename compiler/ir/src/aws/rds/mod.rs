//! Amazon RDS and Aurora.

use crate::resource_type::ResourceType;

mod db_cluster;
mod db_cluster_parameter_group;
mod db_instance;
mod db_parameter_group;
mod db_subnet_group;
mod global_cluster;
mod parameters;
pub mod support;

pub const TYPES: &[&ResourceType] = &[
    &db_cluster::TYPE,
    &db_cluster_parameter_group::TYPE,
    &db_instance::TYPE,
    &db_parameter_group::TYPE,
    &db_subnet_group::TYPE,
    &global_cluster::TYPE,
];
