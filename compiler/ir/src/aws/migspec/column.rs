use crate::fact::Fact;
use crate::resource_type::{Concern, ResourceType, Terraform};

pub const TYPE: ResourceType = ResourceType {
    name: "Migspec::Column",
    concern: Concern::Database,
    terraform: Terraform::NotEmitted,
    facts: &[
        Fact::string("table", "Table", ""),
        Fact::string("name", "Name", ""),
        Fact::string("class", "Class", ""),
        Fact::string("protection", "Protection", ""),
        Fact::string("type", "Type", ""),
        Fact::bool("key", "Key", false),
        Fact::entity("source", "Source", "Migspec::Source"),
    ],
};
