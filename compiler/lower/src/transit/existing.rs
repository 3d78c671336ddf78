//! A Transit Gateway that exists. In the account of another team nothing is
//! changed: its owner accepts attachments and adds routes by `requests.md`.

use std::sync::Arc;

use migspec_diag::{Diagnostic, Span};
use migspec_ir::{Datum, Origin, Request, Resource, Settings, Value};
use migspec_syntax::value::TransitGatewayId;
use migspec_syntax::{Setting, ast};

use super::Attachment;
use crate::cx::{Cx, datum, path};
use crate::names;
use crate::network::flow_logs;

const BY: &str = "transit";

const TRANSIT: Settings = &[
    ("autoAcceptSharedAttachments", "`auto-accept=` of the transit"),
    ("defaultRouteTableAssociation", "`default-association=` of the transit"),
    ("defaultRouteTablePropagation", "`default-propagation=` of the transit"),
    ("multicastSupport", "`multicast=` of the transit"),
    ("securityGroupReferencingSupport", "`group-references=` of the transit"),
    ("hasFlowLog", "`flow-log` of the transit"),
];
const FLOW_LOG: Settings = &[("maxAggregationInterval", "`interval=` of the `flow-log`")];

/// The account of the owner, where it is not the environment's.
fn owner(cx: &Cx, transit: &ast::Transit) -> Option<Arc<str>> {
    let owner = transit.owner.as_ref().filter(|owner| owner.as_str() != &*cx.graph.environment.account);
    owner.map(|owner| owner.as_str().into())
}

/// Whether another account owns the Transit Gateway.
pub(crate) fn is_foreign(cx: &Cx, transit: &ast::Transit) -> bool {
    transit.existing.is_some() && owner(cx, transit).is_some()
}

fn word(setting: &Setting<bool>) -> Datum {
    datum(setting, |on| if *on { "enable" } else { "disable" })
}

pub(super) fn gateway(cx: &mut Cx, transit: &ast::Transit, id: &Setting<TransitGatewayId>) {
    let at = Origin::derived(BY, transit.place.header);
    let here = path("transit", &transit.key);
    let resource =
        Resource::new("AWS::EC2::TransitGateway", names::transit_gateway(transit.key.as_str()), here.as_str(), at)
            .existing(id.as_str(), TRANSIT)
            .owned_by(owner(cx, transit))
            .set_if("AutoAcceptSharedAttachments", transit.auto_accept.as_ref().map(word))
            .set_if("DefaultRouteTableAssociation", transit.default_association.as_ref().map(word))
            .set_if("DefaultRouteTablePropagation", transit.default_propagation.as_ref().map(word))
            .set_if("MulticastSupport", transit.multicast.as_ref().map(word))
            .set_if("SecurityGroupReferencingSupport", transit.group_references.as_ref().map(word));
    let gateway = cx.add(resource);
    match &transit.flow_log {
        Some(log) => {
            let at = Origin::derived(BY, log.place.header);
            let interval = log.interval.as_ref().map(|interval| datum(interval, |interval| interval.secs() as i64));
            let resource =
                Resource::new("AWS::EC2::FlowLog", names::transit_flow_log(transit.key.as_str()), here.as_str(), at)
                    .existing(log.id.as_str(), FLOW_LOG)
                    .owned_by(owner(cx, transit))
                    .set("ResourceType", "TransitGateway")
                    .set("ResourceId", Value::reference(gateway))
                    .set_if("MaxAggregationInterval", interval);
            cx.add(resource);
        }
        None if !is_foreign(cx, transit) => flow_logs::of_transit(cx, transit, gateway, &here, at),
        // Only the owner can add one: the policy asks for its declaration.
        None => {}
    }
}

/// The attachment of a site that exists.
pub(super) fn site(cx: &mut Cx, transit: &ast::Transit, site: &ast::Site, attachment: &ast::SiteAttachment) {
    let at = Origin::derived(BY, attachment.place.header);
    let id = names::attachment(transit.key.as_str(), site.key.as_str());
    let resource = Resource::new("AWS::EC2::TransitGatewayAttachment", id, path("site", &site.key), at)
        .existing(attachment.id.as_str(), &[])
        .owned_by(owner(cx, transit))
        .set("TransitGatewayId", Value::reference(names::transit_gateway(transit.key.as_str())));
    cx.add(resource);
}

/// The command that finds the attachment of a member: its id, or a query.
fn find_attachment(cx: &Cx, transit: &ast::Transit, member: &str) -> String {
    let site = cx.index.sites.get(member).and_then(|site| site.attachment.as_ref());
    if let Some(attachment) = site {
        return attachment.id.value.to_string();
    }
    let gateway = transit.existing.as_ref().map_or("", |id| id.as_str());
    let vpc = cx.index.networks.get(member).and_then(|network| network.existing.as_ref());
    let vpc = vpc.map_or(String::new(), |vpc| format!(" Name=resource-id,Values={}", vpc.as_str()));
    format!(
        "$(aws ec2 describe-transit-gateway-attachments --filters Name=transit-gateway-id,Values={gateway} \
         Name=resource-type,Values=vpc Name=resource-owner-id,Values={}{vpc} \
         --query 'TransitGatewayAttachments[0].TransitGatewayAttachmentId' --output text)",
        cx.graph.environment.account
    )
}

