use crate::fact::{Fact, FactType};
use crate::resource_type::{Column, Concern, ResourceType, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::DMS::Certificate",
    concern: Concern::Replication,
    terraform: Terraform::Column(Column {
        resource: "aws_dms_certificate",
        reference: "certificate_arn",
        attributes: &[("CertificateArn", "certificate_arn")],
        properties: &[
            argument("CertificateIdentifier", "certificate_id"),
            argument("CertificatePem", "certificate_pem"),
            argument("CertificateWallet", "certificate_wallet"),
        ],
        ..Column::BASE
    }),
    facts: &[Fact::computed("hasPrivateKey", FactType::Bool, |certificate, _| {
        let pem = certificate.get("CertificatePem").and_then(|d| d.value.as_str()).unwrap_or_default();
        pem.contains("PRIVATE KEY").into()
    })],
};
