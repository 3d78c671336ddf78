use crate::class::Classes;
use crate::fact::Fact;
use crate::resource_type::{
    Column, Compare, Concern, Describe, Field, Form, Lookup, Property, ResourceType, TAGS, Terraform, argument,
};
use crate::workflow::Described;

/// The addresses of a service. A spec only names lists of AWS, whose names no customer can give to another list
/// (fact: prefix-list-names).
pub const TYPE: ResourceType = ResourceType {
    name: "AWS::EC2::PrefixList",
    concern: Concern::Network,
    terraform: Terraform::Column(Column {
        resource: "aws_ec2_managed_prefix_list",
        attributes: &[("PrefixListId", "id"), ("Arn", "arn")],
        properties: &[
            argument("AddressFamily", "address_family"),
            Property::new("Entries", Form::Absent("AWS keeps the addresses of its services")),
            argument("MaxEntries", "max_entries"),
            argument("PrefixListName", "name"),
            TAGS,
        ],
        lookup: Some(&Lookup {
            data: "aws_ec2_managed_prefix_list",
            by: "id",
            same: &["PrefixListId"],
            compares: &[("PrefixListName", Compare::Equal("name"))],
            describe: &[Describe {
                described: Described::PrefixLists,
                of: None,
                compares: &[("PrefixListName", Field::Equal("PrefixListName"))],
            }],
            ..Lookup::BASE
        }),
        ..Column::BASE
    }),
    facts: &[Fact::string("prefixListName", "PrefixListName", "")],
    classes: Classes { identity: &["PrefixListName"], ..Classes::NONE },
};
