//! VPC endpoints: one for each AWS service with a flow from a network, so that no call to AWS needs a route to the
//! internet.

use std::collections::BTreeSet;

use indexmap::{IndexMap, IndexSet};
use migspec_diag::Diagnostic;
use migspec_ir::partition::endpoint_service;
use migspec_ir::{Datum, Flow, Id, Origin, Resource, Value, Zone};
use migspec_syntax::ast;
use migspec_syntax::value::TierPurpose;

use crate::cx::{Cx, path};
use crate::network::shared;
use crate::policy::{Statement, document};
use crate::{compute, names, network, placement};

/// The service has a gateway endpoint: a route, not an address.
pub(crate) fn is_gateway(service: &str) -> bool {
    service == "s3"
}

/// An endpoint is made for the first flow that needs it, in each network.
pub(crate) fn lower(cx: &mut Cx, flows: &[Flow]) {
    let spec = cx.spec;
    let vpcs: Vec<(Id, &ast::Network)> = spec.network.iter().map(|n| (names::vpc(n.key.as_str()), n)).collect();
    for (vpc, network) in vpcs {
        let mut needed: IndexMap<&str, &Flow> = IndexMap::new();
        for flow in flows {
            if let (Zone::Group(group), Zone::Service(service)) = (&flow.from, &flow.to)
                && is_in(cx, group, &vpc)
            {
                needed.entry(service).or_insert(flow);
            }
        }
        if needed.keys().any(|service| !is_gateway(service)) {
            check_neighbours(cx, network);
            group(cx, network, &vpc);
        }
        for (service, flow) in needed {
            endpoint(cx, network, service, flow);
        }
    }
}

/// An interface endpoint takes over the public name of its service for the whole VPC (fact: endpoints-private-dns). What
/// else lives in an existing one would lose the service, unless the spec declares it: its groups are then admitted, and
/// its actions. The names of the endpoints are no way out: AWS DMS calls its services by their public names.
fn check_neighbours(cx: &mut Cx, network: &ast::Network) {
    let declared = compute::of_network(cx, network) || network.exclusive.as_ref().is_some_and(|e| e.value);
    if network.existing.is_none() || declared {
        return;
    }
    cx.report(
        Diagnostic::error(
            "endpoint-for-neighbours",
            format!("interface endpoints answer for all of the existing network `{}`", network.key),
        )
        .at(network.place.header, "its other workloads would be refused")
        .help(format!(
            "declare each of them: compute \"…\" network=\"{}\" {{ egress \"secretsmanager\" … }}; or write `exclusive=#true` if \
             there are none",
            network.key
        )),
    );
}

fn is_in(cx: &Cx, group: &Id, vpc: &Id) -> bool {
    cx.graph.get(group).and_then(|g| g.get("VpcId")).is_some_and(|d| d.value == Value::reference(vpc))
}

fn group(cx: &mut Cx, network: &ast::Network, vpc: &Id) {
    let at = Origin::derived("network", network.place.header);
    let key = network.key.as_str();
    let description = format!("Interface endpoints of network {key}");
    let id = names::endpoints_group(key);
    let group = placement::new_group(cx, id, vpc.clone(), &description, path("network", &network.key), at);
    shared::add(cx, network, group, shared::request_group);
}

fn endpoint(cx: &mut Cx, network: &ast::Network, service: &str, flow: &Flow) {
    let at = flow.origin;
    let key = network.key.as_str();
    let name = endpoint_service(service, &cx.graph.environment.region);
    let policy = policy(cx, network, service, at);
    let id = names::endpoint(key, &service.replace('.', "-"));
    let endpoint = Resource::new("AWS::EC2::VPCEndpoint", id, flow.why.clone(), at)
        .set("VpcId", Value::reference(names::vpc(key)))
        .set("ServiceName", name)
        .set("PolicyDocument", policy);
    let endpoint = if is_gateway(service) {
        endpoint.set("VpcEndpointType", "Gateway").set("RouteTableIds", references(private_route_tables(network), at))
    } else {
        endpoint
            .set("VpcEndpointType", "Interface")
            .set("PrivateDnsEnabled", true)
            .set("SubnetIds", references(subnets(network), at))
            .set("SecurityGroupIds", vec![group_id(key, at)])
    };
    shared::add(cx, network, endpoint, shared::request_endpoint);
}

fn group_id(network: &str, at: Origin) -> Datum {
    Datum::new(Value::attribute(names::endpoints_group(network), "GroupId"), at)
}

