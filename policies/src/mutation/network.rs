//! Mutations of rules and routes that allow more traffic.

use migspec_ir::{Datum, Graph, Id, Map, Origin, Resource, Value};

/// Properties with their new values; `None` removes the property.
type Settings = Vec<(&'static str, Option<Value>)>;

const ANYWHERE: &str = "0.0.0.0/0";

/// All wider forms of a rule or a route.
pub(super) fn wider(resource: &Resource, graph: &Graph) -> Vec<(&'static str, Settings)> {
    let mut ways = match resource.type_name {
        "AWS::EC2::SecurityGroupIngress" => group(["SourceSecurityGroupId", "SourcePrefixListId"]),
        "AWS::EC2::SecurityGroupEgress" => group(["DestinationSecurityGroupId", "DestinationPrefixListId"]),
        "AWS::EC2::NetworkAclEntry" => acl(resource),
        "AWS::EC2::Route" => route(resource, graph),
        "AWS::EC2::TransitGatewayRoute" => vec![("route for every address", to_anywhere())],
        _ => Vec::new(),
    };
    // An unchanged value is no mutation.
    let is_so = |(path, value): &(&str, Option<Value>)| resource.get(path).map(|d| &d.value) == value.as_ref();
    ways.retain(|(_, settings)| !settings.iter().all(is_so));
    ways
}

fn group(ends: [&'static str; 2]) -> Vec<(&'static str, Settings)> {
    let anybody = ends.into_iter().map(|end| (end, None));
    vec![
        ("rule for every port", ports("FromPort", "ToPort")),
        ("rule for every address", anybody.chain([("CidrIp", Some(ANYWHERE.into()))]).collect()),
        ("rule for every protocol", every_protocol("IpProtocol", "-1".into(), ["FromPort", "ToPort"])),
    ]
}

/// A deny entry of a network ACL becomes an allow entry.
fn acl(entry: &Resource) -> Vec<(&'static str, Settings)> {
    if entry.get("RuleAction").and_then(|d| d.value.as_str()) != Some("allow") {
        return vec![("entry that allows", vec![("RuleAction", Some("allow".into()))])];
    }
    vec![
        ("rule for every port", ports("PortRange.From", "PortRange.To")),
        ("rule for every address", vec![("CidrBlock", Some(ANYWHERE.into()))]),
        ("rule for every protocol", every_protocol("Protocol", (-1).into(), ["PortRange", "Icmp"])),
    ]
}

fn ports(from: &'static str, to: &'static str) -> Settings {
    vec![(from, Some(0.into())), (to, Some(65535.into()))]
}

fn every_protocol(name: &'static str, every: Value, ports: [&'static str; 2]) -> Settings {
    let ports = ports.into_iter().map(|port| (port, None));
    [(name, Some(every))].into_iter().chain(ports).collect()
}

/// A route for more addresses, or directly to the internet gateway of its
/// network.
fn route(route: &Resource, graph: &Graph) -> Vec<(&'static str, Settings)> {
    let mut ways = vec![("route for every address", to_anywhere())];
    if let Some(gateway) = gateway(route, graph) {
        let others = ["NatGatewayId", "TransitGatewayId"].into_iter().map(|target| (target, None));
        let straight = [("GatewayId", Some(Value::reference(gateway.clone())))];
        ways.push(("route to the internet", others.chain(straight).chain(to_anywhere()).collect()));
    }
    ways
}

fn to_anywhere() -> Settings {
    vec![("DestinationCidrBlock", Some(ANYWHERE.into()))]
}

/// The internet gateway of a route's network.
fn gateway<'g>(route: &Resource, graph: &'g Graph) -> Option<&'g Id> {
    let network = target(graph.get(target(route, "RouteTableId")?)?, "VpcId")?;
    let mut attachments = graph.of_type("AWS::EC2::VPCGatewayAttachment");
    attachments.find_map(|a| target(a, "InternetGatewayId").filter(|_| target(a, "VpcId") == Some(network)))
}

fn target<'g>(resource: &'g Resource, path: &str) -> Option<&'g Id> {
    resource.get(path)?.value.target()
}

