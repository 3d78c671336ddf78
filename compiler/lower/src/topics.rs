//! The topics of a spec: new ones, and those that exist.

use std::sync::Arc;

use migspec_ir::Value;
use migspec_syntax::value::Arn;
use migspec_syntax::{Setting, ast};

use crate::cx::Cx;
use crate::names;

/// The topic of a region, where the spec names one. Another ARN than that of a standard topic is reported.
pub(crate) fn of_region<'a>(cx: &Cx<'a>, region: &str) -> Option<(&'a ast::Notify, &'a Setting<Arn>)> {
    let topics = cx.spec.monitor.iter().flat_map(|monitor| &monitor.notify);
    topics
        .filter_map(|notify| Some((notify, notify.sns.as_ref()?)))
        .find(|(_, arn)| is_standard(arn) && arn.region() == region)
}

/// Whether an ARN names a topic without an order of messages.
pub(crate) fn is_standard(arn: &Arn) -> bool {
    arn.service() == "sns" && !arn.resource().contains(':') && !arn.resource().ends_with(".fifo")
}

/// The account of a topic, where it is another one than that of the migration.
pub(crate) fn owner(cx: &Cx, topic: &Arn) -> Option<Arc<str>> {
    let account = topic.account();
    (*account != *cx.graph.environment.account).then(|| account.into())
}

/// The ARN of the topic of the environment's region.
pub(crate) fn arn(cx: &Cx) -> Value {
    let existing = of_region(cx, &cx.graph.environment.region);
    existing.map_or_else(|| cx.arn("sns", &new_name(cx)), |(_, arn)| arn.as_str().into())
}

/// The physical name of a new topic.
pub(crate) fn new_name(cx: &Cx) -> String {
    cx.physical(names::TOPIC, "notifications")
}

/// Whether a webhook receives the messages of the topic, through a queue.
pub(crate) fn feed_webhooks(cx: &Cx) -> bool {
    let mut notify = cx.spec.monitor.iter().flat_map(|monitor| &monitor.notify);
    notify.any(|notify| notify.webhook.is_some() && notify.connection.is_some())
}
