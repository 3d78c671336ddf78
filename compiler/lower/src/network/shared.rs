//! Networks of another account, which shares their subnets: the migration works in them, and their owner makes every change of
//! the VPC itself by `requests.md` (fact: vpc-sharing).

use std::sync::Arc;

use migspec_diag::{Diagnostic, Span};
use migspec_ir::{Id, Moment, Origin, Request, Resource, Value, json};
use migspec_syntax::ast;

use crate::cx::Cx;
use crate::declared;

/// The account that owns an existing network, where it is not the environment's.
pub(crate) fn owner(cx: &Cx, network: &ast::Network) -> Option<Arc<str>> {
    let owner = network.owner.as_ref().filter(|_| network.existing.is_some())?;
    (owner.as_str() != &*cx.graph.environment.account).then(|| owner.as_str().into())
}

/// Something that the owner would have to create, and that the migration needs as its own.
pub(crate) fn refuse(cx: &mut Cx, network: &ast::Network, (at, label): (Span, &str), help: &str) {
    let Some(owner) = &network.owner else { return };
    let message = format!("the network `{}` belongs to the account {}", network.key, owner.value);
    cx.report_once(
        Diagnostic::error("network-of-another-account", message)
            .at(at, label)
            .with(owner.span(), "only the owner changes the VPC")
            .help(help),
    );
}

/// Asks the owner of a network for changes of its VPC. Changes with the same reason are one request.
fn request(cx: &mut Cx, network: &ast::Network, (when, why): (Moment, &str), command: String, origin: Origin) {
    let Some((owner, vpc)) = owner(cx, network).zip(network.existing.as_ref()) else { return };
    let requests = &mut cx.graph.requests;
    let known = requests.iter_mut().find(|request| &*request.subject == vpc.as_str() && request.why == why);
    match known {
        Some(request) if request.commands.contains(&command) => {}
        Some(request) => request.commands.push(command),
        None => requests.push(Request {
            owner,
            subject: vpc.as_str().into(),
            when,
            why: why.to_owned(),
            commands: vec![command],
            origin,
        }),
    }
}

/// Asks the owner of a network for a resource of its VPC.
type Ask = fn(&mut Cx, &ast::Network, &Resource);

/// Adds a resource of a VPC. If another account owns the network, `ask` requests the resource from it.
pub(crate) fn add(cx: &mut Cx, network: &ast::Network, resource: Resource, ask: Ask) -> Id {
    let Some(owner) = owner(cx, network) else { return cx.add(resource) };
    ask(cx, network, &resource);
    cx.add(resource.requested_from(Some(owner)))
}

/// A command in the place of the id of a security group that AWS gives to a new one.
pub(crate) fn group_id_of(region: &str, name: &str) -> String {
    format!(
        "$(aws ec2 describe-security-groups --region {region} --filters Name=group-name,Values={name} \
         --query 'SecurityGroups[0].GroupId' --output text)"
    )
}

/// The text of a property.
fn text<'r>(resource: &'r Resource, name: &str) -> &'r str {
    resource.get(name).and_then(|datum| datum.value.as_str()).unwrap_or_default()
}

/// The identity of a resource that exists.
fn identity(cx: &Cx, resource: &Resource, name: &str) -> Arc<str> {
    let id = resource.get(name).and_then(|datum| cx.graph.identity(datum.value.target()?, None));
    id.unwrap_or_default()
}

/// The identities of a list of resources that exist.
fn identities(cx: &Cx, resource: &Resource, name: &str) -> String {
    let items = resource.get(name).and_then(|datum| datum.value.as_list()).unwrap_or_default();
    let ids = items.iter().filter_map(|item| cx.graph.identity(item.value.target()?, None));
    ids.map(|id| id.to_string()).collect::<Vec<_>>().join(" ")
}

fn vpc(network: &ast::Network) -> &str {
    network.existing.as_ref().map_or("", |vpc| vpc.as_str())
}

