//! The authorities that sign the certificates of both ends.

use migspec_diag::Diagnostic;
use migspec_ir::{Datum, Id, Origin, Resource, Value};
use migspec_syntax::ast;

use super::BY;
use crate::cx::{Cx, origin, path};
use crate::{names, region_data, source};

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
    let Some(pem) = region_data::authority(cx, &region) else {
        let span = cx.graph.environment.span;
        cx.report(
            Diagnostic::error(
                "unknown-authority",
                format!("the compiler has no CA certificate for databases in `{region}`"),
            )
            .at(span, "this region")
            .with(from.span(), "needs it to verify TLS")
            .help(format!(
                "write the root certificate `rds-ca-rsa2048-g1` of `{region}` into a file beside the spec, and name it in \
                 the environment: region-data database-ca=\"rds-{region}.pem\""
            )),
        );
        return None;
    };
    let at = format!("migration \"{}\"", cx.spec.key.as_str());
    let resource = Resource::new("AWS::DMS::Certificate", id.clone(), at, from)
        .set("CertificateIdentifier", cx.physical(names::CERTIFICATE, "aurora-ca"))
        .set("CertificatePem", pem);
    Some(cx.add(resource))
}
