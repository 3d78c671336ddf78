//! AWS Lambda.

use crate::resource_type::ResourceType;

mod alias;
mod code_signing_config;
mod event_invoke_config;
mod function;
mod permission;

pub const TYPES: &[&ResourceType] =
    &[&alias::TYPE, &code_signing_config::TYPE, &event_invoke_config::TYPE, &function::TYPE, &permission::TYPE];
