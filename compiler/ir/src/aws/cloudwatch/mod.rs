//! Amazon CloudWatch.

use crate::resource_type::ResourceType;

mod alarm;
mod composite_alarm;
mod dashboard;

pub const TYPES: &[&ResourceType] = &[&alarm::TYPE, &composite_alarm::TYPE, &dashboard::TYPE];
