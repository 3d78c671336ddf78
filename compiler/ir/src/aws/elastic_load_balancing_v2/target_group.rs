use super::attribute::{Absence, flag};
use crate::class::Classes;
use crate::fact::{Fact, FactType};
use crate::resource_type::{
    Column, Compare, Concern, Describe, Field, Form, Lookup, Property, ResourceType, Satellite, TAGS, Terraform,
    argument,
};
use crate::workflow::Described;

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::ElasticLoadBalancingV2::TargetGroup",
    concern: Concern::Api,
    terraform: Terraform::Column(Column {
        resource: "aws_lb_target_group",
        reference: "arn",
        attributes: &[
            ("LoadBalancerArns", "load_balancer_arns"),
            ("TargetGroupArn", "arn"),
            ("TargetGroupFullName", "arn_suffix"),
            ("TargetGroupName", "name"),
        ],
        properties: &[
            health("HealthCheckEnabled", &Form::Argument("enabled")),
            health("HealthCheckIntervalSeconds", &Form::Argument("interval")),
            health("HealthCheckPath", &Form::Argument("path")),
            health("HealthCheckPort", &Form::Argument("port")),
            health("HealthCheckProtocol", &Form::Argument("protocol")),
            health("HealthCheckTimeoutSeconds", &Form::Argument("timeout")),
            health("HealthyThresholdCount", &Form::Argument("healthy_threshold")),
            argument("IpAddressType", "ip_address_type"),
            Property::new(
                "Matcher",
                Form::Inline(&[
                    Property::new("GrpcCode", Form::Absent("health is asked over HTTP: `HttpCode`")),
                    health("HttpCode", &Form::Argument("matcher")),
                ]),
            ),
            argument("Name", "name"),
            argument("Port", "port"),
            argument("Protocol", "protocol"),
            argument("ProtocolVersion", "protocol_version"),
            TAGS,
            argument("TargetControlPort", "target_control_port"),
            Property::new(
                "TargetGroupAttributes",
                Form::Settings { key: "Key", value: "Value", properties: ATTRIBUTES },
            ),
            argument("TargetType", "target_type"),
            Property::new(
                "Targets",
                Form::Satellites {
                    name_from: "Id",
                    each: Satellite {
                        resource: "aws_lb_target_group_attachment",
                        links: &[("target_group_arn", "arn")],
                        fixed: &[],
                        form: &Form::Inline(&[
                            argument("AvailabilityZone", "availability_zone"),
                            argument("Id", "target_id"),
                            argument("Port", "port"),
                            argument("QuicServerId", "quic_server_id"),
                        ]),
                        after: &[],
                    },
                },
            ),
            health("UnhealthyThresholdCount", &Form::Argument("unhealthy_threshold")),
            argument("VpcId", "vpc_id"),
        ],
        lookup: Some(&Lookup {
            data: "aws_lb_target_group",
            by: "arn",
            same: &["TargetGroupArn"],
            compares: &[
                ("Port", Compare::Equal("port")),
                ("Protocol", Compare::Equal("protocol")),
                ("TargetType", Compare::Equal("target_type")),
                ("VpcId", Compare::Equal("vpc_id")),
            ],
            describe: &[
                Describe {
                    described: Described::TargetGroups,
                    of: None,
                    compares: &[
                        ("HealthCheckEnabled", Field::Equal("HealthCheckEnabled")),
                        ("HealthCheckPath", Field::Equal("HealthCheckPath")),
                        ("HealthCheckProtocol", Field::Equal("HealthCheckProtocol")),
                        ("Port", Field::Equal("Port")),
                        ("Protocol", Field::Equal("Protocol")),
                        ("TargetType", Field::Equal("TargetType")),
                        ("VpcId", Field::Equal("VpcId")),
                    ],
                },
                Describe {
                    described: Described::TargetGroupAttributes,
                    of: None,
                    compares: &[(
                        "TargetGroupAttributes",
                        Field::Setting { set: "Attributes", key: "stickiness.enabled" },
                    )],
                },
            ],
            ..Lookup::BASE
        }),
        ..Column::BASE
    }),
    facts: &[
        Fact::string("protocol", "Protocol", ""),
        Fact::long("port", "Port", 0),
        Fact::string("targetType", "TargetType", "instance"),
        Fact::entity("vpc", "VpcId", "AWS::EC2::VPC"),
        Fact::true_by_default("healthCheckEnabled", "HealthCheckEnabled"),
        Fact::string("healthCheckProtocol", "HealthCheckProtocol", "HTTP"),
        Fact::string("healthCheckPath", "HealthCheckPath", "/"),
        Fact::computed("sticky", FactType::Bool, |group, _| {
            flag(group, "TargetGroupAttributes", "stickiness.enabled", Absence::Off)
        }),
    ],
    classes: Classes {
        identity: &["Name", "Port", "VpcId", "TargetType"],
        undecided: &["HealthCheckPath"],
        ..Classes::NONE
    },
};

const fn health(name: &'static str, form: &'static Form) -> Property {
    Property::new(name, Form::Within("health_check", form))
}

/// By the keys of AWS's `ModifyTargetGroupAttributes`.
const ATTRIBUTES: &[Property] = &[
    argument("deregistration_delay.timeout_seconds", "deregistration_delay"),
    Property::new("deregistration_delay.connection_termination.enabled", Form::Typed("connection_termination")),
    Property::new("lambda.multi_value_headers.enabled", Form::Typed("lambda_multi_value_headers_enabled")),
    argument("load_balancing.algorithm.anomaly_mitigation", "load_balancing_anomaly_mitigation"),
    argument("load_balancing.algorithm.type", "load_balancing_algorithm_type"),
    argument("load_balancing.cross_zone.enabled", "load_balancing_cross_zone_enabled"),
    argument("preserve_client_ip.enabled", "preserve_client_ip"),
    Property::new("proxy_protocol_v2.enabled", Form::Typed("proxy_protocol_v2")),
    Property::new("slow_start.duration_seconds", Form::Typed("slow_start")),
    sticky("stickiness.app_cookie.cookie_name", &Form::Argument("cookie_name")),
    sticky("stickiness.enabled", &Form::Typed("enabled")),
    sticky("stickiness.lb_cookie.duration_seconds", &Form::Typed("cookie_duration")),
    sticky("stickiness.type", &Form::Argument("type")),
];

const fn sticky(key: &'static str, form: &'static Form) -> Property {
    Property::new(key, Form::Within("stickiness", form))
}
