//! Amazon Simple Notification Service.

use crate::resource_type::ResourceType;

mod message;
mod subscription;
mod topic;
mod topic_policy;

pub use topic::{DELIVERY_LOGGED, SUBSCRIBED};

pub const TYPES: &[&ResourceType] = &[&subscription::TYPE, &topic::TYPE, &topic_policy::TYPE];
