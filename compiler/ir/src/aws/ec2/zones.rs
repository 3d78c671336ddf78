use crate::datum::Value;
use crate::fact::FactValue;
use crate::graph::Resource;
use crate::index::Index;

/// How many availability zones the subnets in a list property span; 0 where
/// there are none. Unknown where one of them is not in the graph.
pub(in crate::aws) fn zone_count(resource: &Resource, property: &str, graph: &Index<'_>) -> FactValue {
    let subnets = resource.get(property).and_then(|d| d.value.as_list()).unwrap_or_default();
    let mut zones: Vec<&Value> = Vec::new();
    for subnet in subnets {
        let subnet = subnet.value.target().and_then(|id| graph.get(id));
        let zone = subnet.and_then(|s| s.get("AvailabilityZone").or_else(|| s.get("AvailabilityZoneId")));
        let Some(zone) = zone else { return FactValue::Unknown };
        if !zones.contains(&&zone.value) {
            zones.push(&zone.value);
        }
    }
    i64::try_from(zones.len()).unwrap_or(i64::MAX).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::rds;
    use crate::testing::{fact, resource};

    #[test]
    fn two_subnets_of_one_zone_span_one() {
        let group = || resource("AWS::RDS::DBSubnetGroup", "g", r#"{"SubnetIds": [{"Ref": "a"}, {"Ref": "b"}]}"#);
        let subnet =
            |id, zone| resource("AWS::EC2::Subnet", id, &format!(r#"{{"AvailabilityZone": "us-east-1{zone}"}}"#));
        let row = rds::TYPES.iter().find(|t| t.name == "AWS::RDS::DBSubnetGroup").expect("it is in the table");
        let zones = |resources: Vec<Resource>| fact(row, "zones", resources);
        assert_eq!(zones(vec![group(), subnet("a", "a"), subnet("b", "b")]), FactValue::Long(2));
        assert_eq!(zones(vec![group(), subnet("a", "a"), subnet("b", "a")]), FactValue::Long(1));
        assert_eq!(zones(vec![group(), subnet("a", "a")]), FactValue::Unknown);
    }
}
