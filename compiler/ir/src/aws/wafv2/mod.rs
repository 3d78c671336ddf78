//! AWS WAF.

use crate::resource_type::ResourceType;

mod action;
mod logging_configuration;
mod statement;
mod web_acl;
mod web_acl_association;

pub const TYPES: &[&ResourceType] = &[&logging_configuration::TYPE, &web_acl::TYPE, &web_acl_association::TYPE];
