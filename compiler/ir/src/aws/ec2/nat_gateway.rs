use crate::class::Classes;
use crate::fact::{Fact, FactType, FactValue};
use crate::graph::{Resource, Zone};
use crate::index::Index;
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, TAGS, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::EC2::NatGateway",
    concern: Concern::Network,
    terraform: Terraform::Column(Column {
        resource: "aws_nat_gateway",
        attributes: &[("NatGatewayId", "id"), ("EniId", "network_interface_id")],
        properties: &[
            argument("AllocationId", "allocation_id"),
            argument("AvailabilityMode", "availability_mode"),
            Property::new(
                "AvailabilityZoneAddresses",
                Form::Blocks(
                    "availability_zone_address",
                    &[
                        argument("AllocationIds", "allocation_ids"),
                        argument("AvailabilityZone", "availability_zone"),
                        argument("AvailabilityZoneId", "availability_zone_id"),
                    ],
                ),
            ),
            argument("ConnectivityType", "connectivity_type"),
            Property::new(
                "MaxDrainDurationSeconds",
                Form::Absent("the provider leaves it at AWS's default, 350 seconds"),
            ),
            argument("PrivateIpAddress", "private_ip"),
            argument("SecondaryAllocationIds", "secondary_allocation_ids"),
            argument("SecondaryPrivateIpAddressCount", "secondary_private_ip_address_count"),
            argument("SecondaryPrivateIpAddresses", "secondary_private_ip_addresses"),
            argument("SubnetId", "subnet_id"),
            TAGS,
            argument("VpcId", "vpc_id"),
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::entity("subnet", "SubnetId", "AWS::EC2::Subnet"),
        Fact::string("connectivityType", "ConnectivityType", "public"),
        Fact::computed("servesFlow", FactType::Bool, serves_flow),
    ],
    classes: Classes { identity: &["SubnetId", "AllocationId"], undecided: &["ConnectivityType"], ..Classes::NONE },
};

/// Whether a flow to the internet starts in its network.
fn serves_flow(gateway: &Resource, graph: &Index<'_>) -> FactValue {
    let Some(subnet) = graph.follow(gateway, "SubnetId") else { return FactValue::Unknown };
    let vpc = subnet.get("VpcId").and_then(|d| d.value.target());
    let starts_here = |zone: &Zone| match zone {
        Zone::Group(id) => graph.get(id).and_then(|group| group.get("VpcId")?.value.target()) == vpc,
        _ => false,
    };
    graph.flows.iter().any(|flow| flow.to.is_on_internet() && starts_here(&flow.from)).into()
}
