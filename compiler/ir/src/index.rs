//! A graph with the ways back: who refers to a resource.

use std::ops::Deref;

use rustc_hash::FxHashMap;

use crate::datum::Value;
use crate::graph::{Grant, Graph, Resource};
use crate::id::Id;

/// A finished graph with inverted references, so that a fact can find the
/// neighbors of a resource without a scan of the graph.
#[derive(Debug)]
pub struct Index<'g> {
    graph: &'g Graph,
    types: FxHashMap<&'static str, Vec<&'g Resource>>,
    referrers: FxHashMap<&'g Id, Vec<&'g Resource>>,
    /// Alarms by the values of their dimensions.
    alarms: FxHashMap<&'g str, Vec<&'g Resource>>,
    log_groups: FxHashMap<&'g str, &'g Resource>,
    /// By the role that holds them.
    grants: FxHashMap<&'g Id, Vec<&'g Grant>>,
    /// Roles by their names.
    roles: FxHashMap<&'g str, &'g Resource>,
}

impl<'g> Index<'g> {
    pub fn new(graph: &'g Graph) -> Self {
        let mut index = Self {
            graph,
            types: FxHashMap::default(),
            referrers: FxHashMap::default(),
            alarms: FxHashMap::default(),
            log_groups: FxHashMap::default(),
            grants: FxHashMap::default(),
            roles: FxHashMap::default(),
        };
        for resource in graph.resources.values() {
            index.types.entry(resource.type_name).or_default().push(resource);
            for (_, datum) in resource.properties.iter() {
                datum.value.references(&mut |id, _| index.add(id, resource));
            }
        }
        index.add_alarms();
        let groups = graph.of_type("AWS::Logs::LogGroup");
        index.log_groups =
            groups.filter_map(|group| Some((group.get("LogGroupName")?.value.as_str()?, group))).collect();
        for role in index.types.get("AWS::IAM::Role").into_iter().flatten() {
            let name = role.get("RoleName").and_then(|d| d.value.as_str());
            index.roles.extend(name.map(|name| (name, *role)));
        }
        for grant in &graph.grants {
            index.grants.entry(&grant.role).or_default().push(grant);
        }
        index
    }

    fn add(&mut self, id: &Id, resource: &'g Resource) {
        let Some((id, _)) = self.graph.resources.get_key_value(id) else { return };
        let referrers = self.referrers.entry(id).or_default();
        if !referrers.last().is_some_and(|last| std::ptr::eq(*last, resource)) {
            referrers.push(resource);
        }
    }

    fn add_alarms(&mut self) {
        let alarms = self.types.get("AWS::CloudWatch::Alarm").cloned().unwrap_or_default();
        for alarm in alarms {
            let dimensions = alarm.get("Dimensions").and_then(|d| d.value.as_list()).unwrap_or_default();
            for value in dimensions.iter().filter_map(|d| d.get("Value")) {
                let text = value.value.target().map(Id::as_str).or_else(|| value.value.as_str());
                if let Some(text) = text {
                    self.alarms.entry(text).or_default().push(alarm);
                }
            }
        }
    }

    /// The resources of a type, in the graph's order.
    pub fn all(&self, type_name: &str) -> impl Iterator<Item = &'g Resource> + use<'_, 'g> {
        self.types.get(type_name).into_iter().flatten().copied()
    }

    /// The resources that refer to `id` anywhere.
    pub fn referrers(&self, id: &Id) -> impl Iterator<Item = &'g Resource> + use<'_, 'g> {
        self.referrers.get(id).into_iter().flatten().copied()
    }

    /// The resources of a type that refer to `id` in the property at `path`,
    /// or in an item of the list there.
    pub fn referring<'a>(
        &'a self,
        id: &'a Id,
        type_name: &'a str,
        path: &'a str,
    ) -> impl Iterator<Item = &'g Resource> + use<'a, 'g> {
        self.referrers(id).filter(move |r| r.type_name == type_name && r.get(path).is_some_and(|d| names(&d.value, id)))
    }

    /// The alarms that have a dimension with this value, or with a reference
    /// to the resource of this id.
    pub fn alarms_on<'a>(&'a self, dimension: &'a str) -> impl Iterator<Item = &'g Resource> + use<'a, 'g> {
        self.alarms.get(dimension).into_iter().flatten().copied()
    }

    /// The log group of this name.
    pub fn log_group(&self, name: &str) -> Option<&'g Resource> {
        self.log_groups.get(name).copied()
    }

    /// The grants of a role.
    pub fn grants_of(&self, role: &Id) -> &[&'g Grant] {
        self.grants.get(role).map(Vec::as_slice).unwrap_or_default()
    }

    /// The resource that the property at `path` refers to.
    pub fn follow(&self, resource: &Resource, path: &str) -> Option<&'g Resource> {
        self.graph.resources.get(resource.get(path)?.value.target()?)
    }

    /// The role that the property at `path` names: by a reference, or by its
    /// ARN in this account.
    pub fn role(&self, resource: &Resource, path: &str) -> Option<&'g Resource> {
        let role = &resource.get(path)?.value;
        let Some(arn) = role.as_str() else { return self.graph.resources.get(role.target()?) };
        let (head, name) = arn.split_once(":role/")?;
        let own = head.ends_with(&format!(":iam::{}", self.graph.environment.account));
        self.roles.get(name.rsplit('/').next()?).copied().filter(|_| own)
    }
}

impl Deref for Index<'_> {
    type Target = Graph;

    fn deref(&self) -> &Graph {
        self.graph
    }
}

fn names(value: &Value, id: &Id) -> bool {
    match value {
        Value::List(items) => items.iter().any(|item| names(&item.value, id)),
        value => value.target() == Some(id),
    }
}
