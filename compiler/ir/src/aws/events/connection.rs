use crate::class::Classes;
use crate::fact::Fact;
use crate::resource_type::{Concern, ResourceType, Terraform};

/// The credentials of an API destination. A connection holds a secret: the compiler creates none, and its owner has
/// created it.
pub const TYPE: ResourceType = ResourceType {
    name: "AWS::Events::Connection",
    concern: Concern::Monitoring,
    terraform: Terraform::NotEmitted,
    facts: &[Fact::string("connectionName", "Name", "")],
    classes: Classes::NONE,
};
