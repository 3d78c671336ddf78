//! Amazon Route 53 Resolver: names that another network's servers know.

use crate::resource_type::ResourceType;

mod resolver_endpoint;
mod resolver_rule;
mod resolver_rule_association;

pub const TYPES: &[&ResourceType] = &[&resolver_endpoint::TYPE, &resolver_rule::TYPE, &resolver_rule_association::TYPE];
