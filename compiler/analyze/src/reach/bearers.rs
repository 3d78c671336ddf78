//! The resources that bear security groups, and their places.

use migspec_ir::{Graph, Id, Resource};
use rustc_hash::{FxHashMap, FxHashSet};

use super::model::{Bearer, Model};
use super::read::{flag, items, text};

pub(super) fn place<'g>(model: &mut Model<'g>, graph: &'g Graph) {
    let subnet_groups = subnet_groups(graph);
    // Rules name groups too, but do not bear them. Nor does a policy, which names one in the text of an ARN.
    for resource in graph.resources.values().filter(|r| !r.type_name.starts_with("AWS::EC2::SecurityGroup")) {
        let bearer = bearer(model, graph, resource, &subnet_groups);
        model.bearers.extend(bearer);
    }
    place_the_rest(model);
    for (index, bearer) in model.bearers.iter().enumerate() {
        for group in &bearer.groups {
            model.members.entry(group).or_default().push(index);
        }
        for subnet in &bearer.subnets {
            model.residents.entry(subnet).or_default().push(index);
        }
    }
}

fn bearer<'g>(
    model: &Model<'g>,
    graph: &'g Graph,
    resource: &'g Resource,
    subnet_groups: &FxHashMap<&'g Id, Vec<&'g Id>>,
) -> Option<Bearer<'g>> {
    let (mut groups, mut subnets) = (Vec::new(), Vec::new());
    for (_, datum) in resource.properties.iter() {
        datum.value.direct_references(&mut |id| {
            let Some((id, _)) = graph.resources.get_key_value(id) else { return };
            if model.groups.contains_key(id) {
                groups.push(id);
            } else if model.subnets.contains_key(id) {
                subnets.push(id);
            } else if let Some(members) = subnet_groups.get(id) {
                subnets.extend(members);
            }
        });
    }
    for list in [&mut groups, &mut subnets] {
        list.sort_unstable();
        list.dedup();
    }
    let public = flag(resource, "PubliclyAccessible") || text(resource, "Scheme") == Some("internet-facing");
    let placed = !groups.is_empty() && !subnets.is_empty();
    placed.then_some(Bearer { resource, groups, subnets, carried: true, public })
}

/// The subnets of each DB subnet group and replication subnet group.
fn subnet_groups(graph: &Graph) -> FxHashMap<&Id, Vec<&Id>> {
    let groups = graph.resources.values().filter(|r| r.type_name.ends_with("SubnetGroup"));
    groups.map(|r| (&r.id, items(r, "SubnetIds").iter().filter_map(|d| d.value.target()).collect())).collect()
}

/// A group without a bearer in the graph may have one anywhere in its VPC.
fn place_the_rest<'g>(model: &mut Model<'g>) {
    let borne: FxHashSet<&Id> = model.bearers.iter().flat_map(|b| b.groups.iter().copied()).collect();
    let mut by_vpc: FxHashMap<&Id, Vec<&'g Id>> = FxHashMap::default();
    for (id, subnet) in &model.subnets {
        by_vpc.entry(subnet.vpc).or_default().push(*id);
    }
    by_vpc.values_mut().for_each(|subnets| subnets.sort_unstable());
    let mut rest: Vec<Bearer<'g>> = Vec::new();
    for (id, group) in model.groups.iter().filter(|(id, _)| !borne.contains(*id)) {
        let subnets = group.vpc.and_then(|vpc| by_vpc.get(vpc)).cloned().unwrap_or_default();
        rest.push(Bearer { resource: group.resource, groups: vec![*id], subnets, carried: false, public: false });
    }
    rest.sort_unstable_by_key(|bearer| &bearer.resource.id);
    model.bearers.extend(rest);
}
