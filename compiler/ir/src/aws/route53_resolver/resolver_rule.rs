use crate::class::Classes;
use crate::fact::Fact;
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, TAGS, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::Route53Resolver::ResolverRule",
    concern: Concern::Network,
    terraform: Terraform::Column(Column {
        resource: "aws_route53_resolver_rule",
        attributes: &[("ResolverRuleId", "id"), ("Arn", "arn")],
        properties: &[
            Property::new("DelegationRecord", Form::Absent("questions are forwarded")),
            argument("DomainName", "domain_name"),
            argument("Name", "name"),
            argument("ResolverEndpointId", "resolver_endpoint_id"),
            argument("RuleType", "rule_type"),
            TAGS,
            Property::new(
                "TargetIps",
                Form::Blocks(
                    "target_ip",
                    &[
                        argument("Ip", "ip"),
                        argument("Ipv6", "ipv6"),
                        Property::new("Port", Form::Typed("port")),
                        argument("Protocol", "protocol"),
                        Property::new("ServerNameIndication", Form::Absent("the protocol is Do53")),
                    ],
                ),
            ),
        ],
        ..Column::BASE
    }),
    facts: &[Fact::string("domainName", "DomainName", ""), Fact::string("ruleType", "RuleType", "")],
    classes: Classes {
        identity: &["DomainName", "Name", "ResolverEndpointId", "RuleType", "TargetIps"],
        ..Classes::NONE
    },
};
