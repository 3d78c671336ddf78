//! Amazon API Gateway: REST APIs.

use crate::resource_type::ResourceType;

mod account;
mod authorizer;
mod base_path_mapping;
mod client_certificate;
mod deployment;
mod domain_name;
mod gateway_response;
mod method;
mod model;
mod request_validator;
mod resource;
mod rest_api;
mod stage;
mod usage_plan;

pub const TYPES: &[&ResourceType] = &[
    &account::TYPE,
    &authorizer::TYPE,
    &base_path_mapping::TYPE,
    &client_certificate::TYPE,
    &deployment::TYPE,
    &domain_name::TYPE,
    &gateway_response::TYPE,
    &method::TYPE,
    &model::TYPE,
    &request_validator::TYPE,
    &resource::TYPE,
    &rest_api::TYPE,
    &stage::TYPE,
    &usage_plan::TYPE,
];
