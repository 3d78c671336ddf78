//! Elastic Load Balancing: application and network load balancers.

use crate::resource_type::ResourceType;

mod action;
mod attribute;
mod listener;
mod listener_rule;
mod load_balancer;
mod target_group;

pub const TYPES: &[&ResourceType] = &[&listener::TYPE, &listener_rule::TYPE, &load_balancer::TYPE, &target_group::TYPE];
