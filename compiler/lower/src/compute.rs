//! Workloads of the application: a security group each, with the ways out that the spec declares.

mod destinations;
mod ranges;

use std::collections::BTreeSet;

use migspec_diag::{Diagnostic, did_you_mean};
use migspec_ir::aws::ec2::security_group::{ADMITS_INTERNET, ALL_PROTOCOLS, REACHES_INTERNET};
use migspec_ir::{Datum, Flow, Id, Origin, Protocol, Resource, Settings, Value, Zone};
use migspec_syntax::value::{SecurityGroupId, Text, TierPurpose, UpstreamSide};
use migspec_syntax::{Setting, ast};

use self::destinations::{Addresses, HTTPS, Place};
use crate::cx::{Cx, datum, origin, path};
use crate::{names, placement};

const BY: &str = "compute";

/// The services that a workload may name, with their endpoints (fact: ecr-endpoints, fact: interface-endpoint-names).
const SERVICES: &[(&str, &[&str])] = &[
    ("ecr", &["ecr.api", "ecr.dkr", "s3"]),
    ("events", &["events"]),
    ("kms", &["kms"]),
    ("lambda", &["lambda"]),
    ("logs", &["logs"]),
    ("monitoring", &["monitoring"]),
    ("secretsmanager", &["secretsmanager"]),
    ("sns", &["sns"]),
    ("sqs", &["sqs"]),
    ("ssm", &["ssm"]),
    ("states", &["states"]),
    ("sts", &["sts"]),
    ("xray", &["xray"]),
];

pub(crate) fn lower(cx: &mut Cx) {
    let spec = cx.spec;
    check_groups(cx);
    for compute in &spec.compute {
        let known: Vec<&str> = spec.network.iter().map(|n| n.key.as_str()).collect();
        match network_key(cx, compute) {
            Some(key) => match cx.index.networks.get(key.as_str()).copied() {
                Some(network) => add(cx, compute, network),
                None => cx.unknown_reference(&["network"], key, known),
            },
            // A missing upstream is reported at the API.
            None if api(cx, compute).is_some() => {}
            None => cx.report(
                Diagnostic::error("compute-without-network", format!("the network of `{}` is unknown", compute.key))
                    .at(compute.place.header, "names no network, and no API has this key")
                    .help(format!("name the network: compute \"{}\" network=\"…\"", compute.key)),
            ),
        }
    }
}

/// A rule that names a group once for each of two workloads is the same rule twice.
fn check_groups(cx: &mut Cx) {
    let mut known: Vec<&Setting<SecurityGroupId>> = Vec::new();
    for compute in &cx.spec.compute {
        let Some(node) = &compute.security_group else { continue };
        if let Some(first) = known.iter().find(|first| first.value == node.id.value) {
            cx.report(
                Diagnostic::error("shared-security-group", format!("two workloads carry `{}`", node.id.value))
                    .at(node.id.span(), "the second")
                    .with(first.span(), "the first")
                    .help("write one `compute` with the ways out of both, or give each workload a group of its own"),
            );
        }
        known.push(&node.id);
    }
}

fn network_key<'a>(cx: &Cx<'a>, compute: &'a ast::Compute) -> Option<&'a Setting<migspec_syntax::value::Key>> {
    let target = api(cx, compute).and_then(|api| api.upstream.iter().find(|u| *u.side == UpstreamSide::Target));
    compute.network.as_ref().or_else(|| target?.network.as_ref())
}

/// The API whose targets are the workload.
fn api<'a>(cx: &Cx<'a>, compute: &ast::Compute) -> Option<&'a ast::Api> {
    cx.spec.api.iter().find(|api| api.key.value == compute.key.value)
}

fn add(cx: &mut Cx, compute: &ast::Compute, network: &ast::Network) {
    let at = Origin::derived(BY, compute.place.header);
    let key = compute.key.as_str();
    let node = path("compute", &compute.key);
    let vpc = names::vpc(network.key.as_str());
    let targets = names::targets_security_group(key);
    let group =
        if cx.graph.get(&targets).is_some_and(|g| g.get("VpcId").is_some_and(|d| d.value.target() == Some(&vpc))) {
            targets
        } else {
            add_group(cx, key, names::compute_group(key), vpc.clone(), &format!("Workload {key}"), &node, at)
        };
    let mut services = BTreeSet::new();
    for (egress, to) in compute.egress.iter().flat_map(|egress| egress.to.iter().map(move |to| (egress, to))) {
        if let Some(addresses) = destinations::addresses(&to.value) {
            open(cx, (key, network, &group), egress, to, &addresses);
            continue;
        }
        let Some((_, endpoints)) = SERVICES.iter().find(|(name, _)| *name == &*to.value) else {
            report_unknown(cx, to);
            continue;
        };
        for endpoint in *endpoints {
            services.insert(*endpoint);
            let why = reason_of_flow(&node, to);
            cx.flow(Zone::Group(group.clone()), Zone::Service((*endpoint).into()), HTTPS, why, origin(to));
        }
    }
    for egress in &compute.egress {
        destinations::check_reason(cx, egress);
    }
    entity(cx, compute, &vpc, &services, at);
}

fn reason_of_flow(node: &str, to: &Setting<Text>) -> String {
    format!("{node} > egress \"{}\"", to.value)
}

