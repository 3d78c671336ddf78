//! The topics of a spec: new ones, and those that exist.

use migspec_syntax::value::Arn;
use migspec_syntax::{Setting, ast};

use crate::cx::Cx;
use crate::names;

/// The topic of a region, where the spec names one.
pub(crate) fn of_region<'a>(cx: &Cx<'a>, region: &str) -> Option<(&'a ast::Notify, &'a Setting<Arn>)> {
    let topics = cx.spec.monitor.iter().flat_map(|monitor| &monitor.notify);
    topics.filter_map(|notify| Some((notify, notify.sns.as_ref()?))).find(|(_, arn)| arn.region() == region)
}

/// The physical name of the topic of the environment's region.
pub(crate) fn name(cx: &Cx) -> String {
    let existing = of_region(cx, &cx.graph.environment.region);
    existing.map_or_else(|| new_name(cx), |(_, arn)| arn.resource().to_owned())
}

pub(crate) fn new_name(cx: &Cx) -> String {
    cx.physical(names::TOPIC, "notifications")
}

/// Whether a webhook receives the messages of the topic, through a queue.
pub(crate) fn feed_webhooks(cx: &Cx) -> bool {
    let mut notify = cx.spec.monitor.iter().flat_map(|monitor| &monitor.notify);
    notify.any(|notify| notify.webhook.is_some() && notify.connection.is_some())
}
