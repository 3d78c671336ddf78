//! AWS Lambda.

use crate::resource_type::ResourceType;

mod alias;
mod event_invoke_config;
mod function;
mod permission;

pub const TYPES: &[&ResourceType] = &[&alias::TYPE, &event_invoke_config::TYPE, &function::TYPE, &permission::TYPE];
