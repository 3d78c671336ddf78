//! The trail that records the calls of the migration. It exists: the account or its organisation creates one, for all regions
//! and all workloads.

use std::sync::Arc;

use migspec_diag::Diagnostic;
use migspec_ir::{Origin, Resource, Settings};
use migspec_syntax::Setting;
use migspec_syntax::value;

use crate::cx::{Cx, datum};
use crate::{key_arns, names};

const BY: &str = "logs";
const SETTINGS: Settings = &[
    ("multiRegion", "`multi-region=` of the `trail`"),
    ("validatesFiles", "`validation=` of the `trail`"),
    ("encrypted", "`key=` of the `trail`"),
];

pub(crate) fn lower(cx: &mut Cx) {
    let Some(trail) = cx.spec.logs.as_ref().and_then(|logs| logs.trail.as_ref()) else { return };
    check(cx, &trail.arn);
    if let Some(key) = &trail.key {
        key_arns::check_arn(cx, key);
    }
    let here = &cx.graph.environment;
    let owner: Option<Arc<str>> = (*trail.arn.account() != *here.account).then(|| trail.arn.account().into());
    let flag = |setting: &Option<Setting<bool>>| setting.as_ref().map(|setting| datum(setting, |value| *value));
    let at = Origin::derived(BY, trail.place.header);
    let resource = Resource::new("AWS::CloudTrail::Trail", names::trail(), "logs > trail", at)
        .existing(trail.arn.as_str(), SETTINGS)
        .owned_by(owner)
        .set_if("IsMultiRegionTrail", flag(&trail.multi_region))
        .set_if("EnableLogFileValidation", flag(&trail.validation))
        .set_if("KMSKeyId", trail.key.as_ref().map(|key| datum(key, |key| key.as_str().to_owned())));
    cx.add(resource);
}

fn check(cx: &mut Cx, arn: &Setting<value::Arn>) {
    let partition = cx.graph.environment.partition;
    let is_trail = arn.resource().strip_prefix("trail/").is_some_and(|name| !name.is_empty() && !name.contains('/'));
    if arn.service() == "cloudtrail" && is_trail && arn.partition() == partition && !arn.account().is_empty() {
        return;
    }
    cx.report(
        Diagnostic::error("not-a-trail", format!("`{}` is not the ARN of a trail", arn.value))
            .at(arn.span(), "no trail of CloudTrail")
            .help(format!(
                "write \"arn:{partition}:cloudtrail:REGION:ACCOUNT:trail/NAME\", as `aws cloudtrail describe-trails` shows it"
            )),
    );
}
