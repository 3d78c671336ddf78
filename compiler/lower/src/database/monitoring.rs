//! Enhanced monitoring of instances: one role for each region.

use migspec_ir::{Actor, Datum, Id, Origin};

use crate::cx::Cx;
use crate::names;
use crate::roles::{self, Role};

/// The role with which RDS in a region writes the metrics of the operating
/// system; made once.
pub(super) fn role(cx: &mut Cx, region: &str, at: &str, origin: Origin) -> Id {
    let home = *region == *cx.graph.environment.region;
    let stem = if home { "enhanced-monitoring".to_owned() } else { format!("enhanced-monitoring-{region}") };
    let id = names::role(&stem);
    if cx.graph.get(&id).is_some() {
        return id;
    }
    let source = cx.arn_in(region, "rds", "db:*");
    let role = Role {
        id,
        stem: &stem,
        actor: Actor::EnhancedMonitoring,
        service: "monitoring.rds.amazonaws.com",
        source: Some(source),
    };
    let id = roles::add(cx, role, at, origin);
    grant(cx, &id, region, origin);
    id
}

/// RDS writes to this group and no other; it makes it when it is not there
/// (fact: rds-os-metrics).
fn grant(cx: &mut Cx, role: &Id, region: &str, origin: Origin) {
    let group = Datum::new(cx.arn_in(region, "logs", "log-group:RDSOSMetrics"), origin);
    let streams = Datum::new(cx.arn_in(region, "logs", "log-group:RDSOSMetrics:log-stream:*"), origin);
    let why = "enhanced monitoring";
    cx.grant(role, &["logs:CreateLogGroup", "logs:PutRetentionPolicy"], vec![group], Vec::new(), why, origin);
    let write = &["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:GetLogEvents", "logs:PutLogEvents"];
    cx.grant(role, write, vec![streams], Vec::new(), why, origin);
}
