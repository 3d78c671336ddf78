//! A record of every connection of a network, accepted or rejected.

use migspec_ir::{Actor, Datum, Id, Origin, Resource, Value};
use migspec_syntax::ast;

use crate::cx::{Cx, path};
use crate::{logs, names, roles};

const ROLE: &str = "flow-logs";
const WHY: &str = "network > flow log";

pub(super) fn lower(cx: &mut Cx, network: &ast::Network) {
    let at = Origin::derived("network", network.place.header);
    let path = path("network", &network.key);
    let key = network.key.as_str();
    let log = flow_log(cx, names::flow_log(key), key, &path, at)
        .set("ResourceType", "VPC")
        .set("ResourceId", Value::reference(names::vpc(key)))
        .set("TrafficType", "ALL");
    cx.add(log);
}

/// The flow log of a transit. AWS records all traffic here and accepts no
/// traffic type (fact: flow-logs-of-transits).
pub(crate) fn of_transit(cx: &mut Cx, transit: &ast::Transit, gateway: Id, path: &str, at: Origin) {
    let key = transit.key.as_str();
    let log = flow_log(cx, names::transit_flow_log(key), &format!("{key}-transit"), path, at)
        .set("ResourceType", "TransitGateway")
        .set("ResourceId", Value::reference(gateway));
    cx.add(log);
}

/// A flow log into the archive, or with a log group of its own, without its resource.
fn flow_log(cx: &mut Cx, id: Id, stem: &str, path: &str, at: Origin) -> Resource {
    if let Some(archive) = logs::buckets::of_flows(cx) {
        return Resource::new("AWS::EC2::FlowLog", id, path, at)
            .set("LogDestinationType", "s3")
            .set("LogDestination", Value::attribute(archive, "Arn"))
            .set("MaxAggregationInterval", 60);
    }
    let role = role(cx, at);
    let name = cx.path_name(&format!("flow-logs/{stem}"));
    let group = logs::group(cx, names::log_group(&format!("{stem}-flow")), &name, path, at);
    grant(cx, &role, &group, &name, at);
    Resource::new("AWS::EC2::FlowLog", id, path, at)
        .set("LogDestinationType", "cloud-watch-logs")
        .set("LogDestination", Value::attribute(group, "Arn"))
        .set("DeliverLogsPermissionArn", Value::attribute(role, "Arn"))
        .set("MaxAggregationInterval", 60)
}

/// One role delivers the flow logs of all networks.
fn role(cx: &mut Cx, at: Origin) -> Id {
    let id = names::role(ROLE);
    if cx.graph.get(&id).is_some() {
        return id;
    }
    let source = cx.arn("ec2", "vpc-flow-log/*");
    let role = roles::Role {
        id: id.clone(),
        stem: ROLE,
        actor: Actor::FlowLogs,
        service: "vpc-flow-logs.amazonaws.com",
        source: Some(source),
    };
    roles::add(cx, role, "network", at);
    let everything = vec![Datum::new("*", at)];
    cx.grant(&id, &["logs:DescribeLogGroups"], everything, Vec::new(), WHY, at);
    id
}

/// Streams are below the group; describing them concerns the group itself.
fn grant(cx: &mut Cx, role: &Id, group: &Id, name: &str, at: Origin) {
    let streams = cx.arn("logs", &format!("log-group:{name}:log-stream:*"));
    let write = ["logs:CreateLogStream", "logs:PutLogEvents"];
    cx.grant(role, &write, vec![Datum::new(streams, at)], Vec::new(), WHY, at);
    let group = Value::attribute(group, "Arn");
    cx.grant(role, &["logs:DescribeLogStreams"], vec![Datum::new(group, at)], Vec::new(), WHY, at);
}