fn request(cx: &mut Cx, transit: &ast::Transit, why: String, command: String, at: Span) {
    let Some((owner, id)) = owner(cx, transit).zip(transit.existing.as_ref()) else { return };
    let subject: Arc<str> = id.as_str().into();
    // One request for each reason, with all its commands.
    let known = cx.graph.requests.iter_mut().find(|known| known.subject == subject && known.why == why);
    match known {
        Some(known) if known.commands.contains(&command) => {}
        Some(known) => known.commands.push(command),
        None => {
            let origin = Origin::derived(BY, at);
            cx.graph.requests.push(Request { owner, subject, why, commands: vec![command], origin });
        }
    }
}

/// Asks the owner to accept the attachment of a network.
pub(super) fn accept(cx: &mut Cx, transit: &ast::Transit, network: &ast::Network, at: Span) {
    if !is_foreign(cx, transit) || transit.auto_accept.as_ref().is_some_and(|accepts| accepts.value) {
        return;
    }
    let attachment = find_attachment(cx, transit, network.key.as_str());
    let why = "The deployment attaches networks of the migration. Accept each attachment once it is pending; the \
               deployment waits for it.";
    let command = format!("aws ec2 accept-transit-gateway-vpc-attachment --transit-gateway-attachment-id {attachment}");
    request(cx, transit, why.to_owned(), command, at);
}

/// The owner's route table for a member, and the request to associate it.
pub(super) fn route_table(cx: &mut Cx, transit: &ast::Transit, member: &str, attachment: &Attachment, at: Origin) {
    let Some(table) = transit.route_table.iter().find(|table| table.member.as_str() == member) else {
        cx.report(
            Diagnostic::error("transit-without-table", format!("the transit declares no route table for `{member}`"))
                .at(at.span(), "its attachment needs a route table of its own")
                .help(format!("add to the transit: route-table \"{member}\" existing=\"tgw-rtb-…\"")),
        );
        return;
    };
    let (key, here) = (transit.key.as_str(), path("transit", &transit.key));
    let from = Origin::derived(BY, table.place.header);
    let id = table.existing.as_str();
    let resource = Resource::new(
        "AWS::EC2::TransitGatewayRouteTable",
        names::transit_route_table(key, member),
        here.as_str(),
        from,
    )
    .existing(id, &[])
    .owned_by(owner(cx, transit))
    .set("TransitGatewayId", Value::reference(names::transit_gateway(key)));
    let node = cx.add(resource);
    let association = names::transit_association(key, member);
    let resource = Resource::new("AWS::EC2::TransitGatewayRouteTableAssociation", association, here, from)
        .existing(format!("{id}|{member}"), &[])
        .owned_by(owner(cx, transit))
        .set("TransitGatewayAttachmentId", attachment.value.clone())
        .set("TransitGatewayRouteTableId", Value::reference(node));
    cx.add(resource);
    let why = "Each attachment has a route table of its own, so that the destinations of one are independent of the \
               others. An association that exists is not needed.";
    let found = find_attachment(cx, transit, member);
    let command = format!(
        "aws ec2 associate-transit-gateway-route-table --transit-gateway-route-table-id {id} \
         --transit-gateway-attachment-id {found}"
    );
    request(cx, transit, why.to_owned(), command, at.span());
}

/// Asks the owner for a route from one member to the attachment of another.
pub(crate) fn request_route(cx: &mut Cx, transit: &ast::Transit, member: &str, to: &str, beyond: &str, at: Origin) {
    let Some(table) = transit.route_table.iter().find(|table| table.member.as_str() == member) else { return };
    let found = find_attachment(cx, transit, beyond);
    let why = "The migration needs these routes between its networks and sites.";
    let command = format!(
        "aws ec2 create-transit-gateway-route --transit-gateway-route-table-id {} --destination-cidr-block {to} \
         --transit-gateway-attachment-id {found}",
        table.existing.as_str()
    );
    request(cx, transit, why.to_owned(), command, at.span());
}

/// Settings of an existing Transit Gateway in one that the compiler creates.
pub(super) fn refuse(cx: &mut Cx, transit: &ast::Transit) {
    let flags = [
        ("auto-accept", &transit.auto_accept),
        ("default-association", &transit.default_association),
        ("default-propagation", &transit.default_propagation),
        ("group-references", &transit.group_references),
        ("multicast", &transit.multicast),
    ];
    let flags = flags.into_iter().filter_map(|(name, flag)| Some((name, flag.as_ref()?.span())));
    let nodes = [
        ("owner", transit.owner.as_ref().map(|owner| owner.span())),
        ("route-table", transit.route_table.first().map(|table| table.place.header)),
        ("flow-log", transit.flow_log.as_ref().map(|log| log.place.header)),
    ];
    let nodes = nodes.into_iter().filter_map(|(name, span)| Some((name, span?)));
    let places: Vec<(&str, Span)> = flags.chain(nodes).collect();
    for (setting, span) in places {
        let node = path("transit", &transit.key);
        crate::network::checks::existing::only_existing(cx, &node, setting, span, "existing=\"tgw-…\"");
    }
}
