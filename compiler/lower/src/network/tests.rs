use std::net::Ipv4Addr;

use crate::testing::{Lowered, lower_nodes, payments};

/// First and last address of each subnet.
fn subnet_ranges(lowered: &Lowered) -> Vec<(u32, u32)> {
    let here = lowered.graph.of_type("AWS::EC2::Subnet").filter(|r| r.region.is_none());
    here.map(|r| range(&lowered.text(r.id.as_str(), "CidrBlock"))).collect()
}

fn range(cidr: &str) -> (u32, u32) {
    let (address, prefix) = cidr.split_once('/').expect("a CIDR");
    let first: u32 = address.parse::<Ipv4Addr>().expect("an address").into();
    let prefix: u32 = prefix.parse().expect("a prefix");
    (first, first + ((1u64 << (32 - prefix)) - 1) as u32)
}

fn tiers(network: &str) -> String {
    format!(
        "network \"a\" cidr=\"{network}\" zones=3 {{\n tier \"public\" holds=\"nat\"\n tier \"private\" holds=\"compute\"\n \
         tier \"data\" holds=\"database\"\n}}"
    )
}

#[test]
fn subnets_do_not_overlap_and_lie_in_their_network() {
    let lowered = payments("prod");
    let mut ranges = subnet_ranges(&lowered);
    ranges.sort_unstable();
    assert_eq!(ranges.len(), 3 * (4 + 1) + 3 * (3 + 1));
    assert!(ranges.windows(2).all(|pair| pair[0].1 < pair[1].0), "{ranges:?}");
    let networks = [range("10.0.0.0/16"), range("10.1.0.0/16")];
    assert!(ranges.iter().all(|r| networks.iter().any(|n| n.0 <= r.0 && r.1 <= n.1)));
}

#[test]
fn appending_a_tier_moves_nothing() {
    let before = lower_nodes(&tiers("10.0.0.0/16"));
    let after = lower_nodes(&tiers("10.0.0.0/16").replace("\n}", "\n tier \"more\" holds=\"compute\"\n}"));
    for id in before.ids("AWS::EC2::Subnet") {
        assert_eq!(before.text(id, "CidrBlock"), after.text(id, "CidrBlock"), "{id}");
    }
    assert_eq!(after.ids("AWS::EC2::Subnet").len(), 12);
}

#[test]
fn a_fourth_zone_moves_nothing() {
    let before = lower_nodes(&tiers("10.0.0.0/16"));
    let after = lower_nodes(&tiers("10.0.0.0/16").replace("zones=3", "zones=4"));
    for id in before.ids("AWS::EC2::Subnet") {
        assert_eq!(before.text(id, "CidrBlock"), after.text(id, "CidrBlock"), "{id}");
    }
}

#[test]
fn a_small_network_holds_what_fits_and_says_what_does_not() {
    assert_eq!(lower_nodes(&tiers("10.0.0.0/24")).findings(), []);
    let full = lower_nodes(&tiers("10.0.0.0/26"));
    assert_eq!(full.findings(), [("network-too-small", "\"10.0.0.0/26\"")]);
}

#[test]
fn sizes_and_zones_are_checked() {
    assert_eq!(lower_nodes(&tiers("10.0.0.0/8")).findings(), [("network-size", "\"10.0.0.0/8\"")]);
    let zones = lower_nodes(&tiers("10.0.0.0/16").replace("zones=3", "zones=7"));
    assert_eq!(zones.findings(), [("zones-out-of-range", "7")]);
    let reserved = lower_nodes(&tiers("10.0.0.0/16").replace("\"data\"", "\"transit\""));
    assert_eq!(reserved.findings(), [("reserved-tier", "\"transit\"")]);
}

#[test]
fn overlaps_show_both_places() {
    let nodes =
        format!("{}\nsite \"dc\" cidr=\"10.0.128.0/20\"\nsite \"dc2\" cidr=\"10.0.192.0/20\"", tiers("10.0.0.0/16"));
    let lowered = lower_nodes(&nodes);
    assert_eq!(lowered.findings(), [("cidr-overlap", "\"10.0.128.0/20\""), ("cidr-overlap", "\"10.0.192.0/20\"")]);
    assert_eq!(lowered.diagnostics[0].related.len(), 1);
}

#[test]
fn only_tiers_for_nat_and_compute_have_a_way_to_the_internet() {
    let lowered = payments("prod");
    let out: Vec<&str> = lowered
        .graph
        .of_type("AWS::EC2::Route")
        .filter(|r| r.get("DestinationCidrBlock").is_some_and(|d| d.value.as_str() == Some("0.0.0.0/0")))
        .map(|r| r.id.as_str())
        .collect();
    assert_eq!(out.len(), 10);
    assert!(out.iter().all(|id| id.contains("-public-") || id.contains("-private-")), "{out:?}");
}

#[test]
fn every_network_keeps_flow_logs_under_a_key() {
    let lowered = payments("dev");
    assert_eq!(lowered.ids("AWS::EC2::FlowLog").len(), 3);
    for id in ["production-flow-log-group", "migration-flow-log-group", "hub-transit-flow-log-group"] {
        assert!(lowered.graph.get(&id.into()).is_some_and(|g| g.get("KmsKeyId").is_some()), "{id}");
    }
}
