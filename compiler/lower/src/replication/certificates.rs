//! The authorities that sign the certificates of both ends.

use migspec_diag::Diagnostic;
use migspec_ir::{Datum, Id, Origin, Resource, Value};
use migspec_syntax::ast;

use super::BY;
use crate::cx::{Cx, origin, path};
use crate::{names, source};

/// Amazon's root certificates, for each region a line with its name and the
/// certificate. See `data/SOURCE.md`.
const AMAZON: &str = include_str!("../../data/rds-root-ca-rsa2048-g1.pem");

/// The certificate or the wallet of a source's authority, from the file beside the spec.
pub(super) fn of_source(cx: &mut Cx, source: &ast::Source) -> Option<Id> {
    let tls = source.tls.as_ref()?;
    let (file, property) = match &tls.wallet {
        Some(wallet) => (wallet, "CertificateWallet"),
        None => (tls.ca.as_ref()?, "CertificatePem"),
    };
    let text = cx.file(file.as_str())?.clone();
    let content = match &tls.wallet {
        Some(_) => Value::from(source::wallet(&text)?),
        None => Value::from(text),
    };
    let id = names::certificate(source.key.as_str());
    if cx.graph.get(&id).is_none() {
        let here = Origin::derived(BY, file.span());
        let resource = Resource::new("AWS::DMS::Certificate", id.clone(), path("source", &source.key), here)
            .set("CertificateIdentifier", cx.physical(names::CERTIFICATE, &format!("{}-ca", source.key)))
            .set(property, Datum::new(content, origin(file)));
        cx.add(resource);
    }
    Some(id)
}

/// The certificate of the authority of all clusters in the region.
pub(super) fn of_clusters(cx: &mut Cx, from: Origin) -> Option<Id> {
    let id = names::certificate("aurora");
    if cx.graph.get(&id).is_some() {
        return Some(id);
    }
    let region = cx.graph.environment.region.clone();
    let Some(pem) = amazon(&region) else {
        let span = cx.graph.environment.span;
        cx.report(
            Diagnostic::error(
                "unknown-authority",
                format!("the compiler has no CA certificate for databases in `{region}`"),
            )
            .at(span, "this region")
            .with(from.span(), "needs it to verify TLS")
            .help(format!("use one of {}", regions().collect::<Vec<_>>().join(", "))),
        );
        return None;
    };
    let at = format!("migration \"{}\"", cx.spec.key.as_str());
    let resource = Resource::new("AWS::DMS::Certificate", id.clone(), at, from)
        .set("CertificateIdentifier", cx.physical(names::CERTIFICATE, "aurora-ca"))
        .set("CertificatePem", Value::from(pem));
    Some(cx.add(resource))
}

/// The regions with a known authority.
fn regions() -> impl Iterator<Item = &'static str> {
    AMAZON
        .lines()
        .filter(|line| line.len() < 20 && line.contains('-') && line.starts_with(|c: char| c.is_ascii_lowercase()))
}

/// The root certificate of a region.
pub(crate) fn amazon(region: &str) -> Option<&'static str> {
    const END: &str = "-----END CERTIFICATE-----\n";
    AMAZON.split_inclusive(END).find_map(|part| part.strip_prefix(region)?.strip_prefix('\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_region_has_its_own_certificate() {
        let pem = amazon("us-east-1").expect("a region of AWS");
        assert!(pem.starts_with("-----BEGIN CERTIFICATE-----\n") && pem.ends_with("-----END CERTIFICATE-----\n"));
        assert_ne!(Some(pem), amazon("us-east-2"));
        assert_eq!(amazon("us-east"), None);
        assert!(regions().count() > 20 && regions().all(|region| amazon(region).is_some()));
    }
}
