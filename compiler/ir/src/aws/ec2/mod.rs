//! Amazon EC2: networks, transit, security groups.

use crate::resource_type::ResourceType;

mod address;
mod customer_gateway;
mod eip;
mod flow_log;
mod internet_gateway;
mod nat_gateway;
mod network_acl;
mod network_acl_entry;
mod prefix_list;
mod route;
mod route_table;
pub mod routing;
pub mod security_group;
mod security_group_egress;
mod security_group_ingress;
mod services;
pub(in crate::aws) mod subnet;
mod subnet_network_acl_association;
mod subnet_route_table_association;
mod transit_gateway;
mod transit_gateway_attachment;
mod transit_gateway_route;
mod transit_gateway_route_table;
mod transit_gateway_route_table_association;
mod transit_gateway_route_table_propagation;
mod vpc;
mod vpc_endpoint;
mod vpc_gateway_attachment;
pub mod vpc_ranges;
mod vpn_connection;
pub(super) mod zones;

pub use vpc_endpoint::service as endpoint_service;

pub const TYPES: &[&ResourceType] = &[
    &customer_gateway::TYPE,
    &eip::TYPE,
    &flow_log::TYPE,
    &internet_gateway::TYPE,
    &nat_gateway::TYPE,
    &network_acl::TYPE,
    &network_acl_entry::TYPE,
    &prefix_list::TYPE,
    &route::TYPE,
    &route_table::TYPE,
    &security_group::TYPE,
    &security_group_egress::TYPE,
    &security_group_ingress::TYPE,
    &subnet::TYPE,
    &subnet_network_acl_association::TYPE,
    &subnet_route_table_association::TYPE,
    &transit_gateway::TYPE,
    &transit_gateway_attachment::TYPE,
    &transit_gateway_route::TYPE,
    &transit_gateway_route_table::TYPE,
    &transit_gateway_route_table_association::TYPE,
    &transit_gateway_route_table_propagation::TYPE,
    &vpc::TYPE,
    &vpc_endpoint::TYPE,
    &vpc_gateway_attachment::TYPE,
    &vpn_connection::TYPE,
];
