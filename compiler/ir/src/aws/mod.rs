//! The table of resource types: one folder for each AWS service, one file for
//! each type. No other place knows a Terraform type or argument.

use crate::resource_type::ResourceType;

pub mod api_gateway;
pub mod api_gateway_v2;
mod cloud_trail;
pub mod cloudwatch;
mod common;
pub mod dms;
pub mod ec2;
pub mod elastic_load_balancing_v2;
pub mod events;
pub mod iam;
pub mod kms;
pub mod lambda;
pub mod logs;
pub mod migspec;
mod pipes;
pub mod provider;
pub mod rds;
mod resource_policy;
mod route53_resolver;
pub mod s3;
pub mod secrets_manager;
pub mod sns;
pub mod sqs;
pub mod ssm;
pub mod step_functions;
pub mod wafv2;

pub use common::FACTS as COMMON_FACTS;

/// All types of the table.
pub fn types() -> impl Iterator<Item = &'static ResourceType> {
    [
        api_gateway::TYPES,
        api_gateway_v2::TYPES,
        cloud_trail::TYPES,
        cloudwatch::TYPES,
        dms::TYPES,
        ec2::TYPES,
        elastic_load_balancing_v2::TYPES,
        events::TYPES,
        iam::TYPES,
        kms::TYPES,
        lambda::TYPES,
        logs::TYPES,
        migspec::TYPES,
        pipes::TYPES,
        rds::TYPES,
        route53_resolver::TYPES,
        s3::TYPES,
        secrets_manager::TYPES,
        sns::TYPES,
        sqs::TYPES,
        ssm::TYPES,
        step_functions::TYPES,
        wafv2::TYPES,
    ]
    .into_iter()
    .flatten()
    .copied()
}
