//! Placement: the subnets of a tier, a security group, and a maintenance
//! window outside every change window.

use std::sync::Arc;

use migspec_diag::{Diagnostic, Span};
use migspec_ir::{Id, Origin, Resource, Value};
use migspec_syntax::ast;
use migspec_syntax::value::{DailyWindow, TierPurpose};

use crate::cx::Cx;
use crate::names;
use crate::network::tier_subnets;

/// The subnets of the tiers of a network with a purpose. Reports at `from` a
/// network without such a tier.
pub(crate) fn subnets(cx: &mut Cx, network: &ast::Network, purpose: TierPurpose, from: Span) -> Vec<Value> {
    let key = network.key.as_str();
    let tiers: Vec<&ast::Tier> = network.tier.iter().filter(|t| *t.holds == purpose).collect();
    if tiers.is_empty() {
        let message = format!("the network `{key}` has no tier with holds=\"{}\"", purpose.word());
        // A tier that holds the same as another one is probably the missing one.
        let places = match duplicate_tier(network) {
            Some(tier) => [(tier.holds.span(), "another tier holds this"), (from, "needs the missing tier")],
            None => [(from, "needs this tier"), (network.place.header, "in this network")],
        };
        cx.report_once(
            Diagnostic::error("missing-tier", message)
                .at(places[0].0, places[0].1)
                .with(places[1].0, places[1].1)
                .help(format!("add to the network: {}", tier_example(network, purpose))),
        );
    }
    tiers.iter().flat_map(|tier| tier_subnets(network, tier.key.as_str())).map(Value::reference).collect()
}

/// A tier with a purpose, as the spec declares it. The tiers of a network that exists name their subnets.
fn tier_example(network: &ast::Network, purpose: TierPurpose) -> String {
    let tier = format!("tier \"{0}\" holds=\"{0}\"", purpose.word());
    match network.existing {
        Some(_) => format!("{tier} {{ subnet \"subnet-…\" zone=\"…\" cidr=\"…\" routes=\"rtb-…\"; … }}"),
        None => tier,
    }
}

/// The last tier of a network that holds the same as one before it.
fn duplicate_tier(network: &ast::Network) -> Option<&ast::Tier> {
    let is_repeated = |(at, tier): &(usize, &ast::Tier)| network.tier[..*at].iter().any(|t| *t.holds == *tier.holds);
    network.tier.iter().enumerate().filter(is_repeated).map(|(_, tier)| tier).next_back()
}

/// A security group without rules; rules follow from flows.
pub(crate) fn group(cx: &mut Cx, id: Id, vpc: Id, description: &str, path: impl Into<Arc<str>>, origin: Origin) -> Id {
    let group = new_group(cx, id, vpc, description, path, origin);
    cx.add(group)
}

/// Such a group, which is not in the graph yet.
pub(crate) fn new_group(
    cx: &mut Cx,
    id: Id,
    vpc: Id,
    description: &str,
    path: impl Into<Arc<str>>,
    origin: Origin,
) -> Resource {
    let name = cx.physical(names::SECURITY_GROUP, id.as_str());
    Resource::new("AWS::EC2::SecurityGroup", id, path, origin)
        .set("GroupName", name)
        .set("GroupDescription", description)
        .set("VpcId", Value::reference(vpc))
}

/// The id of a security group, as other services take it.
pub(crate) fn group_id(group: Id) -> Value {
    Value::attribute(group, "GroupId")
}

/// Tuesday first: the days on which maintenance disturbs least.
const DAYS: [usize; 7] = [1, 2, 3, 0, 6, 5, 4];
const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// An hour of maintenance, one hour after the backup, on a day without a
/// cutover window: `tue:05:00-tue:06:00`.
pub(crate) fn maintenance(cx: &Cx, after: DailyWindow) -> String {
    // A window may reach into the next day.
    let busy = |day: usize| cx.index.cutover_days[day] || cx.index.cutover_days[(day + 6) % 7];
    let day = DAYS.into_iter().find(|day| !busy(*day)).unwrap_or(DAYS[0]);
    let start = (after.to + 60) % 1440;
    let end = (start + 60) % 1440;
    let last = if end < start { (day + 1) % 7 } else { day };
    format!("{}:{}-{}:{}", NAMES[day], clock(start), NAMES[last], clock(end))
}

fn clock(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}
