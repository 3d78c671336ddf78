use crate::class::Classes;
use crate::fact::Fact;
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, TAGS, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::Route53Resolver::ResolverEndpoint",
    concern: Concern::Network,
    terraform: Terraform::Column(Column {
        resource: "aws_route53_resolver_endpoint",
        attributes: &[("ResolverEndpointId", "id"), ("Arn", "arn")],
        properties: &[
            argument("Direction", "direction"),
            Property::new("Dns64Enabled", Form::Absent("questions are about IPv4 addresses")),
            Property::new(
                "IpAddresses",
                Form::Blocks(
                    "ip_address",
                    &[argument("Ip", "ip"), argument("Ipv6", "ipv6"), argument("SubnetId", "subnet_id")],
                ),
            ),
            Property::new("Ipv6InternetAccessEnabled", Form::Absent("questions are about IPv4 addresses")),
            argument("Name", "name"),
            Property::new("OutpostArn", Form::Absent("endpoints are in a region")),
            Property::new("PreferredInstanceType", Form::Absent("endpoints are in a region")),
            argument("Protocols", "protocols"),
            argument("ResolverEndpointType", "resolver_endpoint_type"),
            argument("RniEnhancedMetricsEnabled", "rni_enhanced_metrics_enabled"),
            argument("SecurityGroupIds", "security_group_ids"),
            TAGS,
            argument("TargetNameServerMetricsEnabled", "target_name_server_metrics_enabled"),
        ],
        ..Column::BASE
    }),
    facts: &[Fact::string("direction", "Direction", "")],
    classes: Classes {
        identity: &["Direction", "IpAddresses", "Name", "Protocols", "ResolverEndpointType", "SecurityGroupIds"],
        ..Classes::NONE
    },
};
