//! A Transit Gateway that exists. In the account of another team nothing is
//! changed: its owner accepts attachments and adds routes by `requests.md`.

use std::sync::Arc;

use migspec_diag::{Diagnostic, Span};
use migspec_ir::{Datum, Moment, Origin, Request, Resource, Settings, Value};
use migspec_syntax::value::TransitGatewayId;
use migspec_syntax::{Setting, ast};

use super::Attachment;
use crate::cx::{Cx, datum, path};
use crate::names;
use crate::network::{flow_logs, shared};

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
pub(crate) fn owner(cx: &Cx, transit: &ast::Transit) -> Option<Arc<str>> {
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

/// A command for the owner.
struct OwnerRequest {
    why: &'static str,
    /// The attachment that the command names.
    found: AttachmentName,
    command: String,
}

/// An attachment as commands name it: its id, or a variable of the shell with the command that sets it.
struct AttachmentName {
    name: String,
    lookup: Option<String>,
}

/// How a variable with an attachment begins.
const VARIABLE: &str = "attachment_";

/// Finds the attachment of a member, in this state: a deleted one is listed for a while.
fn find_attachment(cx: &Cx, transit: &ast::Transit, member: &str, state: &str) -> AttachmentName {
    let site = cx.index.sites.get(member).and_then(|site| site.attachment.as_ref());
    if let Some(attachment) = site {
        return AttachmentName { name: attachment.id.value.to_string(), lookup: None };
    }
    let variable = format!("{VARIABLE}{}", member.replace('-', "_"));
    let gateway = transit.existing.as_ref().map_or("", |id| id.as_str());
    let network = cx.index.networks.get(member).copied();
    let vpc = network.and_then(|network| network.existing.as_ref());
    let vpc = vpc.map_or(String::new(), |vpc| format!(" Name=resource-id,Values={}", vpc.as_str()));
    let region = &cx.graph.environment.region;
    let account = network.and_then(|network| shared::owner(cx, network));
    let account = account.unwrap_or_else(|| cx.graph.environment.account.clone());
    let lookup = format!(
        "{variable}=$(aws ec2 describe-transit-gateway-attachments --region {region} --filters \
         Name=transit-gateway-id,Values={gateway} Name=resource-type,Values=vpc Name=resource-owner-id,Values={account}{vpc} \
         Name=state,Values={state} --query 'TransitGatewayAttachments[0].TransitGatewayAttachmentId' --output text)"
    );
    AttachmentName { name: format!("\"${variable}\""), lookup: Some(lookup) }
}

fn request(cx: &mut Cx, transit: &ast::Transit, asked: OwnerRequest, at: Span) {
    let Some((owner, id)) = owner(cx, transit).zip(transit.existing.as_ref()) else { return };
    let subject: Arc<str> = id.as_str().into();
    let requests = &mut cx.graph.requests;
    // One request for each reason, with all its commands.
    let position = requests.iter().position(|known| known.subject == subject && known.why == asked.why);
    let position = position.unwrap_or_else(|| {
        let (why, origin) = (asked.why.to_owned(), Origin::derived(BY, at));
        requests.push(Request { owner, subject, when: Moment::During, why, commands: Vec::new(), origin });
        requests.len() - 1
    });
    let commands = &mut requests[position].commands;
    if let Some(lookup) = asked.found.lookup.filter(|lookup| !commands.contains(lookup)) {
        let lookups = commands.iter().take_while(|command| command.starts_with(VARIABLE)).count();
        commands.insert(lookups, lookup);
    }
    if !commands.contains(&asked.command) {
        commands.push(asked.command);
    }
}

/// The owner of a shared network attaches it to a Transit Gateway that exists before the deployment.
pub(super) fn refuse_shared(cx: &mut Cx, transit: &ast::Transit, network: &ast::Network) {
    if shared::owner(cx, network).is_some() && !is_foreign(cx, transit) {
        let label = "the owner attaches its network to a Transit Gateway of its own";
        let help = "name the Transit Gateway of the owner: transit \"…\" existing=\"tgw-…\" owner=\"…\"";
        shared::refuse(cx, network, (transit.place.header, label), help);
    }
}

/// Asks the owner to accept the attachment of a network.
pub(super) fn accept(cx: &mut Cx, transit: &ast::Transit, network: &ast::Network, at: Span) {
    if !is_foreign(cx, transit) || transit.auto_accept.as_ref().is_some_and(|accepts| accepts.value) {
        return;
    }
    let of_network = shared::owner(cx, network);
    // An attachment within one account waits for nobody.
    if of_network.is_some() && of_network == owner(cx, transit) {
        return;
    }
    let found = find_attachment(cx, transit, network.key.as_str(), "pendingAcceptance");
    // The provider takes an attachment that waits for its acceptance for created (fact: tgw-attachment-acceptance).
    let why = match of_network {
        Some(_) => "First: accept the attachments of the shared networks, as soon as their owners have created them.",
        None => {
            "First: accept the attachments of the networks of the migration, as soon as the deployment has created \
             them. Terraform does not wait: if it has failed at a route to the Transit Gateway, apply it again after \
             the acceptance."
        }
    };
    let (region, name) = (&cx.graph.environment.region, &found.name);
    let command = format!(
        "aws ec2 accept-transit-gateway-vpc-attachment --region {region} --transit-gateway-attachment-id {name}"
    );
    request(cx, transit, OwnerRequest { why, found, command }, at);
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
        .requested_from(owner(cx, transit))
        .set("TransitGatewayAttachmentId", attachment.value.clone())
        .set("TransitGatewayRouteTableId", Value::reference(node));
    cx.add(resource);
    let why = "Once the attachments are available: each has a route table of its own, so that the destinations of one \
               are independent of the others. An association that exists is not needed.";
    let found = find_attachment(cx, transit, member, "available");
    let (region, name) = (&cx.graph.environment.region, &found.name);
    let command = format!(
        "aws ec2 associate-transit-gateway-route-table --region {region} --transit-gateway-route-table-id {id} \
         --transit-gateway-attachment-id {name}"
    );
    request(cx, transit, OwnerRequest { why, found, command }, at.span());
}

/// Asks the owner for a route from one member to the attachment of another.
pub(crate) fn request_route(cx: &mut Cx, transit: &ast::Transit, member: &str, to: &str, beyond: &str, at: Origin) {
    let Some(table) = transit.route_table.iter().find(|table| table.member.as_str() == member) else { return };
    let found = find_attachment(cx, transit, beyond, "available");
    let why = "Once the attachments are available: the migration needs these routes between its networks and sites. A \
               route that exists is not needed.";
    let (region, name) = (&cx.graph.environment.region, &found.name);
    let command = format!(
        "aws ec2 create-transit-gateway-route --region {region} --transit-gateway-route-table-id {} \
         --destination-cidr-block {to} --transit-gateway-attachment-id {name}",
        table.existing.as_str()
    );
    request(cx, transit, OwnerRequest { why, found, command }, at.span());
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
