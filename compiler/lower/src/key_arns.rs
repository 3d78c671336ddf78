//! ARNs of keys that exist.

use migspec_diag::Diagnostic;
use migspec_syntax::Setting;
use migspec_syntax::ast::{ExistingKey, Keys};
use migspec_syntax::value::Arn;

use crate::cx::Cx;

/// The keys that the spec declares for a class.
pub(crate) fn declared_keys<'s>(cx: &Cx<'s>, class: &str) -> Vec<ExistingKey<'s>> {
    cx.spec.keys.as_ref().map_or_else(Vec::new, |keys| keys.of(class))
}

/// The key of a secret that exists belongs to the environment, or `keys` declares it: the owner of any other key
/// can end the use of the secret.
pub(crate) fn check_key_of_secret(cx: &mut Cx, key: &Setting<Arn>) {
    if !is_key(key) {
        return report_other(cx, key);
    }
    let here = &cx.graph.environment;
    let own = key.partition() == here.partition && key.account() == &*here.account;
    let is_declared =
        || Keys::USES.iter().any(|class| declared_keys(cx, class).iter().any(|it| it.arn.value == key.value));
    if key.region() == &*here.region && (own || is_declared()) {
        return;
    }
    let place = format!("account {} and region {}", here.account, here.region);
    let span = here.span;
    cx.report(
        Diagnostic::error("key-elsewhere", "the key of a secret belongs to another account or region")
            .at(key.span(), format!("not in {place}"))
            .with(span, "this environment")
            .help("name a key in the environment's account and region, or declare this one in `keys`"),
    );
}

/// The ARN names a key of KMS in an account and a region, and no alias.
fn is_key(arn: &Arn) -> bool {
    let id = arn.resource().strip_prefix("key/").filter(|id| !id.is_empty() && !id.contains('/'));
    arn.service() == "kms" && id.is_some() && !arn.account().is_empty() && !arn.region().is_empty()
}

fn report_other(cx: &mut Cx, arn: &Setting<Arn>) {
    cx.report(
        Diagnostic::error("not-a-key", format!("`{}` is not the ARN of a key", arn.value))
            .at(arn.span(), "no key of KMS")
            .help("write \"arn:aws:kms:REGION:ACCOUNT:key/ID\", as `aws kms describe-key` shows it"),
    );
}

/// A declared key is one of KMS, in the partition of the environment.
pub(crate) fn check_arn(cx: &mut Cx, key: &Setting<Arn>) {
    let arn = &key.value;
    if !is_key(arn) {
        report_other(cx, key);
    }
    let partition = cx.graph.environment.partition;
    if arn.partition() != partition {
        let message = format!("the key `{arn}` is outside the partition `{partition}`");
        cx.report(
            Diagnostic::error("key-elsewhere", message)
                .at(key.span(), "another partition")
                .with(cx.environment.region.span(), "the region of the environment")
                .help("name a key of the environment's partition and region"),
        );
    }
}
