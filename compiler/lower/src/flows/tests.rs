use std::collections::BTreeSet;

use migspec_ir::{Origin, Value, Zone};
use migspec_syntax::value::Cidr;

use crate::cx::Cx;
use crate::testing::{Lowered, view_of};

const NETWORKS: &str = r#"
    network "app" cidr="10.0.0.0/16" {
        tier "public" holds="nat"
        tier "private" holds="compute"
        tier "data" holds="database"
    }
    network "copy" cidr="10.1.0.0/16" {
        tier "replication" holds="replication"
    }
    site "dc" cidr="172.16.0.0/16" {
        vpn gateway="203.0.113.10" asn=65010
    }
"#;
const TRANSIT: &str = r#"transit "hub" { attach "app" "copy" "dc"; }"#;

/// Networks with a group in each of four tiers, and these flows.
fn with_flows(nodes: &str, flows: &[(Zone, Zone, u16)]) -> Lowered {
    view_of(nodes, |view| {
        let mut cx = Cx::new(view);
        crate::network::lower(&mut cx);
        crate::transit::lower(&mut cx);
        let at = Origin::derived("test", view.migration.place.header);
        for (name, network, subnet) in [
            ("app", "app", "app-private-a-subnet"),
            ("db", "app", "app-data-a-subnet"),
            ("copier", "copy", "copy-replication-a-subnet"),
        ] {
            let group = crate::placement::group(
                &mut cx,
                format!("{name}-group").into(),
                crate::names::vpc(network),
                name,
                "test",
                at,
            );
            let carrier = migspec_ir::Resource::new("AWS::Lambda::Function", format!("{name}-carrier"), "test", at)
                .set("SubnetIds", migspec_ir::list!(at, [Value::reference(subnet)]))
                .set("SecurityGroupIds", migspec_ir::list!(at, [Value::reference(group)]));
            cx.add(carrier);
        }
        for (from, to, port) in flows {
            cx.flow(from.clone(), to.clone(), *port, "replication \"x\" > from", at);
        }
        super::lower(&mut cx);
        cx.finish()
    })
}

fn group(name: &str) -> Zone {
    Zone::Group(format!("{name}-group").into())
}

fn site() -> Zone {
    Zone::Site("dc-site".into())
}

#[test]
fn without_flows_nothing_is_open() {
    let lowered = with_flows(&format!("{NETWORKS}{TRANSIT}"), &[]);
    assert_eq!(lowered.findings(), []);
    for kind in ["AWS::EC2::SecurityGroupIngress", "AWS::EC2::TransitGatewayRoute", "AWS::EC2::VPCEndpoint"] {
        assert_eq!(lowered.ids(kind), Vec::<&str>::new(), "{kind}");
    }
    // ACLs exist, and allow no traffic.
    assert_eq!(lowered.ids("AWS::EC2::NetworkAcl").len(), 2);
    assert_eq!(lowered.ids("AWS::EC2::NetworkAclEntry").len(), 0);
}

#[test]
fn inside_a_network_groups_name_each_other() {
    let lowered = with_flows(NETWORKS, &[(group("app"), group("db"), 5432)]);
    assert_eq!(lowered.findings(), []);
    assert_eq!(lowered.ids("AWS::EC2::SecurityGroupIngress"), ["db-group-from-app-group-5432"]);
    assert_eq!(lowered.ids("AWS::EC2::SecurityGroupEgress"), ["app-group-to-db-group-5432"]);
    let rule = lowered.graph.get(&"db-group-from-app-group-5432".into()).expect("the rule");
    assert_eq!(rule.get("SourceSecurityGroupId").expect("a source").value, Value::attribute("app-group", "GroupId"));
    assert_eq!(lowered.text("db-group-from-app-group-5432", "Description"), "replication x / from");
}

#[test]
fn between_networks_the_transit_carries_this_flow_and_no_other() {
    let lowered = with_flows(&format!("{NETWORKS}{TRANSIT}"), &[(group("copier"), group("db"), 5432)]);
    assert_eq!(lowered.findings(), []);
    assert_eq!(
        lowered.ids("AWS::EC2::TransitGatewayRoute"),
        ["hub-copy-to-app-data-transit-route", "hub-app-to-copy-replication-transit-route"]
    );
    let routes = lowered.ids("AWS::EC2::Route");
    let across: Vec<&&str> = routes.iter().filter(|id| !id.contains("internet")).collect();
    assert_eq!(across.len(), 6, "{across:?}");
    assert!(across.iter().all(|id| id.starts_with("copy-replication-") || id.starts_with("app-data-")));
    // The compute tier of the same network has no way to the copier.
    assert!(!routes.iter().any(|id| id.starts_with("app-private-") && !id.contains("internet")));
    let rule = lowered.graph.get(&"db-group-from-copier-group-5432".into()).expect("a rule for the group alone");
    assert_eq!(rule.depends_on, ["hub-copy-attachment".into(), "hub-app-attachment".into()]);
    assert_eq!(lowered.text("copier-group-to-app-data-5432", "CidrIp"), "10.0.4.0/22");
    let route = lowered.graph.get(&"app-data-a-to-copy-replication-route".into()).expect("the way back");
    assert_eq!(route.depends_on, ["hub-app-attachment".into()]);
}