/// Asks for the security group of the interface endpoints. A new group lets everything out; endpoints call nobody.
pub(crate) fn request_group(cx: &mut Cx, network: &ast::Network, group: &Resource) {
    let (name, description) = (text(group, "GroupName"), text(group, "GroupDescription"));
    let region = cx.graph.environment.region.clone();
    let why = "A security group for the interface endpoints below.";
    let create = format!(
        "aws ec2 create-security-group --region {region} --group-name {name} --description '{description}' --vpc-id {}",
        vpc(network)
    );
    let close = format!(
        "aws ec2 revoke-security-group-egress --region {region} --group-id \"{}\" --ip-permissions \
         'IpProtocol=-1,IpRanges=[{{CidrIp=0.0.0.0/0}}]'",
        group_id_of(&region, name)
    );
    for command in [create, close] {
        request(cx, network, (Moment::Before, why), command, group.origin);
    }
}

/// Asks for a rule of that group. `permission` is in the shorthand syntax of the AWS CLI.
pub(crate) fn request_rule(cx: &mut Cx, network: &ast::Network, group: &Id, permission: &str, at: Origin) {
    let Some(name) = cx.graph.get(group).map(|group| text(group, "GroupName").to_owned()) else { return };
    let region = cx.graph.environment.region.clone();
    let why = "The endpoints admit the groups of the migration, which exist after the deployment. The workflow needs the rules from \
               its first step on.";
    let command = format!(
        "aws ec2 authorize-security-group-ingress --region {region} --group-id \"{}\" --ip-permissions \"{permission}\"",
        group_id_of(&region, &name)
    );
    request(cx, network, (Moment::After, why), command, at);
}

/// Asks for an endpoint, or for the statements and the group that an endpoint of the service lacks: a VPC has one endpoint
/// with the private name of a service (fact: endpoints-private-dns).
pub(crate) fn request_endpoint(cx: &mut Cx, network: &ast::Network, endpoint: &Resource) {
    let (region, vpc, service) = (cx.graph.environment.region.clone(), vpc(network), text(endpoint, "ServiceName"));
    let (create, change) = match text(endpoint, "VpcEndpointType") {
        "Gateway" => {
            let tables = identities(cx, endpoint, "RouteTableIds");
            (format!("Gateway --route-table-ids {tables}"), format!("--add-route-table-ids {tables}"))
        }
        _ => {
            let groups = endpoint.get("SecurityGroupIds").and_then(|datum| datum.value.as_list()).unwrap_or_default();
            let group = groups.iter().find_map(|item| cx.graph.get(item.value.target()?));
            let group = group_id_of(&region, group.map_or("", |group| text(group, "GroupName")));
            let subnets = identities(cx, endpoint, "SubnetIds");
            (
                format!("Interface --private-dns-enabled --subnet-ids {subnets} --security-group-ids \"{group}\""),
                format!("--add-security-group-ids \"{group}\""),
            )
        }
    };
    let policy = endpoint.get("PolicyDocument").map(|document| json::of(&document.value)).unwrap_or_default();
    let statements = policy.get("Statement").cloned().unwrap_or_default();
    let command = [
        format!(
            "endpoint=$(aws ec2 describe-vpc-endpoints --region {region} --filters Name=vpc-id,Values={vpc} \
             Name=service-name,Values={service} --query 'VpcEndpoints[0].VpcEndpointId' --output text)"
        ),
        "if [ \"$endpoint\" = None ]; then".to_owned(),
        format!(
            "  aws ec2 create-vpc-endpoint --region {region} --vpc-id {vpc} --service-name {service} --policy-document '{policy}' \
             --vpc-endpoint-type {create}"
        ),
        "else".to_owned(),
        format!(
            "  aws ec2 describe-vpc-endpoints --region {region} --vpc-endpoint-ids \"$endpoint\" \
             --query 'VpcEndpoints[0].PolicyDocument' --output text > endpoint-policy.json"
        ),
        format!("  {}", declared::with_command(&statements, "endpoint-policy")),
        format!(
            "  aws ec2 modify-vpc-endpoint --region {region} --vpc-endpoint-id \"$endpoint\" \
             --policy-document file://endpoint-policy-of-migration.json {change}"
        ),
        "fi".to_owned(),
    ];
    let why = "The functions and AWS DMS call services through endpoints, because the network has no way to the internet. If \
               an endpoint of a service exists, the commands add the statements that it lacks, and change nothing else.";
    request(cx, network, (Moment::Before, why), command.join("\n"), endpoint.origin);
}

