use std::sync::LazyLock;

use serde_json::Value;

use super::Rows;

static SERVICES: LazyLock<Rows<Value>> = LazyLock::new(|| Rows::read(include_bytes!("../../schemas/iam.gz")));

/// IAM's entry for an action such as `dms:StartReplicationTask`. `None` for an
/// unknown action, or one of a service that is not vendored.
pub fn action(name: &str) -> Option<Action> {
    let (service, action) = name.split_once(':')?;
    let facts = service_facts(service)?;
    Some(Action { service: facts, facts: facts["actions"].get(action)? })
}

/// The vendored services, by the prefix of their actions.
pub fn services() -> Vec<&'static str> {
    SERVICES.names()
}

/// All vendored actions, sorted by name.
pub fn actions() -> Vec<(String, Action)> {
    let mut actions: Vec<(String, Action)> = services()
        .into_iter()
        .filter_map(|service| Some((service, service_facts(service)?)))
        .flat_map(|(prefix, service)| {
            let actions = service["actions"].as_object().into_iter().flatten();
            actions.map(move |(name, facts)| (format!("{prefix}:{name}"), Action { service, facts }))
        })
        .collect();
    actions.sort_by(|(one, _), (other, _)| one.cmp(other));
    actions
}

fn service_facts(service: &str) -> Option<&'static Value> {
    SERVICES.get(service, |_, facts| facts)
}

/// An action.
#[derive(Clone, Copy, Debug)]
pub struct Action {
    service: &'static Value,
    facts: &'static Value,
}

/// How far an action reaches, in IAM's own classes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Level {
    List,
    Read,
    Tagging,
    Write,
    PermissionsManagement,
}

impl Level {
    pub fn name(self) -> &'static str {
        match self {
            Level::List => "List",
            Level::Read => "Read",
            Level::Tagging => "Tagging",
            Level::Write => "Write",
            Level::PermissionsManagement => "Permissions management",
        }
    }
}

impl Action {
    /// An unlisted level counts as write, the wider class.
    pub fn level(self) -> Level {
        match self.facts["level"].as_str() {
            Some("List") => Level::List,
            Some("Read") => Level::Read,
            Some("Tagging") => Level::Tagging,
            Some("Permissions management") => Level::PermissionsManagement,
            _ => Level::Write,
        }
    }

    /// Whether it can be granted on single resources.
    pub fn has_resources(self) -> bool {
        self.resources().next().is_some()
    }

    /// The names of the resource types it acts on.
    pub fn resources(self) -> impl Iterator<Item = &'static str> {
        texts(&self.facts["resources"]).map(|name| name.trim_end_matches('*'))
    }

    /// The ARN patterns of the resource types it acts on.
    pub fn arns(self) -> impl Iterator<Item = &'static str> {
        self.resources().filter_map(move |name| self.service["resources"].get(name)?["arn"].as_str())
    }

    /// The condition keys that it knows beside the global ones.
    pub fn conditions(self) -> impl Iterator<Item = &'static str> {
        let of_resources = self.resources().flat_map(move |name| texts(&self.service["resources"][name]["conditions"]));
        texts(&self.facts["conditions"]).chain(of_resources)
    }
}

fn texts(list: &'static Value) -> impl Iterator<Item = &'static str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str)
}
