//! Amazon EventBridge.

use crate::resource_type::ResourceType;

mod api_destination;
mod connection;
pub(in crate::aws) mod pattern;
pub(in crate::aws) mod rule;
mod sample;

pub const TYPES: &[&ResourceType] = &[&api_destination::TYPE, &connection::TYPE, &rule::TYPE];
