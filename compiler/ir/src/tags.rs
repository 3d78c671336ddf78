//! Tags: how a type takes them, and which every resource has.

use crate::datum::Datum;
use crate::graph::{Graph, Resource};
use crate::resource_type::{Form, ResourceType, Terraform};

/// How a type takes tags.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TagShape {
    /// `[{Key, Value}]`
    List,
    /// `{name: value}`
    Map,
}

/// Types whose tags not every region's CloudFormation takes yet.
const UNTAGGED: &[&str] = &["AWS::ElasticLoadBalancingV2::Listener", "AWS::ElasticLoadBalancingV2::ListenerRule"];

/// The tag for the PCI DSS scope of a resource.
pub const SCOPE: &str = "PciScope";
/// The scope of every derived resource: it stores, transmits or protects account
/// data.
pub const IN_SCOPE: &str = "in-scope";

impl TagShape {
    /// The form of tags by the table: a list for most types, a map for a few.
    pub fn of(of: &'static ResourceType) -> Option<Self> {
        let Terraform::Column(column) = &of.terraform else { return None };
        if UNTAGGED.contains(&of.name) {
            return None;
        }
        let tags = column.properties.iter().find(|p| p.name == "Tags")?;
        match tags.form {
            Form::Tags(_) => Some(Self::List),
            Form::Argument(_) => Some(Self::Map),
            _ => None,
        }
    }

    /// The value of a resource's tag.
    pub fn tag<'r>(self, resource: &'r Resource, name: &str) -> Option<&'r Datum> {
        let tags = &resource.get("Tags")?.value;
        match self {
            Self::Map => tags.as_map()?.get(name),
            Self::List => {
                let is_named = |tag: &&Datum| tag.get("Key").and_then(|key| key.value.as_str()) == Some(name);
                tags.as_list()?.iter().find(is_named)?.get("Value")
            }
        }
    }
}

/// The tags that a resource must have and has not, sorted. That of the
/// environment must name the graph's; nothing where that is not known.
pub(crate) fn missing<'g>(resource: &Resource, graph: &'g Graph) -> Option<Vec<&'g str>> {
    let Some(shape) = resource.resource_type().and_then(TagShape::of) else { return Some(Vec::new()) };
    // The tags of an existing resource are its owner's.
    if resource.existing.is_some() {
        return Some(Vec::new());
    }
    let mut missing = Vec::new();
    for name in ["Environment", "Migration", "Owner", SCOPE] {
        let is_there = match shape.tag(resource, name) {
            Some(tag) if name == "Environment" => tag.value.as_str()? == &*graph.environment.name,
            Some(_) => true,
            None => name == SCOPE && graph.standard.is_none(),
        };
        missing.extend((!is_there).then_some(name));
    }
    let demanded = graph.required_tags.iter().map(|name| &**name);
    missing.extend(demanded.filter(|name| shape.tag(resource, name).is_none()));
    Some(missing)
}

/// The value of the scope tag, if there is one.
pub(crate) fn scope(resource: &Resource) -> Option<&Datum> {
    resource.resource_type().and_then(TagShape::of)?.tag(resource, SCOPE)
}
