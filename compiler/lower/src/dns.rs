//! Names of sites. The resolver of a network knows public names and those of AWS; the names of a site it learns from the
//! servers of the site, which an outbound endpoint asks for the domain of a rule (fact: route53resolver-forwarding).

use std::net::Ipv4Addr;
use std::sync::Arc;

use migspec_diag::Diagnostic;
use migspec_ir::partition::DOMAINS;
use migspec_ir::{Datum, Flow, Id, Origin, Protocol, Resource, Value, Zone, list, map};
use migspec_syntax::Provenance;
use migspec_syntax::ast;
use migspec_syntax::value::Cidr;

use crate::cx::{Cx, datum, path};
use crate::flows::endpoints;
use crate::network::shared;
use crate::{addresses, names, placement, transit};

const BY: &str = "site";

const PORT: u16 = 53;

/// How many addresses an endpoint has at least (fact: route53resolver-forwarding).
const ADDRESSES: usize = 2;

/// Runs after all other flows are known: they name the networks that ask.
pub(crate) fn lower(cx: &mut Cx) {
    let spec = cx.spec;
    for site in &spec.site {
        let sound = site.dns.iter().filter(|node| check(cx, site, node)).collect::<Vec<_>>();
        let networks = networks(cx, site);
        if networks.is_empty() {
            report_unused(cx, site);
            continue;
        }
        servers(cx, site, &sound, networks[0]);
        for node in sound {
            rule(cx, site, node, &networks);
        }
    }
    for source in &spec.source {
        check_name(cx, source);
    }
    for domain in spec.api.iter().filter_map(|api| api.domain.as_ref()) {
        check_domain(cx, domain);
    }
}

/// Public DNS has the names of AWS's own services, such as those of databases.
fn is_name_of_aws(name: &str) -> bool {
    DOMAINS.iter().any(|domain| is_below(name, domain))
}

/// AWS alone has certificates and records of its own names.
fn check_domain(cx: &mut Cx, domain: &ast::ApiDomain) {
    if is_name_of_aws(&domain.name.as_str().to_ascii_lowercase()) {
        cx.report(
            Diagnostic::error("wrong-value", format!("`{}` is a name of AWS", domain.name.value))
                .at(domain.name.span(), "no name of the migration")
                .help("write the name that callers use, such as \"pay.example.com\""),
        );
    }
}

/// Whether a node has one answer, from servers within the site.
fn check(cx: &mut Cx, site: &ast::Site, node: &ast::SiteDns) -> bool {
    let public = is_set(node.public.as_ref());
    let answers = [!node.servers.is_empty(), node.rule.is_some(), public];
    if answers.iter().filter(|answer| **answer).count() != 1 {
        cx.report(
            Diagnostic::error("dns-answer", format!("the names of `{}` need one answer", node.domain.as_str()))
                .at(node.place.header, "has none, or several")
                .help("write addresses of DNS servers of the site, `rule=\"rslvr-rr-…\"`, or `public=#true`"),
        );
        return false;
    }
    let domain = node.domain.as_str();
    if !public && (DOMAINS.iter().any(|names| is_below(names, domain)) || is_name_of_aws(domain)) {
        cx.report(
            Diagnostic::error("dns-answer", format!("`{domain}` contains names of AWS"))
                .at(node.domain.span(), "the site would answer for AWS")
                .help("name the domain of the site: connections to AWS rely on the answers of AWS"),
        );
        return false;
    }
    if let Some(associated) = node.associated.as_ref().filter(|_| node.rule.is_none()) {
        cx.report(
            Diagnostic::error("dns-answer", format!("the rule for `{}` is a new one", node.domain.as_str()))
                .at(associated.span(), "belongs to a rule that exists")
                .help("remove `associated=`, or name the rule: rule=\"rslvr-rr-…\""),
        );
        return false;
    }
    let outside = node.servers.iter().find(|server| {
        let host = Cidr::new(u32::from(server.0), 32);
        !addresses::site_ranges(site).any(|range| range.contains(host))
    });
    if let Some(server) = outside {
        cx.report(
            Diagnostic::error("dns-server-outside-site", format!("`{}` is outside of the site", server.value))
                .at(server.span(), "no route leads there")
                .with(site.place.header, "the ranges of the site")
                .help("name a DNS server within the site, or add its range to the `ranges` of the site"),
        );
    }
    outside.is_none()
}

