use crate::class::Classes;
use crate::fact::{Fact, FactType};
use crate::resource_type::{Column, Compare, Concern, Form, Lookup, Property, ResourceType, TAGS, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::ApiGateway::DomainName",
    concern: Concern::Api,
    terraform: Terraform::Column(Column {
        resource: "aws_api_gateway_domain_name",
        reference: "domain_name",
        attributes: &[
            ("DistributionDomainName", "cloudfront_domain_name"),
            ("DistributionHostedZoneId", "cloudfront_zone_id"),
            ("DomainNameArn", "arn"),
            ("RegionalDomainName", "regional_domain_name"),
            ("RegionalHostedZoneId", "regional_zone_id"),
        ],
        properties: &[
            argument("CertificateArn", "certificate_arn"),
            argument("DomainName", "domain_name"),
            argument("EndpointAccessMode", "endpoint_access_mode"),
            Property::new(
                "EndpointConfiguration",
                Form::Block(
                    "endpoint_configuration",
                    &[argument("IpAddressType", "ip_address_type"), argument("Types", "types")],
                ),
            ),
            Property::new(
                "MutualTlsAuthentication",
                Form::Block(
                    "mutual_tls_authentication",
                    &[argument("TruststoreUri", "truststore_uri"), argument("TruststoreVersion", "truststore_version")],
                ),
            ),
            argument("OwnershipVerificationCertificateArn", "ownership_verification_certificate_arn"),
            argument("RegionalCertificateArn", "regional_certificate_arn"),
            argument("RoutingMode", "routing_mode"),
            argument("SecurityPolicy", "security_policy"),
            TAGS,
        ],
        lookup: Some(&Lookup {
            data: "aws_api_gateway_domain_name",
            by: "domain_name",
            same: &["DomainName"],
            compares: &[
                ("RegionalCertificateArn", Compare::Equal("regional_certificate_arn")),
                ("SecurityPolicy", Compare::Equal("security_policy")),
            ],
            ..Lookup::BASE
        }),
        ..Column::BASE
    }),
    facts: &[
        Fact::string("domainName", "DomainName", ""),
        Fact::string("securityPolicy", "SecurityPolicy", "TLS_1_0"),
        Fact::computed("mutualTls", FactType::Bool, |domain, _| {
            domain.get("MutualTlsAuthentication.TruststoreUri").is_some().into()
        }),
    ],
    classes: Classes { identity: &["DomainName"], ..Classes::NONE },
};