#[test]
fn a_site_is_reached_through_its_own_attachment() {
    let lowered = with_flows(&format!("{NETWORKS}{TRANSIT}"), &[(group("copier"), site(), 5432)]);
    assert_eq!(lowered.findings(), []);
    let route = lowered.graph.get(&"hub-copy-to-dc-transit-route".into()).expect("the route");
    assert_eq!(
        route.get("TransitGatewayAttachmentId").expect("an attachment").value,
        Value::attribute("dc-vpn", "TransitGatewayAttachmentId")
    );
    assert_eq!(lowered.text("copier-group-to-dc-5432", "CidrIp"), "172.16.0.0/16");
}

#[test]
fn acls_let_both_directions_of_a_flow_through() {
    let lowered = with_flows(NETWORKS, &[(group("app"), group("db"), 5432)]);
    let entries: Vec<(bool, String, i64)> = lowered
        .graph
        .of_type("AWS::EC2::NetworkAclEntry")
        .map(|e| {
            let integer = |path| e.get(path).and_then(|d| d.value.as_integer()).expect("a number");
            let outwards = e.get("Egress").and_then(|d| d.value.as_bool()).expect("a direction");
            (outwards, lowered.text(e.id.as_str(), "CidrBlock"), integer("PortRange.From"))
        })
        .collect();
    let compute = "10.0.64.0/18".to_owned();
    assert_eq!(entries, [(false, compute.clone(), 5432), (true, compute, 1024)]);
}

#[test]
fn services_get_an_endpoint_in_the_network_that_needs_them() {
    let service = |name: &str| Zone::Service(name.into());
    let flows = [(group("app"), service("ssm"), 443), (group("app"), service("s3"), 443)];
    let lowered = with_flows(NETWORKS, &flows);
    assert_eq!(lowered.findings(), []);
    assert_eq!(lowered.ids("AWS::EC2::VPCEndpoint"), ["app-ssm-endpoint", "app-s3-endpoint"]);
    assert_eq!(
        lowered.ids("AWS::EC2::SecurityGroupEgress"),
        ["app-group-to-app-endpoints-group-443", "app-group-to-s3-443"]
    );
    assert_eq!(lowered.text("app-group-to-s3-443", "DestinationPrefixListId"), "pl-63a5400a");
}