/// Opens a port of some addresses to the group of a workload.
fn open(
    cx: &mut Cx,
    (workload, network, group): (&str, &ast::Network, &Id),
    egress: &ast::Egress,
    to: &Setting<Text>,
    addresses: &Addresses<'_>,
) {
    let port = destinations::port(cx, egress, to, addresses);
    let zone = match addresses.place {
        Place::Internet => {
            internet(cx, network, to);
            Some(Zone::Internet)
        }
        Place::Range(range) => ranges::zone(cx, workload, network, to, range),
    };
    let (Some((port, reason)), Some(zone)) = (port, zone) else { return };
    cx.graph.flows.push(Flow {
        from: Zone::Group(group.clone()),
        to: zone,
        protocol: Protocol::Tcp,
        port,
        reason: reason.map(Into::into),
        why: reason_of_flow(&format!("compute \"{workload}\""), to).into(),
        origin: origin(to),
    });
}

/// The settings that declare a fact of an existing group.
const GROUP: Settings = &[
    ("openToInternet", "`admits-internet=` of the `security-group`"),
    ("opensToEverywhere", "`reaches-internet=` of the `security-group`"),
    ("declaredOutwards", "`reaches-internet=` of the `security-group`"),
    ("allowsAllProtocols", "`all-protocols=` of the `security-group`"),
];

/// The group of a workload: the one that exists, or a new one.
pub(crate) fn add_group(cx: &mut Cx, workload: &str, id: Id, vpc: Id, description: &str, node: &str, at: Origin) -> Id {
    let Some(group) = existing_group(cx, workload) else {
        return placement::group(cx, id, vpc, description, node, at);
    };
    let here = format!("{node} > security-group \"{}\"", group.id.value);
    let fact = |setting: &Option<Setting<bool>>| setting.as_ref().map(|setting| datum(setting, |value| *value));
    let resource = Resource::new("AWS::EC2::SecurityGroup", id, here, Origin::derived(BY, group.place.header))
        .existing(group.id.as_str(), GROUP)
        .set("VpcId", Value::reference(vpc))
        .set_if(ADMITS_INTERNET, fact(&group.admits_internet))
        .set_if(REACHES_INTERNET, fact(&group.reaches_internet))
        .set_if(ALL_PROTOCOLS, fact(&group.all_protocols));
    cx.add(resource)
}

fn existing_group<'a>(cx: &Cx<'a>, workload: &str) -> Option<&'a ast::ExistingGroup> {
    let spec = cx.spec;
    spec.compute.iter().find(|compute| compute.key.as_str() == workload)?.security_group.as_ref()
}

/// Whether the owner of a group adds its rules.
pub(crate) fn is_owners(cx: &Cx, group: &Id) -> bool {
    let Some(existing) = cx.graph.get(group).and_then(|group| group.existing.as_ref()) else { return false };
    let mut groups = cx.spec.compute.iter().filter_map(|compute| compute.security_group.as_ref());
    !groups.any(|node| *node.id.as_str() == *existing.identity && *node.add_rules)
}

/// The entity of a workload: its services have callers with roles outside the graph.
fn entity(cx: &mut Cx, compute: &ast::Compute, vpc: &Id, services: &BTreeSet<&str>, at: Origin) {
    let services = services.iter().map(|name| Datum::new(*name, at)).collect();
    cx.add(
        Resource::new("Migspec::Compute", names::compute(compute.key.as_str()), path("compute", &compute.key), at)
            .set("Name", compute.key.as_str())
            .set("Vpc", Value::reference(vpc.clone()))
            .set("Services", Value::List(services)),
    );
}

/// The internet is beyond the NAT gateways of the network. An existing network declares its own.
fn internet(cx: &mut Cx, network: &ast::Network, to: &Setting<Text>) {
    let has_nat = network.tier.iter().any(|tier| *tier.holds == TierPurpose::Nat);
    if has_nat || network.existing.is_some() {
        return;
    }
    cx.report(
        Diagnostic::error("egress-without-nat", format!("the network `{}` has no NAT gateway", network.key))
            .at(to.span(), "needs one")
            .with(network.place.header, "the network")
            .help("add to the network: tier \"public\" holds=\"nat\""),
    );
}

fn report_unknown(cx: &mut Cx, to: &Setting<Text>) {
    let known = SERVICES.iter().map(|(name, _)| *name).chain(["https:internet"]);
    let list: Vec<&str> = known.clone().collect();
    cx.report(
        Diagnostic::error("unknown-egress", format!("`{}` is no destination of a workload", to.value))
            .at(to.span(), "not known")
            .help(did_you_mean(&to.value, known).unwrap_or_else(|| {
                format!(
                    "use one of {}, or a range such as https:10.20.0.0/16 or tcp:10.20.0.0/16:6514",
                    list.join(", ")
                )
            })),
    );
}

/// Whether the spec declares workloads of a network.
pub(crate) fn of_network(cx: &Cx, network: &ast::Network) -> bool {
    let key = |compute: &ast::Compute| network_key(cx, compute).map(|key| key.value.clone());
    cx.spec.compute.iter().any(|compute| key(compute).as_ref() == Some(&network.key.value))
}

/// The services that workloads of a network call.
pub(crate) fn services(cx: &Cx, vpc: &Id) -> BTreeSet<String> {
    let here = |compute: &&Resource| compute.get("Vpc").is_some_and(|d| d.value.target() == Some(vpc));
    let lists = cx.graph.of_type("Migspec::Compute").filter(here).filter_map(|c| c.get("Services")?.value.as_list());
    lists.flatten().filter_map(|d| d.value.as_str().map(str::to_owned)).collect()
}
