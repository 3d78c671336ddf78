//! Availability zones by id, which is the same in every account, and the zones in
//! which a region has a service.

use std::collections::BTreeSet;

/// The zones of a region in which a service creates resources of a type.
#[derive(Debug)]
pub struct Served {
    pub type_name: &'static str,
    pub region: &'static str,
    pub zones: &'static [&'static str],
}

const fn links(region: &'static str, zones: &'static [&'static str]) -> Served {
    Served { type_name: "AWS::ApiGatewayV2::VpcLink", region, zones }
}

/// Regions with a zone that lacks a service, sorted by type and region
/// (fact: zones-of-vpc-links, fact: zones-of-functions).
pub const SERVED: &[Served] = &[
    links("ap-east-1", &["ape1-az2", "ape1-az3"]),
    links("ap-northeast-1", &["apne1-az1", "apne1-az2", "apne1-az4"]),
    links("ca-central-1", &["cac1-az1", "cac1-az2"]),
    links("eu-west-3", &["euw3-az1", "euw3-az3"]),
    links("us-east-1", &["use1-az1", "use1-az2", "use1-az4", "use1-az5", "use1-az6"]),
    links("us-west-1", &["usw1-az1", "usw1-az3"]),
];

/// The row of a type in a region. `None` where every zone has the service, as far as
/// AWS documents it.
pub fn service_zones(type_name: &str, region: &str) -> Option<&'static Served> {
    SERVED.iter().find(|row| row.type_name == type_name && row.region == region)
}

/// The first zones of a region that have every one of some types. `None` if each zone
/// has them, or if too few do.
pub fn choice<'t>(types: impl Iterator<Item = &'t str>, region: &str, count: usize) -> Option<Vec<&'static str>> {
    let rows: Vec<&Served> = types.filter_map(|name| service_zones(name, region)).collect();
    let all = rows.first()?.zones.iter().copied();
    let common: Vec<&str> = all.filter(|zone| rows.iter().all(|row| row.zones.contains(zone))).take(count).collect();
    (common.len() == count).then_some(common)
}

/// The start of the ids of a region's zones: `use1` for `us-east-1`
/// (fact: zone-ids-of-a-region).
pub fn prefix(region: &str) -> String {
    let mut parts = region.split('-');
    let mut prefix = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (first, second) = match part {
            "northeast" => ("n", "e"),
            "northwest" => ("n", "w"),
            "southeast" => ("s", "e"),
            "southwest" => ("s", "w"),
            number if number.bytes().all(|b| b.is_ascii_digit()) => (number, ""),
            word => (word.get(..1).unwrap_or_default(), ""),
        };
        prefix.push_str(first);
        prefix.push_str(second);
    }
    prefix
}

/// Whether a zone is in a region.
pub fn is_in(zone: &str, region: &str) -> bool {
    zone.split_once("-az").is_some_and(|(start, _)| start == prefix(region))
}

/// The zones that occur more than once.
pub fn repeated_zones<'z>(zones: impl Iterator<Item = &'z str>) -> BTreeSet<&'z str> {
    let mut seen = BTreeSet::new();
    zones.filter(|zone| !seen.insert(*zone)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_sorted_and_name_zones_of_their_region() {
        assert!(
            SERVED.windows(2).all(|pair| (pair[0].type_name, pair[0].region) < (pair[1].type_name, pair[1].region))
        );
        for row in SERVED {
            assert!(row.zones.iter().all(|zone| is_in(zone, row.region)), "{row:?}");
            assert!(
                row.zones.len() > 1 && row.zones.is_sorted() && repeated_zones(row.zones.iter().copied()).is_empty()
            );
        }
        assert_eq!(prefix("us-gov-west-1"), "usgw1");
        assert!(!is_in("use2-az1", "us-east-1") && !is_in("use1", "us-east-1"));
    }

    #[test]
    fn a_choice_has_every_service_or_does_not_exist() {
        let link = || ["AWS::ApiGatewayV2::VpcLink", "AWS::EC2::Subnet"].into_iter();
        assert_eq!(choice(link(), "us-east-1", 3), Some(vec!["use1-az1", "use1-az2", "use1-az4"]));
        assert_eq!(choice(link(), "eu-west-3", 3), None);
        assert_eq!(choice(link(), "eu-central-1", 3), None);
        assert_eq!(choice(std::iter::empty(), "us-east-1", 3), None);
    }
}