fn references(ids: Vec<Id>, at: Origin) -> Vec<Datum> {
    ids.into_iter().map(|id| Datum::new(Value::reference(id), at)).collect()
}

/// Endpoints are in the subnets of functions. A network without compute has them
/// in the subnets of its replication instances or databases.
pub(crate) fn subnets(network: &ast::Network) -> Vec<Id> {
    let order = [TierPurpose::Compute, TierPurpose::Replication, TierPurpose::Database];
    let holds = |purpose: &TierPurpose| network.tier.iter().find(|t| t.holds.value == *purpose);
    order.iter().find_map(holds).map(|t| network::tier_subnets(network, t.key.as_str())).unwrap_or_default()
}

/// All route tables but those of NAT gateways.
fn private_route_tables(network: &ast::Network) -> Vec<Id> {
    let tiers = network.tier.iter().filter(|t| t.holds.value != TierPurpose::Nat);
    // Subnets of an existing network can share a route table.
    let tables: IndexSet<Id> = tiers.flat_map(|tier| network::tier_route_tables(network, tier.key.as_str())).collect();
    tables.into_iter().collect()
}

/// Allows only the grants of the spec's roles, for principals and resources of
/// this account. An endpoint answers for the whole network: where a declared workload
/// calls the service, all actions of it are allowed.
fn policy(cx: &Cx, network: &ast::Network, service: &str, at: Origin) -> migspec_ir::Map {
    let account = cx.graph.environment.account.clone();
    let called = compute::services(cx, &names::vpc(network.key.as_str())).contains(service);
    let actions = if called && !is_gateway(service) {
        [format!("{}:*", iam_prefix(service))].into()
    } else {
        granted_actions(cx, service)
    };
    let actions: Vec<&str> = actions.iter().map(String::as_str).collect();
    // The owner of a shared network adds it to an endpoint that may have the statements of other accounts.
    let sid = shared::owner(cx, network).map_or("OwnAccount".to_owned(), |_| format!("OwnAccount{account}"));
    let statement = Statement::allow(&sid, at)
        .principal("*")
        .actions(&actions)
        .resources(resources(cx, network, service))
        .when("StringEquals", "aws:PrincipalAccount", account.clone())
        .when("StringEquals", "aws:ResourceAccount", account);
    let mut statements = vec![statement];
    if called && is_gateway(service) {
        statements.push(image_layers(cx, at));
    }
    document(statements, at)
}

/// Amazon ECR keeps the layers of images in a bucket of its own (fact: ecr-endpoints).
fn image_layers(cx: &Cx, at: Origin) -> Statement {
    let e = &cx.graph.environment;
    let objects = format!("arn:{}:s3:::prod-{}-starport-layer-bucket/*", e.partition, e.region);
    Statement::allow("ImageLayers", at).principal("*").actions(&["s3:GetObject"]).resources(vec![objects.into()])
}

/// The actions of a service that any role is granted. Where none is, the
/// caller is the application, whose roles are its own: all actions then.
fn granted_actions(cx: &Cx, service: &str) -> BTreeSet<String> {
    let prefix = format!("{}:", iam_prefix(service));
    let all = cx.graph.grants.iter().flat_map(|g| g.actions.iter());
    let granted: BTreeSet<String> = all.filter(|a| a.starts_with(&prefix)).map(|a| (*a).to_owned()).collect();
    if granted.is_empty() { [format!("{prefix}*")].into() } else { granted }
}

/// Endpoints are named after the host, IAM actions after the service.
fn iam_prefix(service: &str) -> &str {
    match service {
        "monitoring" => "cloudwatch",
        "ecr.api" | "ecr.dkr" => "ecr",
        other => other,
    }
}

/// Buckets by name; elsewhere the conditions bound the resources. The owner of a shared network writes the names out.
fn resources(cx: &Cx, network: &ast::Network, service: &str) -> Vec<Value> {
    if service != "s3" {
        return vec!["*".into()];
    }
    let buckets = cx.graph.of_type("AWS::S3::Bucket").filter(|b| b.region.is_none() && b.existing.is_none());
    if shared::owner(cx, network).is_some() {
        let names = buckets.filter_map(|b| b.get("BucketName")?.value.as_str());
        let arns = names.map(|name| format!("arn:{}:s3:::{name}", cx.graph.environment.partition));
        return arns.flat_map(|arn| [arn.clone().into(), format!("{arn}/*").into()]).collect();
    }
    buckets
        .flat_map(|b| {
            let arn = Value::attribute(&b.id, "Arn");
            [arn.clone(), Value::Concat(vec![arn, "/*".into()])]
        })
        .collect()
}
