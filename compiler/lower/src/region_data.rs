//! Data of AWS about a region: rows of the compiler, or those that the spec declares where there is none.

use std::sync::Arc;

use migspec_diag::Diagnostic;
use migspec_ir::partition::{CHINA, endpoint_service};
use migspec_ir::{Datum, Origin, Resource, Value};

use crate::cx::{self, Cx};
use crate::{declared, names};

/// The managed prefix lists of Amazon S3 that groups name, by region. The ids
/// are AWS's own and the same in every account (fact: s3-prefix-lists).
const S3_PREFIX_LISTS: &[(&str, &str)] = &[
    ("ap-northeast-1", "pl-61a54008"),
    ("ap-northeast-2", "pl-78a54011"),
    ("ap-northeast-3", "pl-a4a540cd"),
    ("ap-south-1", "pl-78a54011"),
    ("ap-southeast-1", "pl-6fa54006"),
    ("ap-southeast-2", "pl-6ca54005"),
    ("ca-central-1", "pl-7da54014"),
    ("eu-central-1", "pl-6ea54007"),
    ("eu-north-1", "pl-c3aa4faa"),
    ("eu-west-1", "pl-6da54004"),
    ("eu-west-2", "pl-7ca54015"),
    ("eu-west-3", "pl-23ad484a"),
    ("sa-east-1", "pl-6aa54003"),
    ("us-east-1", "pl-63a5400a"),
    ("us-east-2", "pl-7ba54012"),
    ("us-west-1", "pl-6ba54002"),
    ("us-west-2", "pl-68a54001"),
];

/// Amazon's root certificates, for each region a line with its name and the
/// certificate. See `data/SOURCE.md`.
const AMAZON: &str = include_str!("../data/rds-root-ca-rsa2048-g1.pem");

/// The node in origins.
const BY: &str = "region-data";

/// A row of the compiler is right, so that a declaration beside it has no effect.
pub(crate) fn lower(cx: &mut Cx) {
    let Some(data) = &cx.environment.region_data else { return };
    let region = cx.graph.environment.region.clone();
    let known = [
        (data.s3_prefix_list.as_ref().map(|list| list.span()), known_prefix_list(&region).is_some()),
        (data.database_ca.as_ref().map(|ca| ca.span()), amazon(&region).is_some()),
    ];
    for (span, _) in known.into_iter().filter(|(_, known)| *known) {
        let Some(span) = span else { continue };
        cx.report(
            Diagnostic::error("declares-nothing", format!("the compiler knows this value for `{region}`"))
                .at(span, "has no effect")
                .help("remove it"),
        );
    }
    if let Some(list) = data.s3_prefix_list.as_ref().filter(|_| known_prefix_list(&region).is_none()) {
        // The deployment and the workflow compare the name: a list of the company could open the way to any address.
        // No document has the name in China, where the workflow only finds the list.
        let name = (cx.graph.environment.partition != CHINA).then(|| endpoint_service("s3", &region));
        let list = Resource::new("AWS::EC2::PrefixList", names::s3_prefix_list(), BY, cx::origin(list))
            .existing(list.as_str(), &[])
            .set_if("PrefixListName", name);
        cx.add(list);
    }
    if known.iter().all(|(span, _)| span.is_none()) {
        cx.report(
            Diagnostic::error("declares-nothing", "`region-data` declares nothing")
                .at(data.place.header, "has no effect")
                .help("write s3-prefix-list= or database-ca=, or remove it"),
        );
    }
}

/// The managed prefix list of Amazon S3.
pub(crate) fn prefix_list(cx: &Cx, region: &str) -> Option<Arc<str>> {
    let declared = || cx.environment.region_data.as_ref()?.s3_prefix_list.as_ref().map(|list| list.as_str().into());
    known_prefix_list(region).map(Into::into).or_else(declared)
}

/// The certificate of the authority that signs those of the databases.
pub(crate) fn authority(cx: &mut Cx, region: &str) -> Option<Datum> {
    if let Some(pem) = amazon(region) {
        return Some(Datum::new(Value::from(pem), Origin::derived(BY, cx.graph.environment.span)));
    }
    let file = cx.environment.region_data.as_ref()?.database_ca.as_ref()?;
    let text = cx.file(file.as_str())?.clone();
    declared::check_certificate(cx, file, &text);
    Some(Datum::new(Value::from(text), cx::origin(file)))
}

fn known_prefix_list(region: &str) -> Option<&'static str> {
    S3_PREFIX_LISTS.iter().find(|(name, _)| *name == region).map(|(_, list)| *list)
}

/// The root certificate of a region.
fn amazon(region: &str) -> Option<&'static str> {
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
        let is_region =
            |line: &&str| line.len() < 20 && line.contains('-') && line.starts_with(|c: char| c.is_ascii_lowercase());
        let regions: Vec<&str> = AMAZON.lines().filter(is_region).collect();
        assert!(regions.len() > 20 && regions.iter().all(|region| amazon(region).is_some()));
    }
}
