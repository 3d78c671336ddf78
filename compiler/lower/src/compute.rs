//! Workloads of the application: a security group each, with the ways out that the spec declares.

use std::collections::BTreeSet;

use migspec_diag::{Diagnostic, did_you_mean};
use migspec_ir::{Datum, Id, Origin, Resource, Value, Zone};
use migspec_syntax::value::{Text, TierPurpose};
use migspec_syntax::{Setting, ast};

use crate::cx::{Cx, origin, path};
use crate::{names, placement};

const BY: &str = "compute";

/// The destination for port 443 of the internet.
const INTERNET: &str = "https:internet";
const HTTPS: u16 = 443;

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
    for compute in &spec.compute {
        let known: Vec<&str> = spec.network.iter().map(|n| n.key.as_str()).collect();
        match network_key(cx, compute) {
            Some(key) => match cx.index.networks.get(key.as_str()).copied() {
                Some(network) => add(cx, compute, network),
                None => cx.unknown_reference("network", key, known),
            },
            // A missing upstream is reported at the API, and an API with errors has its own.
            None if api(cx, compute).is_some() || cx.is_broken("api", compute.key.as_str()) => {}
            None => cx.report(
                Diagnostic::error("compute-without-network", format!("the network of `{}` is unknown", compute.key))
                    .at(compute.place.header, "names no network, and no API has this key")
                    .help(format!("name the network: compute \"{}\" network=\"…\"", compute.key)),
            ),
        }
    }
}

fn network_key<'a>(cx: &Cx<'a>, compute: &'a ast::Compute) -> Option<&'a Setting<migspec_syntax::value::Key>> {
    let target = api(cx, compute).and_then(|api| api.upstream.iter().find(|u| u.side.as_str() == "target"));
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
            placement::group(cx, names::compute_group(key), vpc.clone(), &format!("Workload {key}"), node.as_str(), at)
        };
    let mut services = BTreeSet::new();
    for to in compute.egress.iter().flat_map(|egress| &egress.to) {
        let why = format!("{node} > egress \"{}\"", to.value);
        if &*to.value == INTERNET {
            internet(cx, network, to);
            cx.flow(Zone::Group(group.clone()), Zone::Internet, HTTPS, why, origin(to));
            continue;
        }
        let Some((_, endpoints)) = SERVICES.iter().find(|(name, _)| *name == &*to.value) else {
            report_unknown(cx, to);
            continue;
        };
        for endpoint in *endpoints {
            services.insert(*endpoint);
            cx.flow(Zone::Group(group.clone()), Zone::Service((*endpoint).into()), HTTPS, why.as_str(), origin(to));
        }
    }
    entity(cx, compute, &vpc, &services, at);
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
    let known = SERVICES.iter().map(|(name, _)| *name).chain([INTERNET]);
    let list: Vec<&str> = known.clone().collect();
    cx.report(
        Diagnostic::error("unknown-egress", format!("`{}` is no destination of a workload", to.value))
            .at(to.span(), "not known")
            .help(did_you_mean(&to.value, known).unwrap_or_else(|| format!("use one of {}", list.join(", ")))),
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
