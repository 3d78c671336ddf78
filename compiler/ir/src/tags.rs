//! Tags: how a type takes them, and which every resource has.

use crate::datum::Datum;
use crate::graph::{Graph, Resource};
use crate::resource_type::{Form, ResourceType, Terraform};
use crate::secret;

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

/// The tags that a resource must have and has not, or has without a value, sorted. That of the
/// environment must name the graph's; nothing where that is not known.
pub(crate) fn missing<'g>(resource: &Resource, graph: &'g Graph) -> Option<Vec<&'g str>> {
    let Some(shape) = resource.resource_type().and_then(TagShape::of) else { return Some(Vec::new()) };
    // The tags of an existing resource are its owner's.
    if resource.existing.is_some() {
        return Some(Vec::new());
    }
    // A tag without a value names nothing.
    let filled = |name: &str| shape.tag(resource, name).filter(|tag| tag.value.as_str() != Some(""));
    let mut missing = Vec::new();
    for name in ["Environment", "Migration", "Owner", SCOPE] {
        let is_there = match filled(name) {
            Some(tag) if name == "Environment" => tag.value.as_str()? == &*graph.environment.name,
            Some(_) => true,
            None => name == SCOPE && graph.standard.is_none(),
        };
        missing.extend((!is_there).then_some(name));
    }
    let demanded = graph.required_tags.iter().map(|name| &**name);
    missing.extend(demanded.filter(|name| filled(name).is_none()));
    Some(missing)
}

/// The paths of tags whose names promise secrets and whose values have the form of one.
pub(crate) fn secrets(resource: &Resource) -> Vec<String> {
    let Some(tags) = resource.get("Tags") else { return Vec::new() };
    let is_secret =
        |name: Option<&str>, value: Option<&str>| name.zip(value).is_some_and(|(n, v)| secret::is_secret(n, v));
    match (tags.value.as_map(), tags.value.as_list()) {
        (Some(map), _) => map
            .iter()
            .filter(|(name, value)| is_secret(Some(name), value.value.as_str()))
            .map(|(name, _)| format!("Tags.{name}"))
            .collect(),
        (_, Some(list)) => {
            let text =
                |tag: &Datum, part: &str| tag.get(part).and_then(|datum| datum.value.as_str()).map(str::to_owned);
            let tags = list.iter().enumerate();
            tags.filter(|(_, tag)| is_secret(text(tag, "Key").as_deref(), text(tag, "Value").as_deref()))
                .map(|(index, _)| format!("Tags.{index}.Value"))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// The value of the scope tag, if there is one.
pub(crate) fn scope(resource: &Resource) -> Option<&Datum> {
    resource.resource_type().and_then(TagShape::of)?.tag(resource, SCOPE)
}