/// Asks for the attachment of a network to the Transit Gateway of its owner, or of a third account.
pub(crate) fn request_attachment(cx: &mut Cx, network: &ast::Network, attachment: &Resource) {
    let region = cx.graph.environment.region.clone();
    let gateway = identity(cx, attachment, "TransitGatewayId");
    let options = attachment.get("Options").and_then(|datum| datum.value.as_map());
    let options = options.into_iter().flat_map(|map| map.iter());
    let options = options.filter_map(|(name, datum)| Some(format!("{name}={}", datum.value.as_str()?)));
    let command = format!(
        "aws ec2 create-transit-gateway-vpc-attachment --region {region} --transit-gateway-id {gateway} --vpc-id {} \
         --subnet-ids {} --options {}",
        vpc(network),
        identities(cx, attachment, "SubnetIds"),
        options.collect::<Vec<_>>().join(",")
    );
    let why =
        "An attachment of the network to the Transit Gateway. One that exists is enough, if it has these options.";
    request(cx, network, (Moment::Before, why), command, attachment.origin);
}

/// Asks for a route to the Transit Gateway.
pub(crate) fn request_route(cx: &mut Cx, network: &ast::Network, route: &Resource) {
    let command = format!(
        "aws ec2 create-route --region {} --route-table-id {} --destination-cidr-block {} --transit-gateway-id {}",
        cx.graph.environment.region,
        identity(cx, route, "RouteTableId"),
        text(route, "DestinationCidrBlock"),
        identity(cx, route, "TransitGatewayId")
    );
    let why = "Once the attachment is available: routes to the other networks and sites of the migration.";
    request(cx, network, (Moment::Before, why), command, route.origin);
}

/// Asks for the association of a rule of Route 53 Resolver.
pub(crate) fn request_association(cx: &mut Cx, network: &ast::Network, association: &Resource) {
    let command = format!(
        "aws route53resolver associate-resolver-rule --region {} --resolver-rule-id {} --vpc-id {}",
        cx.graph.environment.region,
        identity(cx, association, "ResolverRuleId"),
        vpc(network)
    );
    let why = "The network resolves the names of a site by a rule that is shared with its owner.";
    request(cx, network, (Moment::Before, why), command, association.origin);
}

/// The network of a security group that the owner of the network creates.
pub(crate) fn network_of_group<'a>(cx: &Cx<'a>, group: &Id) -> Option<&'a ast::Network> {
    let group = cx.graph.get(group).filter(|group| group.existing.as_ref().is_some_and(|known| known.is_requested))?;
    let Some(Value::Ref(vpc)) = group.get("VpcId").map(|datum| &datum.value) else { return None };
    let spec = cx.spec;
    spec.network.iter().find(|network| crate::names::vpc(network.key.as_str()) == *vpc)
}

#[cfg(test)]
mod tests {
    use crate::testing::{SMALL, lower_text};