/// Sets or removes the property at a path.
pub(super) fn put(resource: &mut Resource, path: &str, value: Option<Value>) {
    set(&mut resource.properties, path, value, resource.origin);
}

fn set(map: &mut Map, path: &str, value: Option<Value>, origin: Origin) {
    let (name, inner) = path.split_once('.').map_or((path, None), |(name, inner)| (name, Some(inner)));
    match (inner, value) {
        (None, None) => drop(map.remove(name)),
        (None, Some(value)) => map.set(name, Datum::new(value, origin)),
        (Some(inner), value) => {
            if let Some(Datum { value: Value::Map(map), .. }) = map.get_mut(name) {
                set(map, inner, value, origin);
            } else if value.is_some() {
                let mut made = Map::default();
                set(&mut made, inner, value, origin);
                map.set(name, Datum::new(Value::Map(made), origin));
            }
        }
    }
}

/// Route tables of a transit gateway, with the attachments that they do not
/// propagate.
pub(super) fn unknown_links(graph: &Graph) -> Vec<(&Resource, &Resource)> {
    let known: Vec<_> = graph
        .of_type("AWS::EC2::TransitGatewayRouteTablePropagation")
        .map(|p| (target(p, "TransitGatewayRouteTableId"), target(p, "TransitGatewayAttachmentId")))
        .collect();
    let links = || graph.of_type("AWS::EC2::TransitGatewayAttachment").chain(graph.of_type("AWS::EC2::VPNConnection"));
    let tables = graph.of_type("AWS::EC2::TransitGatewayRouteTable");
    let pairs = tables.flat_map(|table| links().map(move |link| (table, link)));
    pairs.filter(|(table, link)| !known.contains(&(Some(&table.id), Some(&link.id)))).collect()
}

/// The propagation of an attachment into a route table.
pub(super) fn propagation(table: &Resource, link: &Resource) -> Resource {
    let id = Id::from(format!("{}-{}-propagation", table.id, link.id).as_str());
    let made = Resource::new("AWS::EC2::TransitGatewayRouteTablePropagation", id, &*table.path, table.origin);
    made.set("TransitGatewayRouteTableId", Value::reference(table.id.clone()))
        .set("TransitGatewayAttachmentId", Value::reference(link.id.clone()))
}

#[cfg(test)]
mod tests {
    use migspec_diag::{Sources, Span};
    use migspec_ir::map;

    use super::*;

    fn at() -> Origin {
        Origin::derived("test", Span::new(Sources::new().add("test", "test"), 0, 4))
    }

    fn entry(action: &str, properties: Map) -> Resource {
        Resource::new("AWS::EC2::NetworkAclEntry", "e", "", at()).set("RuleAction", action).set_all(properties)
    }

    fn names(resource: &Resource) -> Vec<&'static str> {
        let graph = migspec_ir::Graph::empty(at().span());
        wider(resource, &graph).into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn what_is_wide_already_is_no_flip() {
        let ports = map!(at(), { "From": 443, "To": 443 });
        let narrow = map!(at(), { "Protocol": 6, "CidrBlock": "10.0.0.0/24", "PortRange": ports });
        let all = ["rule for every port", "rule for every address", "rule for every protocol"];
        assert_eq!(names(&entry("allow", narrow)), all);
        let wide = || map!(at(), { "Protocol": -1, "CidrBlock": "0.0.0.0/0" });
        assert_eq!(names(&entry("allow", wide())), ["rule for every port"]);
        assert_eq!(names(&entry("deny", wide())), ["entry that allows"]);
    }

    #[test]
    fn a_path_is_set_inside_objects() {
        let mut entry = entry("allow", map!(at(), { "PortRange": map!(at(), { "From": 443, "To": 443 }) }));
        put(&mut entry, "PortRange.To", Some(65535.into()));
        put(&mut entry, "Icmp.Code", Some(1.into()));
        put(&mut entry, "PortRange.From", None);
        let number = |path: &str| entry.get(path).and_then(|d| d.value.as_integer());
        assert_eq!(
            (number("PortRange.From"), number("PortRange.To"), number("Icmp.Code")),
            (None, Some(65535), Some(1))
        );
    }
}
