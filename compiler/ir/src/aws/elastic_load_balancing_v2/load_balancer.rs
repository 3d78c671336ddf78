use super::attribute::{Absence, attribute, flag};
use crate::class::Classes;
use crate::fact::{Fact, FactType, FactValue};
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, TAGS, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::ElasticLoadBalancingV2::LoadBalancer",
    concern: Concern::Api,
    terraform: Terraform::Column(Column {
        resource: "aws_lb",
        reference: "arn",
        attributes: &[
            ("CanonicalHostedZoneID", "zone_id"),
            ("DNSName", "dns_name"),
            ("LoadBalancerArn", "arn"),
            ("LoadBalancerFullName", "arn_suffix"),
            ("LoadBalancerName", "name"),
        ],
        properties: &[
            Property::new("EnableCapacityReservationProvisionStabilize", Form::Absent("the provider always waits")),
            Property::new("EnablePrefixForIpv6SourceNat", Form::Absent("addresses are IPv4")),
            argument(
                "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic",
                "enforce_security_group_inbound_rules_on_private_link_traffic",
            ),
            argument("IpAddressType", "ip_address_type"),
            Property::new("Ipv4IpamPoolId", Form::Within("ipam_pools", &Form::Argument("ipv4_ipam_pool_id"))),
            Property::new(
                "LoadBalancerAttributes",
                Form::Settings { key: "Key", value: "Value", properties: ATTRIBUTES },
            ),
            Property::new(
                "MinimumLoadBalancerCapacity",
                Form::Block("minimum_load_balancer_capacity", &[argument("CapacityUnits", "capacity_units")]),
            ),
            argument("Name", "name"),
            Property::new("Scheme", Form::Flag { argument: "internal", yes: "internal", no: "internet-facing" }),
            argument("SecurityGroups", "security_groups"),
            Property::new(
                "SubnetMappings",
                Form::Blocks(
                    "subnet_mapping",
                    &[
                        argument("AllocationId", "allocation_id"),
                        argument("IPv6Address", "ipv6_address"),
                        argument("PrivateIPv4Address", "private_ipv4_address"),
                        Property::new("SourceNatIpv6Prefix", Form::Absent("addresses are IPv4")),
                        argument("SubnetId", "subnet_id"),
                    ],
                ),
            ),
            argument("Subnets", "subnets"),
            TAGS,
            argument("Type", "load_balancer_type"),
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::string("scheme", "Scheme", "internet-facing"),
        Fact::string("type", "Type", "application"),
        Fact::computed("deletionProtection", FactType::Bool, |lb, _| {
            flag(lb, LIST, "deletion_protection.enabled", Absence::Off)
        }),
        Fact::computed("dropsInvalidHeaders", FactType::Bool, |lb, _| {
            flag(lb, LIST, "routing.http.drop_invalid_header_fields.enabled", Absence::Off)
        }),
        Fact::computed("logsAccess", FactType::Bool, |lb, _| flag(lb, LIST, "access_logs.s3.enabled", Absence::Off)),
        Fact::computed("desyncMitigationMode", FactType::String, |lb, _| {
            match attribute(lb, LIST, "routing.http.desync_mitigation_mode") {
                None => "defensive".into(),
                Some(mode) => mode.as_str().map_or(FactValue::Unknown, Into::into),
            }
        }),
        Fact::computed("hasWebAcl", FactType::Bool, |lb, graph| {
            graph.referring(&lb.id, "AWS::WAFv2::WebACLAssociation", "ResourceArn").next().is_some().into()
        }),
    ],
    classes: Classes { identity: &["Name"], undecided: &["Type"], ..Classes::NONE },
};

const LIST: &str = "LoadBalancerAttributes";

/// By the keys of AWS's `ModifyLoadBalancerAttributes`.
const ATTRIBUTES: &[Property] = &[
    logs("access_logs.s3.bucket", "access_logs", &Form::Argument("bucket")),
    logs("access_logs.s3.enabled", "access_logs", &Form::Typed("enabled")),
    logs("access_logs.s3.prefix", "access_logs", &Form::Argument("prefix")),
    typed_attribute("client_keep_alive.seconds", "client_keep_alive"),
    logs("connection_logs.s3.bucket", "connection_logs", &Form::Argument("bucket")),
    logs("connection_logs.s3.enabled", "connection_logs", &Form::Typed("enabled")),
    logs("connection_logs.s3.prefix", "connection_logs", &Form::Argument("prefix")),
    typed_attribute("deletion_protection.enabled", "enable_deletion_protection"),
    argument("dns_record.client_routing_policy", "dns_record_client_routing_policy"),
    logs("health_check_logs.s3.bucket", "health_check_logs", &Form::Argument("bucket")),
    logs("health_check_logs.s3.enabled", "health_check_logs", &Form::Typed("enabled")),
    logs("health_check_logs.s3.prefix", "health_check_logs", &Form::Argument("prefix")),
    typed_attribute("idle_timeout.timeout_seconds", "idle_timeout"),
    typed_attribute("load_balancing.cross_zone.enabled", "enable_cross_zone_load_balancing"),
    argument("routing.http.desync_mitigation_mode", "desync_mitigation_mode"),
    typed_attribute("routing.http.drop_invalid_header_fields.enabled", "drop_invalid_header_fields"),
    typed_attribute("routing.http.preserve_host_header.enabled", "preserve_host_header"),
    typed_attribute(
        "routing.http.x_amzn_tls_version_and_cipher_suite.enabled",
        "enable_tls_version_and_cipher_suite_headers",
    ),
    typed_attribute("routing.http.xff_client_port.enabled", "enable_xff_client_port"),
    argument("routing.http.xff_header_processing.mode", "xff_header_processing_mode"),
    typed_attribute("routing.http2.enabled", "enable_http2"),
    typed_attribute("waf.fail_open.enabled", "enable_waf_fail_open"),
    typed_attribute("zonal_shift.config.enabled", "enable_zonal_shift"),
];

const fn typed_attribute(key: &'static str, argument: &'static str) -> Property {
    Property::new(key, Form::Typed(argument))
}

const fn logs(key: &'static str, block: &'static str, form: &'static Form) -> Property {
    Property::new(key, Form::Within(block, form))
}