    /// The network of the small migration, as one that another account shares.
    const SHARED: &str = r#"network "main" existing="vpc-0a1b2c3d4e5f60718" owner="999999999999" exclusive=#true \
        cidr="10.0.0.0/16" dns-support=#true dns-hostnames=#true {
        tier "data" holds="database" {
            subnet "subnet-0d0000000000000a1" zone="use1-az1" cidr="10.0.0.0/24" routes="rtb-0d000000000000001"
            subnet "subnet-0d0000000000000b1" zone="use1-az2" cidr="10.0.1.0/24" routes="rtb-0d000000000000001"
        }
        tier "replication" holds="replication" {
            subnet "subnet-0d0000000000000a2" zone="use1-az1" cidr="10.0.2.0/24" routes="rtb-0d000000000000001"
            subnet "subnet-0d0000000000000b2" zone="use1-az2" cidr="10.0.3.0/24" routes="rtb-0d000000000000001"
        }
        tier "private" holds="compute" {
            subnet "subnet-0d0000000000000a3" zone="use1-az1" cidr="10.0.4.0/24" routes="rtb-0d000000000000001"
            subnet "subnet-0d0000000000000b3" zone="use1-az2" cidr="10.0.5.0/24" routes="rtb-0d000000000000001"
        }
        tier "attachment" holds="transit" {
            subnet "subnet-0d0000000000000a4" zone="use1-az1" cidr="10.0.6.0/28" routes="rtb-0d000000000000001"
            subnet "subnet-0d0000000000000b4" zone="use1-az2" cidr="10.0.6.16/28" routes="rtb-0d000000000000001"
        }
        routes "rtb-0d000000000000001" default="none"
    }
    site "dc""#;

    const TRANSIT: &str = r#"transit "hub" existing="tgw-0aa00000000000001" owner="888888888888" {
        attach "main" "dc"
        route-table "main" existing="tgw-rtb-0ca00000000000001"
        route-table "dc" existing="tgw-rtb-0dc00000000000001"
    }
    source "old""#;

    fn between(text: &str, from: &str, to: &str, instead: &str) -> String {
        let (before, rest) = text.split_once(from).unwrap_or_else(|| panic!("no {from}"));
        let (_, after) = rest.split_once(to).unwrap_or_else(|| panic!("no {to}"));
        format!("{before}{instead}{after}")
    }

    fn shared(dns: &str) -> String {
        let text = between(SMALL, "network \"main\"", "site \"dc\"", SHARED);
        let text = between(&text, "transit \"hub\"", "source \"old\"", TRANSIT);
        let text =
            text.replace("vpn gateway=\"203.0.113.10\" asn=65010", "attachment \"tgw-attach-0dc00000000000001\"");
        text.replace("dns public=#true domain=\"example.com\"", dns)
    }

    #[test]
    fn a_rule_of_the_migration_cannot_serve_a_shared_network() {
        let own = r#"dns "172.16.0.2" "172.16.0.3" domain="example.com""#;
        let lowered = lower_text(&shared(own), "dev");
        assert_eq!(lowered.findings(), [("network-of-another-account", own)]);
        let existing = lower_text(&shared(r#"dns rule="rslvr-rr-0b000000000000001" domain="example.com""#), "dev");
        assert_eq!(existing.findings(), []);
    }

    /// The Transit Gateway is of a third account.
    #[test]
    fn a_third_account_accepts_the_attachment_of_the_owner() {
        let lowered = lower_text(&shared("dns public=#true domain=\"example.com\""), "dev");
        assert_eq!(lowered.findings(), []);
        let of = |owner: &str| {
            let requests = lowered.graph.requests.iter().filter(|request| &*request.owner == owner);
            requests.flat_map(|request| request.commands.clone()).collect::<Vec<_>>().join("\n")
        };
        assert!(of("999999999999").contains("create-transit-gateway-vpc-attachment"), "{}", of("999999999999"));
        let accepts = of("888888888888");
        assert!(accepts.contains("accept-transit-gateway-vpc-attachment"), "{accepts}");
        assert!(accepts.contains("Name=resource-owner-id,Values=999999999999"), "{accepts}");
    }
}
