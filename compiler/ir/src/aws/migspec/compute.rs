use crate::class::Classes;
use crate::fact::Fact;
use crate::resource_type::{Concern, ResourceType, Terraform};

/// A workload of the application, whose roles are not in the graph.
pub const TYPE: ResourceType = ResourceType {
    name: "Migspec::Compute",
    concern: Concern::Network,
    terraform: Terraform::NotEmitted,
    facts: &[
        Fact::string("name", "Name", ""),
        Fact::entity("vpc", "Vpc", "AWS::EC2::VPC"),
        Fact::set("services", "Services"),
    ],
    classes: Classes::NONE,
};