/// A rule for the internet leads to no site and no network, wherever their addresses are.
#[test]
fn the_internet_is_all_but_the_networks_and_sites() {
    let sites = "site \"shared\" cidr=\"100.64.0.0/10\" { vpn gateway=\"203.0.113.11\" asn=65011; }\n\
                 site \"public\" cidr=\"198.51.100.0/24\" { vpn gateway=\"203.0.113.12\" asn=65012; }";
    let lowered = with_flows(&format!("{NETWORKS}{sites}"), &[(group("app"), Zone::Internet, 443)]);
    let group = lowered.graph.get(&"app-group".into()).and_then(|group| group.get("SecurityGroupEgress"));
    let rules = group.and_then(|rules| rules.value.as_list()).expect("rules");
    let open: Vec<Cidr> =
        rules.iter().filter_map(|rule| super::topology::parse(rule.get("CidrIp")?.value.as_str()?)).collect();
    assert_eq!(open.len(), rules.len());
    assert!(open.len() <= 60, "{} rules", open.len());
    let range = |text: &str| super::topology::parse(text).expect("a range");
    let closed = ["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "198.51.100.0/24", "224.0.0.0/3"];
    let closed = closed.map(range);
    for closed in closed {
        assert!(open.iter().all(|open| !open.overlaps(closed)), "{closed}");
    }
    let size = |ranges: &[Cidr]| ranges.iter().map(|range| range.size()).sum::<u64>();
    assert_eq!(size(&open) + size(&closed), 1 << 32);
}

#[test]
fn networks_that_nothing_joins_are_an_error() {
    let lowered = with_flows(NETWORKS, &[(group("copier"), group("db"), 5432)]);
    let codes: Vec<&str> = lowered.findings().iter().map(|(code, _)| *code).collect();
    assert_eq!(codes, ["no-path"]);
}

#[test]
fn the_same_flow_for_several_reasons_makes_one_rule() {
    let flow = (group("app"), group("db"), 5432);
    let lowered = with_flows(NETWORKS, &[flow.clone(), flow]);
    assert_eq!(lowered.ids("AWS::EC2::SecurityGroupIngress").len(), 1);
}

#[test]
fn a_region_whose_prefix_list_is_not_known_is_an_error() {
    let text = include_str!("../../../../specs/payments.migspec.kdl").replace("us-east-1", "eu-south-2");
    let lowered = crate::testing::lower_text(&text, "prod");
    let found: Vec<_> = lowered.findings().into_iter().filter(|(code, _)| *code == "unknown-prefix-list").collect();
    assert_eq!(found.len(), 1, "{:?}", lowered.findings());
}

/// GovCloud has no rows: the environment declares them.
#[test]
fn declared_data_of_a_region_takes_the_place_of_rows() {
    let data = "region=\"us-gov-west-1\" production=#true {\n region-data s3-prefix-list=\"pl-0a1b2c3d4e5f60718\" database-ca=\"corp-root-ca.pem\"\n";
    let text =
        include_str!("../../../../specs/payments.migspec.kdl").replace("region=\"us-east-1\" production=#true {", data);
    let lowered = crate::testing::lower_text(&text, "prod");
    let unknown = ["unknown-prefix-list", "unknown-authority", "declares-nothing"];
    assert!(lowered.findings().iter().all(|(code, _)| !unknown.contains(code)), "{:?}", lowered.findings());
    let lists =
        lowered.graph.of_type("AWS::EC2::SecurityGroupEgress").filter_map(|rule| rule.get("DestinationPrefixListId"));
    let lists: Vec<&str> = lists.filter_map(|list| list.value.as_str()).collect();
    assert!(!lists.is_empty() && lists.iter().all(|list| *list == "pl-0a1b2c3d4e5f60718"), "{lists:?}");
    let described = migspec_ir::comparisons::comparisons(&lowered.graph);
    let verdict = described.iter().find(|declared| &*declared.state == "ComparePrefixList");
    let verdict = verdict.expect("the workflow compares the list").verdict.to_string();
    assert!(verdict.contains("PrefixListName = \"com.amazonaws.us-gov-west-1.s3\""), "{verdict}");
    let pem = lowered.text("aurora-certificate", "CertificatePem");
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----"), "{pem}");
}

/// Names with a region end in `.cn` there, and endpoints have names of their own.
#[test]
fn china_has_its_own_names() {
    let data = "region=\"cn-north-1\" production=#true {\n region-data s3-prefix-list=\"pl-0a1b2c3d4e5f60718\" database-ca=\"corp-root-ca.pem\"\n";
    let text = include_str!("../../../../specs/payments.migspec.kdl")
        .replace("region=\"us-east-1\" production=#true {", data)
        .replace("us-east-2", "cn-northwest-1")
        .replace("arn:aws:", "arn:aws-cn:")
        .replace("acm:us-east-1", "acm:cn-north-1");
    let lowered = crate::testing::lower_text(&text, "prod");
    assert_eq!(lowered.findings(), []);
    let endpoints = lowered.graph.of_type("AWS::EC2::VPCEndpoint").filter_map(|endpoint| endpoint.get("ServiceName"));
    let endpoints: BTreeSet<&str> = endpoints.filter_map(|name| name.value.as_str()).collect();
    for name in ["cn.com.amazonaws.cn-north-1.dms", "com.amazonaws.cn-north-1.s3", "com.amazonaws.cn-north-1.ssm"] {
        assert!(endpoints.contains(name), "{endpoints:?}");
    }
    let conditions = lowered.graph.grants.iter().flat_map(|grant| &grant.conditions);
    let via =
        conditions.filter(|condition| &*condition.key == "kms:ViaService").flat_map(|condition| &condition.values);
    let via: Vec<&str> = via.filter_map(|service| service.value.as_str()).collect();
    assert!(via.len() > 5 && via.iter().all(|service| service.ends_with(".cn-north-1.amazonaws.com.cn")), "{via:?}");
}

/// Replications of sources and databases of their own, in the same networks.
fn replications(count: usize) -> usize {
    let each = |n: usize| {
        format!(
            "source \"s{n}\" engine=\"postgresql\" version=\"15.8\" site=\"dc\" {{ at \"db{n}.example.com:5432\" database=\"l\"; login \"replication\" secret=\"p/{n}\"; }}\n\
             database \"d{n}\" engine=\"aurora-postgresql\" version=\"16.6\" network=\"app\"\n\
             replication \"r{n}\" from=\"s{n}\" to=\"d{n}\" network=\"copy\" {{ include \"x.*\"; }}\n"
        )
    };
    let nodes: String = (0..count).map(each).collect();
    let lowered = crate::testing::lower_nodes(&format!("{NETWORKS}{TRANSIT}\n{nodes}"));
    let kinds = ["Ingress", "Egress"].map(|kind| format!("AWS::EC2::SecurityGroup{kind}"));
    let rules = lowered.graph.resources.values().filter(|r| kinds.iter().any(|kind| kind == r.type_name));
    rules.count()
}

#[test]
fn rules_grow_with_replications_and_not_with_their_square() {
    let [few, more, most] = [2, 6, 10].map(replications);
    assert!(few > 0);
    assert_eq!(more - few, most - more);
}
