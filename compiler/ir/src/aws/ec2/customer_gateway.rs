use crate::class::{Classes, TEXT};
use crate::fact::Fact;
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, TAGS, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::EC2::CustomerGateway",
    concern: Concern::Network,
    terraform: Terraform::Column(Column {
        resource: "aws_customer_gateway",
        attributes: &[("CustomerGatewayId", "id")],
        properties: &[
            Property::new("BgpAsn", Form::Text("bgp_asn")),
            Property::new("BgpAsnExtended", Form::Text("bgp_asn_extended")),
            argument("CertificateArn", "certificate_arn"),
            argument("DeviceName", "device_name"),
            argument("IpAddress", "ip_address"),
            TAGS,
            argument("Type", "type"),
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::string("ipAddress", "IpAddress", ""),
        Fact::long("bgpAsn", "BgpAsn", 65000),
        Fact::string("certificate", "CertificateArn", ""),
    ],
    classes: Classes {
        free: &[("DeviceName", TEXT)],
        undecided: &["IpAddress", "BgpAsn", "CertificateArn"],
        ..Classes::NONE
    },
};
