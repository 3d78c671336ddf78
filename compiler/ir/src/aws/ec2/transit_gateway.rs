use crate::class::{Classes, TEXT};
use crate::fact::{Fact, FactType, FactValue};
use crate::resource_type::{
    Column, Compare, Concern, Describe, Field, Form, Lookup, Property, ResourceType, TAGS, Terraform, argument,
};
use crate::workflow::Described;

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::EC2::TransitGateway",
    concern: Concern::Network,
    terraform: Terraform::Column(Column {
        resource: "aws_ec2_transit_gateway",
        attributes: &[("Id", "id"), ("TransitGatewayArn", "arn")],
        properties: &[
            argument("AmazonSideAsn", "amazon_side_asn"),
            Property::new("AssociationDefaultRouteTableId", Form::Absent("attachments name their own route tables")),
            argument("AutoAcceptSharedAttachments", "auto_accept_shared_attachments"),
            argument("DefaultRouteTableAssociation", "default_route_table_association"),
            argument("DefaultRouteTablePropagation", "default_route_table_propagation"),
            argument("Description", "description"),
            argument("DnsSupport", "dns_support"),
            argument("EncryptionSupport", "encryption_support"),
            argument("MulticastSupport", "multicast_support"),
            Property::new("PropagationDefaultRouteTableId", Form::Absent("attachments name their own route tables")),
            argument("SecurityGroupReferencingSupport", "security_group_referencing_support"),
            TAGS,
            argument("TransitGatewayCidrBlocks", "transit_gateway_cidr_blocks"),
            argument("VpnEcmpSupport", "vpn_ecmp_support"),
        ],
        lookup: Some(&Lookup {
            data: "aws_ec2_transit_gateway",
            by: "id",
            same: &["Id"],
            compares: &[
                ("AutoAcceptSharedAttachments", Compare::Equal("auto_accept_shared_attachments")),
                ("DefaultRouteTableAssociation", Compare::Equal("default_route_table_association")),
                ("DefaultRouteTablePropagation", Compare::Equal("default_route_table_propagation")),
                ("MulticastSupport", Compare::Equal("multicast_support")),
                ("SecurityGroupReferencingSupport", Compare::Equal("security_group_referencing_support")),
            ],
            describe: &[Describe {
                described: Described::TransitGateways,
                of: None,
                compares: &[
                    ("AutoAcceptSharedAttachments", Field::Equal("Options.AutoAcceptSharedAttachments")),
                    ("DefaultRouteTableAssociation", Field::Equal("Options.DefaultRouteTableAssociation")),
                    ("DefaultRouteTablePropagation", Field::Equal("Options.DefaultRouteTablePropagation")),
                    ("MulticastSupport", Field::Equal("Options.MulticastSupport")),
                    ("SecurityGroupReferencingSupport", Field::Equal("Options.SecurityGroupReferencingSupport")),
                ],
            }],
            ..Lookup::BASE
        }),
        ..Column::BASE
    }),
    facts: &[
        Fact::string("autoAcceptSharedAttachments", "AutoAcceptSharedAttachments", "disable"),
        Fact::string("defaultRouteTableAssociation", "DefaultRouteTableAssociation", "enable"),
        Fact::string("defaultRouteTablePropagation", "DefaultRouteTablePropagation", "enable"),
        Fact::string("multicastSupport", "MulticastSupport", "disable"),
        Fact::string("securityGroupReferencingSupport", "SecurityGroupReferencingSupport", "disable"),
        Fact::computed("hasFlowLog", FactType::Bool, |gateway, graph| {
            let found = graph.referring(&gateway.id, "AWS::EC2::FlowLog", "ResourceId").next().is_some();
            if !found && gateway.is_declared() { FactValue::Unknown } else { found.into() }
        }),
    ],
    classes: Classes {
        free: &[("Description", TEXT)],
        undecided: &["SecurityGroupReferencingSupport"],
        ..Classes::NONE
    },
};