fn is_set(flag: Option<&migspec_syntax::Setting<bool>>) -> bool {
    flag.is_some_and(|flag| flag.value)
}

/// The networks whose members connect to a database of the site by its name.
fn networks<'a>(cx: &Cx<'a>, site: &ast::Site) -> Vec<&'a ast::Network> {
    let sources = cx.spec.source.iter().filter(|source| source.site.value == site.key.value && is_name(host(source)));
    let ports: Vec<u16> = sources.map(|source| source.at.address.port).collect();
    let there = Zone::Site(names::site(site.key.as_str()));
    let asks = |flow: &&Flow| flow.to == there && ports.contains(&flow.port);
    let groups = cx.graph.flows.iter().filter(asks).filter_map(|flow| match &flow.from {
        Zone::Group(group) => cx.graph.get(group)?.get("VpcId")?.value.target(),
        _ => None,
    });
    let vpcs: Vec<&Id> = groups.collect();
    cx.spec.network.iter().filter(|network| vpcs.contains(&&names::vpc(network.key.as_str()))).collect()
}

/// Whether a name is a domain, or one within it.
fn is_below(name: &str, domain: &str) -> bool {
    name == domain || name.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

fn host(source: &ast::Source) -> &str {
    &source.at.address.host
}

fn is_name(host: &str) -> bool {
    host.parse::<Ipv4Addr>().is_err()
}

fn report_unused(cx: &mut Cx, site: &ast::Site) {
    let Some(node) = site.dns.iter().find(|node| !is_set(node.public.as_ref())) else { return };
    // A source that is broken is reported where it is.
    let mut sources = cx.spec.source.iter().filter(|source| source.site.value == site.key.value).peekable();
    if sources.peek().is_none() || sources.any(|source| is_name(host(source))) {
        return;
    }
    cx.report(
        Diagnostic::warning("unused-dns", format!("no network connects to site `{}` by a name", site.key))
            .at(node.place.header, "makes nothing")
            .with(site.place.header, "the site")
            .help("remove `dns`, or write the name of a database instead of its address"),
    );
}

/// A name that neither AWS nor public DNS knows.
fn check_name(cx: &mut Cx, source: &ast::Source) {
    let name = host(source).to_ascii_lowercase();
    let Some(site) = cx.index.sites.get(source.site.as_str()).copied() else { return };
    let known = is_name_of_aws(&name) || site.dns.iter().any(|node| is_below(&name, node.domain.as_str()));
    // The host of each function itself has a finding of its own.
    if known || !is_name(&name) || name == "localhost" {
        return;
    }
    let domain = name.split_once('.').map_or("example.com", |(_, domain)| domain);
    let asks = (source.at.address.span(), "only the site knows it");
    // An environment that replaces the name is the cause, and so is a name whose neighbours have the domain of the site; else
    // that domain is.
    let is_replaced = matches!(source.at.address.provenance, Provenance::Written { base: Some(_), .. });
    let others = cx.spec.source.iter().filter(|other| other.key.value != source.key.value).map(host);
    let upstreams = cx.spec.api.iter().flat_map(|api| &api.upstream).filter_map(|upstream| upstream.url.as_ref());
    let hosts: Vec<&str> = others.chain(upstreams.map(|url| url.host())).collect();
    let is_shared =
        |node: &ast::SiteDns| hosts.iter().any(|host| is_below(&host.to_ascii_lowercase(), node.domain.as_str()));
    let places = match site.dns.first() {
        Some(node) if is_replaced || is_shared(node) => [asks, (node.domain.span(), "the domain of the site")],
        Some(node) => [(node.domain.span(), "the site answers for another domain"), asks],
        None => [asks, (site.place.header, "declares no DNS for it")],
    };
    cx.report(
        Diagnostic::error("name-without-dns", format!("no network on AWS resolves the name `{name}`"))
            .at(places[0].0, places[0].1)
            .with(places[1].0, places[1].1)
            .help(format!(
                "add to the site: dns \"<server>\" \"<server>\" domain=\"{domain}\"; or dns rule=\"rslvr-rr-…\" \
                 domain=\"{domain}\" for a rule that exists; or dns public=#true domain=\"{domain}\" for names in public DNS"
            )),
    );
}

/// The endpoint that asks the servers of a site, its group, and the flows to the servers.
fn servers(cx: &mut Cx, site: &ast::Site, nodes: &[&ast::SiteDns], network: &ast::Network) {
    let Some(first) = nodes.iter().find(|node| !node.servers.is_empty()) else { return };
    let key = site.key.as_str();
    let at = Origin::derived(BY, first.place.header);
    let here = format!("{} > dns", path("site", &site.key));
    let mut hosts: Vec<Datum> = Vec::new();
    for server in nodes.iter().flat_map(|node| &node.servers) {
        let host = datum(server, |server| format!("{server}/32"));
        if !hosts.iter().any(|known| known.value == host.value) {
            hosts.push(host);
        }
    }
    let servers = cx.add(
        Resource::new("Migspec::Site", names::dns_servers(key), here.as_str(), at)
            .set("Name", format!("{key}-dns"))
            .set("CidrBlocks", Value::List(hosts))
            .set("Within", key)
            .set("Vpn", site.vpn.is_some())
            .set_if("VpnConnection", transit::attached_connection(cx.spec, site)),
    );
    let vpc = names::vpc(network.key.as_str());
    let text = format!("Questions to the DNS servers of {key}");
    let group = placement::group(cx, names::resolver_group(key), vpc, &text, here.as_str(), at);
    for protocol in [Protocol::Tcp, Protocol::Udp] {
        let why: Arc<str> = here.as_str().into();
        let (from, to) = (Zone::Group(group.clone()), Zone::Site(servers.clone()));
        cx.graph.flows.push(Flow { from, to, protocol, port: PORT, reason: None, why, origin: at });
    }
    endpoint(cx, site, network, group, &here, at);
}

/// In two zones, where the network has them: an endpoint is paid for by its addresses.
fn endpoint(cx: &mut Cx, site: &ast::Site, network: &ast::Network, group: Id, here: &str, at: Origin) {
    let subnets = endpoints::subnets(network);
    let addresses = subnets.iter().cycle().take(if subnets.is_empty() { 0 } else { ADDRESSES });
    let addresses = addresses.map(|subnet| Datum::new(map!(at, { "SubnetId": Value::reference(subnet) }), at));
    let name = cx.physical(names::RESOLVER_ENDPOINT, &format!("{}-resolver", site.key));
    let addresses: Vec<Datum> = addresses.collect();
    cx.add(
        Resource::new("AWS::Route53Resolver::ResolverEndpoint", names::resolver_endpoint(site.key.as_str()), here, at)
            .set("Direction", "OUTBOUND")
            .set("IpAddresses", Value::List(addresses))
            .set("Name", name)
            .set("Protocols", list!(at, ["Do53"]))
            .set("ResolverEndpointType", "IPV4")
            .set("SecurityGroupIds", list!(at, [placement::group_id(group)])),
    );
}

/// The rule of a domain, and its association with each network that asks.
fn rule(cx: &mut Cx, site: &ast::Site, node: &ast::SiteDns, networks: &[&ast::Network]) {
    if is_set(node.public.as_ref()) {
        return;
    }
    let key = site.key.as_str();
    let at = Origin::derived(BY, node.place.header);
    let here = format!("{} > dns", path("site", &site.key));
    let domain = node.domain.as_str().replace('.', "-");
    let id = names::resolver_rule(key, &domain);
    let rule = Resource::new("AWS::Route53Resolver::ResolverRule", id.clone(), here.as_str(), at)
        .set("DomainName", datum(&node.domain, |domain| domain.as_str().to_owned()))
        .set("RuleType", "FORWARD");
    cx.add(match &node.rule {
        Some(existing) => rule.existing(existing.as_str(), &[]),
        None => {
            let target = |server: &migspec_syntax::Setting<migspec_syntax::value::IpAddress>| {
                let ip = datum(server, |server| server.to_string());
                Datum::new(map!(at, { "Ip": ip, "Port": PORT.to_string(), "Protocol": "Do53" }), at)
            };
            rule.set("Name", cx.physical(names::RESOLVER_RULE, &format!("{key}-{domain}")))
                .set("ResolverEndpointId", Value::attribute(names::resolver_endpoint(key), "ResolverEndpointId"))
                .set("TargetIps", Value::List(node.servers.iter().map(target).collect()))
        }
    });
    if is_set(node.associated.as_ref()) {
        return;
    }
    for network in networks {
        let association = names::resolver_association(key, &domain, network.key.as_str());
        let association =
            Resource::new("AWS::Route53Resolver::ResolverRuleAssociation", association, here.as_str(), at)
                .set("ResolverRuleId", Value::reference(id.clone()))
                .set("VPCId", Value::reference(names::vpc(network.key.as_str())));
        if node.rule.is_none() && shared::owner(cx, network).is_some() {
            let label = "makes a rule of this account, which the owner cannot associate";
            let domain = node.domain.as_str();
            let help = format!("name a rule that the owner shares: dns rule=\"rslvr-rr-…\" domain=\"{domain}\"");
            shared::refuse(cx, network, (node.place.header, label), &help);
        }
        shared::add(cx, network, association, shared::request_association);
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Lowered, SMALL, lower_text, payments};

    const PUBLIC: &str = "dns public=#true domain=\"example.com\"";
    const TYPES: [&str; 3] = [
        "AWS::Route53Resolver::ResolverEndpoint",
        "AWS::Route53Resolver::ResolverRule",
        "AWS::Route53Resolver::ResolverRuleAssociation",
    ];

    fn with(dns: &str) -> Lowered {
        let lowered = lower_text(&SMALL.replacen(PUBLIC, dns, 1), "dev");
        assert_eq!(lowered.findings(), [], "{dns}");
        lowered
    }

    /// How many resources of each type, without those that exist.
    fn made(lowered: &Lowered) -> [usize; 3] {
        TYPES.map(|name| lowered.graph.of_type(name).filter(|resource| resource.existing.is_none()).count())
    }

    #[test]
    fn servers_of_a_site_get_an_endpoint_a_rule_and_a_way_to_them() {
        let lowered = with("dns \"172.16.0.53\" domain=\"example.com\"; dns \"172.16.1.53\" domain=\"example.net\"");
        assert_eq!(made(&lowered), [1, 2, 2]);
        let protocols: Vec<&str> = lowered
            .graph
            .of_type("AWS::EC2::SecurityGroupEgress")
            .filter(|rule| rule.id.as_str().starts_with("dc-resolver-group-"))
            .filter_map(|rule| rule.get("IpProtocol")?.value.as_str())
            .collect();
        assert_eq!(protocols, ["tcp", "tcp", "udp", "udp"], "both servers, over both protocols");
        let routes = lowered.ids("AWS::EC2::Route");
        assert!(routes.iter().any(|id| id.starts_with("main-private-a-to-dc-dns")), "{routes:?}");
        let subnets = lowered.graph.get(&"dc-resolver-endpoint".into()).and_then(|e| e.get("IpAddresses"));
        assert_eq!(subnets.and_then(|d| d.value.as_list()).map(<[_]>::len), Some(2));
    }

    #[test]
    fn an_existing_rule_and_public_names_need_no_endpoint() {
        let rule = "dns rule=\"rslvr-rr-0a1b2c3d4e5f60718\" domain=\"example.com\"";
        assert_eq!(made(&with(rule)), [0, 0, 1]);
        assert_eq!(made(&with(&format!("{rule} associated=#true"))), [0, 0, 0]);
        assert_eq!(made(&with(PUBLIC)), [0, 0, 0]);
    }

    #[test]
    fn the_reference_spec_resolves_the_names_of_its_site() {
        assert_eq!(made(&payments("prod")), [1, 1, 2]);
    }
}
