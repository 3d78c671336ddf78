//! Which AWS services the functions of a network call, and which of them have
//! an endpoint there.

use std::collections::BTreeSet;

use crate::fact::FactValue;
use crate::{Id, Index, Resource};
use rustc_hash::{FxHashMap, FxHashSet};

/// Services whose API a function calls from its own network interface, by the
/// prefix of their IAM actions, and the last part of their endpoint's name.
/// Logs, traces and dead letters leave through AWS Lambda itself.
const ENDPOINTS: &[(&str, &str)] = &[
    ("cloudwatch", "monitoring"),
    ("dms", "dms"),
    ("kms", "kms"),
    ("lambda", "lambda"),
    ("rds", "rds"),
    ("s3", "s3"),
    ("secretsmanager", "secretsmanager"),
    ("sns", "sns"),
    ("ssm", "ssm"),
    ("states", "states"),
    ("sts", "sts"),
];

/// The services, as endpoints name them, that a function in the network calls
/// and that have no endpoint in it.
pub(super) fn missing_endpoints(vpc: &Resource, graph: &Index<'_>) -> FactValue {
    let present: FxHashSet<&str> = graph
        .referring(&vpc.id, "AWS::EC2::VPCEndpoint", "VpcId")
        .filter_map(|endpoint| endpoint.get("ServiceName")?.value.as_str()?.rsplit('.').next())
        .collect();
    let called = called_services(graph);
    let missing: BTreeSet<&str> = functions(vpc, graph)
        .filter_map(|function| graph.follow(function, "Role"))
        .filter_map(|role| called.get(&role.id))
        .flatten()
        .copied()
        .filter(|service| !present.contains(service))
        .collect();
    FactValue::set(missing.into_iter().map(Some))
}

/// The endpoint services that each role's grants speak of.
fn called_services<'g>(graph: &'g Index<'_>) -> FxHashMap<&'g Id, BTreeSet<&'static str>> {
    let mut called: FxHashMap<&Id, BTreeSet<&'static str>> = FxHashMap::default();
    for grant in &graph.grants {
        let prefixes = grant.actions.iter().filter_map(|action| action.split(':').next());
        let services = prefixes.filter_map(|prefix| ENDPOINTS.iter().find(|(p, _)| *p == prefix).map(|(_, s)| *s));
        called.entry(&grant.role).or_default().extend(services);
    }
    called
}

/// The functions with an interface in the network.
fn functions<'g>(vpc: &Resource, graph: &Index<'g>) -> impl Iterator<Item = &'g Resource> {
    graph
        .referring(&vpc.id, "AWS::EC2::Subnet", "VpcId")
        .flat_map(|subnet| graph.referring(&subnet.id, "AWS::Lambda::Function", "VpcConfig.SubnetIds"))
        .collect::<Vec<_>>()
        .into_iter()
}
