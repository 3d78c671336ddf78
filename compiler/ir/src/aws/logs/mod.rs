//! Amazon CloudWatch Logs.

use crate::resource_type::ResourceType;

mod destination;
mod log_group;
mod metric_filter;
mod pattern;
mod resource_policy;
mod subscription_filter;

pub const TYPES: &[&ResourceType] =
    &[&destination::TYPE, &log_group::TYPE, &metric_filter::TYPE, &resource_policy::TYPE, &subscription_filter::TYPE];
