//! Amazon CloudWatch.

use crate::resource_type::ResourceType;

mod alarm;
mod composite_alarm;
pub(in crate::aws) mod dashboard;
mod rule;

pub const TYPES: &[&ResourceType] = &[&alarm::TYPE, &composite_alarm::TYPE, &dashboard::TYPE];
