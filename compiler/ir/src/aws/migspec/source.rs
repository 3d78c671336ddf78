use super::column;
use crate::class::Classes;
use crate::fact::{Fact, FactType, FactValue};
use crate::graph::Resource;
use crate::index::Index;
use crate::resource_type::{Concern, ResourceType, Terraform};

pub const TYPE: ResourceType = ResourceType {
    name: "Migspec::Source",
    concern: Concern::Database,
    terraform: Terraform::NotEmitted,
    facts: &[
        Fact::string("engine", "Engine", ""),
        // Live by default.
        Fact::true_by_default("live", "Live"),
        Fact::string("host", "Host", ""),
        Fact::long("port", "Port", 0),
        Fact::string("tlsMode", "TlsMode", ""),
        Fact::false_by_default("hasCa", "HasCa"),
        Fact::entity("site", "Site", "Migspec::Site"),
        Fact::true_by_default("production", "Production"),
        // Whether every copied table is declared as a whole.
        Fact::false_by_default("declared", "Declared"),
        // Whether a replication copies it while no column of it has a class.
        Fact::computed("unclassified", FactType::Bool, is_unclassified),
    ],
    classes: Classes::NONE,
};

fn is_unclassified(source: &Resource, graph: &Index<'_>) -> FactValue {
    let copied = graph.referring(&source.id, "Migspec::Replication", "Source").next().is_some();
    // A column with the name of a card number has a finding of its own.
    let is_classified = |column: &Resource| column.get("Class").is_some() || column::is_named_as_card_number(column);
    let classified = graph.referring(&source.id, "Migspec::Column", "Source").any(is_classified);
    (copied && !classified).into()
}
