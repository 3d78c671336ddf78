use crate::certificate::Certificates;
use crate::class::Classes;
use crate::fact::{Fact, FactType, FactValue};
use crate::graph::Resource;
use crate::index::Index;
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
    facts: &[
        Fact::computed("hasPrivateKey", FactType::Bool, |certificate, _| {
            pem(certificate).unwrap_or_default().contains("PRIVATE KEY").into()
        }),
        Fact::computed("strongKeys", FactType::Bool, |certificate, _| {
            certificates(certificate).map(|certificates| certificates.strong_keys()).into()
        }),
        // In days since 1970-01-01.
        Fact::computed("expiresOn", FactType::Long, |certificate, _| {
            certificates(certificate).map(|certificates| certificates.expires_on()).into()
        }),
        Fact::computed("neededDays", FactType::Long, needed_days),
    ],
    classes: Classes { identity: &["CertificateIdentifier"], ..Classes::NONE },
};

/// For how long replication may verify with it: the longest run of a workflow,
/// its rollback window included. Without one, a quarter.
fn needed_days(_: &Resource, graph: &Index<'_>) -> FactValue {
    const QUARTER: u64 = 90;
    let runs = graph.workflows.values().map(|workflow| workflow.timeout.div_ceil(86_400));
    i64::try_from(runs.max().unwrap_or(QUARTER)).unwrap_or(i64::MAX).into()
}

fn pem(certificate: &Resource) -> Option<&str> {
    certificate.get("CertificatePem").and_then(|d| d.value.as_str())
}

/// Nothing where the text cannot be known, as in a wallet of Oracle.
fn certificates(certificate: &Resource) -> Option<Certificates> {
    pem(certificate).and_then(Certificates::parse)
}
