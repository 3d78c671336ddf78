//! A target group that exists, in the place of a new one at the side `target`.

use migspec_diag::Diagnostic;
use migspec_syntax::value::{Arn, UpstreamSide};
use migspec_syntax::{Setting, ast};

use crate::cx::Cx;

/// A target group serves one load balancer (fact: target-group-of-one-balancer): a rule of a balancer of another team would be
/// beside rules that the workflow does not know.
pub(super) fn check(cx: &mut Cx, upstream: &ast::Upstream, arn: &Setting<Arn>) {
    if *upstream.side == UpstreamSide::Source {
        return;
    }
    let kind = arn.resource().split('/').next().unwrap_or_default();
    if arn.service() == "elasticloadbalancing" && (kind.starts_with("loadbalancer") || kind.starts_with("listener")) {
        cx.report(
            Diagnostic::error("existing-load-balancer", "a load balancer that exists is not used")
                .at(arn.span(), "has rules of others")
                .with(upstream.place.header, "the upstream")
                .help(
                    "name the target group of the application, if no load balancer uses it, or remove `existing=` and register \
                     the targets in the new target group as well: a service of ECS takes several, and so does an Auto Scaling \
                     group",
                ),
        );
        return;
    }
    let here = &cx.graph.environment;
    let form =
        format!("arn:{}:elasticloadbalancing:{}:{}:targetgroup/NAME/ID", here.partition, here.region, here.account);
    let is_group = arn.service() == "elasticloadbalancing"
        && arn
            .resource()
            .strip_prefix("targetgroup/")
            .is_some_and(|rest| rest.split('/').filter(|p| !p.is_empty()).count() == 2);
    let is_here = arn.partition() == here.partition && *arn.region() == *here.region && *arn.account() == *here.account;
    if !is_group || !is_here {
        let label = if is_group { "of another account or region" } else { "no target group" };
        cx.report(
            Diagnostic::error(
                "not-a-target-group",
                format!("`{}` is not a target group of this environment", arn.value),
            )
            .at(arn.span(), label)
            .with(here.span, "this environment")
            .help(format!("write \"{form}\", as `aws elbv2 describe-target-groups` shows it")),
        );
        return;
    }
    let network = upstream.network.as_ref().and_then(|key| cx.index.networks.get(key.as_str()).copied());
    if let Some(network) = network.filter(|network| network.existing.is_none()) {
        cx.report(
            Diagnostic::error("not-a-target-group", "a new network has no target group that exists")
                .at(arn.span(), "is in another network")
                .with(network.place.header, "the deployment creates it")
                .help("remove `existing=`, or name the network of the target group"),
        );
    }
}
