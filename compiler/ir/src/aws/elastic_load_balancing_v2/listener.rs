use super::action::ACTION;
use crate::class::Classes;
use crate::fact::{Fact, FactType};
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, TAGS, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::ElasticLoadBalancingV2::Listener",
    concern: Concern::Api,
    terraform: Terraform::Column(Column {
        resource: "aws_lb_listener",
        reference: "arn",
        attributes: &[("ListenerArn", "arn")],
        properties: &[
            Property::new("AlpnPolicy", Form::Single(&Form::Argument("alpn_policy"))),
            Property::new(
                "Certificates",
                Form::Single(&Form::Inline(&[argument("CertificateArn", "certificate_arn")])),
            ),
            Property::new("DefaultActions", Form::Blocks("default_action", ACTION)),
            Property::new(
                "ListenerAttributes",
                Form::Settings {
                    key: "Key",
                    value: "Value",
                    properties: &[
                        Property::new("tcp.idle_timeout.seconds", Form::Typed("tcp_idle_timeout_seconds")),
                        Property::new(
                            "routing.http.response.server.enabled",
                            Form::Typed("routing_http_response_server_enabled"),
                        ),
                        argument(
                            "routing.http.response.strict_transport_security.header_value",
                            "routing_http_response_strict_transport_security_header_value",
                        ),
                        argument(
                            "routing.http.response.content_security_policy.header_value",
                            "routing_http_response_content_security_policy_header_value",
                        ),
                        argument(
                            "routing.http.response.x_content_type_options.header_value",
                            "routing_http_response_x_content_type_options_header_value",
                        ),
                        argument(
                            "routing.http.response.x_frame_options.header_value",
                            "routing_http_response_x_frame_options_header_value",
                        ),
                    ],
                },
            ),
            argument("LoadBalancerArn", "load_balancer_arn"),
            Property::new(
                "MutualAuthentication",
                Form::Block(
                    "mutual_authentication",
                    &[
                        argument("AdvertiseTrustStoreCaNames", "advertise_trust_store_ca_names"),
                        argument("IgnoreClientCertificateExpiry", "ignore_client_certificate_expiry"),
                        argument("Mode", "mode"),
                        argument("TrustStoreArn", "trust_store_arn"),
                    ],
                ),
            ),
            argument("Port", "port"),
            argument("Protocol", "protocol"),
            argument("SslPolicy", "ssl_policy"),
            TAGS,
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::entity("loadBalancer", "LoadBalancerArn", "AWS::ElasticLoadBalancingV2::LoadBalancer"),
        Fact::string("protocol", "Protocol", ""),
        Fact::long("port", "Port", 0),
        // The AWS default for an HTTPS listener.
        // fact: elb-forward-secrecy
        Fact::string("sslPolicy", "SslPolicy", "ELBSecurityPolicy-2016-08"),
        Fact::computed("hasCertificate", FactType::Bool, |listener, _| {
            listener.get("Certificates.0.CertificateArn").is_some().into()
        }),
        Fact::string("defaultAction", "DefaultActions.0.Type", ""),
    ],
    classes: Classes { identity: &["LoadBalancerArn", "Port"], undecided: &["DefaultActions.0.Type"], ..Classes::NONE },
};
